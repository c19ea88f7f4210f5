//! Storage of rate plans.

use super::listing::{cursor, known, narrow, read};
use crate::{
    audit,
    door::{Can, Mode, WorkspaceTx, Write},
    error::StoreError,
    zone::Zone,
};
use model::{
    Currency, Money,
    audit::{Action, Detail},
    capability::EditContent,
    catalog::{Interval, Lifecycle, RatePlanRow},
    id::{ProductId, RatePlanId},
    list::{ListPage, ListQuery, SortBy},
};
use sqlx::types::Uuid;
use time::OffsetDateTime;

struct Row {
    id: Uuid,
    name: String,
    name_key: String,
    product_id: Uuid,
    product: String,
    unit: String,
    price_minor: i64,
    currency: String,
    interval: String,
    status: String,
    customers: i64,
    created_at: OffsetDateTime,
    /// Total number of rows, if the statement returns it.
    total: Option<i64>,
}

impl Row {
    /// Converts the row for display, with times in the workspace's time zone.
    fn local(self, zone: &Zone) -> Result<RatePlanRow, StoreError> {
        Ok(RatePlanRow {
            id: RatePlanId::from_uuid(self.id),
            name: self.name,
            product_id: ProductId::from_uuid(self.product_id),
            product: self.product,
            unit: self.unit,
            price: Money {
                minor: self.price_minor,
                currency: known("currency", &self.currency, Currency::from_code(&self.currency))?,
            },
            interval: known("interval", &self.interval, Interval::from_word(&self.interval))?,
            status: known("status", &self.status, Lifecycle::from_word(&self.status))?,
            customers: self.customers,
            created_at: zone.local(self.created_at),
        })
    }
}

macro_rules! rate_plans {
    ($tx:expr, $query:expr, $key_type:ty, $key:literal) => {
        read!($tx, Row, $key_type, $query,
            r#"t.id, t.name, t.name_key as "name_key!", t.product_id, p.name as product, p.unit, t.price_minor, t.currency,
                t.interval, t.status, t.created_at,
                (select count(*) from workspace.customers c where c.workspace_id = t.workspace_id and c.rate_plan_id = t.id) as "customers!",
                -- Nothing to look at in a row: the index alone says how many there are.
                case when $2 = '' and $3::text is null then (select count(*) from workspace.rate_plans n where n.workspace_id = $1) end as "total?""#,
            r#" from workspace.rate_plans t
            join workspace.products p on p.workspace_id = t.workspace_id and p.id = t.product_id
            where t.workspace_id = $1
                and ($2 = '' or position((select ops.fold($2)) in t.searchable) > 0 or position((select ops.fold($2)) in p.searchable) > 0)
                and ($3::text is null or t.status = $3)"#, $key, ("$4", "$5"), ())
    };
}

/// Returns a page of rate plans.
///
/// # Errors
/// [`StoreError::Busy`] if the list is filtered and too many costly statements are waiting, [`StoreError::Database`] if
/// the query fails.
#[tracing::instrument(level = "debug", name = "store.rate_plans.list", skip_all)]
pub async fn list<M: Mode>(tx: &mut WorkspaceTx<M>, query: &ListQuery) -> Result<ListPage<RatePlanRow>, StoreError> {
    narrow(tx, query).await?;
    let zone = tx.zone();
    let page = if query.sort.by == SortBy::Name {
        rate_plans!(tx, query, String, "t.name_key").page(query, |row| cursor(&row.name_key, row.id))
    } else {
        rate_plans!(tx, query, OffsetDateTime, "t.created_at").page(query, |row| cursor(&row.created_at, row.id))
    };
    page.try_map(|row| row.local(&zone))
}

/// Selects the rate plans that match a condition on the table, sorted by name, at most 50.
macro_rules! some_rate_plans {
    ($tx:expr, $condition:literal, $argument:expr) => {{
        let workspace = $tx.id().uuid();
        sqlx::query_as!(
            Row,
            r#"select t.id, t.name, t.name_key as "name_key!", t.product_id, p.name as product, p.unit, t.price_minor, t.currency,
                t.interval, t.status, t.created_at,
                (select count(*) from workspace.customers c where c.workspace_id = t.workspace_id and c.rate_plan_id = t.id) as "customers!", null::bigint as "total?"
            from workspace.rate_plans t
            join workspace.products p on p.workspace_id = t.workspace_id and p.id = t.product_id
            where t.workspace_id = $1 and "# + $condition + " order by t.name_key, t.id limit 50",
            workspace,
            $argument,
        )
        .fetch_all($tx.reading())
        .await?
        .into_iter()
        .map(|row| row.local(&$tx.zone()))
        .collect::<Result<Vec<_>, _>>()
    }};
}

/// Returns a rate plan; `None` if the workspace has none with that id.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.rate_plans.get", skip_all, fields(rate_plan_id = %id))]
pub async fn get<M: Mode>(tx: &mut WorkspaceTx<M>, id: RatePlanId) -> Result<Option<RatePlanRow>, StoreError> {
    Ok(some_rate_plans!(tx, "t.id = $2", id.uuid())?.into_iter().next())
}

/// Returns the rate plans of a product.
pub(super) async fn of_product<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    product: ProductId,
) -> Result<Vec<RatePlanRow>, StoreError> {
    some_rate_plans!(tx, "t.product_id = $2", product.uuid())
}

/// Returns the active rate plans, which customers can be assigned to.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.rate_plans.offered", skip_all)]
pub async fn offered<M: Mode>(tx: &mut WorkspaceTx<M>) -> Result<Vec<RatePlanRow>, StoreError> {
    some_rate_plans!(tx, "t.status = $2", "active")
}

/// Creates a rate plan and logs it.
///
/// # Errors
/// [`StoreError::Refused`] if the product does not belong to the workspace.
#[tracing::instrument(level = "debug", name = "store.rate_plans.create", skip_all, fields(product_id = %product))]
pub async fn create(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    product: ProductId,
    name: &str,
    price: Money,
    interval: Interval,
) -> Result<RatePlanId, StoreError> {
    let (workspace, id) = (tx.id().uuid(), Uuid::now_v7());
    sqlx::query!(
        "insert into workspace.rate_plans (workspace_id, id, product_id, name, price_minor, currency, interval)
        values ($1, $2, $3, $4, $5, $6, $7)",
        workspace,
        id,
        product.uuid(),
        name,
        price.minor,
        price.currency.code(),
        interval.as_str(),
    )
    .execute(can.on(tx)?)
    .await?;
    audit::record(tx, Action::RatePlanCreated, id, &Detail::none().with("name", name)).await?;
    Ok(RatePlanId::from_uuid(id))
}
