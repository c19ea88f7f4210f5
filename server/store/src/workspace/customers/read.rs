//! Reads of customers.

use super::super::{
    contacts, invoices,
    listing::{cursor, known, narrow, read},
    subjects, subscriptions, usage,
};
use crate::{
    door::{Mode, WorkspaceTx},
    error::StoreError,
    zone::Zone,
};
use model::{
    catalog::Lifecycle,
    customer::{CustomerDetail, CustomerRow},
    id::{CustomerId, TaxRateId},
    list::{ListPage, ListQuery, SortBy},
};
use sqlx::types::Uuid;
use std::collections::HashMap;
use time::OffsetDateTime;

struct Row {
    id: Uuid,
    name: String,
    name_key: String,
    email: String,
    country: String,
    status: String,
    created_at: OffsetDateTime,
    /// Total number of rows, if the statement returns it.
    total: Option<i64>,
}

impl Row {
    /// Converts the row for display, with times in the workspace's time zone and the names of the customer's plans.
    fn local(self, zone: &Zone, plans: &mut Plans) -> Result<CustomerRow, StoreError> {
        Ok(CustomerRow {
            id: CustomerId::from_uuid(self.id),
            name: self.name,
            email: self.email,
            country: self.country,
            plans: plans.remove(&self.id).unwrap_or_default(),
            status: known("status", &self.status, Lifecycle::from_word(&self.status))?,
            created_at: zone.local(self.created_at),
        })
    }
}

macro_rules! customers {
    ($tx:expr, $query:expr, $key_type:ty, $key:literal) => {
        read!($tx, Row, $key_type, $query,
            r#"t.id, t.name, t.name_key as "name_key!", t.email, t.country, t.status, t.created_at,
                -- Nothing to look at in a row: the index alone says how many there are.
                case when $2 = '' and $3::text is null then (select count(*) from workspace.customers n where n.workspace_id = $1) end as "total?""#,
            r#" from workspace.customers t
            where t.workspace_id = $1
                and ($2 = '' or position((select ops.fold($2)) in t.searchable) > 0)
                and ($3::text is null or t.status = $3)"#, $key, ("$4", "$5"), ())
    };
}

/// Returns a page of customers.
///
/// # Errors
/// [`StoreError::Busy`] if the list is filtered and too many costly statements are waiting, [`StoreError::Database`] if
/// the query fails.
#[tracing::instrument(level = "debug", name = "store.customers.list", skip_all)]
pub async fn list<M: Mode>(tx: &mut WorkspaceTx<M>, query: &ListQuery) -> Result<ListPage<CustomerRow>, StoreError> {
    narrow(tx, query).await?;
    let zone = tx.zone();
    let page = if query.sort.by == SortBy::Name {
        customers!(tx, query, String, "t.name_key").page(query, |row| cursor(&row.name_key, row.id))
    } else {
        customers!(tx, query, OffsetDateTime, "t.created_at").page(query, |row| cursor(&row.created_at, row.id))
    };
    let ids: Vec<Uuid> = page.rows.iter().map(|row| row.id).collect();
    let mut plans = plans(tx, &ids).await?;
    page.try_map(|row| row.local(&zone, &mut plans))
}

/// Names of the plans that customers are subscribed to.
type Plans = HashMap<Uuid, Vec<String>>;

/// Returns the names of the plans that customers are subscribed to today, by name. A guest can't read plans, so there
/// are none.
async fn plans<M: Mode>(tx: &mut WorkspaceTx<M>, customers: &[Uuid]) -> Result<Plans, StoreError> {
    let (workspace, today) = (tx.id().uuid(), tx.today());
    let rows = sqlx::query!(
        r#"select s.customer_id, array_agg(distinct p.name order by p.name) as "plans!"
        from workspace.subscriptions s
        cross join lateral (
            select f.plan_id from workspace.subscription_phases f
            where f.workspace_id = s.workspace_id and f.subscription_id = s.id and f.from_on <= $3
            order by f.from_on desc limit 1) f
        join workspace.rate_plans p on p.workspace_id = s.workspace_id and p.id = f.plan_id
        where s.workspace_id = $1 and s.customer_id = any($2) and s.starts_on <= $3 and (s.ends_on is null or s.ends_on > $3)
        group by s.customer_id"#,
        workspace,
        customers,
        today,
    )
    .fetch_all(tx.reading())
    .await?;
    Ok(rows.into_iter().map(|row| (row.customer_id, row.plans)).collect())
}

/// Returns the newest customers, at most 5.
pub(in super::super) async fn newest<M: Mode>(tx: &mut WorkspaceTx<M>) -> Result<Vec<CustomerRow>, StoreError> {
    let (workspace, zone) = (tx.id().uuid(), tx.zone());
    let rows = sqlx::query_as!(
        Row,
        r#"select t.id, t.name, t.name_key as "name_key!", t.email, t.country, t.status, t.created_at, null::bigint as "total?"
        from workspace.customers t
        where t.workspace_id = $1 order by t.created_at desc, t.id desc limit 5"#,
        workspace,
    )
    .fetch_all(tx.reading())
    .await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut plans = plans(tx, &ids).await?;
    rows.into_iter().map(|row| row.local(&zone, &mut plans)).collect()
}

/// Returns a customer with their subscriptions, contacts, subjects, latest invoices and usage; `None` if the workspace
/// has none with that id.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.customers.get", skip_all, fields(customer_id = %id))]
pub async fn get<M: Mode>(tx: &mut WorkspaceTx<M>, id: CustomerId) -> Result<Option<CustomerDetail>, StoreError> {
    let workspace = tx.id().uuid();
    let row = sqlx::query!(
        r#"select t.id, t.name, t.name_key as "name_key!", t.email, t.country, t.external_id, t.legal_name, t.address,
            t.tax_id, t.note, t.tax_rate_id, t.payment_days, t.status, t.created_at
        from workspace.customers t
        where t.workspace_id = $1 and t.id = $2"#,
        workspace,
        id.uuid(),
    )
    .fetch_optional(tx.reading())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let mut plans = plans(tx, &[id.uuid()]).await?;
    let invoices = invoices::of_customer(tx, id).await?;
    let usage = usage::of_customer(tx, id).await?;
    let contacts = contacts::of_customer(tx, id).await?;
    let subjects = subjects::of_customer(tx, id).await?;
    let subscriptions = subscriptions::of_customer(tx, id).await?;
    let so_far = subscriptions::so_far(tx, &subscriptions).await?;
    let (external_id, legal_name, address) = (row.external_id, row.legal_name, row.address);
    let (tax_id, note) = (row.tax_id, row.note);
    let tax_rate = row.tax_rate_id.map(TaxRateId::from_uuid);
    let payment_days = row.payment_days.and_then(|days| u16::try_from(days).ok());
    let row = Row {
        id: row.id,
        name: row.name,
        name_key: row.name_key,
        email: row.email,
        country: row.country,
        status: row.status,
        created_at: row.created_at,
        total: None,
    };
    Ok(Some(CustomerDetail {
        row: row.local(&tx.zone(), &mut plans)?,
        external_id,
        legal_name,
        address,
        tax_id,
        note,
        tax_rate,
        payment_days,
        contacts,
        subjects,
        subscriptions,
        so_far,
        invoices,
        usage,
    }))
}

/// Returns `true` if the workspace has a customer with that id.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.customers.exists", skip_all, fields(customer_id = %id))]
pub async fn exists<M: Mode>(tx: &mut WorkspaceTx<M>, id: CustomerId) -> Result<bool, StoreError> {
    let workspace = tx.id().uuid();
    let found = sqlx::query_scalar!(
        r#"select exists (select from workspace.customers where workspace_id = $1 and id = $2) as "exists!""#,
        workspace,
        id.uuid(),
    )
    .fetch_one(tx.reading())
    .await?;
    Ok(found)
}

/// Returns the customer with an external id; `None` if the workspace has none.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.customers.with_external_id", skip_all)]
pub async fn with_external_id<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    external_id: &str,
) -> Result<Option<CustomerId>, StoreError> {
    let workspace = tx.id().uuid();
    let id = sqlx::query_scalar!(
        "select id from workspace.customers where workspace_id = $1 and external_id = $2",
        workspace,
        external_id,
    )
    .fetch_optional(tx.reading())
    .await?;
    Ok(id.map(CustomerId::from_uuid))
}
