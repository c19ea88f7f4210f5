//! Workspaces deleted within the last 14 days, which their owners can restore.

use crate::{
    door::{Credential, PersonTx},
    error::StoreError,
    pool::Store,
};
use model::{
    Slug,
    audit::{Action, Detail},
    settings::DeletedWorkspace,
};
use sqlx::types::Uuid;

/// Returns the deleted workspaces that the person can restore, the most recent first.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.deleted.list", skip_all)]
pub async fn list(tx: &mut PersonTx) -> Result<Vec<DeletedWorkspace>, StoreError> {
    let rows = sqlx::query!(
        r#"select slug as "slug!", name as "name!", organization as "organization!", deleted_at as "deleted_at!"
        from door.deleted_workspaces()"#
    )
    .fetch_all(tx.reading())
    .await?;
    rows.into_iter()
        .map(|row| {
            let slug =
                Slug::parse(&row.slug).map_err(|e| StoreError::Inconsistent(format!("slug {:?}: {e}", row.slug)))?;
            Ok(DeletedWorkspace { slug, name: row.name, organization: row.organization, deleted_at: row.deleted_at })
        })
        .collect()
}

/// Returns `true` if the slug is available: no workspace has or ever had it.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.deleted.is_slug_free", skip_all)]
pub async fn is_slug_free(tx: &mut PersonTx, slug: &Slug) -> Result<bool, StoreError> {
    let free = sqlx::query_scalar!(r#"select door.slug_is_free($1) as "free!""#, slug.as_str())
        .fetch_one(tx.connection())
        .await?;
    Ok(free)
}

/// Result of restoring a workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RestoreOutcome {
    /// The workspace was restored with all its data.
    Yes,
    /// There is no deleted workspace that this person can restore.
    No,
    /// The credential is not valid.
    SignedOut,
}

impl Store {
    /// Restores a workspace that the person owns and that was deleted within the last 14 days, and logs it.
    ///
    /// # Errors
    /// [`StoreError::FactorDemanded`] if the workspace requires a second factor, [`StoreError::Database`] if the query
    /// fails.
    #[tracing::instrument(level = "debug", name = "store.deleted.restore_workspace", skip_all)]
    pub async fn restore_workspace(&self, credential: &Credential, slug: &Slug) -> Result<RestoreOutcome, StoreError> {
        let mut tx = self.begin().await?;
        let found = sqlx::query!(
            r#"select user_id as "user_id!", user_name as "user_name!", workspace_id as "workspace_id!", name as "name!",
                set_config('stile.session_id', coalesce(session_id::text, ''), true) as context
            from door.deleted_workspace($1, $2, $3)"#,
            credential.kind(),
            credential.hash(),
            slug.as_str(),
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(row) = found else {
            drop(tx);
            let signed_in = self.person(credential).await?.is_some();
            return Ok(if signed_in { RestoreOutcome::No } else { RestoreOutcome::SignedOut });
        };
        let back = sqlx::query!(
            "update account.workspaces set deleted_at = null where id = $1 and deleted_at is not null",
            row.workspace_id
        )
        .execute(&mut *tx)
        .await?
        .rows_affected();
        if back == 0 {
            return Ok(RestoreOutcome::No);
        }
        let detail = crate::audit::json(&Detail::none().with("name", row.name))?;
        sqlx::query!(
            "insert into workspace.audit_log (workspace_id, id, user_id, actor, action, target, detail)
            values ($1, $2, $3, $4, $5, $1, $6::text::jsonb)",
            row.workspace_id,
            Uuid::now_v7(),
            row.user_id,
            row.user_name,
            Action::WorkspaceRestored.as_str(),
            detail,
        )
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(RestoreOutcome::Yes)
    }
}
