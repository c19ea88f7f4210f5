//! Cache of people's seat lists. It is used for display only and never authorizes access.

use model::{
    id::UserId,
    picker::{MAX_AGE_SECONDS, Picker},
};
use moka::future::Cache;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// Maximum number of people with cached lists; the least used are evicted first.
const CACHED_PEOPLE: u64 = 10_000;

/// Cached lists by person and seat epoch. Every change to a seat changes the epoch, in the same transaction and on any
/// server, so a list is never older than the last change; the maximum age of 30 s is only a safeguard.
pub(crate) struct SeatCache(Cache<Key, (Instant, Arc<Picker>)>);

/// A person and their seat epoch.
pub(crate) type Key = (UserId, String);

impl Default for SeatCache {
    fn default() -> Self {
        let ttl = Duration::from_secs(MAX_AGE_SECONDS.unsigned_abs());
        Self(Cache::builder().max_capacity(CACHED_PEOPLE).time_to_live(ttl).build())
    }
}

impl SeatCache {
    /// Returns the cached list unless it is too old.
    pub(crate) async fn get(&self, key: &Key) -> Option<Arc<Picker>> {
        let (started, picker) = self.0.get(key).await?;
        (started.elapsed().as_secs() < MAX_AGE_SECONDS.unsigned_abs()).then_some(picker)
    }

    /// Caches a list, whose age counts from `started`.
    pub(crate) async fn insert(&self, key: Key, started: Instant, picker: &Arc<Picker>) {
        self.0.insert(key, (started, Arc::clone(picker))).await;
    }

    /// Removes a list from this server's cache.
    pub(crate) async fn forget(&self, key: &Key) {
        self.0.invalidate(key).await;
    }
}
