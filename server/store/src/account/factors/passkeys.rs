//! Storage of passkeys: public keys of authenticators (WebAuthn). Signatures are verified in `app`.

use super::{Reauthenticated, recovery, set_session_verified, tidy};
use crate::{
    audit,
    door::{MfaTx, PersonTx},
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

/// Passkey with the data to verify its signatures.
pub struct KnownPasskey {
    /// Id of the passkey.
    pub id: PasskeyId,
    /// Owner of the passkey.
    pub user: UserId,
    /// Public key, counter and flags, serialized by the verifier.
    pub credential: Value,
}

/// Returns the person's passkeys, newest first.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.passkeys.list", skip_all)]
pub async fn list(tx: &mut PersonTx) -> Result<Vec<PasskeyRow>, StoreError> {
    let user = tx.principal().person.id.uuid();
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

/// Returns the person's passkeys, so that the browser can exclude authenticators that are already registered.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.passkeys.own", skip_all)]
pub async fn own(tx: &mut PersonTx) -> Result<Vec<KnownPasskey>, StoreError> {
    let user = tx.principal().person.id;
    known(tx.connection(), user).await
}

/// Returns the passkeys of the person who verifies a second factor.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.passkeys.list_for_mfa", skip_all)]
pub async fn list_for_mfa(mfa: &mut MfaTx) -> Result<Vec<KnownPasskey>, StoreError> {
    let user = mfa.person.id;
    known(mfa.connection(), user).await
}

async fn known(connection: &mut PgConnection, user: UserId) -> Result<Vec<KnownPasskey>, StoreError> {
    let rows = sqlx::query!("select id, credential from account.passkeys where user_id = $1", user.uuid())
        .fetch_all(connection)
        .await?;
    let known = |id, credential| KnownPasskey { id: PasskeyId::from_uuid(id), user, credential };
    Ok(rows.into_iter().map(|row| known(row.id, row.credential)).collect())
}

impl Store {
    /// Looks up a passkey by credential id, before sign-in. Returns `None` if the id is unknown or the person is
    /// disabled.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database can't be reached, [`StoreError::Database`] if the query fails.
    #[tracing::instrument(level = "debug", name = "store.passkeys.passkey", skip_all)]
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

/// Reason why a passkey was not added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddRefused {
    /// The person already has [`PASSKEY_LIMIT`] passkeys.
    TooMany,
    /// The session has ended.
    Ended,
}

/// Adds a passkey. This also verifies it, so the session's secret is replaced by `secret`. For the first factor,
/// returns new recovery codes, which can't be read again; otherwise the list is empty.
///
/// # Errors
/// [`StoreError::Refused`] with `passkey_known` if the passkey is already registered, by any person.
#[tracing::instrument(level = "debug", name = "store.passkeys.add", skip_all)]
pub async fn add(
    tx: &mut PersonTx,
    reauthenticated: &Reauthenticated,
    name: &str,
    credential_id: &[u8],
    credential: &Value,
    secret: &Secret,
) -> Result<Result<Vec<RecoveryCode>, AddRefused>, StoreError> {
    let user = tx.principal().person.id;
    // Serializes concurrent additions by one person, so that each is counted.
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
    if !set_session_verified(tx.connection(), reauthenticated.session, secret).await? {
        return Ok(Err(AddRefused::Ended));
    }
    audit::record(tx, Action::PasskeyAdded, None, &Detail::none().with("name", name)).await?;
    Ok(Ok(recovery::fill_if_none(tx.connection(), user).await?))
}

/// Removes a passkey. Returns `false` if it does not belong to this person.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.passkeys.remove", skip_all, fields(passkey_id = %id))]
pub async fn remove(tx: &mut PersonTx, _: &Reauthenticated, id: PasskeyId) -> Result<bool, StoreError> {
    let user = tx.principal().person.id;
    let removed = sqlx::query_scalar!(
        "delete from account.passkeys where id = $1 and user_id = $2 returning name",
        id.uuid(),
        user.uuid()
    )
    .fetch_optional(tx.connection())
    .await?;
    let Some(name) = removed else { return Ok(false) };
    tidy(tx.connection(), user).await?;
    audit::record(tx, Action::PasskeyRemoved, None, &Detail::none().with("name", name)).await?;
    Ok(true)
}

/// Stores the counter and flags of a verified signature. Returns `false` if the passkey was removed meanwhile.
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
