//! Payments of invoices.

use super::{
    super::written::Written,
    document::{Head, head},
    draft::lock,
};
use crate::{
    audit,
    door::{Can, WorkspaceTx, Write},
    error::StoreError,
    workspace::webhooks,
};
use model::{
    Money,
    audit::{Action, Detail},
    capability::ManageInvoices,
    id::{InvoiceId, PaymentId, UserId},
    invoice::{DocumentKind, InvoiceStatus, PaymentDraft},
    webhook::EventKind,
};
use sqlx::types::Uuid;

/// Locks an invoice that can be paid.
async fn payable(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageInvoices>,
    id: InvoiceId,
) -> Result<Option<Head>, StoreError> {
    if !lock(tx, can, id).await? {
        return Ok(None);
    }
    let head = head(tx, id).await?;
    Ok(head.filter(|head| {
        head.row.kind == DocumentKind::Invoice && matches!(head.row.status, InvoiceStatus::Open | InvoiceStatus::Paid)
    }))
}

/// Records a payment of an issued invoice, or a refund, and logs it. An invoice whose payments and credit notes cover
/// its total is paid.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.invoices.pay", skip_all, fields(invoice_id = %id))]
pub async fn pay(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageInvoices>,
    id: InvoiceId,
    new: &PaymentDraft,
) -> Result<Written<PaymentId>, StoreError> {
    let (workspace, user, payment) = (tx.id().uuid(), tx.person().map(UserId::uuid), Uuid::now_v7());
    let Some(head) = payable(tx, can, id).await? else { return Ok(Written::Absent) };
    if new.amount.currency != head.currency {
        let message = format!("This invoice is in {}.", head.currency.code());
        return Ok(Written::invalid("amount", &message));
    }
    if new.received_on > tx.today() {
        return Ok(Written::invalid("received_on", "Choose a day up to today."));
    }
    let money = |minor: i64| Money { minor, currency: head.currency };
    let left = head.row.total.minor - head.paid_minor - head.credited_minor;
    if new.amount.minor > left.max(0) {
        let message = format!("At most {} is left to pay.", money(left.max(0)));
        return Ok(Written::invalid("amount", &message));
    }
    if new.amount.minor < -head.paid_minor {
        let message = format!("At most {} can be paid back.", money(head.paid_minor));
        return Ok(Written::invalid("amount", &message));
    }
    sqlx::query!(
        "insert into workspace.payments
            (workspace_id, id, invoice_id, customer_id, amount_minor, received_on, method, reference, created_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        workspace,
        payment,
        id.uuid(),
        head.row.customer_id.uuid(),
        new.amount.minor,
        new.received_on,
        new.method.as_str(),
        new.reference,
        user as Option<Uuid>,
    )
    .execute(can.on(tx)?)
    .await?;
    settle(tx, can, id, head.paid_minor + new.amount.minor, head.credited_minor).await?;
    let detail = Detail::none()
        .with("name", head.row.title())
        .with("customer", &head.row.customer)
        .with("amount", new.amount)
        .with("received_on", new.received_on)
        .with("method", new.method.label());
    audit::record(tx, Action::PaymentRecorded, id.uuid(), &detail).await?;
    Ok(Written::Done(PaymentId::from_uuid(payment)))
}

/// Reverses a payment that was recorded by mistake or charged back, and logs it. The payment stays in the list.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.invoices.reverse_payment", skip_all, fields(invoice_id = %id))]
pub async fn reverse_payment(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageInvoices>,
    id: InvoiceId,
    payment: PaymentId,
) -> Result<Written<()>, StoreError> {
    let workspace = tx.id().uuid();
    let Some(head) = payable(tx, can, id).await? else { return Ok(Written::Absent) };
    let row = sqlx::query!(
        "select amount_minor, reversed_at from workspace.payments
        where workspace_id = $1 and invoice_id = $2 and id = $3",
        workspace,
        id.uuid(),
        payment.uuid(),
    )
    .fetch_optional(can.on(tx)?)
    .await?;
    let Some(row) = row else { return Ok(Written::Absent) };
    if row.reversed_at.is_some() {
        return Ok(Written::invalid("", "This payment is reversed already."));
    }
    let paid_minor = head.paid_minor - row.amount_minor;
    if paid_minor < 0 {
        return Ok(Written::invalid("", "A part of this payment was paid back. Reverse the refund first."));
    }
    if paid_minor > head.row.total.minor {
        return Ok(Written::invalid("", "Then more would be paid than the invoice demands."));
    }
    sqlx::query!(
        "update workspace.payments set reversed_at = now()
        where workspace_id = $1 and invoice_id = $2 and id = $3 and reversed_at is null",
        workspace,
        id.uuid(),
        payment.uuid(),
    )
    .execute(can.on(tx)?)
    .await?;
    settle(tx, can, id, paid_minor, head.credited_minor).await?;
    let amount = Money { minor: row.amount_minor, currency: head.currency };
    let detail =
        Detail::none().with("name", head.row.title()).with("customer", &head.row.customer).with("amount", amount);
    audit::record(tx, Action::PaymentReversed, id.uuid(), &detail).await?;
    Ok(Written::Done(()))
}

/// Stores what is paid and credited of an invoice, and its status.
pub(super) async fn settle(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageInvoices>,
    id: InvoiceId,
    paid_minor: i64,
    credited_minor: i64,
) -> Result<(), StoreError> {
    let workspace = tx.id().uuid();
    let row = sqlx::query!(
        "with old as (select status from workspace.invoices where workspace_id = $1 and id = $2)
        update workspace.invoices i set paid_minor = $3, credited_minor = $4, updated_at = now(),
            status = case when $3::bigint + $4::bigint >= total_minor then 'paid' else 'open' end
        from old where i.workspace_id = $1 and i.id = $2
        returning i.status, old.status as before",
        workspace,
        id.uuid(),
        paid_minor,
        credited_minor,
    )
    .fetch_one(can.on(tx)?)
    .await?;
    let paid = InvoiceStatus::Paid.as_str();
    if row.status == paid && row.before != paid {
        webhooks::announce(tx, EventKind::InvoicePaid, id.uuid()).await?;
    }
    Ok(())
}
