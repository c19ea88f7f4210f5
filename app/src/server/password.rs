//! Password hashing: argon2id with 46 MiB, one pass, one lane (ASVS 5.0 appendix C). Hashing takes memory and time, so
//! only a few hashes run at once. Others wait in a queue per client, and are rejected if it is full or they wait too
//! long.

use crate::error::AppError;
use argon2::{Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version};
use model::password::{prepared, spellings};
use std::{num::NonZeroUsize, sync::Arc, thread, time::Duration};
use store::fair::{self, FairLimiter, Limits, Share, current_key};

/// Maximum number of concurrent hashes. Each takes 46 MiB. Never more than half of the processor's cores.
const AT_ONCE: usize = 4;
/// Maximum number of concurrent hashes per person or client address.
const AT_ONCE_FOR_ONE: usize = 1;
/// Maximum queue length per person or client address, and maximum waiting time.
const WAITING: (usize, Duration) = (32, Duration::from_secs(3));

/// Result of a password check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordCheck {
    /// Wrong password.
    Wrong,
    /// Correct password.
    Correct,
    /// Correct password, but the stored hash is from before passwords were normalized.
    CorrectUnnormalized,
}

/// Hashes and verifies passwords. Cheap to clone.
#[derive(Clone)]
pub struct Passwords {
    limiter: FairLimiter,
    /// Hash to verify if the email address is unknown, so that the response takes as long.
    decoy: Arc<str>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self::new()
    }
}

impl Passwords {
    /// Creates a hasher.
    pub fn new() -> Self {
        let decoy = argon().and_then(|a| a.hash_password(b"nobody has this password").ok().map(|h| h.to_string()));
        let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let total = (cores / 2).clamp(1, AT_ONCE);
        let limiter = FairLimiter::new(Limits { total, queue: WAITING.0, waiting: fair::WAITING, max_wait: WAITING.1 });
        Self { limiter, decoy: decoy.unwrap_or_default().into() }
    }

    /// Hashes the normalized password. Returns a PHC string.
    ///
    /// # Errors
    /// [`AppError::Unavailable`] if the queue is full or the wait too long.
    pub async fn hash(&self, password: &str) -> Result<String, AppError> {
        let password = prepared(password).into_owned();
        self.with_permit(move || Some(argon()?.hash_password(password.as_bytes()).ok()?.to_string()))
            .await?
            .ok_or(AppError::Internal)
    }

    /// Checks `password`, in each of its Unicode spellings, against `stored`. Without a stored hash it returns
    /// [`PasswordCheck::Wrong`] after the same time.
    ///
    /// # Errors
    /// [`AppError::Unavailable`] if the queue is full or the wait too long.
    pub async fn verify(&self, password: &str, stored: Option<&str>) -> Result<PasswordCheck, AppError> {
        let known = stored.is_some();
        let stored = stored.unwrap_or(&self.decoy).to_owned();
        let spellings = spellings(password);
        let fitting = self
            .with_permit(move || {
                let (argon, hash) = (argon()?, PasswordHash::new(&stored).ok()?);
                spellings.iter().position(|spelling| argon.verify_password(spelling.as_bytes(), &hash).is_ok())
            })
            .await?;
        Ok(match fitting {
            Some(0) if known => PasswordCheck::Correct,
            Some(_) if known => PasswordCheck::CorrectUnnormalized,
            _ => PasswordCheck::Wrong,
        })
    }

    async fn with_permit<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, AppError> {
        let permit = self
            .limiter
            .acquire(vec![Share::constant(current_key(), AT_ONCE_FOR_ONE)])
            .await
            .map_err(|_| AppError::Unavailable)?;
        // The slot is held until the work ends, even if the request was cancelled.
        let work = move || {
            let done = work();
            drop(permit);
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
    async fn only_the_correct_password_matches_and_none_matches_the_decoy() {
        let passwords = Passwords::new();
        let hash = passwords.hash("stile-demo-2026").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=47104,t=1,p=1$"), "{hash}");
        assert_eq!(passwords.verify("stile-demo-2026", Some(&hash)).await, Ok(PasswordCheck::Correct));
        assert_eq!(passwords.verify("stile-demo-2027", Some(&hash)).await, Ok(PasswordCheck::Wrong));
        assert_eq!(
            passwords.verify("nobody has this password", None).await,
            Ok(PasswordCheck::Wrong),
            "the decoy let someone in"
        );
    }

    /// A password typed on systems that encode its letters differently.
    #[tokio::test]
    async fn passwords_match_in_any_unicode_spelling() {
        let passwords = Passwords::new();
        let (composed, apart) = ("Füße über Łódź", "Fu\u{308}ße u\u{308}ber Ło\u{301}dz\u{301}");
        let today = passwords.hash(apart).await.unwrap();
        let before = argon().unwrap().hash_password(apart.as_bytes()).unwrap().to_string();
        for typed in [composed, apart] {
            assert_eq!(passwords.verify(typed, Some(&today)).await, Ok(PasswordCheck::Correct));
            assert_eq!(passwords.verify(typed, Some(&before)).await, Ok(PasswordCheck::CorrectUnnormalized));
        }
        let other = "Fuße über Łódź";
        assert_eq!(passwords.verify(other, Some(&today)).await, Ok(PasswordCheck::Wrong), "an accent does not count");
        assert_eq!(passwords.verify(composed, None).await, Ok(PasswordCheck::Wrong));
    }
}
