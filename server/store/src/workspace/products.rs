//! Products.

use super::listing::{cursor, known, narrow, page, total};
use crate::{
    audit,
    door::{Can, Mode, WorkspaceTx, Write},
    error::StoreError,
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
    unit: String,
    status: String,
    rate_plans: i64,
    created_at: OffsetDateTime,
    /// How many there are in all, where the statement says so.
    total: Option<i64>,
}

impl TryFrom<Row> for ProductRow {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: ProductId::from_uuid(row.id),
            name: row.name,
            code: row.code,
            unit: row.unit,
            status: known("status", &row.status, Lifecycle::from_word(&row.status))?,
            rate_plans: row.rate_plans,
            created_at: row.created_at,
        })
    }
}

macro_rules! products {
    ($connection:expr, $key_type:ty, $query:expr, $workspace:expr, $key:literal) => {
        page!($connection, Row, $key_type, $query, $workspace,
            r#"select t.id, t.name, t.name_key as "name_key!", t.code, t.unit, t.status, t.created_at,
                (select count(*) from workspace.rate_plans r where r.workspace_id = t.workspace_id and r.product_id = t.id) as "rate_plans!",
                -- Nothing to look at in a row: the index alone says how many there are.
                case when $2 = '' and $5::text is null then (select count(*) from workspace.products n where n.workspace_id = $1) end as "total?"
            from workspace.products t where t.workspace_id = $1
                and ($2 = '' or position((select ops.fold($2)) in t.searchable) > 0)
                and ($5::text is null or t.status = $5)"#, $key)
    };
}

/// One page of products.
///
/// # Errors
/// When the database fails.
pub async fn list<M: Mode>(tx: &mut WorkspaceTx<M>, query: &ListQuery) -> Result<ListPage<ProductRow>, StoreError> {
    narrow(tx, query).await?;
    let workspace = tx.id().uuid();
    let by_name = query.sort.by == SortBy::Name;
    let rows = if by_name {
        products!(tx.reading(), String, query, workspace, "t.name_key")
    } else {
        products!(tx.reading(), OffsetDateTime, query, workspace, "t.created_at")
    };
    let total = total!(
        tx.reading(),
        rows,
        query,
        workspace,
        r#"select count(*) as "count!" from workspace.products t where t.workspace_id = $1
            and ($2 = '' or position((select ops.fold($2)) in t.searchable) > 0) and ($3::text is null or t.status = $3)"#
    );
    ListPage::build(query, rows, total, |row| match by_name {
        true => cursor(&row.name_key, row.id),
        false => cursor(&row.created_at, row.id),
    })
    .try_map(ProductRow::try_from)
}

/// One product; `None` when this workspace has none of that id.
///
/// # Errors
/// When the database fails.
pub async fn get<M: Mode>(tx: &mut WorkspaceTx<M>, id: ProductId) -> Result<Option<ProductDetail>, StoreError> {
    let workspace = tx.id().uuid();
    let row = sqlx::query!(
        r#"select t.id, t.name, t.name_key as "name_key!", t.code, t.unit, t.status, t.created_at, t.description,
            (select count(*) from workspace.rate_plans r where r.workspace_id = t.workspace_id and r.product_id = t.id) as "rate_plans!",
            (select coalesce(sum(u.quantity), 0)::bigint from workspace.usage u where u.workspace_id = t.workspace_id
                and u.product_id = t.id and u.recorded_at > now() - interval '30 days') as "used!"
        from workspace.products t where t.workspace_id = $1 and t.id = $2"#,
        workspace,
        id.uuid(),
    )
    .fetch_optional(tx.reading())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let rate_plans = super::rate_plans::of_product(tx, id).await?;
    let (description, used_30_days) = (row.description, row.used);
    let row = Row {
        id: row.id,
        name: row.name,
        name_key: row.name_key,
        code: row.code,
        unit: row.unit,
        status: row.status,
        rate_plans: row.rate_plans,
        created_at: row.created_at,
        total: None,
    };
    Ok(Some(ProductDetail { row: row.try_into()?, description, rate_plans, used_30_days }))
}

/// Stores a new product and notes it.
///
/// # Errors
/// [`StoreError::Refused`] by `product_code_taken` when the workspace has the code already.
pub async fn create(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    draft: &ProductDraft,
) -> Result<ProductId, StoreError> {
    let (workspace, id) = (tx.id().uuid(), Uuid::now_v7());
    sqlx::query!(
        "insert into workspace.products (workspace_id, id, name, code, unit, description) values ($1, $2, $3, $4, $5, $6)",
        workspace,
        id,
        draft.name.as_str(),
        draft.code,
        draft.unit.as_str(),
        draft.description,
    )
    .execute(can.on(tx)?)
    .await?;
    audit::note(tx, Action::ProductCreated, id, &Detail::none()).await?;
    Ok(ProductId::from_uuid(id))
}

/// Changes a product and notes it; `false` when this workspace has none of that id.
///
/// # Errors
/// [`StoreError::Refused`] by `product_code_taken` when the workspace has the code already.
pub async fn update(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    id: ProductId,
    draft: &ProductDraft,
) -> Result<bool, StoreError> {
    let workspace = tx.id().uuid();
    let changed = sqlx::query!(
        "update workspace.products set name = $3, code = $4, unit = $5, description = $6, updated_at = now()
        where workspace_id = $1 and id = $2",
        workspace,
        id.uuid(),
        draft.name.as_str(),
        draft.code,
        draft.unit.as_str(),
        draft.description,
    )
    .execute(can.on(tx)?)
    .await?
    .rows_affected();
    if changed == 1 {
        audit::note(tx, Action::ProductUpdated, id.uuid(), &Detail::none()).await?;
    }
    Ok(changed == 1)
}

/// Archives a product or brings it back, and notes it; `false` when this workspace has none of that id.
///
/// # Errors
/// When the database fails.
pub async fn set_status(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    id: ProductId,
    status: Lifecycle,
) -> Result<bool, StoreError> {
    let workspace = tx.id().uuid();
    let changed = sqlx::query!(
        "update workspace.products set status = $3, updated_at = now() where workspace_id = $1 and id = $2",
        workspace,
        id.uuid(),
        status.as_str(),
    )
    .execute(can.on(tx)?)
    .await?
    .rows_affected();
    if changed == 1 {
        let action = match status {
            Lifecycle::Active => Action::ProductActivated,
            Lifecycle::Archived => Action::ProductArchived,
        };
        audit::note(tx, action, id.uuid(), &Detail::none()).await?;
    }
    Ok(changed == 1)
}
