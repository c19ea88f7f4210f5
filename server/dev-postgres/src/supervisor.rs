//! Keeping PostgreSQL running while the server runs.
//!
//! A crash is answered with a restart. A clean shutdown that stile did not ask for is somebody's decision, and
//! is left alone: the server answers 503 until somebody starts PostgreSQL again.

use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::{Instant, sleep};

use super::guard::Server;
use super::launch::Launch;
use super::lock::ClusterLock;

/// The wait before the first restart; each further one waits twice as long.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// After this long without a crash the waits begin anew.
const STABLE: Duration = Duration::from_secs(60);

/// Runs until `stop` says something, or can't any more; then the server has ended.
pub(super) async fn supervise(launch: Launch, mut server: Server, mut stop: oneshot::Receiver<()>) {
    let mut wait = FIRST_WAIT;
    loop {
        let started = Instant::now();
        let ended = tokio::select! {
            _ = &mut stop => return server.shut_down().await,
            ended = server.ended() => ended,
        };
        // Were only the guard killed, PostgreSQL still runs: closing the pipe makes the guard's watcher end it.
        drop(server);
        match ended {
            Ok(status) if status.success() => {
                tracing::warn!(
                    "somebody shut PostgreSQL down, so it is not started again: restart stile, or run \
                     `pg_ctl -D {} start`",
                    launch.data.display()
                );
                // There is nothing to end any more, only the order to wait for.
                let _ = stop.await;
                return;
            }
            Ok(status) => {
                tracing::error!(%status, "PostgreSQL ended unexpectedly; restarting it");
            }
            Err(error) => tracing::error!(%error, "PostgreSQL was lost sight of; restarting it"),
        }
        if started.elapsed() > STABLE {
            wait = FIRST_WAIT;
        }
        server = tokio::select! {
            _ = &mut stop => {
                // A half started server shuts down by itself; stopped means that it has.
                if let Err(error) = ClusterLock::acquire(&launch.data_dir).await {
                    tracing::error!("{error}");
                }
                return;
            }
            server = restart(&launch, &mut wait) => server,
        };
        tracing::info!("PostgreSQL runs again");
    }
}

/// Tries until it succeeds, with growing waits.
async fn restart(launch: &Launch, wait: &mut Duration) -> Server {
    loop {
        sleep(*wait).await;
        *wait = (*wait * 2).min(LONGEST_WAIT);
        let attempt = async {
            let lock = ClusterLock::acquire(&launch.data_dir).await?;
            launch.start(lock).await
        };
        match attempt.await {
            Ok(server) => return server,
            Err(error) => tracing::error!("PostgreSQL could not be restarted: {error}"),
        }
    }
}
