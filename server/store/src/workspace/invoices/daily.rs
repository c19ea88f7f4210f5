//! What the job `invoice` does on each day of a workspace: which cuts it drafts, which drafts it issues, which invoices
//! are overdue.

use super::{due::live, facts::billables};
use crate::{
    door::{Can, Mode, WorkspaceTx, Write},
    error::StoreError,
    workspace::{due as jobs, invoicing, members, webhooks},
};
use model::{
    Currency, Email, Money,
    capability::{CapabilityKind as _, ManageInvoices},
    id::{InvoiceId, SubscriptionId},
    job::Job,
    webhook::EventKind,
};
use sqlx::types::Uuid;
use time::{Date, Duration};

/// Most invoices that are noted as overdue at once. The others follow in the next transaction.
const NOTICES_MAX: i64 = 200;

/// An invoice that became overdue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverdueInvoice {
    /// Invoice.
    pub id: InvoiceId,
    /// Number.
    pub number: String,
    /// Name of the customer.
    pub customer: String,
    /// What is left to pay.
    pub balance: Money,
    /// Day until which it was to be paid.
    pub due_on: Date,
}

/// Forgets that the workspace is to be looked at, and notes the next day as the time to look again. What else becomes due
/// meanwhile is noted on its own.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.invoices.begin_day", skip_all)]
pub async fn begin_day(tx: &mut WorkspaceTx<Write>, can: &Can<ManageInvoices>) -> Result<(), StoreError> {
    jobs::forget(tx, Job::Invoice).await?;
    let zone = tx.zone().name().to_owned();
    let tomorrow =
        sqlx::query_scalar!(r#"select ((now() at time zone $1)::date + 1)::timestamp at time zone $1 as "at!""#, zone,)
            .fetch_one(can.on(tx)?)
            .await?;
    jobs::note(tx, Job::Invoice, tomorrow).await
}

/// Notes that the job looks at the workspace again after `pause`, and not before: for a workspace in which it failed.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.invoices.look_later", skip_all)]
pub async fn look_later(tx: &mut WorkspaceTx<Write>, pause: Duration) -> Result<(), StoreError> {
    jobs::forget(tx, Job::Invoice).await?;
    let at = tx.tenant().principal.now + pause;
    jobs::note(tx, Job::Invoice, at).await
}

/// Returns the cuts that the job drafts: those without a document whose grace is over, by subscription and day. None if
/// the workspace drafts by hand.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.invoices.cuts_to_draft", skip_all)]
pub async fn cuts_to_draft<M: Mode>(tx: &mut WorkspaceTx<M>) -> Result<Vec<(SubscriptionId, Date)>, StoreError> {
    let settings = invoicing::settings(tx).await?;
    if !settings.auto_draft {
        return Ok(Vec::new());
    }
    let until = tx.today() - Duration::days(i64::from(settings.grace_days));
    let live = live(tx, None).await?;
    let mut cuts = Vec::new();
    for billable in billables(tx, None).await? {
        let open = billable.cuts(until).into_iter().filter(|on| !live.contains_key(&(billable.id, *on)));
        cuts.extend(open.map(|on| (billable.id, on)));
    }
    Ok(cuts)
}

/// Returns the drafts that the job issues if nothing blocks them: those of subscriptions whose grace is over, by day, at
/// most 200. None if the workspace issues by hand.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.invoices.drafts_to_issue", skip_all)]
pub async fn drafts_to_issue<M: Mode>(tx: &mut WorkspaceTx<M>) -> Result<Vec<InvoiceId>, StoreError> {
    let settings = invoicing::settings(tx).await?;
    if !settings.auto_issue {
        return Ok(Vec::new());
    }
    let (workspace, until) = (tx.id().uuid(), tx.today() - Duration::days(i64::from(settings.grace_days)));
    let ids = sqlx::query_scalar!(
        "select id from workspace.invoices
        where workspace_id = $1 and status = 'draft' and kind = 'invoice' and subscription_id is not null and cut_on <= $2
        order by cut_on, id limit 200",
        workspace,
        until,
    )
    .fetch_all(tx.reading())
    .await?;
    Ok(ids.into_iter().map(InvoiceId::from_uuid).collect())
}

/// Notes invoices that are overdue by the workspace's day and were not noted before, and tells webhooks of each. Returns
/// them, by day, at most 200. Two transactions at once return each invoice once.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.invoices.note_overdue", skip_all)]
pub async fn note_overdue(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageInvoices>,
) -> Result<Vec<OverdueInvoice>, StoreError> {
    let (workspace, today) = (tx.id().uuid(), tx.today());
    let noted: Vec<Uuid> = sqlx::query_scalar!(
        "insert into workspace.overdue_notices (workspace_id, invoice_id)
        select i.workspace_id, i.id from workspace.invoices i
        where i.workspace_id = $1 and i.kind = 'invoice' and i.status = 'open' and i.due_on < $2
            and not exists (
                select from workspace.overdue_notices n where n.workspace_id = $1 and n.invoice_id = i.id)
        order by i.due_on, i.id limit $3
        on conflict (workspace_id, invoice_id) do nothing
        returning invoice_id",
        workspace,
        today,
        NOTICES_MAX,
    )
    .fetch_all(can.on(tx)?)
    .await?;
    if noted.is_empty() {
        return Ok(Vec::new());
    }
    webhooks::announce_all(tx, EventKind::InvoiceOverdue, &noted).await?;
    let rows = sqlx::query!(
        r#"select i.id, coalesce(i.number, '') as "number!", c.name as customer, i.currency, i.due_on as "due_on!",
            i.total_minor - i.paid_minor - i.credited_minor as "balance!"
        from workspace.invoices i
        join workspace.customers c on c.workspace_id = i.workspace_id and c.id = i.customer_id
        where i.workspace_id = $1 and i.id = any($2) order by i.due_on, i.id"#,
        workspace,
        &noted,
    )
    .fetch_all(can.on(tx)?)
    .await?;
    webhooks::announce_all(tx, EventKind::InvoiceOverdue, &noted).await?;
    let mut overdue = Vec::with_capacity(rows.len());
    for row in rows {
        let currency = Currency::from_code(&row.currency)
            .ok_or_else(|| StoreError::Inconsistent(format!("the currency {:?} of an invoice", row.currency)))?;
        overdue.push(OverdueInvoice {
            id: InvoiceId::from_uuid(row.id),
            number: row.number,
            customer: row.customer,
            balance: Money { minor: row.balance, currency },
            due_on: row.due_on,
        });
    }
    Ok(overdue)
}

/// Returns the verified addresses of the people who manage invoices, at most 20.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.invoices.managers", skip_all)]
pub async fn managers<M: Mode>(tx: &mut WorkspaceTx<M>) -> Result<Vec<Email>, StoreError> {
    let seats = members::list(tx).await?;
    let people = seats.iter().filter(|one| one.verified && one.seat.capabilities().has(ManageInvoices::CAPABILITY));
    Ok(people.filter_map(|one| Email::parse(&one.email).ok()).take(20).collect())
}
