//! Direct seats of a workspace.

use crate::{
    audit,
    door::{Can, WorkspaceTx, Write},
    error::StoreError,
};
use model::{
    WorkspaceRole,
    audit::{Action, Detail},
    capability::ManageMembers,
    id::UserId,
};

/// Gives a person a direct seat, or changes the role of theirs, and notes it.
///
/// # Errors
/// When the database fails.
pub async fn grant(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageMembers>,
    user: UserId,
    role: WorkspaceRole,
) -> Result<(), StoreError> {
    let workspace = tx.id().uuid();
    sqlx::query!(
        "insert into account.workspace_members (workspace_id, user_id, role) values ($1, $2, $3)
        on conflict (workspace_id, user_id) do update set role = excluded.role",
        workspace,
        user.uuid(),
        role.as_str(),
    )
    .execute(can.on(tx)?)
    .await?;
    audit::note(tx, Action::SeatGranted, user.uuid(), &Detail::none().with("role", role.label())).await
}
