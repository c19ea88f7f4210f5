//! Registry of the connected tabs, used to wake them.

use crate::shutdown::Shutdown;
use model::id::{SessionId, UserId};
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};
use store::live::Event;
use tokio::sync::{Notify, Semaphore};

/// Maximum number of concurrent tabs per user on one server.
const PER_PERSON: usize = 60;
/// Maximum number of concurrent tabs on one server.
const ALL: usize = 20_000;
/// Maximum number of tabs that query the database concurrently. An event can wake all tabs of a large workspace at
/// once, and HTTP requests have priority.
const MAX_QUERIES: usize = 4;

/// The tabs connected to this server. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Hub(Arc<Inner>);

struct Inner {
    people: Mutex<HashMap<UserId, Vec<TabEntry>>>,
    next: AtomicU64,
    queries: Semaphore,
    shutdown: Shutdown,
}

struct TabEntry {
    number: u64,
    session: Option<SessionId>,
    wake: Arc<Notify>,
}

/// A tab's registration, removed on drop.
pub(super) struct Slot {
    hub: Hub,
    user: UserId,
    number: u64,
    wake: Arc<Notify>,
}

impl Hub {
    /// Creates a hub without tabs.
    pub(crate) fn new(shutdown: &Shutdown) -> Self {
        Self(Arc::new(Inner {
            people: Mutex::default(),
            next: AtomicU64::new(0),
            queries: Semaphore::new(MAX_QUERIES),
            shutdown: shutdown.clone(),
        }))
    }

    /// Registers a tab. Returns `None` if the user or the server has reached its limit.
    pub(super) fn register(&self, user: UserId, session: Option<SessionId>) -> Option<Slot> {
        let (number, wake) = (self.0.next.fetch_add(1, Ordering::Relaxed), Arc::new(Notify::new()));
        let mut people = self.people();
        let all: usize = people.values().map(Vec::len).sum();
        let tabs = people.entry(user).or_default();
        if tabs.len() >= PER_PERSON || all >= ALL {
            return None;
        }
        tabs.push(TabEntry { number, session, wake: Arc::clone(&wake) });
        Some(Slot { hub: self.clone(), user, number, wake })
    }

    /// Wakes the tabs that the events affect.
    pub(super) fn wake(&self, events: &[Event]) {
        let people = self.people();
        for event in events {
            for tab in people.get(&event.user).into_iter().flatten() {
                if event.session.is_none() || event.session == tab.session {
                    tab.wake.notify_one();
                }
            }
        }
    }

    /// Wakes all tabs, for when any of their data may have changed.
    pub(super) fn wake_all(&self) {
        self.people().values().flatten().for_each(|tab| tab.wake.notify_one());
    }

    /// Returns the number of connected tabs.
    pub(crate) fn tabs(&self) -> usize {
        self.people().values().map(Vec::len).sum()
    }

    /// Acquires one of the few permits to query the database.
    pub(super) async fn query_permit(&self) -> Option<tokio::sync::SemaphorePermit<'_>> {
        self.0.queries.acquire().await.ok()
    }

    pub(super) fn shutdown(&self) -> &Shutdown {
        &self.0.shutdown
    }

    fn people(&self) -> std::sync::MutexGuard<'_, HashMap<UserId, Vec<TabEntry>>> {
        self.0.people.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slot {
    /// Waits until data of the tab's user may have changed since the last wake-up.
    pub(super) async fn notified(&self) {
        self.wake.notified().await;
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut people = self.hub.people();
        if let Some(tabs) = people.get_mut(&self.user) {
            tabs.retain(|tab| tab.number != self.number);
            if tabs.is_empty() {
                people.remove(&self.user);
            }
        }
    }
}
