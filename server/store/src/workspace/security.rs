//! What a workspace demands of whoever enters.

use crate::{
    audit,
    door::{Can, Mode, WorkspaceTx, Write},
    error::StoreError,
};
use model::{
    audit::{Action, Detail},
    capability::ManageSettings,
    id::SessionId,
    settings::SecuritySettings,
};

/// What the workspace demands of whoever enters.
///
/// # Errors
/// When the database fails.
pub async fn read<M: Mode>(tx: &mut WorkspaceTx<M>, can: &Can<ManageSettings>) -> Result<SecuritySettings, StoreError> {
    let workspace = tx.id().uuid();
    let demands_factor = sqlx::query_scalar!("select demands_factor from account.workspaces where id = $1", workspace)
        .fetch_one(can.on(tx)?)
        .await?;
    Ok(SecuritySettings { demands_factor, proven: has_proven(tx).await? })
}

/// Whether this session has proven a second factor, so that its holder would still be let in with the demand on.
///
/// # Errors
/// When the database fails.
pub async fn has_proven<M: Mode>(tx: &mut WorkspaceTx<M>) -> Result<bool, StoreError> {
    let session = tx.tenant().live.session.map(SessionId::uuid);
    Ok(sqlx::query_scalar!(
        r#"select exists (select from account.sessions where id = $1 and factor_at is not null) as "proven!""#,
        session
    )
    .fetch_one(tx.connection())
    .await?)
}

/// The demand was not set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DemandRefused {
    /// Whoever turns it on must have proven a factor in this session, so that nobody locks themselves out.
    NotProven,
}

/// Turns the demand for a second factor on or off, and notes it. From the commit on, entering asks for one; writes that
/// were let in before have ended by then.
///
/// # Errors
/// When the database fails.
pub async fn demand_factor(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageSettings>,
    demand: bool,
) -> Result<Result<(), DemandRefused>, StoreError> {
    if demand && !has_proven(tx).await? {
        return Ok(Err(DemandRefused::NotProven));
    }
    let workspace = tx.id().uuid();
    let changed = sqlx::query!(
        "update account.workspaces set demands_factor = $2 where id = $1 and demands_factor <> $2",
        workspace,
        demand,
    )
    .execute(can.on(tx)?)
    .await?
    .rows_affected();
    if changed == 1 {
        let word = |demand| if demand { "on" } else { "off" };
        let detail = Detail::none().change("two_factor", word(!demand), word(demand));
        audit::note(tx, Action::SecondFactorDemanded, workspace, &detail).await?;
    }
    Ok(Ok(()))
}
