//! WebAuthn challenges: valid for 5 minutes, single use, bound to one holder.

use super::Reauthenticated;
use crate::{
    door::{MfaSubject, MfaTx, PersonTx},
    error::StoreError,
    pool::Store,
    secret::Secret,
};
use model::id::UserId;
use serde_json::Value;
use sqlx::PgConnection;

/// Purpose of a challenge. It is valid for this purpose only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Register,
    Prove,
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::Prove => "prove",
        }
    }
}

/// Stores the challenge for a passkey that is being added in this session.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.challenges.keep_registration", skip_all)]
pub async fn keep_registration(
    tx: &mut PersonTx,
    reauthenticated: &Reauthenticated,
    handle: &Secret,
    state: &Value,
) -> Result<(), StoreError> {
    let (user, subject) = (tx.principal().person.id, MfaSubject::Session(reauthenticated.session));
    keep(tx.connection(), Purpose::Register, user, subject, handle, state).await
}

/// Consumes a registration challenge. Returns it with the authorization that it was stored under; `None` if it was
/// consumed before, has expired, or belongs to another session.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.challenges.take_registration", skip_all)]
pub async fn take_registration(
    tx: &mut PersonTx,
    handle: &Secret,
) -> Result<Option<(Value, Reauthenticated)>, StoreError> {
    let (user, Some(session)) = (tx.principal().person.id, tx.principal().session) else { return Ok(None) };
    let state = take(tx.connection(), Purpose::Register, user, MfaSubject::Session(session), handle).await?;
    Ok(state.map(|state| (state, Reauthenticated { session })))
}

/// Stores the challenge for the verification of a second factor.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.challenges.keep_proof", skip_all)]
pub async fn keep_proof(mfa: &mut MfaTx, handle: &Secret, state: &Value) -> Result<(), StoreError> {
    let (user, subject) = (mfa.person.id, mfa.subject);
    keep(mfa.connection(), Purpose::Prove, user, subject, handle, state).await
}

/// Consumes a verification challenge. Returns `None` if it was consumed before, has expired, or belongs to another
/// holder.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.challenges.take_proof", skip_all)]
pub async fn take_proof(mfa: &mut MfaTx, handle: &Secret) -> Result<Option<Value>, StoreError> {
    let (user, subject) = (mfa.person.id, mfa.subject);
    take(mfa.connection(), Purpose::Prove, user, subject, handle).await
}

impl Store {
    /// Stores the challenge for a sign-in by passkey, when the person is not known yet.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database can't be reached, [`StoreError::Database`] if the query fails.
    #[tracing::instrument(level = "debug", name = "store.challenges.keep_sign_in_challenge", skip_all)]
    pub async fn keep_sign_in_challenge(&self, handle: &Secret, state: &Value) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let hash = handle.hash();
        sqlx::query!("select door.keep_challenge($1, $2)", hash.bytes(), state).execute(&mut *tx).await?;
        Ok(tx.commit().await?)
    }

    /// Consumes a sign-in challenge. Returns `None` if it was consumed before or has expired.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database can't be reached, [`StoreError::Database`] if the query fails.
    #[tracing::instrument(level = "debug", name = "store.challenges.take_sign_in_challenge", skip_all)]
    pub async fn take_sign_in_challenge(&self, handle: &Secret) -> Result<Option<Value>, StoreError> {
        let mut tx = self.begin().await?;
        let hash = handle.hash();
        let state = sqlx::query_scalar!("select door.take_challenge($1)", hash.bytes()).fetch_one(&mut *tx).await?;
        tx.commit().await?;
        Ok(state)
    }
}

/// Also deletes the person's expired challenges.
async fn keep(
    connection: &mut PgConnection,
    purpose: Purpose,
    user: UserId,
    subject: MfaSubject,
    handle: &Secret,
    state: &Value,
) -> Result<(), StoreError> {
    let hash = handle.hash();
    sqlx::query!(
        "with swept as (delete from account.challenges where user_id = $3 and expires_at < now())
        insert into account.challenges (handle_hash, purpose, user_id, holder, state) values ($1, $2, $3, $4, $5)",
        hash.bytes(),
        purpose.as_str(),
        user.uuid(),
        subject.uuid(),
        state,
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn take(
    connection: &mut PgConnection,
    purpose: Purpose,
    user: UserId,
    subject: MfaSubject,
    handle: &Secret,
) -> Result<Option<Value>, StoreError> {
    let hash = handle.hash();
    Ok(sqlx::query_scalar!(
        "delete from account.challenges
        where handle_hash = $1 and purpose = $2 and user_id = $3 and holder = $4 and expires_at > now() returning state",
        hash.bytes(),
        purpose.as_str(),
        user.uuid(),
        subject.uuid(),
    )
    .fetch_optional(connection)
    .await?)
}
