//! Storage of invoices.

use super::listing::{cursor, known, narrow, read};
use crate::{
    door::{Can, Mode, WorkspaceTx, Write},
    error::StoreError,
};
use model::{
    Currency, Money,
    invoice::{InvoiceRow, InvoiceStatus},
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
    total_minor: i64,
    currency: String,
    issued_on: Date,
    due_on: Date,
    /// Total number of rows, if the statement returns it.
    total: Option<i64>,
}

impl Row {
    /// Converts the row for display, with `today` as the workspace's current day.
    fn on(self, today: Date) -> Result<InvoiceRow, StoreError> {
        let status = known("status", &self.status, InvoiceStatus::from_word(&self.status))?;
        // A draft has neither number nor issue date until it is issued. The stored values may still change.
        let is_issued = status != InvoiceStatus::Draft;
        Ok(InvoiceRow {
            id: InvoiceId::from_uuid(self.id),
            number: is_issued.then_some(self.number),
            customer_id: CustomerId::from_uuid(self.customer_id),
            customer: self.customer,
            status,
            overdue: status == InvoiceStatus::Open && self.due_on < today,
            total: Money {
                minor: self.total_minor,
                currency: known("currency", &self.currency, Currency::from_code(&self.currency))?,
            },
            issued_on: is_issued.then_some(self.issued_on),
            due_on: self.due_on,
        })
    }
}

// Overdue is not a stored status: the invoice is open and was due before `$4`, the workspace's current day.
macro_rules! invoices {
    ($tx:expr, $query:expr, $key_type:ty, $key:literal) => {
        read!($tx, Row, $key_type, $query,
            r#"t.id, t.number, t.customer_id, coalesce(c.name, '') as "customer!", t.status,
                t.total_minor, t.currency, t.issued_on, t.due_on,
                -- Nothing to look at in a row: the index alone says how many there are.
                case when $2 = '' and $3::text is null then (select count(*) from workspace.invoices n where n.workspace_id = $1) end as "total?""#,
            r#" from workspace.invoices t
            left join workspace.customers c on c.workspace_id = t.workspace_id and c.id = t.customer_id
            where t.workspace_id = $1
                and ($2 = '' or (t.status <> 'draft' and position((select ops.fold($2)) in lower(t.number)) > 0)
                    or position((select ops.fold($2)) in c.searchable) > 0)
                and ($3::text is null or t.status = case $3 when 'overdue' then 'open' else $3 end)
                and ($3::text is distinct from 'overdue' or t.due_on < $4::date)"#, $key, ("$5", "$6"), ($tx.today()))
    };
}

/// Returns a page of invoices.
///
/// # Errors
/// [`StoreError::Busy`] if the list is filtered and too many costly statements are waiting, [`StoreError::Database`] if
/// the query fails.
#[tracing::instrument(level = "debug", name = "store.invoices.list", skip_all)]
pub async fn list<M: Mode>(tx: &mut WorkspaceTx<M>, query: &ListQuery) -> Result<ListPage<InvoiceRow>, StoreError> {
    narrow(tx, query).await?;
    let today = tx.today();
    let page = match query.sort.by {
        SortBy::Number => invoices!(tx, query, String, "t.number").page(query, |row| cursor(&row.number, row.id)),
        SortBy::Total => invoices!(tx, query, i64, "t.total_minor").page(query, |row| cursor(&row.total_minor, row.id)),
        _ => invoices!(tx, query, Date, "t.issued_on").page(query, |row| cursor(&row.issued_on, row.id)),
    };
    page.try_map(|row| row.on(today))
}

macro_rules! some_invoices {
    ($tx:expr, $condition:literal $(, $argument:expr)*) => {{
        let (workspace, today) = ($tx.id().uuid(), $tx.today());
        sqlx::query_as!(
            Row,
            r#"select t.id, t.number, t.customer_id, coalesce(c.name, '') as "customer!", t.status,
                t.total_minor, t.currency, t.issued_on, t.due_on, null::bigint as "total?"
            from workspace.invoices t
            left join workspace.customers c on c.workspace_id = t.workspace_id and c.id = t.customer_id
            where t.workspace_id = $1 and "# + $condition,
            workspace
            $(, $argument)*
        )
        .fetch_all($tx.reading())
        .await?
        .into_iter()
        .map(|row| row.on(today))
        .collect::<Result<Vec<_>, _>>()
    }};
}

/// Returns an invoice; `None` if the workspace has none with that id.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.invoices.get", skip_all, fields(invoice_id = %id))]
pub async fn get<M: Mode>(tx: &mut WorkspaceTx<M>, id: InvoiceId) -> Result<Option<InvoiceRow>, StoreError> {
    Ok(some_invoices!(tx, "t.id = $2", id.uuid())?.into_iter().next())
}

pub(super) async fn of_customer<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    customer: CustomerId,
) -> Result<Vec<InvoiceRow>, StoreError> {
    some_invoices!(tx, "t.customer_id = $2 order by t.issued_on desc, t.id desc limit 10", customer.uuid())
}

/// Returns the open invoices past their due date on the workspace's current day, oldest first and at most 5, and their
/// total number.
pub(super) async fn overdue<M: Mode>(tx: &mut WorkspaceTx<M>) -> Result<(Vec<InvoiceRow>, i64), StoreError> {
    let (workspace, today) = (tx.id().uuid(), tx.today());
    let oldest = some_invoices!(tx, "t.status = 'open' and t.due_on < $2 order by t.due_on, t.id limit 5", today)?;
    if oldest.len() < 5 {
        let count = oldest.len() as i64;
        return Ok((oldest, count));
    }
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from workspace.invoices where workspace_id = $1 and status = 'open' and due_on < $2"#,
        workspace,
        today,
    )
    .fetch_one(tx.reading())
    .await?;
    Ok((oldest, count))
}

/// Invoice to store.
#[derive(Debug, Clone)]
pub struct NewInvoice {
    /// Invoice number, unique in the workspace.
    pub number: String,
    /// Customer who is charged.
    pub customer: CustomerId,
    /// Status of the invoice.
    pub status: InvoiceStatus,
    /// Total amount.
    pub total: Money,
    /// Issue date.
    pub issued_on: Date,
    /// Due date.
    pub due_on: Date,
}

/// Stores invoices in one statement.
///
/// # Errors
/// [`StoreError::Refused`] with `invoice_number_taken` if a number is in use, or if a customer does not belong to the
/// workspace.
#[tracing::instrument(level = "debug", name = "store.invoices.issue", skip_all)]
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
