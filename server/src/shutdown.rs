//! Shutdown on SIGTERM and SIGINT.
//!
//! The first signal requests a graceful shutdown; a second one exits the process immediately. Even then no process is
//! left running: the private PostgreSQL shuts down when this process is gone ([`dev_postgres`]).

use std::io;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Exit status of a process terminated by SIGINT, as shells report it (128 + 2).
const INTERRUPTED: i32 = 130;

/// Handle to wait for a requested shutdown. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Shutdown(CancellationToken);

impl Shutdown {
    /// Installs handlers for both signals. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// `io::Error` if a signal handler can't be installed.
    pub(crate) fn on_signals() -> io::Result<Self> {
        let token = CancellationToken::new();
        let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        let on_signal = token.clone();
        tokio::spawn(async move {
            let mut next = async || {
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = interrupt.recv() => {}
                }
            };
            next().await;
            on_signal.cancel();
            next().await;
            tracing::warn!("a second signal: ending at once");
            std::process::exit(INTERRUPTED);
        });
        Ok(Self(token))
    }

    /// Waits until shutdown is requested.
    pub(crate) async fn requested(&self) {
        self.0.cancelled().await;
    }

    /// Runs `work`. Returns `None` if shutdown was requested first; the work is then dropped at its current await
    /// point.
    pub(crate) async fn or_stop<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        self.0.run_until_cancelled(work).await
    }
}
