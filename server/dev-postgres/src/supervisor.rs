//! Restarts PostgreSQL while the server runs.
//!
//! PostgreSQL is restarted after a crash. A clean shutdown that stile did not request is deliberate and is not undone:
//! the server answers 503 until PostgreSQL is started again.

use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::{Instant, sleep};

use super::guard::Server;
use super::launch::Launch;
use super::lock::ClusterLock;

/// Delay before the first restart; doubled for each further one.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// Time without a crash after which the delay is reset.
const STABLE: Duration = Duration::from_secs(60);

/// Supervises the server until `stop` is signalled or its sender is dropped. The server has exited when this returns.
pub(super) async fn supervise(launch: Launch, mut server: Server, mut stop: oneshot::Receiver<()>) {
    let mut wait = FIRST_WAIT;
    loop {
        let started = Instant::now();
        let ended = tokio::select! {
            _ = &mut stop => return server.shut_down().await,
            ended = server.ended() => ended,
        };
        // If only the guard was killed, PostgreSQL is still running: closing the pipe makes the guard's watcher stop
        // it.
        drop(server);
        match ended {
            Ok(status) if status.success() => {
                tracing::warn!(
                    "somebody shut PostgreSQL down, so it is not started again: restart stile, or run \
                     `pg_ctl -D {} start`",
                    launch.data.display()
                );
                // Nothing is left to stop; wait for the stop signal only.
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
                // A partially started server shuts down by itself; taking the lock ensures that it has exited.
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

/// Retries with exponential backoff until the server has started.
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
