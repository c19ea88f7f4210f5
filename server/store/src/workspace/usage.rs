//! Storage of usage records.

use super::listing::{cursor, narrow, read};
use crate::{
    door::{Can, Mode, WorkspaceTx, Write},
    error::StoreError,
    zone::Zone,
};
use model::{
    billing::UsageRow,
    capability::EditContent,
    id::{CustomerId, ProductId, UsageId},
    list::{ListPage, ListQuery, SortBy},
};
use sqlx::types::Uuid;
use time::OffsetDateTime;

struct Row {
    id: Uuid,
    customer_id: Uuid,
    customer: String,
    product_id: Uuid,
    product: String,
    quantity: i64,
    unit: String,
    recorded_at: OffsetDateTime,
    /// Total number of rows, if the statement returns it.
    total: Option<i64>,
}

impl Row {
    /// Converts the row for display, with times in the workspace's time zone.
    fn local(self, zone: &Zone) -> UsageRow {
        UsageRow {
            id: UsageId::from_uuid(self.id),
            customer_id: CustomerId::from_uuid(self.customer_id),
            customer: self.customer,
            product_id: ProductId::from_uuid(self.product_id),
            product: self.product,
            quantity: self.quantity,
            unit: self.unit,
            recorded_at: zone.local(self.recorded_at),
        }
    }
}

// Outer joins, because a guest can read the usage of customers shared with them, but no products.
macro_rules! usage {
    ($tx:expr, $query:expr, $key_type:ty, $key:literal) => {
        read!($tx, Row, $key_type, $query,
            r#"t.id, t.customer_id, coalesce(c.name, '') as "customer!", t.product_id, coalesce(p.name, '') as "product!",
                t.quantity, coalesce(p.unit, '') as "unit!", t.recorded_at,
                -- Nothing to look at in a row: the index alone says how many there are.
                case when $2 = '' then (select count(*) from workspace.usage n where n.workspace_id = $1) end as "total?""#,
            r#" from workspace.usage t
            left join workspace.customers c on c.workspace_id = t.workspace_id and c.id = t.customer_id
            left join workspace.products p on p.workspace_id = t.workspace_id and p.id = t.product_id
            where t.workspace_id = $1
                and ($2 = '' or position((select ops.fold($2)) in c.searchable) > 0 or position((select ops.fold($2)) in p.searchable) > 0)
                and ($3::text is null or true)"#, $key, ("$4", "$5"), ())
    };
}

/// Returns a page of usage records.
///
/// # Errors
/// [`StoreError::Busy`] if the list is filtered and too many costly statements are waiting, [`StoreError::Database`] if
/// the query fails.
#[tracing::instrument(level = "debug", name = "store.usage.list", skip_all)]
pub async fn list<M: Mode>(tx: &mut WorkspaceTx<M>, query: &ListQuery) -> Result<ListPage<UsageRow>, StoreError> {
    narrow(tx, query).await?;
    let zone = tx.zone();
    let page = if query.sort.by == SortBy::Quantity {
        usage!(tx, query, i64, "t.quantity").page(query, |row| cursor(&row.quantity, row.id))
    } else {
        usage!(tx, query, OffsetDateTime, "t.recorded_at").page(query, |row| cursor(&row.recorded_at, row.id))
    };
    page.try_map(|row| Ok(row.local(&zone)))
}

macro_rules! some_usage {
    ($tx:expr, $condition:literal, $argument:expr) => {{
        let workspace = $tx.id().uuid();
        sqlx::query_as!(
            Row,
            r#"select t.id, t.customer_id, coalesce(c.name, '') as "customer!", t.product_id, coalesce(p.name, '') as "product!",
                t.quantity, coalesce(p.unit, '') as "unit!", t.recorded_at, null::bigint as "total?"
            from workspace.usage t
            left join workspace.customers c on c.workspace_id = t.workspace_id and c.id = t.customer_id
            left join workspace.products p on p.workspace_id = t.workspace_id and p.id = t.product_id
            where t.workspace_id = $1 and "# + $condition + " order by t.recorded_at desc, t.id desc limit 10",
            workspace,
            $argument,
        )
        .fetch_all($tx.reading())
        .await?
        .into_iter()
        .map(|row| row.local(&$tx.zone()))
    }};
}

/// Returns a usage record; `None` if the workspace has none with that id.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.usage.get", skip_all, fields(usage_id = %id))]
pub async fn get<M: Mode>(tx: &mut WorkspaceTx<M>, id: UsageId) -> Result<Option<UsageRow>, StoreError> {
    Ok(some_usage!(tx, "t.id = $2", id.uuid()).next())
}

pub(super) async fn of_customer<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    customer: CustomerId,
) -> Result<Vec<UsageRow>, StoreError> {
    Ok(some_usage!(tx, "t.customer_id = $2", customer.uuid()).collect())
}

/// Usage record to store.
#[derive(Debug, Clone, Copy)]
pub struct NewUsage {
    /// Customer who used the product.
    pub customer: CustomerId,
    /// Product that was used.
    pub product: ProductId,
    /// Number of units, at least 1.
    pub quantity: i64,
    /// Time of use.
    pub recorded_at: OffsetDateTime,
}

/// Stores usage records in one statement.
///
/// # Errors
/// [`StoreError::Refused`] if a customer or product does not belong to the workspace; then no record is stored.
#[tracing::instrument(level = "debug", name = "store.usage.record", skip_all)]
pub async fn record(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    records: &[NewUsage],
) -> Result<(), StoreError> {
    let workspace = tx.id().uuid();
    let ids: Vec<Uuid> = records.iter().map(|_| Uuid::now_v7()).collect();
    let customers: Vec<Uuid> = records.iter().map(|r| r.customer.uuid()).collect();
    let products: Vec<Uuid> = records.iter().map(|r| r.product.uuid()).collect();
    let quantities: Vec<i64> = records.iter().map(|r| r.quantity).collect();
    let moments: Vec<OffsetDateTime> = records.iter().map(|r| r.recorded_at).collect();
    sqlx::query!(
        "insert into workspace.usage (workspace_id, id, customer_id, product_id, quantity, recorded_at)
        select $1, * from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::bigint[], $6::timestamptz[])",
        workspace,
        &ids,
        &customers,
        &products,
        &quantities,
        &moments,
    )
    .execute(can.on(tx)?)
    .await?;
    Ok(())
}
