//! The person's list of seats, as shown in the picker, the switcher and the palette.
//!
//! The list may be 30 s old. It is for display only: authorization reads the seat itself (docs/SECURITY.md, I-4).

use crate::{
    door::{Credential, PersonTx, Principal},
    error::StoreError,
    pool::Store,
};
use model::{
    OrganizationRole, Seat, Slug, WorkspaceRole,
    id::{OrganizationId, WorkspaceId},
    picker::{Picker, PickerOrganization, PickerWorkspace, Pinned},
    picture::Brand,
    preferences::PickerOrder,
};
use std::{collections::HashMap, sync::Arc, time::Instant};

/// Required freshness of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// At most 30 s old.
    Recent,
    /// Read from the database, bypassing the cache.
    Now,
}

impl Store {
    /// Returns the person's list of seats; `None` if `credential` is not valid.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database can't be reached, [`StoreError::Database`] if the query fails. A
    /// stale list is not returned instead.
    #[tracing::instrument(level = "debug", name = "store.seats.picker", skip_all)]
    pub async fn picker(
        &self,
        credential: &Credential,
        freshness: Freshness,
    ) -> Result<Option<(Principal, Arc<Picker>)>, StoreError> {
        let Some(mut tx) = self.person_reading(credential).await? else { return Ok(None) };
        let picker = self.picker_of(&mut tx, freshness).await?;
        Ok(Some((tx.commit().await?, picker)))
    }

    /// Must not be called in a transaction that has written: the result is cached and would survive a rollback.
    async fn picker_of(&self, tx: &mut PersonTx, freshness: Freshness) -> Result<Arc<Picker>, StoreError> {
        let key = (tx.principal().person.id, tx.principal().epoch.clone());
        if freshness == Freshness::Recent
            && let Some(picker) = self.seats.get(&key).await
        {
            return Ok(picker);
        }
        // Age counts from before the read, so it is never underestimated.
        let started = Instant::now();
        let picker = Arc::new(read(tx).await?);
        self.seats.insert(key, started, &picker).await;
        Ok(picker)
    }

    /// Removes the person's list from this server's cache, after a change that does not change the epoch (when a
    /// workspace was last opened).
    pub async fn invalidate_picker(&self, principal: &Principal) {
        self.seats.forget(&(principal.person.id, principal.epoch.clone())).await;
    }
}

/// Pins a workspace to the top of the person's lists, or unpins it. Returns `false` if they have no seat in it.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.seats.pin", skip_all)]
pub async fn pin(tx: &mut PersonTx, workspace: &Slug, pinned: Pinned) -> Result<bool, StoreError> {
    let user = tx.principal().person.id.uuid();
    let changed = sqlx::query!(
        "insert into account.visits as v (user_id, workspace_id, pinned_at)
        select $1, s.workspace_id, case when $3 then now() end from door.seats() s where s.slug = $2
        on conflict (user_id, workspace_id) do update set pinned_at = excluded.pinned_at",
        user,
        workspace.as_str(),
        pinned == Pinned::Yes,
    )
    .execute(tx.connection())
    .await?
    .rows_affected();
    Ok(changed == 1)
}

/// Clears the person's recent workspaces, on all of their devices.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.seats.clear_recents", skip_all)]
pub async fn clear_recents(tx: &mut PersonTx) -> Result<(), StoreError> {
    let user = tx.principal().person.id.uuid();
    sqlx::query!(
        "insert into account.preferences (user_id, recents_since) values ($1, now())
        on conflict (user_id) do update set recents_since = excluded.recents_since",
        user,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

async fn read(tx: &mut PersonTx) -> Result<Picker, StoreError> {
    let user = tx.principal().person.id.uuid();
    let chosen = sqlx::query!("select picker_order, recents_since from account.preferences where user_id = $1", user)
        .fetch_optional(tx.reading())
        .await?;
    let recents_since = chosen.as_ref().and_then(|row| row.recents_since);
    let order = chosen.and_then(|row| PickerOrder::from_word(&row.picker_order)).unwrap_or_default();
    let rows = sqlx::query!(
        r#"select organization_id as "organization_id!", organization as "organization!", organization_role,
            workspace_id, slug, name, direct_role, entered_at, pinned, former, hue, logo,
            row_number() over (order by s.name collate ops.by_name, s.workspace_id) as "place!",
            now() as "now!"
        from door.seats() with ordinality s order by s.ordinality"#
    )
    .fetch_all(tx.reading())
    .await?;
    let as_of = match rows.first() {
        Some(row) => row.now,
        None => sqlx::query_scalar!(r#"select now() as "now!""#).fetch_one(tx.reading()).await?,
    };
    let deleted = super::deleted::list(tx).await?;
    let waiting = sqlx::query!(r#"select slug as "slug!", waiting as "waiting!" from door.waiting_requests()"#)
        .fetch_all(tx.reading())
        .await?;
    let waiting: HashMap<String, u32> =
        waiting.into_iter().map(|row| (row.slug, u32::try_from(row.waiting).unwrap_or(u32::MAX))).collect();
    let mut organizations: Vec<PickerOrganization> = Vec::new();
    for row in rows {
        let id = OrganizationId::from_uuid(row.organization_id);
        let role = row.organization_role.as_deref().and_then(OrganizationRole::from_word);
        if organizations.last().is_none_or(|last| last.id != id) {
            let place = u32::try_from(organizations.len()).unwrap_or(u32::MAX);
            organizations.push(PickerOrganization { id, name: row.organization, place, role, workspaces: Vec::new() });
        }
        let direct = row.direct_role.as_deref().and_then(WorkspaceRole::from_word);
        let (Some(id), Some(slug), Some(name)) = (row.workspace_id, row.slug, row.name) else { continue };
        let slug = Slug::parse(&slug).map_err(|e| StoreError::Inconsistent(format!("slug {slug:?}: {e}")))?;
        let Some(seat) = Seat::resolve(direct, role) else { continue };
        if let Some(organization) = organizations.last_mut() {
            let former = row.former.unwrap_or_default().iter().filter_map(|slug| Slug::parse(slug).ok()).collect();
            organization.workspaces.push(PickerWorkspace {
                waiting: waiting.get(slug.as_str()).copied().unwrap_or_default(),
                id: WorkspaceId::from_uuid(id),
                name,
                slug,
                seat,
                place: u32::try_from(row.place).unwrap_or_default(),
                opened: row.entered_at,
                pinned: row.pinned.unwrap_or_default(),
                former,
                brand: Brand::stored(WorkspaceId::from_uuid(id), row.hue, row.logo.as_deref()),
            });
        }
    }
    let epoch = tx.principal().epoch.clone();
    Ok(Picker { organizations, deleted, order, recents_since, epoch, as_of }.arranged(order))
}
