//! Passwords: argon2id with 46 MiB, one pass, one lane (ASVS 5.0 appendix C). Hashing takes memory and time, so only a
//! few run at once and the rest wait, each behind those of their own address, then are turned away.

use crate::error::AppError;
use argon2::{Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version};
use model::password::{prepared, spellings};
use std::{num::NonZeroUsize, sync::Arc, thread, time::Duration};
use store::fair::{self, Fair, Limits, Share, asker};

/// How many hashes run at once, at most. Each takes 46 MiB. Never on more than half of the processor's cores.
const AT_ONCE: usize = 4;
/// Hashes that run at once for one person or address.
const AT_ONCE_FOR_ONE: usize = 1;
/// How many wait for one person or address, and how long.
const WAITING: (usize, Duration) = (32, Duration::from_secs(3));

/// Whether a password is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// It is wrong.
    No,
    /// It is right.
    Yes,
    /// It is right, but the stored hash is from before passwords were normalized.
    InFormerSpelling,
}

/// Hashes and checks passwords. Cheap to clone.
#[derive(Clone)]
pub struct Passwords {
    turns: Fair,
    /// What is checked when the address is unknown, so that the answer takes as long.
    decoy: Arc<str>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self::new()
    }
}

impl Passwords {
    /// A hasher.
    pub fn new() -> Self {
        let decoy = argon().and_then(|a| a.hash_password(b"nobody has this password").ok().map(|h| h.to_string()));
        let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let total = (cores / 2).clamp(1, AT_ONCE);
        let turns = Fair::new(Limits { total, queue: WAITING.0, waiting: fair::WAITING, patience: WAITING.1 });
        Self { turns, decoy: decoy.unwrap_or_default().into() }
    }

    /// The PHC string of a password, in its normalized spelling.
    ///
    /// # Errors
    /// [`AppError::Unavailable`] when too many wait already.
    pub async fn hash(&self, password: &str) -> Result<String, AppError> {
        let password = prepared(password).into_owned();
        self.in_turn(move || Some(argon()?.hash_password(password.as_bytes()).ok()?.to_string()))
            .await?
            .ok_or(AppError::Internal)
    }

    /// Whether `password` matches `stored`, in any of its spellings. Without a stored hash: [`Fit::No`], after the same
    /// time.
    ///
    /// # Errors
    /// [`AppError::Unavailable`] when too many wait already.
    pub async fn verify(&self, password: &str, stored: Option<&str>) -> Result<Fit, AppError> {
        let known = stored.is_some();
        let stored = stored.unwrap_or(&self.decoy).to_owned();
        let spellings = spellings(password);
        let fitting = self
            .in_turn(move || {
                let (argon, hash) = (argon()?, PasswordHash::new(&stored).ok()?);
                spellings.iter().position(|spelling| argon.verify_password(spelling.as_bytes(), &hash).is_ok())
            })
            .await?;
        Ok(match fitting {
            Some(0) if known => Fit::Yes,
            Some(_) if known => Fit::InFormerSpelling,
            _ => Fit::No,
        })
    }

    async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, AppError> {
        let turn =
            self.turns.turn(vec![Share::steady(asker(), AT_ONCE_FOR_ONE)]).await.map_err(|_| AppError::Unavailable)?;
        // The place is held until the work ends, even if the caller has gone.
        let work = move || {
            let done = work();
            drop(turn);
            done
        };
        tokio::task::spawn_blocking(work).await.map_err(|error| {
            tracing::error!(%error, "password hashing failed");
            AppError::Internal
        })
    }
}

fn argon() -> Option<Argon2<'static>> {
    Some(Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(46 * 1024, 1, 1, None).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_fits_and_nobody_fits_the_decoy() {
        let passwords = Passwords::new();
        let hash = passwords.hash("stile-demo-2026").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=47104,t=1,p=1$"), "{hash}");
        assert_eq!(passwords.verify("stile-demo-2026", Some(&hash)).await, Ok(Fit::Yes));
        assert_eq!(passwords.verify("stile-demo-2027", Some(&hash)).await, Ok(Fit::No));
        assert_eq!(passwords.verify("nobody has this password", None).await, Ok(Fit::No), "the decoy let someone in");
    }

    /// The kind: one password, typed on systems that spell its letters otherwise.
    #[tokio::test]
    async fn any_spelling_of_a_password_fits_whichever_was_hashed() {
        let passwords = Passwords::new();
        let (composed, apart) = ("Füße über Łódź", "Fu\u{308}ße u\u{308}ber Ło\u{301}dz\u{301}");
        let today = passwords.hash(apart).await.unwrap();
        let before = argon().unwrap().hash_password(apart.as_bytes()).unwrap().to_string();
        for typed in [composed, apart] {
            assert_eq!(passwords.verify(typed, Some(&today)).await, Ok(Fit::Yes));
            assert_eq!(passwords.verify(typed, Some(&before)).await, Ok(Fit::InFormerSpelling));
        }
        let other = "Fuße über Łódź";
        assert_eq!(passwords.verify(other, Some(&today)).await, Ok(Fit::No), "an accent does not count");
        assert_eq!(passwords.verify(composed, None).await, Ok(Fit::No));
    }
}
