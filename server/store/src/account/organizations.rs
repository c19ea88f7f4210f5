//! Organizations: founding one, its members, its workspaces.

use crate::{
    door::{OrganizationTx, PersonTx},
    error::StoreError,
};
use model::{
    OrganizationRole, Slug,
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

/// What the organization is called.
///
/// # Errors
/// When the database fails.
pub async fn name(tx: &mut OrganizationTx) -> Result<String, StoreError> {
    let organization = tx.organization.uuid();
    let name = sqlx::query_scalar!("select name from account.organizations where id = $1", organization)
        .fetch_one(tx.connection())
        .await?;
    Ok(name)
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
