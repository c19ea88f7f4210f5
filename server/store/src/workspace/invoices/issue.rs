//! Issues drafts.

use super::{
    document::{Drawn, Head, drawn, head, with_draft},
    draft::{lock, lock_subscription, replace},
    numbers::{self, Number},
    stored::to_json,
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
    id::InvoiceId,
    invoice::{Basis, Blocker, Document, DocumentKind, InvoiceStatus},
    webhook::EventKind,
};
use time::{Date, Duration};

/// Outcome of issuing a draft.
#[derive(Debug)]
pub enum Issued {
    /// It is issued, with this number.
    Done(String),
    /// The draft is not what was on screen. Nothing is written. The document has its lines of this moment, and those
    /// that were stored.
    Moved(Box<Document>),
    /// Something is missing. Nothing is written.
    Blocked(Vec<Blocker>),
    /// The workspace has no such draft.
    Absent,
}

/// Issues a draft: stores its lines as they are now, gives it the next number of the series, and logs it. `basis` is that
/// of the document on screen.
///
/// # Errors
/// [`StoreError::Refused`] with `invoice_number_taken` if an imported document has the number.
#[tracing::instrument(level = "debug", name = "store.invoices.issue", skip_all, fields(invoice_id = %id))]
pub async fn issue(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageInvoices>,
    id: InvoiceId,
    basis: &Basis,
) -> Result<Issued, StoreError> {
    let Some((head, drawn)) = locked(tx, can, id).await? else { return Ok(Issued::Absent) };
    if drawn.basis != *basis {
        return Ok(Issued::Moved(Box::new(with_draft(tx, head, drawn).await?)));
    }
    let today = tx.today();
    finish(tx, can, (head, drawn), today).await
}

/// Issues a draft as it is, on a day that is not after today. Numbers still follow the days: the day is not before that
/// of the last document of the series. For examples and tests, whose documents are in the past.
///
/// # Errors
/// As [`issue`].
#[tracing::instrument(level = "debug", name = "store.invoices.issue_on", skip_all, fields(invoice_id = %id))]
pub async fn issue_on(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageInvoices>,
    id: InvoiceId,
    day: Date,
) -> Result<Issued, StoreError> {
    let Some(draft) = locked(tx, can, id).await? else { return Ok(Issued::Absent) };
    let day = day.min(tx.today());
    finish(tx, can, draft, day).await
}

/// Locks a draft and its subscription, and computes it.
async fn locked(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageInvoices>,
    id: InvoiceId,
) -> Result<Option<(Head, Drawn)>, StoreError> {
    if !lock(tx, can, id).await? {
        return Ok(None);
    }
    let Some(head) = head(tx, id).await? else { return Ok(None) };
    if head.row.status != InvoiceStatus::Draft || head.row.kind != DocumentKind::Invoice {
        return Ok(None);
    }
    if let Some(subscription) = head.subscription {
        lock_subscription(tx, can, subscription).await?;
    }
    let drawn = drawn(tx, &head).await?;
    Ok(Some((head, drawn)))
}

async fn finish(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageInvoices>,
    (head, mut drawn): (Head, Drawn),
    day: Date,
) -> Result<Issued, StoreError> {
    if !drawn.blockers.is_empty() {
        return Ok(Issued::Blocked(drawn.blockers));
    }
    for (position, stored) in (0_u16..).zip(&mut drawn.lines) {
        stored.line.position = position;
    }
    let (id, customer) = (head.row.id, head.row.customer_id);
    replace(tx, can, (id, customer), (&drawn.lines, &drawn.taxes)).await?;
    let (net_minor, tax_minor) = (drawn.net_minor, drawn.tax_minor);
    let detail = Detail::none()
        .with("customer", &drawn.customer)
        .with("total", Money { minor: net_minor + tax_minor, currency: head.currency });
    let sealed = Sealed {
        id,
        kind: DocumentKind::Invoice,
        net_minor,
        tax_minor,
        payment_days: drawn.payment_days,
        seller: to_json(&drawn.seller)?,
        buyer: to_json(&drawn.buyer)?,
        basis: Some(drawn.basis),
    };
    let number = seal(tx, can, &sealed, day).await?;
    let detail = detail.with("name", &number.text);
    audit::record(tx, Action::InvoiceIssued, id.uuid(), &detail).await?;
    Ok(Issued::Done(number.text))
}

/// What is written when a draft is issued.
pub(super) struct Sealed {
    pub(super) id: InvoiceId,
    pub(super) kind: DocumentKind,
    pub(super) net_minor: i64,
    pub(super) tax_minor: i64,
    pub(super) payment_days: i64,
    pub(super) seller: String,
    pub(super) buyer: String,
    pub(super) basis: Option<Basis>,
}

/// Gives a draft the next number. The row of the series is locked from here to the end of the transaction.
pub(super) async fn seal(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageInvoices>,
    sealed: &Sealed,
    day: Date,
) -> Result<Number, StoreError> {
    let (workspace, today) = (tx.id().uuid(), tx.today());
    let number = numbers::take(tx, can, sealed.kind, day).await?;
    let due_on = number.issued_on.checked_add(Duration::days(sealed.payment_days)).unwrap_or(number.issued_on);
    let total_minor = sealed.net_minor + sealed.tax_minor;
    // Nobody pays an invoice of 0.00. A credit note counts at its invoice.
    let status = match sealed.kind {
        DocumentKind::Invoice if total_minor == 0 => InvoiceStatus::Paid,
        DocumentKind::Invoice | DocumentKind::CreditNote => InvoiceStatus::Open,
    };
    sqlx::query!(
        "update workspace.invoices set status = $3, number = $4, series_year = $5, series_no = $6, issued_on = $7,
            due_on = $8, net_minor = $9, tax_minor = $10, total_minor = $11, seller = $12::text::jsonb,
            buyer = $13::text::jsonb, basis = $14, updated_at = now(),
            issued_at = case when $7 < $15::date then $7::date::timestamptz + interval '12 hours' else now() end
        where workspace_id = $1 and id = $2 and status = 'draft'",
        workspace,
        sealed.id.uuid(),
        status.as_str(),
        number.text,
        number.year,
        number.no,
        number.issued_on,
        due_on,
        sealed.net_minor,
        sealed.tax_minor,
        total_minor,
        sealed.seller,
        sealed.buyer,
        sealed.basis.map(|basis| basis.bytes().to_vec()),
        today,
    )
    .execute(can.on(tx)?)
    .await?;
    let issued = match sealed.kind {
        DocumentKind::Invoice => EventKind::InvoiceIssued,
        DocumentKind::CreditNote => EventKind::CreditNoteIssued,
    };
    webhooks::announce(tx, issued, sealed.id.uuid()).await?;
    if status == InvoiceStatus::Paid {
        webhooks::announce(tx, EventKind::InvoicePaid, sealed.id.uuid()).await?;
    }
    Ok(number)
}
