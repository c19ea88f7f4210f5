//! Operator tokens: personal access tokens for the JSON API. Expired tokens are rejected.

use crate::{audit, door::PersonTx, error::StoreError, secret::Secret};
use model::{
    audit::{Action, Detail},
    id::TokenId,
    token::{OperatorToken, TOKEN_LIMIT, TokenLife},
};
use sqlx::types::Uuid;

/// Returns the person's tokens that are not revoked, newest first. Expired tokens are listed for 30 days, so that their
/// owner can see why a program is rejected.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.tokens.list", skip_all)]
pub async fn list(tx: &mut PersonTx) -> Result<Vec<OperatorToken>, StoreError> {
    let rows = sqlx::query!(
        r#"select id, name, hint, created_at, last_used_at, expires_at, expires_at <= now() as "expired!"
        from account.operator_tokens
        where revoked_at is null and expires_at > now() - interval '30 days' order by id desc"#
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| OperatorToken {
            id: TokenId::from_uuid(row.id),
            name: row.name,
            hint: row.hint,
            created_at: row.created_at,
            last_used_at: row.last_used_at,
            expires_at: row.expires_at,
            expired: row.expired,
        })
        .collect())
}

/// Returns the names of the person's valid tokens, sorted.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.tokens.live_names", skip_all)]
pub async fn live_names(tx: &mut PersonTx) -> Result<Vec<String>, StoreError> {
    Ok(sqlx::query_scalar!(
        "select name from account.operator_tokens where revoked_at is null and expires_at > now() order by lower(name), id"
    )
    .fetch_all(tx.connection())
    .await?)
}

/// Stores the hash of a new token, with its last four characters as a hint. Returns `false` if the person already has
/// [`TOKEN_LIMIT`] valid tokens.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.tokens.create", skip_all)]
pub async fn create(tx: &mut PersonTx, name: &str, token: &Secret, life: TokenLife) -> Result<bool, StoreError> {
    let user = tx.principal().person.id.uuid();
    // Serializes concurrent creations by one person, so that each is counted.
    sqlx::query!("select ops.one_at_a_time($1)", user).execute(tx.connection()).await?;
    let held = sqlx::query_scalar!(
        r#"select count(*) as "count!" from account.operator_tokens where revoked_at is null and expires_at > now()"#
    )
    .fetch_one(tx.connection())
    .await?;
    if held >= TOKEN_LIMIT {
        return Ok(false);
    }
    let text = token.reveal();
    let hint = text.get(text.len().saturating_sub(4)..).unwrap_or_default();
    let (id, hash) = (Uuid::now_v7(), token.hash());
    sqlx::query!(
        "insert into account.operator_tokens (id, user_id, name, token_hash, hint, expires_at)
        values ($1, $2, $3, $4, $5, now() + make_interval(days => $6))",
        id,
        user,
        name,
        hash.bytes(),
        hint,
        life.days(),
    )
    .execute(tx.connection())
    .await?;
    audit::record(tx, Action::TokenCreated, id, &Detail::none().with("name", name)).await?;
    Ok(true)
}

/// Revokes a token. Returns `false` if it does not belong to this person or is already revoked.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.tokens.revoke", skip_all, fields(token_id = %id))]
pub async fn revoke(tx: &mut PersonTx, id: TokenId) -> Result<bool, StoreError> {
    let name = sqlx::query_scalar!(
        "update account.operator_tokens set revoked_at = now() where id = $1 and revoked_at is null returning name",
        id.uuid()
    )
    .fetch_optional(tx.connection())
    .await?;
    if let Some(name) = &name {
        audit::record(tx, Action::TokenRevoked, id.uuid(), &Detail::none().with("name", name)).await?;
    }
    Ok(name.is_some())
}

/// Revokes all tokens of the person, and logs each revocation.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.tokens.revoke_all", skip_all)]
pub async fn revoke_all(tx: &mut PersonTx) -> Result<(), StoreError> {
    let user = tx.principal().person.id.uuid();
    let revoked = sqlx::query!(
        "update account.operator_tokens set revoked_at = now() where user_id = $1 and revoked_at is null returning id, name",
        user
    )
    .fetch_all(tx.connection())
    .await?;
    for token in revoked {
        audit::record(tx, Action::TokenRevoked, token.id, &Detail::none().with("name", &token.name)).await?;
    }
    Ok(())
}
