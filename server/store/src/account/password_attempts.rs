//! Rate limits on password attempts, counted in the database across all servers (ASVS 6.3.1).
//!
//! An attempt is counted before the password is checked, so that concurrent attempts count too, and returned if the
//! password was correct. It counts against the client's address and the account. An address or device from which the
//! account has signed in before is counted separately, so nobody can lock a person out by guessing elsewhere.

use crate::{address::Block, error::StoreError, pool::Store};
use model::{Email, id::SessionId};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use std::net::IpAddr;

/// Burst size, and the seconds until another attempt is allowed.
type Quota = (i32, i32);
/// Quota per address.
const PER_ADDRESS: Quota = (20, 6);
/// Quota per account, for addresses and devices from which it has not signed in before.
const PER_ACCOUNT: Quota = (10, 10);
/// Quota per account, for all devices from which it has signed in before. A stranger can't exhaust it.
const ALL_DEVICES: Quota = (30, 10);

/// Client that makes an attempt.
#[derive(Debug, Clone, Copy)]
pub enum AttemptSource<'g> {
    /// A device from which the account has signed in before, by the name in its cookie.
    Device(&'g str),
    /// The signed-in person of this session, who confirms their password.
    Session(SessionId),
    /// Any other client.
    Anybody,
}

/// Counted attempt at a password that may now be checked. It stays counted unless it is returned.
#[derive(Debug, Clone)]
#[must_use]
pub struct PasswordAttempt {
    keys: Vec<Vec<u8>>,
    intervals: Vec<i32>,
}

impl Store {
    /// Counts a password attempt for `email`, even if the account does not exist. The inner error is the number of
    /// seconds to wait.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database can't be reached, [`StoreError::Database`] if the query fails.
    #[tracing::instrument(level = "debug", name = "store.password_attempts.take_attempt", skip_all)]
    pub async fn take_attempt(
        &self,
        email: &Email,
        ip: Option<IpAddr>,
        source: AttemptSource<'_>,
    ) -> Result<Result<PasswordAttempt, u32>, StoreError> {
        let mut tx = self.begin().await?;
        let known_place = match (ip, source) {
            (Some(ip), AttemptSource::Anybody) => {
                sqlx::query_scalar!(
                    r#"select door.has_signed_in_from($1, $2::text::inet) as "known!""#,
                    email.as_str(),
                    ip.to_canonical().to_string()
                )
                .fetch_one(&mut *tx)
                .await?
            }
            _ => false,
        };
        let quota_keys = quota_keys(email, ip, source, known_place);
        let keys: Vec<Vec<u8>> = quota_keys.iter().map(|(key, _)| Sha256::digest(key.as_bytes()).to_vec()).collect();
        let (bursts, intervals): (Vec<i32>, Vec<i32>) = quota_keys.iter().map(|(_, quota)| *quota).unzip();
        let attempt = take(&mut tx, &keys, &bursts, &intervals).await?;
        tx.commit().await?;
        Ok(attempt.map(|()| PasswordAttempt { keys, intervals }))
    }

    /// Returns an attempt with a correct password to the quota.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database can't be reached, [`StoreError::Database`] if the query fails.
    #[tracing::instrument(level = "debug", name = "store.password_attempts.return_attempt", skip_all)]
    pub async fn return_attempt(&self, attempt: PasswordAttempt) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query!("select door.return_try($1, $2)", &attempt.keys, &attempt.intervals).execute(&mut *tx).await?;
        Ok(tx.commit().await?)
    }
}

/// Counts an attempt against each of `keys`, or against none if one is exhausted. The inner error is the number of
/// seconds to wait.
pub(super) async fn take(
    connection: &mut PgConnection,
    keys: &[Vec<u8>],
    bursts: &[i32],
    intervals: &[i32],
) -> Result<Result<(), u32>, StoreError> {
    let wait = sqlx::query_scalar!(r#"select door.take_try($1, $2, $3) as "wait!""#, keys, bursts, intervals)
        .fetch_one(connection)
        .await?;
    Ok(match u32::try_from(wait) {
        Ok(0) => Ok(()),
        wait => Err(wait.unwrap_or(1)),
    })
}

/// Returns the keys that an attempt counts against, with their quotas.
fn quota_keys(email: &Email, ip: Option<IpAddr>, source: AttemptSource<'_>, known_place: bool) -> Vec<(String, Quota)> {
    let from = ip.map_or_else(|| "nowhere".to_owned(), |ip| Block::from(ip).to_string());
    match source {
        // A client that knew a former password may have collected device names, so all devices share a quota.
        AttemptSource::Device(device) => {
            vec![(format!("device|{email}|{device}"), PER_ACCOUNT), (format!("devices|{email}"), ALL_DEVICES)]
        }
        AttemptSource::Session(session) => vec![(format!("session|{session}"), PER_ACCOUNT)],
        AttemptSource::Anybody if known_place => {
            vec![(format!("address|{from}"), PER_ADDRESS), (format!("place|{email}|{from}"), PER_ACCOUNT)]
        }
        AttemptSource::Anybody => {
            vec![(format!("address|{from}"), PER_ADDRESS), (format!("account|{email}"), PER_ACCOUNT)]
        }
    }
}
