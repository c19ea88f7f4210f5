//! Who is connected, so that they can be woken.

use crate::shutdown::Shutdown;
use model::id::{SessionId, UserId};
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};
use store::events::Event;
use tokio::sync::{Notify, Semaphore};

/// Most tabs of one person at a time at one server.
const PER_PERSON: usize = 60;
/// Most tabs at a time at one server.
const ALL: usize = 20_000;
/// Most tabs that ask the database at a time: all of a large workspace's may be woken at once, and requests go first.
const ASKING: usize = 4;

/// The tabs that are connected to this server. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Hub(Arc<Inner>);

struct Inner {
    people: Mutex<HashMap<UserId, Vec<Seated>>>,
    next: AtomicU64,
    asking: Semaphore,
    shutdown: Shutdown,
}

struct Seated {
    number: u64,
    session: Option<SessionId>,
    wake: Arc<Notify>,
}

/// A tab's place; dropping it gives the place up.
pub(super) struct Place {
    hub: Hub,
    user: UserId,
    number: u64,
    wake: Arc<Notify>,
}

impl Hub {
    /// A hub without tabs.
    pub(crate) fn new(shutdown: &Shutdown) -> Self {
        Self(Arc::new(Inner {
            people: Mutex::default(),
            next: AtomicU64::new(0),
            asking: Semaphore::new(ASKING),
            shutdown: shutdown.clone(),
        }))
    }

    /// Takes a place for a tab; `None` when the person has too many, or all have.
    pub(super) fn sit(&self, user: UserId, session: Option<SessionId>) -> Option<Place> {
        let (number, wake) = (self.0.next.fetch_add(1, Ordering::Relaxed), Arc::new(Notify::new()));
        let mut people = self.people();
        let all: usize = people.values().map(Vec::len).sum();
        let tabs = people.entry(user).or_default();
        if tabs.len() >= PER_PERSON || all >= ALL {
            return None;
        }
        tabs.push(Seated { number, session, wake: Arc::clone(&wake) });
        Some(Place { hub: self.clone(), user, number, wake })
    }

    /// Wakes the tabs that events concern.
    pub(super) fn tell(&self, events: &[Event]) {
        let people = self.people();
        for event in events {
            for tab in people.get(&event.user).into_iter().flatten() {
                if event.session.is_none() || event.session == tab.session {
                    tab.wake.notify_one();
                }
            }
        }
    }

    /// Wakes all tabs: anything may have changed.
    pub(super) fn tell_all(&self) {
        self.people().values().flatten().for_each(|tab| tab.wake.notify_one());
    }

    /// How many tabs there are.
    pub(crate) fn tabs(&self) -> usize {
        self.people().values().map(Vec::len).sum()
    }

    /// Leave to ask the database, one of few.
    pub(super) async fn turn(&self) -> Option<tokio::sync::SemaphorePermit<'_>> {
        self.0.asking.acquire().await.ok()
    }

    pub(super) fn shutdown(&self) -> &Shutdown {
        &self.0.shutdown
    }

    fn people(&self) -> std::sync::MutexGuard<'_, HashMap<UserId, Vec<Seated>>> {
        self.0.people.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Returns once something may have changed for the tab's person since it last did.
    pub(super) async fn woken(&self) {
        self.wake.notified().await;
    }
}

impl Drop for Place {
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
