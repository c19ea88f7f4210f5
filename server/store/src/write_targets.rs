//! In-memory map from the credentials of programs to what they write to.

use crate::{
    door::{Credential, WriteTarget},
    secret::SecretHash,
};
use model::Slug;
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Maximum number of remembered targets. Above it, the map is cleared.
const MOST: usize = 10_000;

/// In-memory map from a credential and slug to the person and workspace of their last write. It only tells which write
/// locks to take first. Access is checked by the door, under these locks.
#[derive(Default)]
pub(crate) struct WriteTargets(Mutex<HashMap<(SecretHash, Slug), WriteTarget>>);

impl WriteTargets {
    pub(crate) fn get(&self, credential: &Credential, slug: &Slug) -> Option<WriteTarget> {
        self.targets().get(&(credential.secret(), slug.clone())).copied()
    }

    pub(crate) fn record(&self, credential: &Credential, slug: &Slug, target: WriteTarget) {
        let mut targets = self.targets();
        if targets.len() >= MOST {
            targets.clear();
        }
        targets.insert((credential.secret(), slug.clone()), target);
    }

    fn targets(&self) -> MutexGuard<'_, HashMap<(SecretHash, Slug), WriteTarget>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
