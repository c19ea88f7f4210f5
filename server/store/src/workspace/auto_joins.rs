//! Auto-join: email domains whose people may join a workspace without an invite. Empty by default; the role is at most
//! Member.

use crate::{
    audit,
    door::{Can, Mode, WorkspaceTx, Write},
    error::StoreError,
};
use model::{
    WorkspaceRole,
    audit::{Action, Detail},
    capability::ManageMembers,
    domain::Domain,
    members::{AutoJoin, JOIN_ROLES},
};

/// Returns the domains that may join, sorted.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.auto_joins.list", skip_all)]
pub async fn list<M: Mode>(tx: &mut WorkspaceTx<M>, can: &Can<ManageMembers>) -> Result<Vec<AutoJoin>, StoreError> {
    let workspace = tx.id().uuid();
    let rows =
        sqlx::query!("select domain, role from account.auto_joins where workspace_id = $1 order by domain", workspace)
            .fetch_all(can.on(tx)?)
            .await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            Some(AutoJoin { domain: Domain::parse(&row.domain).ok()?, role: WorkspaceRole::from_word(&row.role)? })
        })
        .collect())
}

/// Reason why a domain was not allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotJoinable {
    /// No person with a seat in the workspace has a verified address of that domain.
    NobodyThere,
    /// The role is not available for auto-join.
    Role,
}

/// Allows a domain to join at `role`, or changes the role.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.auto_joins.set", skip_all)]
pub async fn set(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageMembers>,
    join: &AutoJoin,
) -> Result<Result<(), NotJoinable>, StoreError> {
    if !JOIN_ROLES.contains(&join.role) {
        return Ok(Err(NotJoinable::Role));
    }
    let (workspace, organization, by) =
        (tx.id().uuid(), tx.tenant().workspace.organization_id.uuid(), tx.user().uuid());
    let before = list(tx, can).await?.into_iter().find(|known| known.domain == join.domain);
    if before.is_some_and(|before| before.role == join.role) {
        return Ok(Ok(()));
    }
    let set = sqlx::query!(
        "insert into account.auto_joins (workspace_id, organization_id, domain, role, created_by)
        select $1, $2, $3, $4, $5
        where exists (select from door.members() m where m.verified and split_part(m.email, '@', 2) = $3)
        on conflict (workspace_id, domain) do update set role = excluded.role",
        workspace,
        organization,
        join.domain.as_str(),
        join.role.as_str(),
        by,
    )
    .execute(can.on(tx)?)
    .await?
    .rows_affected();
    if set == 0 {
        return Ok(Err(NotJoinable::NobodyThere));
    }
    let detail = Detail::none().with("domain", &join.domain).with("role", join.role.as_str());
    audit::record(tx, Action::AutoJoinChanged, workspace, &detail).await?;
    Ok(Ok(()))
}

/// Disables auto-join for a domain. Existing seats are kept. Returns `false` if it was not enabled.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.auto_joins.stop", skip_all)]
pub async fn stop(tx: &mut WorkspaceTx<Write>, can: &Can<ManageMembers>, domain: &Domain) -> Result<bool, StoreError> {
    let workspace = tx.id().uuid();
    let stopped = sqlx::query!(
        "delete from account.auto_joins where workspace_id = $1 and domain = $2",
        workspace,
        domain.as_str()
    )
    .execute(can.on(tx)?)
    .await?
    .rows_affected();
    if stopped == 1 {
        audit::record(tx, Action::AutoJoinChanged, workspace, &Detail::none().change("domain", domain, "")).await?;
    }
    Ok(stopped == 1)
}
