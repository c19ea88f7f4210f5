//! Creation of organizations.

use crate::{audit, door::PersonTx, error::StoreError};
use model::{
    Slug,
    audit::{Action, Detail},
    id::{OrganizationId, WorkspaceId},
};
use sqlx::types::Uuid;

/// Creates an organization owned by the person of this transaction.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.organizations.found", skip_all)]
pub async fn found(tx: &mut PersonTx, name: &str) -> Result<OrganizationId, StoreError> {
    let id = Uuid::now_v7();
    sqlx::query!("select door.found_organization($1, $2)", id, name).execute(tx.connection()).await?;
    Ok(OrganizationId::from_uuid(id))
}

/// Creates an organization owned by the person of this transaction, together with its first workspace.
///
/// # Errors
/// [`StoreError::Refused`] if the slug is or ever was taken; see [`is_slug_taken`].
#[tracing::instrument(level = "debug", name = "store.organizations.found_with_workspace", skip_all)]
pub async fn found_with_workspace(
    tx: &mut PersonTx,
    name: &str,
    slug: &Slug,
    workspace: &str,
) -> Result<(OrganizationId, WorkspaceId), StoreError> {
    let organization = found(tx, name).await?;
    // The founder gets access to manage it within this transaction.
    sqlx::query!("select set_config('stile.organization_id', $1, true)", organization.to_string())
        .fetch_one(tx.connection())
        .await?;
    let id = Uuid::now_v7();
    sqlx::query!(
        "insert into account.workspaces (organization_id, id, slug, name) values ($1, $2, $3, $4)",
        organization.uuid(),
        id,
        slug.as_str(),
        workspace,
    )
    .execute(tx.connection())
    .await?;
    let me = tx.principal().person.clone();
    for (action, target, name) in
        [(Action::OrganizationFounded, organization.uuid(), name), (Action::WorkspaceCreated, id, workspace)]
    {
        let detail = audit::json(&Detail::none().with("name", name))?;
        sqlx::query!(
            "insert into account.organization_audit_log (organization_id, id, user_id, actor, action, target, detail)
            values ($1, $2, $3, $4, $5, $6, $7::text::jsonb)",
            organization.uuid(),
            Uuid::now_v7(),
            me.id.uuid(),
            me.name,
            action.as_str(),
            target,
            detail,
        )
        .execute(tx.connection())
        .await?;
    }
    Ok((organization, WorkspaceId::from_uuid(id)))
}

/// Returns `true` if a write was rejected because another workspace has or had the slug.
pub fn is_slug_taken(error: &StoreError) -> bool {
    error.is_refused_by("workspaces_slug_key") || error.is_refused_by("slugs_pkey")
}
