//! TOTP authenticator apps (RFC 6238 with SHA-1, 6 digits and 30 s, which every app supports).

use super::{Reauthenticated, recovery, set_session_verified, tidy};
use crate::{
    audit,
    door::PersonTx,
    error::StoreError,
    seal::EncryptionKey,
    secret::{NoRandomness, Secret},
};
use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use model::{
    audit::{Action, Detail},
    factor::{RecoveryCode, STEP_SECONDS},
    id::UserId,
};
use sha1::Sha1;
use sqlx::PgConnection;
use time::OffsetDateTime;

/// Length of a secret in bytes, equal to the length of the hash (RFC 4226, section 4).
const SECRET_BYTES: usize = 20;
/// Minutes until an unconfirmed secret expires.
const SETUP_MINUTES: i32 = 10;

/// Secret for setting up an authenticator app.
pub struct NewSecret(Vec<u8>);

impl NewSecret {
    /// Returns the secret in base 32 without padding, as apps expect it.
    pub fn base32(&self) -> String {
        BASE32_NOPAD.encode(&self.0)
    }
}

/// Starts the setup of TOTP and replaces an unfinished setup. Returns `None` if TOTP is already enabled.
///
/// # Errors
/// [`StoreError::NoRandomness`] if the operating system returns no random bytes, [`StoreError::Database`] if the query
/// fails.
#[tracing::instrument(level = "debug", name = "store.totp.start", skip_all)]
pub async fn start(
    tx: &mut PersonTx,
    _: &Reauthenticated,
    seal: &EncryptionKey,
) -> Result<Option<NewSecret>, StoreError> {
    let user = tx.principal().person.id;
    let mut secret = vec![0; SECRET_BYTES];
    getrandom::fill(&mut secret).map_err(|_| StoreError::from(NoRandomness))?;
    let sealed = seal.seal(user, &secret)?;
    let begun = sqlx::query!(
        "insert into account.totp as t (user_id, secret) values ($1, $2)
        on conflict (user_id) do update set secret = excluded.secret, created_at = now(), last_step = 0
        where t.confirmed_at is null",
        user.uuid(),
        sealed,
    )
    .execute(tx.connection())
    .await?
    .rows_affected();
    Ok((begun == 1).then_some(NewSecret(secret)))
}

/// Returns the secret of an unfinished setup that has not expired, to show it again after a wrong code.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.totp.begun", skip_all)]
pub async fn begun(tx: &mut PersonTx, seal: &EncryptionKey) -> Result<Option<NewSecret>, StoreError> {
    let user = tx.principal().person.id;
    let sealed = sqlx::query_scalar!(
        "select secret from account.totp
        where user_id = $1 and confirmed_at is null and created_at > now() - make_interval(mins => $2)",
        user.uuid(),
        SETUP_MINUTES,
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(sealed.and_then(|sealed| seal.open(user, &sealed)).map(NewSecret))
}

/// Reason why TOTP was not enabled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfirmRefused {
    /// The code is wrong.
    Wrong,
    /// No setup was started, or it has expired.
    NotBegun,
}

/// Enables TOTP with a first code from the app. This also verifies the factor, so the session's secret is replaced by
/// `secret`. For the first factor, returns new recovery codes, which can't be read again; the list is empty if there
/// were some already.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.totp.confirm", skip_all)]
pub async fn confirm(
    tx: &mut PersonTx,
    seal: &EncryptionKey,
    code: &str,
    secret: &Secret,
) -> Result<Result<Vec<RecoveryCode>, ConfirmRefused>, StoreError> {
    let (user, now) = (tx.principal().person.id, tx.principal().now);
    let (Some(app), Some(session)) = (begun(tx, seal).await?, tx.principal().session) else {
        return Ok(Err(ConfirmRefused::NotBegun));
    };
    let Some(step) = step_of(&app.0, code, now) else { return Ok(Err(ConfirmRefused::Wrong)) };
    let on = sqlx::query!(
        "update account.totp set confirmed_at = now(), last_step = $2 where user_id = $1 and confirmed_at is null",
        user.uuid(),
        step,
    )
    .execute(tx.connection())
    .await?
    .rows_affected();
    if on != 1 || !set_session_verified(tx.connection(), session, secret).await? {
        return Ok(Err(ConfirmRefused::NotBegun));
    }
    audit::record(tx, Action::TotpEnabled, None, &Detail::none()).await?;
    Ok(Ok(recovery::fill_if_none(tx.connection(), user).await?))
}

/// Disables TOTP.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.totp.turn_off", skip_all)]
pub async fn turn_off(tx: &mut PersonTx, _: &Reauthenticated) -> Result<(), StoreError> {
    let user = tx.principal().person.id;
    sqlx::query!("delete from account.totp where user_id = $1", user.uuid()).execute(tx.connection()).await?;
    tidy(tx.connection(), user).await?;
    audit::record(tx, Action::TotpDisabled, None, &Detail::none()).await
}

/// Verifies a code and marks its time step as used. Accepts the current step and its neighbors, each step once across
/// all servers.
pub(super) async fn spend(
    connection: &mut PgConnection,
    user: UserId,
    seal: &EncryptionKey,
    code: &str,
    now: OffsetDateTime,
) -> Result<bool, StoreError> {
    let sealed = sqlx::query_scalar!(
        "select secret from account.totp where user_id = $1 and confirmed_at is not null",
        user.uuid()
    )
    .fetch_optional(&mut *connection)
    .await?;
    let Some(sealed) = sealed else { return Ok(false) };
    let Some(key) = seal.open(user, &sealed) else {
        tracing::warn!(user_id = %user, "an authenticator secret was sealed with another STILE_SECRET");
        return Ok(false);
    };
    let Some(step) = step_of(&key, code, now) else { return Ok(false) };
    let spent = sqlx::query!(
        "update account.totp set last_step = $2 where user_id = $1 and confirmed_at is not null and last_step < $2",
        user.uuid(),
        step,
    )
    .execute(connection)
    .await?
    .rows_affected();
    Ok(spent == 1)
}

/// Returns the time step of the code, if it is the current step or a neighbor.
fn step_of(key: &[u8], code: &str, now: OffsetDateTime) -> Option<i64> {
    let code: u32 = code.parse().ok()?;
    let step = now.unix_timestamp() / STEP_SECONDS;
    // The latest step first: matching an earlier step with the same digits would leave the later one reusable.
    [step + 1, step, step - 1].into_iter().find(|step| hotp(key, *step, 6) == Some(code))
}

/// Computes HOTP (RFC 4226, section 5.3) for a time step (RFC 6238).
fn hotp(key: &[u8], step: i64, digits: u32) -> Option<u32> {
    let mut mac = Hmac::<Sha1>::new_from_slice(key).ok()?;
    mac.update(&step.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let offset = usize::from(hash.last()? & 0xf);
    let word: [u8; 4] = hash.get(offset..offset + 4)?.try_into().ok()?;
    Some((u32::from_be_bytes(word) & 0x7fff_ffff) % 10_u32.pow(digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &[u8] = b"12345678901234567890";

    #[test]
    fn codes_match_the_test_vectors_of_rfc_6238() {
        for (time, code) in [
            (59, 94_287_082),
            (1_111_111_109, 7_081_804),
            (1_111_111_111, 14_050_471),
            (1_234_567_890, 89_005_924),
            (2_000_000_000, 69_279_037),
            (20_000_000_000, 65_353_130),
        ] {
            assert_eq!(hotp(KEY, time / STEP_SECONDS, 8), Some(code), "at {time}");
        }
    }

    #[test]
    fn codes_match_the_test_vectors_of_rfc_4226() {
        let codes = [755_224, 287_082, 359_152, 969_429, 338_314, 254_676, 287_922, 162_583, 399_871, 520_489];
        for (counter, code) in (0..).zip(codes) {
            assert_eq!(hotp(KEY, counter, 6), Some(code), "counter {counter}");
        }
    }

    #[test]
    fn one_step_of_clock_drift_is_accepted() {
        let now = OffsetDateTime::from_unix_timestamp(1_234_567_890).unwrap();
        let step = 1_234_567_890 / STEP_SECONDS;
        for (drift, good) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
            let code = format!("{:06}", hotp(KEY, step + drift, 6).unwrap());
            assert_eq!(step_of(KEY, &code, now), good.then_some(step + drift), "{drift} steps");
        }
    }
}
