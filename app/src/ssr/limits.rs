//! Slowing guessing down: per address it comes from and per account it aims at (ASVS 6.3.1). Only failed tries count, so
//! that nobody is slowed by signing in, and a block is short, so that nobody can be locked out for long by a stranger.

use crate::error::AppError;
use governor::{
    DefaultKeyedRateLimiter, Quota,
    clock::{Clock, DefaultClock},
};
use model::Email;
use std::{
    collections::HashMap,
    net::IpAddr,
    num::NonZeroU32,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

/// Failures from one address before it waits, and the pace after that.
const PER_ADDRESS: (u32, Duration) = (20, Duration::from_secs(6));
/// Failures for one account before tries for it wait, and the pace after that.
const PER_ACCOUNT: (u32, Duration) = (10, Duration::from_secs(10));
/// Keys remembered before the idle ones are swept.
const SWEEP_AT: usize = 10_000;

/// Who is slowed down.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Address(Option<IpAddr>),
    Account(Email),
}

/// The limits on sign-in. Cheap to clone.
#[derive(Clone)]
pub struct SignInLimits(Arc<Inner>);

struct Inner {
    by_address: DefaultKeyedRateLimiter<Key>,
    by_account: DefaultKeyedRateLimiter<Key>,
    blocked: Mutex<HashMap<Key, Instant>>,
}

impl Default for SignInLimits {
    fn default() -> Self {
        Self::new()
    }
}

fn quota((burst, pace): (u32, Duration)) -> Quota {
    let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
    Quota::with_period(pace).unwrap_or(Quota::per_minute(burst)).allow_burst(burst)
}

impl SignInLimits {
    /// Fresh limits.
    pub fn new() -> Self {
        Self(Arc::new(Inner {
            by_address: DefaultKeyedRateLimiter::keyed(quota(PER_ADDRESS)),
            by_account: DefaultKeyedRateLimiter::keyed(quota(PER_ACCOUNT)),
            blocked: Mutex::default(),
        }))
    }

    /// Whether a try may be made.
    ///
    /// # Errors
    /// [`AppError::Limited`] with the seconds to wait.
    pub(super) fn check(&self, ip: Option<IpAddr>, email: &Email) -> Result<(), AppError> {
        let now = Instant::now();
        let Ok(mut blocked) = self.0.blocked.lock() else { return Err(AppError::Internal) };
        if blocked.len() > SWEEP_AT {
            blocked.retain(|_, until| *until > now);
        }
        let keys = [Key::Address(ip), Key::Account(email.clone())];
        let wait =
            keys.iter().filter_map(|key| blocked.get(key)).map(|until| until.saturating_duration_since(now)).max();
        match wait {
            Some(wait) if !wait.is_zero() => {
                Err(AppError::Limited(u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).saturating_add(1)))
            }
            _ => Ok(()),
        }
    }

    /// Counts a failed try; for unknown addresses as for known ones.
    pub(super) fn failed(&self, ip: Option<IpAddr>, email: &Email) {
        let clock = DefaultClock::default();
        for (limiter, key) in
            [(&self.0.by_address, Key::Address(ip)), (&self.0.by_account, Key::Account(email.clone()))]
        {
            if let Err(not_until) = limiter.check_key(&key)
                && let Ok(mut blocked) = self.0.blocked.lock()
            {
                blocked.insert(key, Instant::now() + not_until.wait_time_from(clock.now()));
            }
            if limiter.len() > SWEEP_AT {
                limiter.retain_recent();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guessing_is_slowed_for_the_account_from_everywhere_and_others_go_on() {
        let limits = SignInLimits::new();
        let (ada, mia) = (Email::parse("ada@x.example").unwrap(), Email::parse("mia@x.example").unwrap());
        for i in 0..=PER_ACCOUNT.0 {
            let ip = Some(IpAddr::from([10, 0, 0, (i % 250) as u8]));
            assert_eq!(limits.check(ip, &ada), Ok(()), "try {i}");
            limits.failed(ip, &ada);
        }
        let fresh = Some(IpAddr::from([10, 9, 9, 9]));
        assert!(matches!(limits.check(fresh, &ada), Err(AppError::Limited(1..=11))));
        assert_eq!(limits.check(fresh, &mia), Ok(()), "another account was slowed down");
    }
}
