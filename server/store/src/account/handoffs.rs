//! Handoffs: single-use codes for entering a workspace from the switcher (docs/SECURITY.md, I-14).

use crate::{
    door::{Access, Visit, WorkspaceTx},
    error::StoreError,
    secret::Secret,
};

/// Reason why a code was rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HandoffRefused {
    /// The code was used before.
    Used,
    /// The code is older than 60 s.
    Expired,
    /// The code belongs to another session or workspace, or does not exist.
    Foreign,
}

/// Stores a code for the session and workspace of this transaction. It is valid once, within 60 s by the database's
/// clock. Also deletes this person's codes that expired more than an hour ago.
///
/// # Errors
/// [`StoreError::Inconsistent`] if there is no session, since operator tokens can't switch; [`StoreError::Database`] if
/// the query fails.
#[tracing::instrument(level = "debug", name = "store.handoffs.mint", skip_all)]
pub async fn mint(tx: &mut WorkspaceTx<Visit>, code: &Secret) -> Result<(), StoreError> {
    insert_code(tx, code, CodeState::Minted).await
}

/// Stores a code and redeems it in the same statement, for entering a workspace in one round trip. The code is recorded
/// like any other, but never given to a client. The commit is therefore asynchronous: if the machine or PostgreSQL
/// fails within a second, the record, the visit and the session's last use are lost, but no code can be used twice
/// because of that.
///
/// # Errors
/// As for [`mint`].
#[tracing::instrument(level = "debug", name = "store.handoffs.mint_redeemed", skip_all)]
pub async fn mint_redeemed(tx: &mut WorkspaceTx<Visit>, code: &Secret) -> Result<(), StoreError> {
    insert_code(tx, code, CodeState::Passed).await
}

/// Like [`mint_redeemed`], but also records the visit, as [`record_visit`] does.
///
/// # Errors
/// As for [`mint`].
#[tracing::instrument(level = "debug", name = "store.handoffs.mint_redeemed_and_visit", skip_all)]
pub async fn mint_redeemed_and_visit(tx: &mut WorkspaceTx<Visit>, code: &Secret) -> Result<(), StoreError> {
    insert_code(tx, code, CodeState::Visited).await
}

/// State in which a code is recorded.
#[derive(Clone, Copy, PartialEq, Eq)]
enum CodeState {
    Minted,
    Passed,
    Visited,
}

async fn insert_code(tx: &mut WorkspaceTx<Visit>, code: &Secret, state: CodeState) -> Result<(), StoreError> {
    // Such a code is redeemed immediately and given to no client, so on a read-only database it need not be stored.
    if state != CodeState::Minted && tx.access() == Access::ReadOnly {
        return Ok(());
    }
    let tenant = tx.tenant().clone();
    let session =
        tenant.principal.session.ok_or_else(|| StoreError::Inconsistent("a switch without a session".to_owned()))?;
    let hash = code.hash();
    sqlx::query!(
        "with swept as (delete from account.handoffs where user_id = $2 and expires_at < now() - interval '1 hour'),
        visited as (insert into account.visits (user_id, workspace_id, entered_at) select $2, $4, now() where $6
            on conflict (user_id, workspace_id) do update set entered_at = now())
        insert into account.handoffs (code_hash, user_id, session_id, workspace_id, redeemed_at)
        values ($1, $2, $3, $4, case when $5 then case when set_config('synchronous_commit', 'off', true) is not null then now() end end)",
        hash.bytes(),
        tenant.principal.person.id.uuid(),
        session.uuid(),
        tenant.workspace.id.uuid(),
        state != CodeState::Minted,
        state == CodeState::Visited,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Redeems a code by one conditional UPDATE, so that concurrent calls succeed once. The transaction was opened in the
/// workspace that is entered, so the seat was read after the code was submitted.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.handoffs.redeem", skip_all)]
pub async fn redeem(tx: &mut WorkspaceTx<Visit>, code: &Secret) -> Result<Result<(), HandoffRefused>, StoreError> {
    let tenant = tx.tenant().clone();
    let session = tenant.principal.session.map(|s| s.uuid());
    let hash = code.hash();
    let won = sqlx::query!(
        "update account.handoffs set redeemed_at = now()
        where code_hash = $1 and session_id = $2 and workspace_id = $3 and redeemed_at is null and expires_at > now()",
        hash.bytes(),
        session,
        tenant.workspace.id.uuid(),
    )
    .execute(tx.connection())
    .await?
    .rows_affected();
    if won == 1 {
        return Ok(Ok(()));
    }
    let used = sqlx::query_scalar!(
        r#"select redeemed_at is not null as "used!" from account.handoffs
        where code_hash = $1 and session_id = $2 and workspace_id = $3"#,
        hash.bytes(),
        session,
        tenant.workspace.id.uuid(),
    )
    .fetch_optional(tx.connection())
    .await?;
    Ok(Err(match used {
        Some(true) => HandoffRefused::Used,
        Some(false) => HandoffRefused::Expired,
        None => HandoffRefused::Foreign,
    }))
}

/// Records that the person has entered the workspace of this transaction. Does nothing on a read-only database.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.handoffs.record_visit", skip_all)]
pub async fn record_visit(tx: &mut WorkspaceTx<Visit>) -> Result<(), StoreError> {
    if tx.access() == Access::ReadOnly {
        return Ok(());
    }
    let (user, workspace) = (tx.user().uuid(), tx.id().uuid());
    sqlx::query!(
        "insert into account.visits (user_id, workspace_id, entered_at) values ($1, $2, now())
        on conflict (user_id, workspace_id) do update set entered_at = now()",
        user,
        workspace,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}
