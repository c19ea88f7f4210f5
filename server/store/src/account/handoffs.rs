//! Handoffs: the single-use codes by which a switch enters a workspace (docs/SECURITY.md, I-14).

use crate::{
    door::{Access, Visit, WorkspaceTx},
    error::StoreError,
    secret::Secret,
};

/// Why a code did not let anyone in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HandoffRefused {
    /// It was used before.
    Used,
    /// It is older than 60 s.
    Expired,
    /// It was made for another session or workspace, or never.
    Foreign,
}

/// Mints a code for the session and workspace of this transaction: valid for 60 s by the database's clock, once.
/// Codes of this person that ran out more than an hour ago are swept away in passing.
///
/// # Errors
/// When the database fails. [`StoreError::Inconsistent`] when there is no session: a token can't switch.
pub async fn mint(tx: &mut WorkspaceTx<Visit>, code: &Secret) -> Result<(), StoreError> {
    note(tx, code, Noted::Minted).await
}

/// Mints a code and redeems it in the same statement, for whoever is let in ahead in one round trip: it is noted like any
/// other, and nobody else ever held it. So nobody waits until the disk has it: if the machine or PostgreSQL fails within a
/// second, that note, the visit and when the session was last seen are lost, and no code can be used twice for it.
///
/// # Errors
/// As [`mint`].
pub async fn pass(tx: &mut WorkspaceTx<Visit>, code: &Secret) -> Result<(), StoreError> {
    note(tx, code, Noted::Passed).await
}

/// As [`pass`], for whoever really enters: also records the visit, as [`record_visit`] does.
///
/// # Errors
/// As [`mint`].
pub async fn pass_and_visit(tx: &mut WorkspaceTx<Visit>, code: &Secret) -> Result<(), StoreError> {
    note(tx, code, Noted::Visited).await
}

/// What is noted of a code beside that it was made.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Noted {
    Minted,
    Passed,
    Visited,
}

async fn note(tx: &mut WorkspaceTx<Visit>, code: &Secret, noted: Noted) -> Result<(), StoreError> {
    // Such a code is redeemed at once and given to nobody, so on a read-only database it need not be stored.
    if noted != Noted::Minted && tx.access() == Access::ReadOnly {
        return Ok(());
    }
    let tenant = tx.tenant().clone();
    let session =
        tenant.live.session.ok_or_else(|| StoreError::Inconsistent("a switch without a session".to_owned()))?;
    let hash = code.hash();
    sqlx::query!(
        "with swept as (delete from account.handoffs where user_id = $2 and expires_at < now() - interval '1 hour'),
        visited as (insert into account.visits (user_id, workspace_id, entered_at) select $2, $4, now() where $6
            on conflict (user_id, workspace_id) do update set entered_at = now())
        insert into account.handoffs (code_hash, user_id, session_id, workspace_id, redeemed_at)
        values ($1, $2, $3, $4, case when $5 then case when set_config('synchronous_commit', 'off', true) is not null then now() end end)",
        hash.bytes(),
        tenant.live.person.id.uuid(),
        session.uuid(),
        tenant.workspace.id.uuid(),
        noted != Noted::Minted,
        noted == Noted::Visited,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Redeems a code, in one conditional UPDATE: of any number of redeemers one wins. The transaction already stands
/// in the workspace that is entered, so its seat was read after the code was presented.
///
/// # Errors
/// When the database fails.
pub async fn redeem(tx: &mut WorkspaceTx<Visit>, code: &Secret) -> Result<Result<(), HandoffRefused>, StoreError> {
    let tenant = tx.tenant().clone();
    let session = tenant.live.session.map(|s| s.uuid());
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

/// Records that the person has entered the workspace of this transaction. On a read-only database nothing is recorded.
///
/// # Errors
/// When the database fails.
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
