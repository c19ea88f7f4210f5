//! The end: SIGTERM and SIGINT.
//!
//! The first signal asks everything to finish; a second one ends the process at once. Even then nothing is left
//! running: the private PostgreSQL shuts down when this process is gone ([`crate::postgres`]).

use std::io;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// The exit status of a process that SIGINT ended, as shells count it.
const INTERRUPTED: i32 = 130;

/// Says whether the process is to end. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Shutdown(CancellationToken);

impl Shutdown {
    /// Listens for the two signals from now on. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// When the operating system does not let the process listen.
    pub(crate) fn on_signals() -> io::Result<Self> {
        let token = CancellationToken::new();
        let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        let asked = token.clone();
        tokio::spawn(async move {
            let mut next = async || {
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = interrupt.recv() => {}
                }
            };
            next().await;
            asked.cancel();
            next().await;
            tracing::warn!("a second signal: ending at once");
            std::process::exit(INTERRUPTED);
        });
        Ok(Self(token))
    }

    /// Returns once the process is to end.
    pub(crate) async fn asked(&self) {
        self.0.cancelled().await;
    }

    /// What `work` gives, or `None` when a signal came first; then the work is dropped where it stood.
    pub(crate) async fn or_stop<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        self.0.run_until_cancelled(work).await
    }
}
