//! Verification of a second factor. The session continues with the factor verified; a pending sign-in becomes a
//! session.

use super::{passkeys, prove_session, recovery, totp};
use crate::{
    audit::note_of_person,
    door::{Holder, Prover},
    error::StoreError,
    identity::{Proven, insert_session},
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
pub enum ProofRefused {
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
#[tracing::instrument(level = "debug", name = "store.factors.prove_code", skip_all)]
pub async fn prove_code(
    mut prover: Prover,
    seal: &EncryptionKey,
    code: &FactorCode,
    secret: &Secret,
) -> Result<Result<(), ProofRefused>, StoreError> {
    if let Some(seconds) = count_try(&mut prover).await? {
        return Ok(Err(ProofRefused::Wait(seconds)));
    }
    let (user, now) = (prover.person.id, prover.now);
    let (right, how) = match code {
        FactorCode::Totp(code) => {
            (totp::spend(prover.connection(), user, seal, code, now).await?, Action::SecondFactorPassed)
        }
        FactorCode::Recovery(code) => {
            (recovery::spend(prover.connection(), user, code).await?, Action::RecoveryCodeUsed)
        }
    };
    if !right {
        let (person, session) = (prover.person.clone(), prover.holder.session());
        note_of_person(prover.connection(), &person, session, Action::SecondFactorRefused).await?;
        // The failed attempt stays counted.
        prover.commit().await?;
        return Ok(Err(ProofRefused::Wrong));
    }
    finish(prover, how, secret).await
}

/// Verifies a factor by a passkey whose signature the caller has checked. `credential` is stored for the next signature
/// check.
///
/// # Errors
/// [`StoreError::Database`] if the query fails. Then nothing is verified.
#[tracing::instrument(level = "debug", name = "store.factors.prove_passkey", skip_all, fields(passkey_id = %id))]
pub async fn prove_passkey(
    mut prover: Prover,
    id: PasskeyId,
    credential: &Value,
    secret: &Secret,
) -> Result<Result<(), ProofRefused>, StoreError> {
    let user = prover.person.id;
    if !passkeys::used(prover.connection(), user, id, credential).await? {
        return Ok(Err(ProofRefused::Wrong));
    }
    finish(prover, Action::SecondFactorPassed, secret).await
}

async fn finish(mut prover: Prover, how: Action, secret: &Secret) -> Result<Result<(), ProofRefused>, StoreError> {
    let user = prover.person.id;
    sqlx::query!("update account.factor_tries set failed = 0 where user_id = $1", user.uuid())
        .execute(prover.connection())
        .await?;
    let session = match prover.holder {
        Holder::Session(id) => prove_session(prover.connection(), id, secret).await?.then_some(id),
        Holder::SignIn(id) => match prover.take_sign_in(id).await? {
            Some(device) => {
                Some(insert_session(prover.connection(), user, secret, &device, Some(Proven::SecondFactor)).await?)
            }
            None => None,
        },
    };
    let Some(session) = session else { return Ok(Err(ProofRefused::Ended)) };
    let person = prover.person.clone();
    note_of_person(prover.connection(), &person, Some(session), how).await?;
    prover.commit().await?;
    Ok(Ok(()))
}

/// Counts an attempt before it is checked, so that concurrent attempts count too. Returns the seconds to wait if there
/// were too many. The row stays locked until the transaction ends.
async fn count_try(prover: &mut Prover) -> Result<Option<u32>, StoreError> {
    let (user, (most, minutes)) = (prover.person.id.uuid(), TRIES);
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
    .execute(prover.connection())
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
    .fetch_optional(prover.connection())
    .await?;
    Ok(Some(left.and_then(|s| u32::try_from(s).ok()).unwrap_or(1).max(1)))
}
