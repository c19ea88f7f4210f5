//! Operator tokens: a person's own keys to the JSON API.

use crate::{audit, door::PersonTx, error::StoreError, secret::Secret};
use model::{
    audit::{Action, Detail},
    id::TokenId,
    token::{OperatorToken, TOKEN_LIMIT},
};
use sqlx::types::Uuid;

/// The person's live tokens, newest first.
///
/// # Errors
/// When the database fails.
pub async fn list(tx: &mut PersonTx) -> Result<Vec<OperatorToken>, StoreError> {
    let rows = sqlx::query!(
        "select id, name, hint, created_at, last_used_at from account.operator_tokens
        where revoked_at is null order by id desc"
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
        })
        .collect())
}

/// Stores a new token by its hash, with its last four characters as a hint. `false` when the person has
/// [`TOKEN_LIMIT`] already.
///
/// # Errors
/// When the database fails.
pub async fn create(tx: &mut PersonTx, name: &str, token: &Secret) -> Result<bool, StoreError> {
    let user = tx.live().person.id.uuid();
    // Who makes several at once makes them one after the other, so that each is counted.
    sqlx::query!("select ops.one_at_a_time($1)", user).execute(tx.connection()).await?;
    let held =
        sqlx::query_scalar!(r#"select count(*) as "count!" from account.operator_tokens where revoked_at is null"#)
            .fetch_one(tx.connection())
            .await?;
    if held >= TOKEN_LIMIT {
        return Ok(false);
    }
    let text = token.reveal();
    let hint = text.get(text.len().saturating_sub(4)..).unwrap_or_default();
    let (id, hash) = (Uuid::now_v7(), token.hash());
    sqlx::query!(
        "insert into account.operator_tokens (id, user_id, name, token_hash, hint) values ($1, $2, $3, $4, $5)",
        id,
        user,
        name,
        hash.bytes(),
        hint,
    )
    .execute(tx.connection())
    .await?;
    audit::note(tx, Action::TokenCreated, id, &Detail::none().with("name", name)).await?;
    Ok(true)
}

/// Revokes a token from now on; `false` when it is not this person's or already revoked.
///
/// # Errors
/// When the database fails.
pub async fn revoke(tx: &mut PersonTx, id: TokenId) -> Result<bool, StoreError> {
    let revoked = sqlx::query!(
        "update account.operator_tokens set revoked_at = now() where id = $1 and revoked_at is null",
        id.uuid()
    )
    .execute(tx.connection())
    .await?
    .rows_affected();
    if revoked == 1 {
        audit::note(tx, Action::TokenRevoked, id.uuid(), &Detail::none()).await?;
    }
    Ok(revoked == 1)
}
