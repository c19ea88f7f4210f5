//! Proving a second factor: the session goes on with it proven, a waiting sign-in becomes a session.

use super::{passkeys, prove_session, recovery, totp};
use crate::{
    audit::note_of_person,
    door::{Holder, Prover},
    error::StoreError,
    identity::{Proven, insert_session},
    seal::SealKey,
    secret::Secret,
};
use model::{
    audit::Action,
    factor::{FactorCode, TRIES},
    id::PasskeyId,
};
use serde_json::Value;

/// Why nothing was proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProofRefused {
    /// The code is not the right one, or was used before.
    Wrong,
    /// Too many were wrong: seconds until the next is looked at.
    Wait(u32),
    /// The session or the sign-in has ended meanwhile.
    Ended,
}

/// Proves a factor by a code, and gives the holder `secret` as its new one (ASVS 7.2.4). Of one code presented any number
/// of times, on any number of servers, one gets through; wrong ones are counted for the person, not for the session.
///
/// # Errors
/// When the database fails; then nothing is proven.
pub async fn prove_code(
    mut prover: Prover,
    seal: &SealKey,
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
        // What was counted stays.
        prover.commit().await?;
        return Ok(Err(ProofRefused::Wrong));
    }
    finish(prover, how, secret).await
}

/// Proves a factor by a passkey whose signature the caller has checked; `credential` is what the next one is checked
/// against.
///
/// # Errors
/// When the database fails; then nothing is proven.
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

/// Counts a try before it is looked at, so that tries at the same time count too; `Some` seconds when there were too
/// many. The row stays locked until the try is decided.
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
