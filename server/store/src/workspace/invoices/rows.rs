//! Reads of documents for lists.

use super::super::listing::{cursor, known, narrow, read};
use crate::{
    door::{Mode, WorkspaceTx},
    error::StoreError,
};
use model::{
    Currency, Money,
    id::{CustomerId, InvoiceId},
    invoice::{DocumentKind, InvoiceRow, InvoiceStatus},
    list::{ListPage, ListQuery, SortBy},
};
use sqlx::types::Uuid;
use time::Date;

struct Row {
    id: Uuid,
    kind: String,
    number: Option<String>,
    number_key: String,
    customer_id: Uuid,
    customer: String,
    status: String,
    total_minor: i64,
    paid_minor: i64,
    credited_minor: i64,
    currency: String,
    listed_on: Date,
    issued_on: Option<Date>,
    due_on: Option<Date>,
    /// Total number of rows, if the statement returns it.
    total: Option<i64>,
}

impl Row {
    /// Converts the row for display, with `today` as the workspace's current day.
    fn on(self, today: Date) -> Result<InvoiceRow, StoreError> {
        let status = known("status", &self.status, InvoiceStatus::from_word(&self.status))?;
        let kind = known("kind", &self.kind, DocumentKind::from_word(&self.kind))?;
        let currency = known("currency", &self.currency, Currency::from_code(&self.currency))?;
        let is_owed = kind == DocumentKind::Invoice && matches!(status, InvoiceStatus::Open | InvoiceStatus::Paid);
        let balance = if is_owed { self.total_minor - self.paid_minor - self.credited_minor } else { 0 };
        Ok(InvoiceRow {
            id: InvoiceId::from_uuid(self.id),
            kind,
            number: self.number,
            customer_id: CustomerId::from_uuid(self.customer_id),
            customer: self.customer,
            status,
            overdue: is_owed && status == InvoiceStatus::Open && self.due_on.is_some_and(|due_on| due_on < today),
            total: Money { minor: self.total_minor, currency },
            issued_on: self.issued_on,
            // Nothing is due by a credit note.
            due_on: self.due_on.filter(|_| kind == DocumentKind::Invoice),
            balance: Money { minor: balance, currency },
        })
    }
}

// Overdue is not a stored status: the invoice is open and was due before `$4`, the workspace's current day.
macro_rules! invoices {
    ($tx:expr, $query:expr, $key_type:ty, $key:literal) => {
        read!($tx, Row, $key_type, $query,
            r#"t.id, t.kind, t.number, t.number_key as "number_key!", t.customer_id, coalesce(c.name, '') as "customer!", t.status,
                t.total_minor, t.paid_minor, t.credited_minor, t.currency, t.listed_on as "listed_on!", t.issued_on, t.due_on,
                -- Nothing to look at in a row: the index alone says how many there are.
                case when $2 = '' and $3::text is null then (select count(*) from workspace.invoices n where n.workspace_id = $1) end as "total?""#,
            r#" from workspace.invoices t
            left join workspace.customers c on c.workspace_id = t.workspace_id and c.id = t.customer_id
            where t.workspace_id = $1
                and ($2 = '' or position((select ops.fold($2)) in lower(t.number)) > 0
                    or position((select ops.fold($2)) in c.searchable) > 0)
                and ($3::text is null or t.status = case $3 when 'overdue' then 'open' else $3 end)
                -- Nobody pays a credit note.
                and ($3::text is null or $3 not in ('open', 'overdue') or t.kind = 'invoice')
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
        SortBy::Number => {
            invoices!(tx, query, String, "t.number_key").page(query, |row| cursor(&row.number_key, row.id))
        }
        SortBy::Total => invoices!(tx, query, i64, "t.total_minor").page(query, |row| cursor(&row.total_minor, row.id)),
        _ => invoices!(tx, query, Date, "t.listed_on").page(query, |row| cursor(&row.listed_on, row.id)),
    };
    page.try_map(|row| row.on(today))
}

macro_rules! some_invoices {
    ($tx:expr, $condition:literal $(, $argument:expr)*) => {{
        let (workspace, today) = ($tx.id().uuid(), $tx.today());
        sqlx::query_as!(
            Row,
            r#"select t.id, t.kind, t.number, t.number_key as "number_key!", t.customer_id, coalesce(c.name, '') as "customer!", t.status,
                t.total_minor, t.paid_minor, t.credited_minor, t.currency, t.listed_on as "listed_on!", t.issued_on, t.due_on, null::bigint as "total?"
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

pub(in super::super) async fn of_customer<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    customer: CustomerId,
) -> Result<Vec<InvoiceRow>, StoreError> {
    some_invoices!(tx, "t.customer_id = $2 order by t.listed_on desc, t.id desc limit 10", customer.uuid())
}

/// Returns the open invoices past their due date on the workspace's current day, oldest first and at most 5, and their
/// total number.
pub(in super::super) async fn overdue<M: Mode>(tx: &mut WorkspaceTx<M>) -> Result<(Vec<InvoiceRow>, i64), StoreError> {
    let (workspace, today) = (tx.id().uuid(), tx.today());
    let oldest = some_invoices!(
        tx,
        "t.status = 'open' and t.kind = 'invoice' and t.due_on < $2 order by t.due_on, t.id limit 5",
        today
    )?;
    if oldest.len() < 5 {
        let count = oldest.len() as i64;
        return Ok((oldest, count));
    }
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from workspace.invoices where workspace_id = $1 and status = 'open' and kind = 'invoice' and due_on < $2"#,
        workspace,
        today,
    )
    .fetch_one(tx.reading())
    .await?;
    Ok((oldest, count))
}
