//! The events of seats, workspaces and sessions, as every server reads them.
//!
//! They are read by the number of the transaction that wrote them, from the oldest one that may still be running. Ids
//! are handed out before the commit, so whoever reads "everything after the last id" misses what commits late
//! (docs/SECURITY.md, F-7).

use crate::{error::StoreError, pool::Store};
use model::id::{SessionId, UserId};
use sqlx::postgres::PgListener;
use std::collections::BTreeSet;

/// The channel on which a trigger says that there is something to read. It only saves time: its messages are empty.
const CHANNEL: &str = "stile_events";
/// Most events that one question is answered with (`door.events`).
const MOST: usize = 50_000;

/// Somebody whose tabs should look again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// Whom it concerns.
    pub user: UserId,
    /// The only one of their sessions that it concerns, if it is only one.
    pub session: Option<SessionId>,
}

/// What was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// These.
    Events(Vec<Event>),
    /// More than can be told apart: it may concern anybody.
    Everything,
}

/// A place in the stream of events: each event is given once.
#[derive(Debug, Default)]
pub struct EventReader {
    /// The number of the oldest transaction that was running when last read.
    since: Option<String>,
    /// What was given already of those that would come again.
    seen: BTreeSet<i64>,
}

impl EventReader {
    /// A reader of what is written from its first [`read`](Self::read) on.
    pub fn new() -> Self {
        Self::default()
    }

    /// What was committed since the last time. The first time finds the place, and gives nothing.
    ///
    /// # Errors
    /// When the database fails; then the place stays, and nothing is lost.
    pub async fn read(&mut self, store: &Store) -> Result<News, StoreError> {
        if self.since.is_none() {
            self.after(store).await?;
            // A transaction of long ago may hold the place back: what is behind it already is no news.
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
        // What is behind the new place does not come again, and need not be remembered.
        self.seen = ids;
        Ok(News::Events(events))
    }
}

/// A connection that wakes whoever waits when there is something to read.
pub struct Waker(PgListener);

impl Waker {
    /// Waits until there may be something. It is not told what was sent while the connection was away: whoever relies on
    /// it alone misses events.
    ///
    /// # Errors
    /// When the connection is lost for good.
    pub async fn woken(&mut self) -> Result<(), StoreError> {
        self.0.try_recv().await?;
        Ok(())
    }
}

impl Store {
    /// Listens for events.
    ///
    /// # Errors
    /// When the database can't be reached.
    pub async fn waker(&self) -> Result<Waker, StoreError> {
        let mut listener = PgListener::connect_with(self.pool()).await?;
        listener.listen(CHANNEL).await?;
        Ok(Waker(listener))
    }

    /// Removes events that nobody can be waiting for any more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sweep_events(&self) -> Result<(), StoreError> {
        sqlx::query!("select door.sweep_events()").execute(self.pool()).await?;
        Ok(())
    }
}
