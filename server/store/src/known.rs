//! The owners of sessions and tokens, as of their last use.
//!
//! This only decides in which queue a request waits: all sessions and tokens of a person share one. Access is checked
//! at the doors, for each request.

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

/// How many credentials are remembered before all are forgotten. Each is known again after its next request.
const MOST: usize = 50_000;
/// How many requests of one person run at once. The others wait, without delaying other people.
const PER_PERSON: usize = 3;
/// How many run at once if that goes on. On a machine with two cores this leaves one to everybody else.
const PER_BUSY_PERSON: usize = 1;
/// How many requests run at once for everybody at one address who is not known to be signed in.
const PER_STRANGER: usize = 4;
/// How many requests of one address run at once.
const PER_ADDRESS: usize = 10;

/// The owners of credentials.
#[derive(Default)]
pub(crate) struct Known(Mutex<HashMap<SecretHash, UserId>>);

impl Known {
    pub(crate) fn note(&self, credential: &Credential, user: UserId) {
        let mut known = self.known();
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(credential.secret(), user);
    }

    /// The keys in whose shares a request with this credential and address is counted.
    pub(crate) fn shares(&self, credential: Option<&Credential>, ip: Option<IpAddr>) -> Vec<Share> {
        let block = ip.map(Block::from);
        let person = credential.and_then(|credential| self.known().get(&credential.secret()).copied());
        let asker = match person {
            Some(person) => Share { key: Key::Person(person), most: PER_PERSON, lasting: PER_BUSY_PERSON },
            // They are many, behind the address of an office.
            None => Share::steady(Key::Stranger(block), PER_STRANGER),
        };
        vec![asker, Share::steady(Key::Address(block), PER_ADDRESS)]
    }

    fn known(&self) -> MutexGuard<'_, HashMap<SecretHash, UserId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;
    use sqlx::types::Uuid;

    #[test]
    fn all_sessions_of_a_person_wait_in_one_line_from_wherever() {
        let known = Known::default();
        let sessions: Vec<_> = (0..40).map(|_| Credential::Session(Secret::generate("").unwrap().hash())).collect();
        let here = Some(IpAddr::from([10, 0, 0, 1]));
        let line = |session: &Credential, ip| known.shares(Some(session), ip)[0].key.clone();
        assert_eq!(line(&sessions[0], here), line(&sessions[1], here), "an unknown session is a line of its own");
        let ada = UserId::from_uuid(Uuid::from_u128(1));
        sessions.iter().for_each(|session| known.note(session, ada));
        for (n, session) in sessions.iter().enumerate() {
            assert_eq!(line(session, Some(IpAddr::from([10, 0, 0, n as u8]))), Key::Person(ada));
        }
        assert_eq!(known.shares(None, here)[0].key, Key::Stranger(here.map(Block::from)));
    }
}
