//! Rate limits per key: emails by recipient and by client address, lookups by person. Keys are counted whether or not
//! the account exists, so that a limit reveals nothing.

use crate::error::AppError;
use governor::{
    DefaultKeyedRateLimiter, Quota,
    clock::{Clock, DefaultClock},
};
use model::{Email, id::UserId};
use std::{hash::Hash, net::IpAddr, num::NonZeroU32, sync::Arc, time::Duration};
use store::{
    address::Block,
    rate_limits::{RateLimit, RateLimited},
};

/// Emails requested from one client address: burst, then interval. An office may share an address.
const MAILS_FROM: (u32, Duration) = (30, Duration::from_secs(10));
/// Emails to one recipient: burst, then interval.
const MAILS_TO: (u32, Duration) = (4, Duration::from_secs(180));
/// Slug lookups by one person: burst, then interval.
const SLUGS: (u32, Duration) = (60, Duration::from_secs(1));
/// Organizations created by one person, across all servers. Each takes a slug permanently.
pub(crate) const FOUNDED: RateLimit = RateLimit { action: "founded", burst: 10, interval_seconds: 600 };
/// Workspaces created or given a new slug by one person, across all servers. Each takes a slug permanently; more than
/// [`FOUNDED`], since a new company needs several.
pub(crate) const CREATED: RateLimit = RateLimit { action: "created", burst: 40, interval_seconds: 60 };
/// Passkey sign-ins started from one client address: burst, then interval. Each stores a row for five minutes.
const PASSKEYS: (u32, Duration) = (30, Duration::from_secs(5));
/// Number of keys above which idle ones are removed.
const SWEEP_AT: usize = 10_000;

/// Rate limiter by key. Cheap to clone.
pub struct RateLimiter<K: Hash + Eq + Clone>(Arc<DefaultKeyedRateLimiter<K>>);

impl<K: Hash + Eq + Clone> Clone for RateLimiter<K> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K: Hash + Eq + Clone> RateLimiter<K> {
    /// Creates a limiter that allows `burst` calls at once, and then one per `interval`.
    pub fn new((burst, interval): (u32, Duration)) -> Self {
        let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::with_period(interval).unwrap_or(Quota::per_minute(burst)).allow_burst(burst);
        Self(Arc::new(DefaultKeyedRateLimiter::keyed(quota)))
    }

    /// Counts one call.
    ///
    /// # Errors
    /// [`AppError::Limited`] with the seconds to wait.
    pub fn take(&self, key: &K) -> Result<(), AppError> {
        if self.0.len() > SWEEP_AT {
            self.0.retain_recent();
        }
        self.0.check_key(key).map_err(|not_until| {
            let wait = not_until.wait_time_from(DefaultClock::default().now());
            AppError::Limited(u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).saturating_add(1))
        })
    }
}

/// Counts an action against its person's rate limit in the same transaction: it does not count if the transaction is
/// rolled back.
///
/// # Errors
/// [`AppError::Limited`] with the seconds to wait.
pub(crate) async fn count_action(limit: RateLimit, tx: &mut impl RateLimited) -> Result<(), AppError> {
    limit.take(tx).await?.map_err(AppError::Limited)
}

/// Rate limits of the account pages, in addition to those on sign-in. Cheap to clone.
#[derive(Clone)]
pub struct RateLimits {
    mails_from: RateLimiter<Option<Block>>,
    mails_to: RateLimiter<Email>,
    pub(crate) slugs: RateLimiter<UserId>,
    passkeys: RateLimiter<Option<Block>>,
}

impl Default for RateLimits {
    fn default() -> Self {
        Self {
            mails_from: RateLimiter::new(MAILS_FROM),
            mails_to: RateLimiter::new(MAILS_TO),
            slugs: RateLimiter::new(SLUGS),
            passkeys: RateLimiter::new(PASSKEYS),
        }
    }
}

impl RateLimits {
    /// Counts an email requested by a client at `from` to `to`, an unverified address.
    ///
    /// # Errors
    /// [`AppError::Limited`] with the seconds to wait.
    pub fn mail(&self, from: Option<IpAddr>, to: &Email) -> Result<(), AppError> {
        self.mails_from.take(&from.map(Block::from))?;
        self.mails_to.take(to)
    }

    /// Counts a passkey sign-in started by a client at `from`.
    ///
    /// # Errors
    /// [`AppError::Limited`] with the seconds to wait.
    pub fn passkey(&self, from: Option<IpAddr>) -> Result<(), AppError> {
        self.passkeys.take(&from.map(Block::from))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mails_to_one_address_are_limited_across_client_addresses() {
        let (limits, ada) = (RateLimits::default(), Email::parse("ada@x.example").unwrap());
        for host in 0..MAILS_TO.0 {
            assert_eq!(limits.mail(Some(IpAddr::from([10, 0, 0, host as u8])), &ada), Ok(()));
        }
        let elsewhere = Some(IpAddr::from([10, 9, 9, 9]));
        assert!(matches!(limits.mail(elsewhere, &ada), Err(AppError::Limited(1..=181))));
        assert_eq!(limits.mail(elsewhere, &Email::parse("mia@x.example").unwrap()), Ok(()));
    }

    #[test]
    fn passkey_sign_ins_are_limited_per_network() {
        let limits = RateLimits::default();
        let at = |host: u16| Some(IpAddr::from([0x2001, 0xdb8, 0, 1, 0, 0, 0, host]));
        for host in 0..PASSKEYS.0 {
            assert_eq!(limits.passkey(at(host as u16)), Ok(()));
        }
        assert!(matches!(limits.passkey(at(999)), Err(AppError::Limited(1..=6))));
        assert_eq!(limits.passkey(Some(IpAddr::from([10, 0, 0, 1]))), Ok(()), "another network waits, too");
    }
}
