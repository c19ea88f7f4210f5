//! Stream of events about seats, workspaces and sessions, as read by every server.
//!
//! Events are read by the id of the transaction that wrote them, from the oldest one that may still be running.
//! Sequence ids are assigned before the commit, so a reader of "everything after the last id" would miss events that
//! commit late (docs/SECURITY.md, F-7).

use crate::{error::StoreError, pool::Store};
use model::id::{SessionId, UserId};
use sqlx::postgres::PgListener;
use std::collections::BTreeSet;

/// Notification channel, which a trigger notifies about new events. It only reduces latency: its messages are empty.
const CHANNEL: &str = "stile_events";
/// Maximum number of events that `door.events` returns.
const MOST: usize = 50_000;

/// Notification that a person's open tabs should refresh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// The person concerned.
    pub user: UserId,
    /// The session concerned; `None` if all sessions of the person are.
    pub session: Option<SessionId>,
}

/// Result of a read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// New events.
    Events(Vec<Event>),
    /// Too many events to list: any person may be concerned.
    Everything,
}

/// Cursor in the stream of events. Each event is returned once.
#[derive(Debug, Default)]
pub struct EventReader {
    /// Id of the oldest transaction that was running at the last read.
    since: Option<String>,
    /// Ids of events that were returned already but would be read again.
    seen: BTreeSet<i64>,
}

impl EventReader {
    /// Creates a reader of events that are written after its first [`read`](Self::read).
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the events that were committed since the last call. The first call only sets the cursor.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database can't be reached, [`StoreError::Database`] if the query fails. Then
    /// the cursor is unchanged and no event is lost.
    #[tracing::instrument(level = "debug", name = "store.live.read", skip_all)]
    pub async fn read(&mut self, store: &Store) -> Result<News, StoreError> {
        if self.since.is_none() {
            self.after(store).await?;
            // A long-running transaction may hold the cursor back. The second read marks the events after the cursor
            // that are already committed as seen.
            self.after(store).await?;
            return Ok(News::Events(Vec::new()));
        }
        self.after(store).await
    }

    async fn after(&mut self, store: &Store) -> Result<News, StoreError> {
        let rows = sqlx::query!(
            r#"select horizon as "horizon!", id, user_id, session_id from door.events($1)"#,
            self.since.as_deref(),
        )
        .fetch_all(store.pool())
        .await?;
        let Some(horizon) = rows.first().map(|row| row.horizon.clone()) else { return Ok(News::Events(Vec::new())) };
        self.since = Some(horizon);
        if rows.len() >= MOST {
            self.seen.clear();
            return Ok(News::Everything);
        }
        let ids: BTreeSet<i64> = rows.iter().filter_map(|row| row.id).collect();
        let events = rows
            .iter()
            .filter_map(|row| {
                let (id, user) = (row.id?, row.user_id?);
                let session = row.session_id.map(SessionId::from_uuid);
                (!self.seen.contains(&id)).then(|| Event { user: UserId::from_uuid(user), session })
            })
            .collect();
        // Events before the new cursor are not read again and need not be remembered.
        self.seen = ids;
        Ok(News::Events(events))
    }
}

/// Connection that is notified about new events.
pub struct EventListener(PgListener);

impl EventListener {
    /// Waits until there may be new events. Notifications that were sent while the connection was down are lost, so
    /// callers must also poll.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the connection is lost and can't be restored.
    pub async fn changed(&mut self) -> Result<(), StoreError> {
        self.0.try_recv().await?;
        Ok(())
    }
}

impl Store {
    /// Subscribes to notifications about new events.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database can't be reached.
    #[tracing::instrument(level = "debug", name = "store.live.event_listener", skip_all)]
    pub async fn event_listener(&self) -> Result<EventListener, StoreError> {
        let mut listener = PgListener::connect_with(self.pool()).await?;
        listener.listen(CHANNEL).await?;
        Ok(EventListener(listener))
    }

    /// Deletes events that no reader can still be waiting for.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database can't be reached, [`StoreError::Database`] if the query fails.
    #[tracing::instrument(level = "debug", name = "store.live.sweep_events", skip_all)]
    pub async fn sweep_events(&self) -> Result<(), StoreError> {
        sqlx::query!("select door.sweep_events()").execute(self.pool()).await?;
        Ok(())
    }
}
