//! Passkeys: public keys of authenticators (WebAuthn). What a signature must say is checked by `app`; here is who owns
//! which.

use super::{Admitted, prove_session, recovery, tidy};
use crate::{
    audit,
    door::{PersonTx, Prover},
    error::StoreError,
    pool::Store,
    secret::Secret,
};
use model::{
    audit::{Action, Detail},
    factor::{PASSKEY_LIMIT, PasskeyRow, RecoveryCode},
    id::{PasskeyId, UserId},
};
use serde_json::Value;
use sqlx::{PgConnection, types::Uuid};

/// A passkey as a signature is checked against it.
pub struct KnownPasskey {
    /// Its id.
    pub id: PasskeyId,
    /// Whose it is.
    pub user: UserId,
    /// Public key, counter and flags, in the verifier's own form.
    pub credential: Value,
}

/// The person's passkeys, newest first.
///
/// # Errors
/// When the database fails.
pub async fn list(tx: &mut PersonTx) -> Result<Vec<PasskeyRow>, StoreError> {
    let user = tx.live().person.id.uuid();
    let rows = sqlx::query!(
        "select id, name, created_at, last_used_at from account.passkeys where user_id = $1 order by id desc",
        user
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| PasskeyRow {
            id: PasskeyId::from_uuid(row.id),
            name: row.name,
            created_at: row.created_at,
            last_used_at: row.last_used_at,
        })
        .collect())
}

/// The person's passkeys, for a browser that must not make a second one on the same authenticator.
///
/// # Errors
/// When the database fails.
pub async fn own(tx: &mut PersonTx) -> Result<Vec<KnownPasskey>, StoreError> {
    let user = tx.live().person.id;
    known(tx.connection(), user).await
}

/// The passkeys that whoever proves may sign with.
///
/// # Errors
/// When the database fails.
pub async fn of_prover(prover: &mut Prover) -> Result<Vec<KnownPasskey>, StoreError> {
    let user = prover.person.id;
    known(prover.connection(), user).await
}

async fn known(connection: &mut PgConnection, user: UserId) -> Result<Vec<KnownPasskey>, StoreError> {
    let rows = sqlx::query!("select id, credential from account.passkeys where user_id = $1", user.uuid())
        .fetch_all(connection)
        .await?;
    let known = |id, credential| KnownPasskey { id: PasskeyId::from_uuid(id), user, credential };
    Ok(rows.into_iter().map(|row| known(row.id, row.credential)).collect())
}

impl Store {
    /// Whose passkey a credential id names, before anybody is signed in; `None` for an unknown one and for a person who
    /// is disabled.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn passkey(&self, credential_id: &[u8]) -> Result<Option<KnownPasskey>, StoreError> {
        let mut tx = self.begin().await?;
        let row = sqlx::query!(
            r#"select user_id as "user_id!", id as "id!", credential as "credential!" from door.passkey($1)"#,
            credential_id
        )
        .fetch_optional(&mut *tx)
        .await?;
        Ok(row.map(|row| KnownPasskey {
            id: PasskeyId::from_uuid(row.id),
            user: UserId::from_uuid(row.user_id),
            credential: row.credential,
        }))
    }
}

/// Why a passkey was not added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddRefused {
    /// The person has [`PASSKEY_LIMIT`] already.
    TooMany,
    /// The session has ended.
    Ended,
}

/// Adds a passkey. To add one is to prove it, so the session gets `secret` as its new one. With the first factor come
/// recovery codes: they are in the answer, once.
///
/// # Errors
/// [`StoreError::Refused`] by `passkey_known` when it was added before, by whomever.
pub async fn add(
    tx: &mut PersonTx,
    admitted: &Admitted,
    name: &str,
    credential_id: &[u8],
    credential: &Value,
    secret: &Secret,
) -> Result<Result<Vec<RecoveryCode>, AddRefused>, StoreError> {
    let user = tx.live().person.id;
    // Concurrent additions by one person run one after the other, so that each is counted.
    sqlx::query!("select ops.one_at_a_time($1)", user.uuid()).execute(tx.connection()).await?;
    if list(tx).await?.len() >= usize::try_from(PASSKEY_LIMIT).unwrap_or_default() {
        return Ok(Err(AddRefused::TooMany));
    }
    sqlx::query!(
        "insert into account.passkeys (id, user_id, credential_id, name, credential) values ($1, $2, $3, $4, $5)",
        Uuid::now_v7(),
        user.uuid(),
        credential_id,
        name,
        credential,
    )
    .execute(tx.connection())
    .await?;
    if !prove_session(tx.connection(), admitted.session, secret).await? {
        return Ok(Err(AddRefused::Ended));
    }
    audit::note(tx, Action::PasskeyAdded, None, &Detail::none().with("name", name)).await?;
    Ok(Ok(recovery::fill_if_none(tx.connection(), user).await?))
}

/// Removes a passkey; `false` when it is not this person's.
///
/// # Errors
/// When the database fails.
pub async fn remove(tx: &mut PersonTx, _: &Admitted, id: PasskeyId) -> Result<bool, StoreError> {
    let user = tx.live().person.id;
    let removed = sqlx::query_scalar!(
        "delete from account.passkeys where id = $1 and user_id = $2 returning name",
        id.uuid(),
        user.uuid()
    )
    .fetch_optional(tx.connection())
    .await?;
    let Some(name) = removed else { return Ok(false) };
    tidy(tx.connection(), user).await?;
    audit::note(tx, Action::PasskeyRemoved, None, &Detail::none().with("name", name)).await?;
    Ok(true)
}

/// Notes a signature: the counter and flags that came with it. `false` when the passkey was removed meanwhile.
pub(crate) async fn used(
    connection: &mut PgConnection,
    user: UserId,
    id: PasskeyId,
    credential: &Value,
) -> Result<bool, StoreError> {
    let used = sqlx::query!(
        "update account.passkeys set credential = $3, last_used_at = now() where id = $1 and user_id = $2",
        id.uuid(),
        user.uuid(),
        credential,
    )
    .execute(connection)
    .await?
    .rows_affected();
    Ok(used == 1)
}
