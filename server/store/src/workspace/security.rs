//! Security requirements of a workspace.

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

/// Returns the security settings of the workspace.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.security.read", skip_all)]
pub async fn read<M: Mode>(tx: &mut WorkspaceTx<M>, can: &Can<ManageSettings>) -> Result<SecuritySettings, StoreError> {
    let workspace = tx.id().uuid();
    let demands_factor = sqlx::query_scalar!("select demands_factor from account.workspaces where id = $1", workspace)
        .fetch_one(can.on(tx)?)
        .await?;
    Ok(SecuritySettings { demands_factor, proven: has_verified(tx).await? })
}

/// Returns `true` if this session has verified a second factor, so that its holder would keep access if one were
/// required.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.security.has_verified", skip_all)]
pub async fn has_verified<M: Mode>(tx: &mut WorkspaceTx<M>) -> Result<bool, StoreError> {
    let session = tx.tenant().principal.session.map(SessionId::uuid);
    Ok(sqlx::query_scalar!(
        r#"select exists (select from account.sessions where id = $1 and factor_at is not null) as "proven!""#,
        session
    )
    .fetch_one(tx.connection())
    .await?)
}

/// Reason why the requirement was not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DemandRefused {
    /// The session has not verified a second factor. This is required for enabling the requirement, so that people
    /// don't lock themselves out.
    NotProven,
}

/// Enables or disables the second-factor requirement of the workspace, and logs it. It applies to every entry once this
/// commits; earlier writes have ended by then.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.security.demand_factor", skip_all)]
pub async fn demand_factor(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageSettings>,
    demand: bool,
) -> Result<Result<(), DemandRefused>, StoreError> {
    if demand && !has_verified(tx).await? {
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
        audit::record(tx, Action::SecondFactorDemanded, workspace, &detail).await?;
    }
    Ok(Ok(()))
}
