//! Reads the event log of the database. Events are read by transaction id, so that none is missed. NOTIFY only triggers
//! an earlier read: alone, it would miss events that are sent while the connection is re-established (docs/SECURITY.md,
//! F-7).

use super::Hub;
use crate::shutdown::Shutdown;
use std::time::Duration;
use store::{
    Store,
    live::{EventListener, EventReader, News},
};
use tokio::time::{Instant, sleep_until, timeout};

/// Polling interval without a notification.
const PACE: Duration = Duration::from_millis(250);
/// Delay after a failed read, and before reconnecting the notification listener.
const PAUSE: Duration = Duration::from_secs(1);
/// Interval for deleting old events. Events are retained for one hour.
const SWEEP: Duration = Duration::from_secs(300);
/// Time without a successful read after which events may have been deleted unread.
const TOO_LONG: Duration = Duration::from_secs(45 * 60);

/// Reads events and wakes the affected tabs until the server shuts down.
pub(crate) async fn follow(hub: Hub, store: Store, shutdown: Shutdown) {
    shutdown.or_stop(run(&hub, &store)).await;
}

async fn run(hub: &Hub, store: &Store) {
    let mut reader = EventReader::new();
    let (mut event_listener, mut retry) = (None, Instant::now());
    let (mut sweep, mut last) = (Instant::now() + SWEEP, Instant::now());
    let mut failing = false;
    loop {
        match reader.read(store).await {
            Ok(news) => {
                if failing {
                    tracing::info!("events are read again");
                    failing = false;
                }
                match news {
                    News::Events(events) => hub.wake(&events),
                    News::Everything => hub.wake_all(),
                }
                if last.elapsed() > TOO_LONG {
                    hub.wake_all();
                }
                last = Instant::now();
            }
            Err(error) => {
                if !failing {
                    tracing::warn!(%error, "events can't be read");
                    failing = true;
                }
                sleep_until(Instant::now() + PAUSE).await;
                continue;
            }
        }
        if Instant::now() > sweep {
            sweep = Instant::now() + SWEEP;
            if let Err(error) = store.sweep_events().await {
                tracing::warn!(%error, "old events can't be removed");
            }
        }
        if event_listener.is_none() && Instant::now() >= retry {
            event_listener = store.event_listener().await.ok();
            retry = Instant::now() + PAUSE;
            // Reads events at once that were sent before the connection started listening.
            if event_listener.is_some() {
                continue;
            }
        }
        wait(&mut event_listener).await;
    }
}

/// Waits for a notification, at most for the polling interval.
async fn wait(event_listener: &mut Option<EventListener>) {
    let Some(listening) = event_listener else {
        sleep_until(Instant::now() + PACE).await;
        return;
    };
    if let Ok(Err(error)) = timeout(PACE, listening.changed()).await {
        tracing::debug!(%error, "the connection that wakes is lost");
        *event_listener = None;
    }
}
