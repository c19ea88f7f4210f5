//! Storage of products.

use super::{
    lifecycle::{lock_record, set_record_status},
    listing::{cursor, known, narrow, read},
};
use crate::{
    audit::{self, named},
    door::{Can, Mode, WorkspaceTx, Write},
    error::StoreError,
    zone::Zone,
};
use model::{
    audit::{Action, Detail},
    capability::EditContent,
    catalog::{Lifecycle, ProductDetail, ProductDraft, ProductRow},
    id::ProductId,
    list::{ListPage, ListQuery, SortBy},
};
use sqlx::types::Uuid;
use time::OffsetDateTime;

struct Row {
    id: Uuid,
    name: String,
    name_key: String,
    code: String,
    status: String,
    rate_plans: i64,
    created_at: OffsetDateTime,
    /// Total number of rows, if the statement returns it.
    total: Option<i64>,
}

impl Row {
    /// Converts the row for display, with times in the workspace's time zone.
    fn local(self, zone: &Zone) -> Result<ProductRow, StoreError> {
        Ok(ProductRow {
            id: ProductId::from_uuid(self.id),
            name: self.name,
            code: self.code,
            status: known("status", &self.status, Lifecycle::from_word(&self.status))?,
            rate_plans: self.rate_plans,
            created_at: zone.local(self.created_at),
        })
    }
}

macro_rules! products {
    ($tx:expr, $query:expr, $key_type:ty, $key:literal) => {
        read!($tx, Row, $key_type, $query,
            r#"t.id, t.name, t.name_key as "name_key!", t.code, t.status, t.created_at,
                (select count(distinct c.plan_id) from workspace.rate_plan_charges c
                    where c.workspace_id = t.workspace_id and c.product_id = t.id and c.version = (
                        select v.version from workspace.rate_plan_versions v
                        where v.workspace_id = c.workspace_id and v.plan_id = c.plan_id
                        order by v.state = 'published' desc, v.version desc limit 1)) as "rate_plans!",
                -- Nothing to look at in a row: the index alone says how many there are.
                case when $2 = '' and $3::text is null then (select count(*) from workspace.products n where n.workspace_id = $1) end as "total?""#,
            r#" from workspace.products t where t.workspace_id = $1
                and ($2 = '' or position((select ops.fold($2)) in t.searchable) > 0)
                and ($3::text is null or t.status = $3)"#, $key, ("$4", "$5"), ())
    };
}

/// Returns a page of products.
///
/// # Errors
/// [`StoreError::Busy`] if the list is filtered and too many costly statements are waiting, [`StoreError::Database`] if
/// the query fails.
#[tracing::instrument(level = "debug", name = "store.products.list", skip_all)]
pub async fn list<M: Mode>(tx: &mut WorkspaceTx<M>, query: &ListQuery) -> Result<ListPage<ProductRow>, StoreError> {
    narrow(tx, query).await?;
    let zone = tx.zone();
    let page = if query.sort.by == SortBy::Name {
        products!(tx, query, String, "t.name_key").page(query, |row| cursor(&row.name_key, row.id))
    } else {
        products!(tx, query, OffsetDateTime, "t.created_at").page(query, |row| cursor(&row.created_at, row.id))
    };
    page.try_map(|row| row.local(&zone))
}

/// Returns a product; `None` if the workspace has none with that id.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.products.get", skip_all, fields(product_id = %id))]
pub async fn get<M: Mode>(tx: &mut WorkspaceTx<M>, id: ProductId) -> Result<Option<ProductDetail>, StoreError> {
    let workspace = tx.id().uuid();
    let row = sqlx::query!(
        r#"select t.id, t.name, t.name_key as "name_key!", t.code, t.status, t.created_at, t.description,
            (select count(distinct c.plan_id) from workspace.rate_plan_charges c
                    where c.workspace_id = t.workspace_id and c.product_id = t.id and c.version = (
                        select v.version from workspace.rate_plan_versions v
                        where v.workspace_id = c.workspace_id and v.plan_id = c.plan_id
                        order by v.state = 'published' desc, v.version desc limit 1)) as "rate_plans!"
        from workspace.products t where t.workspace_id = $1 and t.id = $2"#,
        workspace,
        id.uuid(),
    )
    .fetch_optional(tx.reading())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let rate_plans = super::rate_plans::of_product(tx, id).await?;
    let description = row.description;
    let row = Row {
        id: row.id,
        name: row.name,
        name_key: row.name_key,
        code: row.code,
        status: row.status,
        rate_plans: row.rate_plans,
        created_at: row.created_at,
        total: None,
    };
    Ok(Some(ProductDetail { row: row.local(&tx.zone())?, description, rate_plans }))
}

/// Returns the products that a fee can be for: the active ones, and those of a draft's charges, by name, at most 500.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.products.offered", skip_all)]
pub async fn offered<M: Mode>(tx: &mut WorkspaceTx<M>) -> Result<Vec<(ProductId, String)>, StoreError> {
    let workspace = tx.id().uuid();
    let rows = sqlx::query!(
        "select t.id, t.name from workspace.products t
        where t.workspace_id = $1 and (t.status = 'active' or exists (
            select from workspace.rate_plan_charges c
            join workspace.rate_plan_versions v
                on v.workspace_id = c.workspace_id and v.plan_id = c.plan_id and v.version = c.version
            where c.workspace_id = t.workspace_id and c.product_id = t.id and v.state = 'draft'))
        order by t.name_key, t.id limit 500",
        workspace,
    )
    .fetch_all(tx.reading())
    .await?;
    Ok(rows.into_iter().map(|row| (ProductId::from_uuid(row.id), row.name)).collect())
}

/// Creates a product and logs it.
///
/// # Errors
/// [`StoreError::Refused`] with `product_code_taken` if the workspace already has a product with that code.
#[tracing::instrument(level = "debug", name = "store.products.create", skip_all)]
pub async fn create(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    draft: &ProductDraft,
) -> Result<ProductId, StoreError> {
    let (workspace, id) = (tx.id().uuid(), Uuid::now_v7());
    sqlx::query!(
        "insert into workspace.products (workspace_id, id, name, code, description) values ($1, $2, $3, $4, $5)",
        workspace,
        id,
        draft.name.as_str(),
        draft.code,
        draft.description,
    )
    .execute(can.on(tx)?)
    .await?;
    audit::record(tx, Action::ProductCreated, id, &Detail::none().with("name", &draft.name)).await?;
    Ok(ProductId::from_uuid(id))
}

/// Locks a product until the transaction ends, so that what is read of it next can't change before it is written.
/// Returns `false` if the workspace has no product with that id.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.products.lock", skip_all, fields(product_id = %id))]
pub async fn lock(tx: &mut WorkspaceTx<Write>, can: &Can<EditContent>, id: ProductId) -> Result<bool, StoreError> {
    lock_record!(tx, can, "products", id)
}

/// Updates a product and logs the changes, if any. Returns `false` if the workspace has no product with that id.
///
/// # Errors
/// [`StoreError::Refused`] with `product_code_taken` if the workspace already has a product with that code.
#[tracing::instrument(level = "debug", name = "store.products.update", skip_all, fields(product_id = %id))]
pub async fn update(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    id: ProductId,
    draft: &ProductDraft,
) -> Result<bool, StoreError> {
    let workspace = tx.id().uuid();
    let before = sqlx::query!(
        "select name, code, description from workspace.products where workspace_id = $1 and id = $2 for update",
        workspace,
        id.uuid(),
    )
    .fetch_optional(can.on(tx)?)
    .await?;
    let Some(before) = before else { return Ok(false) };
    let changed = Detail::none()
        .change("name", &before.name, &draft.name)
        .change("code", &before.code, &draft.code)
        .change("description", &before.description, &draft.description);
    // The detail is truncated, so it can't show a change at the end of a long description.
    if changed.is_empty() && before.description == draft.description {
        return Ok(true);
    }
    sqlx::query!(
        "update workspace.products set name = $3, code = $4, description = $5, updated_at = now()
        where workspace_id = $1 and id = $2",
        workspace,
        id.uuid(),
        draft.name.as_str(),
        draft.code,
        draft.description,
    )
    .execute(can.on(tx)?)
    .await?;
    let detail = named(changed, &before.name);
    audit::record(tx, Action::ProductUpdated, id.uuid(), &detail).await?;
    Ok(true)
}

/// Archives or restores a product, and logs it if the status changed. Returns `false` if the workspace has no product
/// with that id.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.products.set_status", skip_all, fields(product_id = %id))]
pub async fn set_status(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    id: ProductId,
    status: Lifecycle,
) -> Result<bool, StoreError> {
    set_record_status!(tx, can, "products", id, status, Action::ProductActivated, Action::ProductArchived)
}
