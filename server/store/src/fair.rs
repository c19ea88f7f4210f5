//! Fair scheduling: limits on concurrent use of a resource per person, address or workspace.
//!
//! A client that asks for more waits behind its own requests, never in front of others. The next slot goes to the
//! waiting key with the fewest slots in use, so one account with many requests does not slow the others down. A key
//! that has kept several slots busy for a while gets fewer of them until it has been idle. This is for load only;
//! access is decided elsewhere.

use crate::address::Block;
use model::{Slug, id::UserId};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{sync::oneshot, time::Instant};

tokio::task_local! {
    /// The key on whose behalf the current task runs.
    static CURRENT_KEY: Key;
}

/// Key that usage is counted by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Key {
    /// A person, across all their sessions and tokens.
    Person(UserId),
    /// All clients at an IP address that are not known to be signed in.
    Stranger(Option<Block>),
    /// All clients at an IP address.
    Address(Option<Block>),
    /// Everyone in a workspace, by its slug.
    Workspace(Slug),
    /// The server itself.
    Server,
}

/// Limit for one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// Key that the limit applies to.
    pub key: Key,
    /// Maximum number of slots at once.
    pub max: usize,
    /// Maximum number of slots after sustained use of more than one.
    pub sustained: usize,
}

impl Share {
    /// Creates a share whose limit does not shrink under sustained use.
    pub const fn constant(key: Key, max: usize) -> Self {
        Self { key, max, sustained: max }
    }
}

/// Resource with fair scheduling. Cheap to clone.
#[derive(Clone)]
pub struct FairLimiter(Arc<Inner>);

struct Inner {
    limits: Limits,
    state: Mutex<State>,
}

/// Limits of a resource.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Maximum number of slots in use.
    pub total: usize,
    /// Maximum number of waiting requests per key. Further requests fail immediately.
    pub queue: usize,
    /// Maximum number of waiting requests in total.
    pub waiting: usize,
    /// Maximum wait of a request.
    pub max_wait: Duration,
}

/// Maximum number of waiting requests in total, where a waiting request costs only memory.
pub const WAITING: usize = 4_096;
/// Time for which a key may use two slots before its `sustained` limit applies; half as long for three.
const BURST: Duration = Duration::from_secs(2);
/// Number of keys above which idle keys are removed.
const KEYS_KEPT: usize = 1_024;

#[derive(Default)]
struct State {
    in_use: usize,
    used: HashMap<Key, Use>,
    waiting: Vec<Waiter>,
}

/// Usage of a key.
struct Use {
    slots: usize,
    /// Time with more than one slot in use, multiplied by the number of extra slots, minus idle time.
    debt: Duration,
    /// Time up to which `debt` has been computed.
    counted: Instant,
}

impl Use {
    const fn new(now: Instant) -> Self {
        Self { slots: 0, debt: Duration::ZERO, counted: now }
    }

    fn debt(&self, now: Instant) -> Duration {
        let passed = now.saturating_duration_since(self.counted);
        match u32::try_from(self.slots).unwrap_or(u32::MAX).checked_sub(1) {
            Some(others) => self.debt.saturating_add(passed.saturating_mul(others)),
            None => self.debt.saturating_sub(passed),
        }
    }

    fn set(&mut self, slots: usize, now: Instant) {
        self.debt = self.debt(now);
        self.counted = now;
        self.slots = slots;
    }
}

struct Waiter {
    shares: Vec<Share>,
    permit: oneshot::Sender<Permit>,
}

/// Slot in use. Released on drop.
#[must_use]
pub struct Permit {
    fair: FairLimiter,
    keys: Vec<Key>,
}

/// Error: too many requests for one key, or the wait timed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too much is asked for at once")]
pub struct Busy;

impl FairLimiter {
    /// Creates a resource with the given limits.
    pub fn new(limits: Limits) -> Self {
        Self(Arc::new(Inner { limits, state: Mutex::default() }))
    }

    /// Waits for a slot in each of the shares. The first key determines priority: the key with the fewest slots in use
    /// goes first.
    ///
    /// # Errors
    /// [`Busy`] if too many requests wait for the first key or in total, or the wait times out.
    pub async fn acquire(&self, shares: Vec<Share>) -> Result<Permit, Busy> {
        let receiver = {
            let mut state = self.state();
            let now = Instant::now();
            if state.fits(&shares, self.0.limits.total, now) {
                return Ok(self.take(&mut state, &shares, now));
            }
            let first = shares.first().map(|share| &share.key);
            let queued = state.waiting.iter().filter(|w| w.shares.first().map(|share| &share.key) == first).count();
            if queued >= self.0.limits.queue || state.waiting.len() >= self.0.limits.waiting {
                return Err(Busy);
            }
            let (permit, receiver) = oneshot::channel();
            state.waiting.push(Waiter { shares, permit });
            receiver
        };
        match tokio::time::timeout(self.0.limits.max_wait, receiver).await {
            Ok(Ok(permit)) => Ok(permit),
            _ => Err(Busy),
        }
    }

    fn take(&self, state: &mut State, shares: &[Share], now: Instant) -> Permit {
        state.in_use += 1;
        for share in shares {
            let used = state.used.entry(share.key.clone()).or_insert_with(|| Use::new(now));
            used.set(used.slots + 1, now);
        }
        Permit { fair: self.clone(), keys: shares.iter().map(|share| share.key.clone()).collect() }
    }

    fn release(&self, keys: &[Key]) {
        let mut called = Vec::new();
        {
            let now = Instant::now();
            let mut state = self.state();
            state.in_use = state.in_use.saturating_sub(1);
            for key in keys {
                if let Some(used) = state.used.get_mut(key) {
                    used.set(used.slots.saturating_sub(1), now);
                }
            }
            if state.used.len() > KEYS_KEPT {
                state.used.retain(|_, used| used.slots > 0 || !used.debt(now).is_zero());
            }
            // Waiters that have given up are skipped.
            state.waiting.retain(|waiter| !waiter.permit.is_closed());
            while let Some(next) = state.next(self.0.limits.total, now) {
                let waiter = state.waiting.remove(next);
                let permit = self.take(&mut state, &waiter.shares, now);
                called.push((waiter.permit, permit));
            }
        }
        // Outside the lock: a slot whose waiter is gone is released here, which takes the lock again.
        for (waiter, permit) in called {
            drop(waiter.send(permit));
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // The state contains only counters, which are consistent between any two statements that could panic.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn slots(&self, share: &Share) -> usize {
        self.used.get(&share.key).map_or(0, |used| used.slots)
    }

    fn fits(&self, shares: &[Share], total: usize, now: Instant) -> bool {
        let fits = |share: &Share| {
            self.used.get(&share.key).is_none_or(|used| {
                let max = if used.debt(now) > BURST { share.sustained } else { share.max };
                used.slots < max
            })
        };
        self.in_use < total && shares.iter().all(fits)
    }

    /// Returns the index of the next waiter: of those that fit, the one whose key has the fewest slots in use, and
    /// among equals the first.
    fn next(&self, total: usize, now: Instant) -> Option<usize> {
        if self.in_use >= total {
            return None;
        }
        let fitting = self.waiting.iter().enumerate().filter(|(_, waiter)| self.fits(&waiter.shares, total, now));
        fitting.min_by_key(|(_, waiter)| waiter.shares.first().map_or(0, |share| self.slots(share))).map(|(n, _)| n)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.fair.release(&self.keys);
    }
}

/// Runs `work` on behalf of `key`.
pub async fn on_behalf_of<T>(key: Key, work: impl Future<Output = T>) -> T {
    CURRENT_KEY.scope(key, work).await
}

/// Returns the key on whose behalf the current task runs; [`Key::Server`] by default.
pub fn current_key() -> Key {
    CURRENT_KEY.try_with(Clone::clone).unwrap_or(Key::Server)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::types::Uuid;

    const LIMITS: Limits = Limits { total: 4, queue: 8, waiting: WAITING, max_wait: Duration::from_secs(5) };

    fn person(n: u128) -> Key {
        Key::Person(UserId::from_uuid(Uuid::from_u128(n)))
    }

    fn share(n: u128) -> Vec<Share> {
        vec![Share { key: person(n), max: 2, sustained: 1 }]
    }

    #[tokio::test]
    async fn slots_per_person_are_limited_and_others_do_not_wait() {
        let fair = FairLimiter::new(LIMITS);
        let held = [fair.acquire(share(1)).await.unwrap(), fair.acquire(share(1)).await.unwrap()];
        let third = tokio::spawn({
            let fair = fair.clone();
            async move { fair.acquire(share(1)).await }
        });
        tokio::task::yield_now().await;
        assert!(!third.is_finished(), "a third place was given");
        let _others = [fair.acquire(share(2)).await.unwrap(), fair.acquire(share(3)).await.unwrap()];
        drop(held);
        assert!(third.await.unwrap().is_ok(), "the place that came free was not passed on");
    }

    #[tokio::test]
    async fn a_full_queue_rejects_only_its_own_person() {
        let fair = FairLimiter::new(LIMITS);
        let _held = [fair.acquire(share(1)).await.unwrap(), fair.acquire(share(1)).await.unwrap()];
        for _ in 0..LIMITS.queue {
            let fair = fair.clone();
            tokio::spawn(async move { fair.acquire(share(1)).await.map(std::mem::forget) });
        }
        tokio::task::yield_now().await;
        assert_eq!(fair.acquire(share(1)).await.err(), Some(Busy));
        assert!(fair.acquire(share(2)).await.is_ok());
    }

    #[tokio::test]
    async fn a_free_slot_goes_to_the_person_with_the_fewest() {
        let fair = FairLimiter::new(Limits { total: 2, ..LIMITS });
        let (kept, freed) = (fair.acquire(share(1)).await.unwrap(), fair.acquire(share(3)).await.unwrap());
        let wait = |n| {
            let fair = fair.clone();
            tokio::spawn(async move { fair.acquire(share(n)).await })
        };
        let (same, other) = (wait(1), wait(2));
        tokio::task::yield_now().await;
        drop(freed);
        let permit = other.await.unwrap();
        assert!(permit.is_ok() && !same.is_finished(), "who came first went first, with a place in use already");
        drop(kept);
        assert!(same.await.unwrap().is_ok());
    }

    #[tokio::test]
    async fn a_wait_that_times_out_releases_its_slot() {
        let fair = FairLimiter::new(Limits { total: 1, max_wait: Duration::from_millis(20), ..LIMITS });
        let held = fair.acquire(share(1)).await.unwrap();
        assert_eq!(fair.acquire(share(2)).await.err(), Some(Busy), "nobody waits for ever");
        drop(held);
        for _ in 0..3 {
            assert!(fair.acquire(share(2)).await.is_ok(), "a place was lost");
        }
        assert!(fair.state().used.values().all(|used| used.slots == 0) && fair.state().waiting.is_empty());
    }

    #[test]
    fn sustained_use_lowers_the_limit_until_a_pause() {
        let start = Instant::now();
        let at = |second| start + Duration::from_secs(second);
        let mut used = Use::new(at(0));
        used.set(1, at(0));
        assert_eq!(used.debt(at(60)), Duration::ZERO, "one at a time is never too much");
        used.set(2, at(60));
        used.set(1, at(63));
        assert_eq!(used.debt(at(90)), Duration::from_secs(3), "what was too much counts until there is a pause");

        let mut state = State { used: [(person(1), used)].into(), ..State::default() };
        let fits =
            |state: &State, n, second| state.fits(&[Share { key: person(n), max: 2, sustained: 1 }], 4, at(second));
        assert!(!fits(&state, 1, 90), "a second place after three seconds with two");
        assert!(fits(&state, 2, 90), "another's use is counted");
        state.used.get_mut(&person(1)).unwrap().set(0, at(90));
        assert!(fits(&state, 1, 90), "the one place that lasts is gone");
        state.used.get_mut(&person(1)).unwrap().set(1, at(92));
        assert!(fits(&state, 1, 92), "the pause changed nothing");
    }
}
