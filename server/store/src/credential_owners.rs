//! In-memory map from sessions and tokens to their owners, as of their last use.
//!
//! Used for scheduling only: all sessions and tokens of a person share one queue. Access is checked by the doors, for
//! each request.

use crate::{
    address::Block,
    door::Credential,
    fair::{Key, Share},
    secret::SecretHash,
};
use model::id::UserId;
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Maximum number of remembered credentials. Above it, the map is cleared; each credential is added again on its next
/// request.
const MOST: usize = 50_000;
/// Maximum number of concurrent requests per person. Further requests wait, without delaying other people.
const PER_PERSON: usize = 3;
/// The same after sustained use. On a machine with two cores, this leaves one to everyone else.
const PER_BUSY_PERSON: usize = 1;
/// Maximum number of concurrent requests per address from clients that are not known to be signed in.
const PER_STRANGER: usize = 4;
/// Maximum number of concurrent requests per address.
const PER_ADDRESS: usize = 10;

/// Owners of credentials.
#[derive(Default)]
pub(crate) struct CredentialOwners(Mutex<HashMap<SecretHash, UserId>>);

impl CredentialOwners {
    pub(crate) fn record(&self, credential: &Credential, user: UserId) {
        let mut owners = self.owners();
        if owners.len() >= MOST {
            owners.clear();
        }
        owners.insert(credential.secret(), user);
    }

    /// Returns the shares that a request with this credential and address counts against.
    pub(crate) fn shares(&self, credential: Option<&Credential>, ip: Option<IpAddr>) -> Vec<Share> {
        let block = ip.map(Block::from);
        let person = credential.and_then(|credential| self.owners().get(&credential.secret()).copied());
        let key = match person {
            Some(person) => Share { key: Key::Person(person), max: PER_PERSON, sustained: PER_BUSY_PERSON },
            // An office may have many such clients behind one address.
            None => Share::constant(Key::Stranger(block), PER_STRANGER),
        };
        vec![key, Share::constant(Key::Address(block), PER_ADDRESS)]
    }

    fn owners(&self) -> MutexGuard<'_, HashMap<SecretHash, UserId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;
    use sqlx::types::Uuid;

    #[test]
    fn all_sessions_of_a_person_share_one_queue() {
        let owners = CredentialOwners::default();
        let sessions: Vec<_> = (0..40).map(|_| Credential::Session(Secret::generate("").unwrap().hash())).collect();
        let here = Some(IpAddr::from([10, 0, 0, 1]));
        let line = |session: &Credential, ip| owners.shares(Some(session), ip)[0].key.clone();
        assert_eq!(line(&sessions[0], here), line(&sessions[1], here), "an unknown session is a line of its own");
        let ada = UserId::from_uuid(Uuid::from_u128(1));
        sessions.iter().for_each(|session| owners.record(session, ada));
        for (n, session) in sessions.iter().enumerate() {
            assert_eq!(line(session, Some(IpAddr::from([10, 0, 0, n as u8]))), Key::Person(ada));
        }
        assert_eq!(owners.shares(None, here)[0].key, Key::Stranger(here.map(Block::from)));
    }
}
