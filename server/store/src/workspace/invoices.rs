//! Invoices.

use super::listing::{cursor, known, narrow, page, total};
use crate::{
    door::{Can, Mode, WorkspaceTx, Write},
    error::StoreError,
};
use model::{
    Currency, Money,
    billing::{InvoiceRow, InvoiceStatus},
    capability::ManageInvoices,
    id::{CustomerId, InvoiceId},
    list::{ListPage, ListQuery, SortBy},
};
use sqlx::types::Uuid;
use time::Date;

struct Row {
    id: Uuid,
    number: String,
    customer_id: Uuid,
    customer: String,
    status: String,
    overdue: bool,
    total_minor: i64,
    currency: String,
    issued_on: Date,
    due_on: Date,
    /// How many there are in all, where the statement says so.
    total: Option<i64>,
}

impl TryFrom<Row> for InvoiceRow {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: InvoiceId::from_uuid(row.id),
            number: row.number,
            customer_id: CustomerId::from_uuid(row.customer_id),
            customer: row.customer,
            status: known("status", &row.status, InvoiceStatus::from_word(&row.status))?,
            overdue: row.overdue,
            total: Money {
                minor: row.total_minor,
                currency: known("currency", &row.currency, Currency::from_code(&row.currency))?,
            },
            issued_on: row.issued_on,
            due_on: row.due_on,
        })
    }
}

macro_rules! invoices {
    ($connection:expr, $key_type:ty, $query:expr, $workspace:expr, $key:literal) => {
        page!($connection, Row, $key_type, $query, $workspace,
            r#"select t.id, t.number, t.customer_id, coalesce(c.name, '') as "customer!", t.status,
                (t.status = 'open' and t.due_on < current_date) as "overdue!", t.total_minor, t.currency, t.issued_on, t.due_on,
                -- Nothing to look at in a row: the index alone says how many there are.
                case when $2 = '' and $5::text is null then (select count(*) from workspace.invoices n where n.workspace_id = $1) end as "total?"
            from workspace.invoices t
            left join workspace.customers c on c.workspace_id = t.workspace_id and c.id = t.customer_id
            where t.workspace_id = $1
                and ($2 = '' or position((select ops.fold($2)) in lower(t.number)) > 0 or position((select ops.fold($2)) in c.searchable) > 0)
                and ($5::text is null or t.status = $5)"#, $key)
    };
}

/// One page of invoices.
///
/// # Errors
/// When the database fails.
pub async fn list<M: Mode>(tx: &mut WorkspaceTx<M>, query: &ListQuery) -> Result<ListPage<InvoiceRow>, StoreError> {
    narrow(tx, query).await?;
    let workspace = tx.id().uuid();
    let by = query.sort.by;
    let rows = match by {
        SortBy::Number => invoices!(tx.reading(), String, query, workspace, "t.number"),
        SortBy::Total => invoices!(tx.reading(), i64, query, workspace, "t.total_minor"),
        _ => invoices!(tx.reading(), Date, query, workspace, "t.issued_on"),
    };
    let total = total!(
        tx.reading(),
        rows,
        query,
        workspace,
        r#"select count(*) as "count!" from workspace.invoices t
        left join workspace.customers c on c.workspace_id = t.workspace_id and c.id = t.customer_id
        where t.workspace_id = $1 and ($2 = '' or position((select ops.fold($2)) in lower(t.number)) > 0 or position((select ops.fold($2)) in c.searchable) > 0)
            and ($3::text is null or t.status = $3)"#
    );
    ListPage::build(query, rows, total, |row| match by {
        SortBy::Number => cursor(&row.number, row.id),
        SortBy::Total => cursor(&row.total_minor, row.id),
        _ => cursor(&row.issued_on, row.id),
    })
    .try_map(InvoiceRow::try_from)
}

macro_rules! some_invoices {
    ($tx:expr, $condition:literal, $argument:expr) => {{
        let workspace = $tx.id().uuid();
        sqlx::query_as!(
            Row,
            r#"select t.id, t.number, t.customer_id, coalesce(c.name, '') as "customer!", t.status,
                (t.status = 'open' and t.due_on < current_date) as "overdue!", t.total_minor, t.currency, t.issued_on, t.due_on, null::bigint as "total?"
            from workspace.invoices t
            left join workspace.customers c on c.workspace_id = t.workspace_id and c.id = t.customer_id
            where t.workspace_id = $1 and "# + $condition,
            workspace,
            $argument,
        )
        .fetch_all($tx.reading())
        .await?
        .into_iter()
        .map(InvoiceRow::try_from)
        .collect::<Result<Vec<_>, _>>()
    }};
}

/// One invoice; `None` when this workspace has none of that id.
///
/// # Errors
/// When the database fails.
pub async fn get<M: Mode>(tx: &mut WorkspaceTx<M>, id: InvoiceId) -> Result<Option<InvoiceRow>, StoreError> {
    Ok(some_invoices!(tx, "t.id = $2", id.uuid())?.into_iter().next())
}

pub(super) async fn of_customer<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    customer: CustomerId,
) -> Result<Vec<InvoiceRow>, StoreError> {
    some_invoices!(tx, "t.customer_id = $2 order by t.issued_on desc, t.id desc limit 10", customer.uuid())
}

/// Open invoices past their due date, the oldest first, at most 5.
pub(super) async fn overdue<M: Mode>(tx: &mut WorkspaceTx<M>) -> Result<Vec<InvoiceRow>, StoreError> {
    some_invoices!(tx, "t.status = $2 and t.due_on < current_date order by t.due_on, t.id limit 5", "open")
}

/// An invoice to be stored.
#[derive(Debug, Clone)]
pub struct NewInvoice {
    /// Its number.
    pub number: String,
    /// Who is charged.
    pub customer: CustomerId,
    /// Where it stands.
    pub status: InvoiceStatus,
    /// What is charged.
    pub total: Money,
    /// Its date.
    pub issued_on: Date,
    /// When payment is due.
    pub due_on: Date,
}

/// Stores invoices in one statement.
///
/// # Errors
/// [`StoreError::Refused`] by `invoice_number_taken`, or when a customer is not of this workspace.
pub async fn issue(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageInvoices>,
    invoices: &[NewInvoice],
) -> Result<(), StoreError> {
    let workspace = tx.id().uuid();
    let ids: Vec<Uuid> = invoices.iter().map(|_| Uuid::now_v7()).collect();
    let numbers: Vec<String> = invoices.iter().map(|i| i.number.clone()).collect();
    let customers: Vec<Uuid> = invoices.iter().map(|i| i.customer.uuid()).collect();
    let statuses: Vec<String> = invoices.iter().map(|i| i.status.as_str().to_owned()).collect();
    let totals: Vec<i64> = invoices.iter().map(|i| i.total.minor).collect();
    let currencies: Vec<String> = invoices.iter().map(|i| i.total.currency.code().to_owned()).collect();
    let issued: Vec<Date> = invoices.iter().map(|i| i.issued_on).collect();
    let due: Vec<Date> = invoices.iter().map(|i| i.due_on).collect();
    sqlx::query!(
        "insert into workspace.invoices (workspace_id, id, number, customer_id, status, total_minor, currency, issued_on, due_on)
        select $1, * from unnest($2::uuid[], $3::text[], $4::uuid[], $5::text[], $6::bigint[], $7::text[], $8::date[], $9::date[])",
        workspace,
        &ids,
        &numbers,
        &customers,
        &statuses,
        &totals,
        &currencies,
        &issued,
        &due,
    )
    .execute(can.on(tx)?)
    .await?;
    Ok(())
}
