//! Verification of a second factor. The session continues with the factor verified; a pending sign-in becomes a
//! session.

use super::{passkeys, recovery, set_session_verified, totp};
use crate::{
    audit::record_for_person,
    door::{MfaSubject, MfaTx},
    error::StoreError,
    identity::{VerifiedFactor, insert_session},
    seal::EncryptionKey,
    secret::Secret,
};
use model::{
    audit::Action,
    factor::{FactorCode, TRIES},
    id::PasskeyId,
};
use serde_json::Value;

/// Reason why a verification failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VerificationRefused {
    /// The code is wrong or was used before.
    Wrong,
    /// Too many failed attempts. Seconds until the next attempt is allowed.
    Wait(u32),
    /// The session or sign-in has ended meanwhile.
    Ended,
}

/// Verifies a code, and replaces the holder's secret by `secret` (ASVS 7.2.4). A code that is submitted concurrently
/// succeeds once, across all servers. Failed attempts count against the person, not the session.
///
/// # Errors
/// [`StoreError::Database`] if the query fails. Then nothing is verified.
#[tracing::instrument(level = "debug", name = "store.factors.verify_code", skip_all)]
pub async fn verify_code(
    mut mfa: MfaTx,
    seal: &EncryptionKey,
    code: &FactorCode,
    secret: &Secret,
) -> Result<Result<(), VerificationRefused>, StoreError> {
    if let Some(seconds) = count_attempt(&mut mfa).await? {
        return Ok(Err(VerificationRefused::Wait(seconds)));
    }
    let (user, now) = (mfa.person.id, mfa.now);
    let (right, how) = match code {
        FactorCode::Totp(code) => {
            (totp::spend(mfa.connection(), user, seal, code, now).await?, Action::SecondFactorPassed)
        }
        FactorCode::Recovery(code) => (recovery::spend(mfa.connection(), user, code).await?, Action::RecoveryCodeUsed),
    };
    if !right {
        let (person, session) = (mfa.person.clone(), mfa.subject.session());
        record_for_person(mfa.connection(), &person, session, Action::SecondFactorRefused).await?;
        // The failed attempt stays counted.
        mfa.commit().await?;
        return Ok(Err(VerificationRefused::Wrong));
    }
    finish(mfa, how, secret).await
}

/// Verifies a factor by a passkey whose signature the caller has checked. `credential` is stored for the next signature
/// check.
///
/// # Errors
/// [`StoreError::Database`] if the query fails. Then nothing is verified.
#[tracing::instrument(level = "debug", name = "store.factors.verify_passkey", skip_all, fields(passkey_id = %id))]
pub async fn verify_passkey(
    mut mfa: MfaTx,
    id: PasskeyId,
    credential: &Value,
    secret: &Secret,
) -> Result<Result<(), VerificationRefused>, StoreError> {
    let user = mfa.person.id;
    if !passkeys::used(mfa.connection(), user, id, credential).await? {
        return Ok(Err(VerificationRefused::Wrong));
    }
    finish(mfa, Action::SecondFactorPassed, secret).await
}

async fn finish(mut mfa: MfaTx, how: Action, secret: &Secret) -> Result<Result<(), VerificationRefused>, StoreError> {
    let user = mfa.person.id;
    sqlx::query!("update account.factor_tries set failed = 0 where user_id = $1", user.uuid())
        .execute(mfa.connection())
        .await?;
    let session = match mfa.subject {
        MfaSubject::Session(id) => set_session_verified(mfa.connection(), id, secret).await?.then_some(id),
        MfaSubject::SignIn(id) => match mfa.take_sign_in(id).await? {
            Some(device) => {
                Some(insert_session(mfa.connection(), user, secret, &device, Some(VerifiedFactor::SecondFactor)).await?)
            }
            None => None,
        },
    };
    let Some(session) = session else { return Ok(Err(VerificationRefused::Ended)) };
    let person = mfa.person.clone();
    record_for_person(mfa.connection(), &person, Some(session), how).await?;
    mfa.commit().await?;
    Ok(Ok(()))
}

/// Counts an attempt before it is checked, so that concurrent attempts count too. Returns the seconds to wait if there
/// were too many. The row stays locked until the transaction ends.
async fn count_attempt(mfa: &mut MfaTx) -> Result<Option<u32>, StoreError> {
    let (user, (most, minutes)) = (mfa.person.id.uuid(), TRIES);
    let counted = sqlx::query!(
        "insert into account.factor_tries as t (user_id, failed) values ($1, 1)
        on conflict (user_id) do update set
            failed = case when t.since < now() - make_interval(mins => $3) then 1 else t.failed + 1 end,
            since = case when t.failed = 0 or t.since < now() - make_interval(mins => $3) then now() else t.since end
        where t.failed < $2 or t.since < now() - make_interval(mins => $3)",
        user,
        most,
        minutes,
    )
    .execute(mfa.connection())
    .await?
    .rows_affected();
    if counted == 1 {
        return Ok(None);
    }
    let left = sqlx::query_scalar!(
        r#"select ceil(extract(epoch from since + make_interval(mins => $2) - now()))::int as "left!"
        from account.factor_tries where user_id = $1"#,
        user,
        minutes,
    )
    .fetch_optional(mfa.connection())
    .await?;
    Ok(Some(left.and_then(|s| u32::try_from(s).ok()).unwrap_or(1).max(1)))
}
