//! The audit log of a workspace: written in the transaction of what it tells, never changed.

use crate::{
    door::{WorkspaceTx, Write},
    error::StoreError,
};
use sqlx::types::Uuid;

/// Notes what the person of this transaction did to `target`.
///
/// # Errors
/// When the database fails; then the deed itself is not committed either.
pub async fn note(tx: &mut WorkspaceTx<Write>, action: &str, target: Uuid) -> Result<(), StoreError> {
    let (workspace, user) = (tx.id().uuid(), tx.user().uuid());
    sqlx::query!(
        "insert into workspace.audit_log (workspace_id, id, user_id, action, target) values ($1, $2, $3, $4, $5)",
        workspace,
        Uuid::now_v7(),
        user,
        action,
        target,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}
