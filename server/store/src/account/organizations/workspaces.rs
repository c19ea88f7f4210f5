//! Workspaces of an organization, and the domains that may join them.

use crate::{audit, door::OrganizationTx, error::StoreError};
use model::{
    Slug, WorkspaceRole,
    audit::{Action, Detail},
    domain::Domain,
    id::WorkspaceId,
    members::{AutoJoin, OrganizationWorkspace},
};
use sqlx::types::Uuid;

/// Creates workspaces in one statement.
///
/// # Errors
/// [`StoreError::Refused`] if a slug is or ever was taken.
#[tracing::instrument(level = "debug", name = "store.organizations.create_workspaces", skip_all)]
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

/// Returns the organization's workspaces, sorted by name, with the domains that may join each.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.organizations.workspaces", skip_all)]
pub async fn workspaces(tx: &mut OrganizationTx) -> Result<Vec<OrganizationWorkspace>, StoreError> {
    let organization = tx.organization.uuid();
    let rows = sqlx::query!(
        r#"select w.id, w.slug, w.name, w.created_at, coalesce(c.seats, 0) as "seats!"
        from account.workspaces w left join door.seat_counts() c on c.workspace_id = w.id
        where w.organization_id = $1 and w.deleted_at is null order by w.name, w.id"#,
        organization
    )
    .fetch_all(tx.connection())
    .await?;
    let joins = sqlx::query!(
        "select workspace_id, domain, role from account.auto_joins where organization_id = $1 order by domain",
        organization
    )
    .fetch_all(tx.connection())
    .await?;
    rows.into_iter()
        .map(|row| {
            let of_it = joins.iter().filter(|join| join.workspace_id == row.id);
            Ok(OrganizationWorkspace {
                id: WorkspaceId::from_uuid(row.id),
                slug: Slug::parse(&row.slug)
                    .map_err(|e| StoreError::Inconsistent(format!("slug {:?}: {e}", row.slug)))?,
                name: row.name,
                seats: u32::try_from(row.seats).unwrap_or(u32::MAX),
                created_at: row.created_at,
                joins: of_it
                    .filter_map(|join| {
                        let role = WorkspaceRole::from_word(&join.role)?;
                        Some(AutoJoin { domain: Domain::parse(&join.domain).ok()?, role })
                    })
                    .collect(),
            })
        })
        .collect()
}

/// Disables automatic joining of a workspace by a domain. Returns `false` if it was not enabled.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(
    level = "debug",
    name = "store.organizations.stop_auto_join",
    skip_all,
    fields(workspace_id = %workspace)
)]
pub async fn stop_auto_join(
    tx: &mut OrganizationTx,
    workspace: WorkspaceId,
    domain: &Domain,
) -> Result<bool, StoreError> {
    let organization = tx.organization.uuid();
    let stopped = sqlx::query!(
        "delete from account.auto_joins where organization_id = $1 and workspace_id = $2 and domain = $3",
        organization,
        workspace.uuid(),
        domain.as_str(),
    )
    .execute(tx.connection())
    .await?
    .rows_affected();
    if stopped == 1 {
        let detail = Detail::none().change("domain", domain, "");
        audit::record(tx, Action::DomainRemoved, workspace.uuid(), &detail).await?;
    }
    Ok(stopped == 1)
}
