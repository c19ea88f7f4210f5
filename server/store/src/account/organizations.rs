//! Organizations: founding one, its members, its workspaces.

use crate::{
    audit,
    door::{OrganizationTx, PersonTx},
    error::StoreError,
};
use model::{
    OrganizationRole, Slug,
    audit::{Action, Detail},
    id::{OrganizationId, UserId, WorkspaceId},
};
use sqlx::types::Uuid;

/// Founds an organization that the person of this transaction owns.
///
/// # Errors
/// When the database fails.
pub async fn found(tx: &mut PersonTx, name: &str) -> Result<OrganizationId, StoreError> {
    let id = Uuid::now_v7();
    sqlx::query!("select door.found_organization($1, $2)", id, name).execute(tx.connection()).await?;
    Ok(OrganizationId::from_uuid(id))
}

/// Founds an organization that the person of this transaction owns, with its first workspace: both or none.
///
/// # Errors
/// [`StoreError::Refused`] when the slug is or ever was taken; see [`is_slug_taken`].
pub async fn found_with_workspace(
    tx: &mut PersonTx,
    name: &str,
    slug: &Slug,
    workspace: &str,
) -> Result<(OrganizationId, WorkspaceId), StoreError> {
    let organization = found(tx, name).await?;
    // Its founder manages it, in this transaction too.
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
    let me = tx.live().person.clone();
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

/// Whether a write was refused because another workspace has, or once had, the slug.
pub fn is_slug_taken(error: &StoreError) -> bool {
    error.is_refused_by("workspaces_slug_key") || error.is_refused_by("slugs_pkey")
}

/// Adds a member, or changes the role of one.
///
/// # Errors
/// When the database fails.
pub async fn set_member(tx: &mut OrganizationTx, user: UserId, role: OrganizationRole) -> Result<(), StoreError> {
    let organization = tx.organization.uuid();
    sqlx::query!(
        "insert into account.organization_members (organization_id, user_id, role) values ($1, $2, $3)
        on conflict (organization_id, user_id) do update set role = excluded.role",
        organization,
        user.uuid(),
        role.as_str(),
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Creates workspaces, in one statement however many.
///
/// # Errors
/// [`StoreError::Refused`] when a slug is or ever was taken.
pub async fn create_workspaces(
    tx: &mut OrganizationTx,
    workspaces: &[(Slug, String)],
) -> Result<Vec<WorkspaceId>, StoreError> {
    let ids: Vec<Uuid> = workspaces.iter().map(|_| Uuid::now_v7()).collect();
    let slugs: Vec<String> = workspaces.iter().map(|(slug, _)| slug.to_string()).collect();
    let names: Vec<String> = workspaces.iter().map(|(_, name)| name.clone()).collect();
    let organization = tx.organization.uuid();
    sqlx::query!(
        "insert into account.workspaces (organization_id, id, slug, name)
        select $1, * from unnest($2::uuid[], $3::text[], $4::text[])",
        organization,
        &ids,
        &slugs,
        &names,
    )
    .execute(tx.connection())
    .await?;
    Ok(ids.into_iter().map(WorkspaceId::from_uuid).collect())
}
