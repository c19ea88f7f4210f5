//! Management of a person's active sessions. Once it commits, an ended session is invalid, and no write that it started
//! can commit any more (the write lock, migration 0005).

use super::identity::EndReason;
use crate::{audit, door::PersonTx, error::StoreError};
use model::{
    audit::{Action, Detail},
    device::{self, SessionRow},
    id::SessionId,
};

/// Returns the person's active sessions, the current one first, then the most recently used. At most 100.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.sessions.list", skip_all)]
pub async fn list(tx: &mut PersonTx) -> Result<Vec<SessionRow>, StoreError> {
    let this = tx.principal().session;
    let rows = sqlx::query!(
        r#"select id, user_agent, host(ip) as ip, created_at, last_seen_at from account.sessions
        where ended_at is null and expires_at > now() and last_seen_at > now() - interval '14 days'
        order by id is distinct from $1, last_seen_at desc, id desc limit 100"#,
        this.map(|s| s.uuid()),
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let id = SessionId::from_uuid(row.id);
            SessionRow {
                id,
                device: device::name(&row.user_agent),
                handheld: device::is_handheld(&row.user_agent),
                ip: row.ip,
                created_at: row.created_at,
                last_seen_at: row.last_seen_at,
                is_this: Some(id) == this,
            }
        })
        .collect())
}

/// Ends one session of the person and logs it. Returns `false` if it is not theirs or has already ended.
///
/// # Errors
/// [`StoreError::Unavailable`] if a write of the person takes longer than the lock timeout, [`StoreError::Database`] if
/// the query fails.
#[tracing::instrument(level = "debug", name = "store.sessions.end", skip_all, fields(session_id = %id))]
pub async fn end(tx: &mut PersonTx, id: SessionId) -> Result<bool, StoreError> {
    let row = sqlx::query!(
        "update account.sessions set ended_at = now(), end_reason = $2 where id = $1 and ended_at is null returning user_agent",
        id.uuid(),
        EndReason::Ended.as_str(),
    )
    .fetch_optional(tx.connection())
    .await?;
    let Some(row) = row else { return Ok(false) };
    let detail = Detail::none().with("device", device::name(&row.user_agent));
    audit::record(tx, Action::SessionEnded, id.uuid(), &detail).await?;
    Ok(true)
}

/// Ends all sessions of the person except the current one, and returns their number. Used for "end all others", and
/// after a change of password.
///
/// # Errors
/// As for [`end`].
#[tracing::instrument(level = "debug", name = "store.sessions.end_others", skip_all)]
pub async fn end_others(tx: &mut PersonTx) -> Result<u64, StoreError> {
    let this = tx.principal().session.map(|s| s.uuid());
    let ended = sqlx::query!(
        "update account.sessions set ended_at = now(), end_reason = $2 where ended_at is null and id is distinct from $1",
        this,
        EndReason::Ended.as_str(),
    )
    .execute(tx.connection())
    .await?
    .rows_affected();
    if ended > 0 {
        audit::record(tx, Action::OtherSessionsEnded, None, &Detail::none().with("sessions", ended)).await?;
    }
    Ok(ended)
}

/// Ends all sessions of the person, including the current one, and returns their number.
///
/// # Errors
/// As for [`end`].
#[tracing::instrument(level = "debug", name = "store.sessions.end_all", skip_all)]
pub async fn end_all(tx: &mut PersonTx) -> Result<u64, StoreError> {
    let ended = sqlx::query!(
        "update account.sessions set ended_at = now(), end_reason = $1 where ended_at is null",
        EndReason::SignedOut.as_str(),
    )
    .execute(tx.connection())
    .await?
    .rows_affected();
    audit::record(tx, Action::SignedOutEverywhere, None, &Detail::none().with("sessions", ended)).await?;
    Ok(ended)
}
