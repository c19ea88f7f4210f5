//! The cache of lists of seats. They say what to show and can't be turned into a way in.

use model::{
    id::UserId,
    picker::{MAX_AGE_SECONDS, Picker},
};
use moka::future::Cache;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// People whose lists are kept at once; the least used goes first.
const CACHED_PEOPLE: u64 = 10_000;

/// Lists by person and seat epoch. Every change to a seat changes the epoch, in the same transaction and at whichever
/// server, so a list is never older than the last change; 30 s is only the ceiling.
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
    /// A list that is not too old.
    pub(crate) async fn get(&self, key: &Key) -> Option<Arc<Picker>> {
        let (started, picker) = self.0.get(key).await?;
        (started.elapsed().as_secs() < MAX_AGE_SECONDS.unsigned_abs()).then_some(picker)
    }

    /// Keeps a list, whose age counts from `started`.
    pub(crate) async fn insert(&self, key: Key, started: Instant, picker: &Arc<Picker>) {
        self.0.insert(key, (started, Arc::clone(picker))).await;
    }

    /// Forgets a list on this server.
    pub(crate) async fn forget(&self, key: &Key) {
        self.0.invalidate(key).await;
    }
}
