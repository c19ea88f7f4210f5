//! Whose a session or token was when it was last looked at.
//!
//! It decides nothing but behind whom a request waits: all sessions and tokens of a person wait in one line. Who may see
//! or do what is read at the doors, each time.

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

/// Credentials remembered before all are forgotten; each is known again after its next request.
const MOST: usize = 50_000;
/// How many requests of one person run at once. The others wait, in front of nobody else.
const PER_PERSON: usize = 3;
/// How many requests of everybody at one address run at once who is not known to be signed in.
const PER_STRANGER: usize = 4;
/// How many requests of one address run at once.
const PER_ADDRESS: usize = 10;

/// Whose credentials are.
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

    /// For whom a request with this credential and from this address is, and of what it takes its share.
    pub(crate) fn shares(&self, credential: Option<&Credential>, ip: Option<IpAddr>) -> Vec<Share> {
        let block = ip.map(Block::from);
        let person = credential.and_then(|credential| self.known().get(&credential.secret()).copied());
        let asker = match person {
            Some(person) => (Key::Person(person), PER_PERSON),
            None => (Key::Stranger(block), PER_STRANGER),
        };
        vec![asker, (Key::Address(block), PER_ADDRESS)]
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
        let line = |session: &Credential, ip| known.shares(Some(session), ip)[0].0.clone();
        assert_eq!(line(&sessions[0], here), line(&sessions[1], here), "an unknown session is a line of its own");
        let ada = UserId::from_uuid(Uuid::from_u128(1));
        sessions.iter().for_each(|session| known.note(session, ada));
        for (n, session) in sessions.iter().enumerate() {
            assert_eq!(line(session, Some(IpAddr::from([10, 0, 0, n as u8]))), Key::Person(ada));
        }
        assert_eq!(known.shares(None, here)[0].0, Key::Stranger(here.map(Block::from)));
    }
}
