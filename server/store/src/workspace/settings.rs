//! Settings of a workspace, and its deletion.

use super::time_zones::present;
use crate::{
    audit,
    door::{Can, Mode, WorkspaceTx, Write},
    error::StoreError,
};
use model::{
    Slug,
    audit::{Action, Detail},
    capability::{ManageSettings, OwnWorkspace},
    settings::{Contents, GeneralDraft, GeneralInput, OldSlug},
};
use time::OffsetDateTime;

/// Returns the general settings as form input, and the former slugs of the workspace.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.settings.general", skip_all)]
pub async fn general<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    can: &Can<ManageSettings>,
) -> Result<(GeneralInput, Vec<OldSlug>), StoreError> {
    let (workspace, zone) = (tx.id().uuid(), tx.zone());
    let row =
        sqlx::query!("select slug, name, description, time_zone from account.workspaces where id = $1", workspace)
            .fetch_one(can.on(tx)?)
            .await?;
    let old = sqlx::query!(
        "select slug, retired_at, last_used_at from account.slugs
        where workspace_id = $1 and retired_at is not null order by retired_at desc, slug",
        workspace,
    )
    .fetch_all(can.on(tx)?)
    .await?;
    let old = old.into_iter().map(|row| {
        let slug = Slug::parse(&row.slug).map_err(|e| StoreError::Inconsistent(format!("slug {:?}: {e}", row.slug)))?;
        let local = |at: Option<OffsetDateTime>| at.map(|at| zone.local(at));
        Ok(OldSlug { slug, retired_at: local(row.retired_at), last_used_at: local(row.last_used_at) })
    });
    let time_zone = present(&row.time_zone).to_owned();
    let input = GeneralInput { name: row.name, slug: row.slug, description: row.description, time_zone };
    Ok((input, old.collect::<Result<_, StoreError>>()?))
}

/// Stores the general settings. A new slug is logged separately from other changes. The old slug redirects to the new
/// one once this commits.
///
/// # Errors
/// [`StoreError::Refused`] with `workspaces_slug_key` or `slugs_pkey` if another workspace has or had the slug.
#[tracing::instrument(level = "debug", name = "store.settings.save_general", skip_all)]
pub async fn save_general(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageSettings>,
    draft: &GeneralDraft,
) -> Result<(), StoreError> {
    let workspace = tx.id().uuid();
    let (before, _) = general(tx, can).await?;
    let changed = Detail::none()
        .change("name", &before.name, &draft.name)
        .change("description", &before.description, &draft.description)
        .change("time_zone", &before.time_zone, &draft.time_zone);
    // The detail is truncated, so it can't show a change at the end of a long description.
    if !changed.is_empty() || before.description != draft.description {
        sqlx::query!(
            "update account.workspaces set name = $2, description = $3, time_zone = $4 where id = $1",
            workspace,
            draft.name.as_str(),
            draft.description,
            draft.time_zone,
        )
        .execute(can.on(tx)?)
        .await?;
        audit::record(tx, Action::WorkspaceChanged, workspace, &changed).await?;
    }
    if before.time_zone != draft.time_zone {
        // Another day may have begun, on which invoices are due.
        super::due::look_soon(tx).await?;
    }
    // A separate statement, because setting the slug waits for all current writes even if its value is the same.
    if before.slug != draft.slug.as_str() {
        sqlx::query!("update account.workspaces set slug = $2 where id = $1", workspace, draft.slug.as_str())
            .execute(can.on(tx)?)
            .await?;
        let moved = Detail::none().change("address", &before.slug, &draft.slug);
        audit::record(tx, Action::WorkspaceRenamed, workspace, &moved).await?;
    }
    Ok(())
}

/// Returns `true` if the slug is available to the workspace: no other workspace has or ever had it.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.settings.is_slug_free", skip_all)]
pub async fn is_slug_free<M: Mode>(tx: &mut WorkspaceTx<M>, slug: &Slug) -> Result<bool, StoreError> {
    let free = sqlx::query_scalar!(r#"select door.slug_is_free($1) as "free!""#, slug.as_str())
        .fetch_one(tx.connection())
        .await?;
    Ok(free)
}

/// Returns the number of people and objects that would be affected by deleting the workspace.
///
/// # Errors
/// [`StoreError::Busy`] if too many costly statements are waiting, [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.settings.contents", skip_all)]
pub async fn contents<M: Mode>(tx: &mut WorkspaceTx<M>, can: &Can<ManageSettings>) -> Result<Contents, StoreError> {
    tx.costly().await?;
    let workspace = tx.id().uuid();
    let row = sqlx::query!(
        r#"select (select count(*) from account.workspace_members where workspace_id = $1) as "people!",
            (select count(*) from workspace.products where workspace_id = $1) as "products!",
            (select count(*) from workspace.customers where workspace_id = $1) as "customers!",
            (select count(*) from workspace.invoices where workspace_id = $1) as "invoices!""#,
        workspace,
    )
    .fetch_one(can.on(tx)?)
    .await?;
    Ok(Contents { people: row.people, products: row.products, customers: row.customers, invoices: row.invoices })
}

/// Deletes the workspace softly: once this commits, it can't be opened, but its data is kept. An owner can restore it
/// for 14 days. Its slug stays reserved for it.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.settings.delete", skip_all)]
pub async fn delete(tx: &mut WorkspaceTx<Write>, can: &Can<OwnWorkspace>) -> Result<(), StoreError> {
    let (workspace, name) = (tx.id().uuid(), tx.tenant().workspace.name.clone());
    let deleted = sqlx::query!(
        "update account.workspaces set deleted_at = now() where id = $1 and deleted_at is null",
        workspace
    )
    .execute(can.on(tx)?)
    .await?
    .rows_affected();
    if deleted == 0 {
        return Ok(());
    }
    audit::record(tx, Action::WorkspaceDeleted, workspace, &Detail::none().with("name", name)).await
}
