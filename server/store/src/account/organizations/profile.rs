//! Name of an organization, and the current person's role in it.

use crate::{
    door::{OrganizationTx, PersonTx},
    error::StoreError,
};
use model::{OrganizationRole, id::OrganizationId, members::OrganizationProfile};

/// Returns the organization's id and name.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.organizations.profile", skip_all)]
pub async fn profile(tx: &mut OrganizationTx) -> Result<OrganizationProfile, StoreError> {
    let id = tx.organization;
    let name = sqlx::query_scalar!("select name from account.organizations where id = $1", id.uuid())
        .fetch_one(tx.connection())
        .await?;
    Ok(OrganizationProfile { id, name })
}

/// Returns the organization's name and the role of the person of this transaction; `None` if they have no role, or the
/// organization does not exist.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(
    level = "debug",
    name = "store.organizations.mine",
    skip_all,
    fields(organization_id = %organization)
)]
pub async fn mine(
    tx: &mut PersonTx,
    organization: OrganizationId,
) -> Result<Option<(OrganizationProfile, OrganizationRole)>, StoreError> {
    let row =
        sqlx::query!(r#"select name as "name!", role as "role!" from door.my_organization($1)"#, organization.uuid())
            .fetch_optional(tx.connection())
            .await?;
    Ok(row.and_then(|row| {
        let role = OrganizationRole::from_word(&row.role)?;
        Some((OrganizationProfile { id: organization, name: row.name }, role))
    }))
}
