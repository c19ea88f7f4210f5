//! Writes of drafts.

use super::{
    super::{invoicing, written::Written},
    document::{drawn, head},
    stored::{self, StoredLine, write_lines, write_taxes},
};
use crate::{
    audit,
    door::{Can, WorkspaceTx, Write},
    error::StoreError,
    workspace::webhooks,
};
use model::{
    audit::{Action, Detail},
    capability::ManageInvoices,
    id::{CustomerId, InvoiceId, SubscriptionId, UserId},
    invoice::{
        Blocker, DocumentKind, DocumentLine, InvoiceStatus, LINES_MAX, LineDraft, MANUAL_LINES_FROM, NewInvoice,
        TaxGroup,
    },
    webhook::EventKind,
};
use sqlx::types::Uuid;
use time::Date;

/// Locks a document until the transaction ends. Returns `false` if the workspace has none with that id.
pub(super) async fn lock(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageInvoices>,
    id: InvoiceId,
) -> Result<bool, StoreError> {
    let workspace = tx.id().uuid();
    let found = sqlx::query_scalar!(
        "select id from workspace.invoices where workspace_id = $1 and id = $2 for no key update",
        workspace,
        id.uuid(),
    )
    .fetch_optional(can.on(tx)?)
    .await?;
    Ok(found.is_some())
}

/// Locks a subscription until the transaction ends, so that no other invoice of it is drafted or issued meanwhile.
pub(super) async fn lock_subscription(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageInvoices>,
    id: SubscriptionId,
) -> Result<(), StoreError> {
    let workspace = tx.id().uuid();
    sqlx::query_scalar!(
        "select id from workspace.subscriptions where workspace_id = $1 and id = $2 for no key update",
        workspace,
        id.uuid(),
    )
    .fetch_optional(can.on(tx)?)
    .await?;
    Ok(())
}

/// A draft to insert.
pub(super) struct NewDraft {
    pub(super) customer: CustomerId,
    pub(super) currency: model::Currency,
    pub(super) cut: Option<(SubscriptionId, Date)>,
    pub(super) replaces: Option<InvoiceId>,
    pub(super) note: String,
}

/// Inserts a draft without lines. Returns `None` if the day of the subscription has an invoice already.
pub(super) async fn insert(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageInvoices>,
    new: &NewDraft,
) -> Result<Option<InvoiceId>, StoreError> {
    let (workspace, user, id) = (tx.id().uuid(), tx.person().map(UserId::uuid), Uuid::now_v7());
    let written = sqlx::query!(
        "insert into workspace.invoices (workspace_id, id, kind, customer_id, status, total_minor, currency,
            subscription_id, cut_on, replaces_id, note, created_by)
        values ($1, $2, 'invoice', $3, 'draft', 0, $4, $5, $6, $7, $8, $9)
        on conflict do nothing",
        workspace,
        id,
        new.customer.uuid(),
        new.currency.code(),
        new.cut.map(|(subscription, _)| subscription.uuid()),
        new.cut.map(|(_, on)| on),
        new.replaces.map(InvoiceId::uuid),
        new.note,
        user as Option<Uuid>,
    )
    .execute(can.on(tx)?)
    .await?;
    Ok((written.rows_affected() == 1).then_some(InvoiceId::from_uuid(id)))
}

/// Replaces the lines and taxes of a draft.
pub(super) async fn replace(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageInvoices>,
    (id, customer): (InvoiceId, CustomerId),
    (lines, taxes): (&[StoredLine], &[TaxGroup]),
) -> Result<(), StoreError> {
    let workspace = tx.id().uuid();
    sqlx::query!(
        "delete from workspace.invoice_lines where workspace_id = $1 and invoice_id = $2",
        workspace,
        id.uuid(),
    )
    .execute(can.on(tx)?)
    .await?;
    sqlx::query!(
        "delete from workspace.invoice_taxes where workspace_id = $1 and invoice_id = $2",
        workspace,
        id.uuid(),
    )
    .execute(can.on(tx)?)
    .await?;
    write_lines(tx, can, id, customer, lines).await?;
    write_taxes(tx, can, id, customer, taxes).await
}

/// Stores the lines, taxes and sums of a draft as they are now. If a price can't be computed, what is stored stays.
pub(super) async fn refresh(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageInvoices>,
    id: InvoiceId,
) -> Result<(), StoreError> {
    let workspace = tx.id().uuid();
    let Some(head) = head(tx, id).await? else { return Ok(()) };
    let drawn = drawn(tx, &head).await?;
    if drawn.blockers.contains(&Blocker::Unpriced) {
        return Ok(());
    }
    replace(tx, can, (id, head.row.customer_id), (&drawn.lines, &drawn.taxes)).await?;
    sqlx::query!(
        "update workspace.invoices set net_minor = $3, tax_minor = $4, total_minor = $5, updated_at = now()
        where workspace_id = $1 and id = $2 and status = 'draft'",
        workspace,
        id.uuid(),
        drawn.net_minor,
        drawn.tax_minor,
        drawn.net_minor + drawn.tax_minor,
    )
    .execute(can.on(tx)?)
    .await?;
    Ok(())
}

/// Creates a draft without a subscription, and logs it.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.invoices.create", skip_all, fields(customer_id = %new.customer))]
pub async fn create(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageInvoices>,
    new: &NewInvoice,
) -> Result<Written<InvoiceId>, StoreError> {
    let Some(terms) = stored::terms(tx, new.customer).await? else {
        return Ok(Written::invalid("customer", "Choose a customer of this workspace."));
    };
    let draft =
        NewDraft { customer: new.customer, currency: new.currency, cut: None, replaces: None, note: String::new() };
    let Some(id) = insert(tx, can, &draft).await? else {
        return Err(StoreError::Inconsistent("an invoice id that is taken".to_owned()));
    };
    audit::record(tx, Action::InvoiceDrafted, id.uuid(), &Detail::none().with("name", terms.name)).await?;
    webhooks::announce(tx, EventKind::InvoiceDrafted, id.uuid()).await?;
    Ok(Written::Done(id))
}

/// Locks a draft and returns the name of its customer; `None` if the workspace has no such draft.
async fn draft(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageInvoices>,
    id: InvoiceId,
) -> Result<Option<(CustomerId, String)>, StoreError> {
    if !lock(tx, can, id).await? {
        return Ok(None);
    }
    let row = super::rows::get(tx, id).await?;
    let is_draft =
        |row: &model::invoice::InvoiceRow| row.status == InvoiceStatus::Draft && row.kind == DocumentKind::Invoice;
    Ok(row.filter(is_draft).map(|row| (row.customer_id, row.customer)))
}

/// Adds a line to a draft, and logs it.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.invoices.add_line", skip_all, fields(invoice_id = %id))]
pub async fn add_line(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageInvoices>,
    id: InvoiceId,
    new: &LineDraft,
) -> Result<Written<()>, StoreError> {
    let Some((customer, name)) = draft(tx, can, id).await? else { return Ok(Written::Absent) };
    let Some(terms) = stored::terms(tx, customer).await? else { return Ok(Written::Absent) };
    let (rate_id, percent, category) = match new.tax_rate {
        None => (terms.rate.id, terms.rate.percent, terms.rate.category),
        Some(wanted) => {
            let rates = invoicing::tax_rates(tx).await?;
            let Some(rate) = rates.into_iter().find(|rate| rate.id == wanted && !rate.archived) else {
                return Ok(Written::invalid("tax_rate", "Choose a tax rate from the list."));
            };
            (Some(rate.id), rate.percent, rate.category)
        }
    };
    let lines = stored::lines(tx, id).await?;
    let last = lines.iter().map(|stored| stored.line.position).filter(|position| *position >= MANUAL_LINES_FROM).max();
    let position = last.map_or(MANUAL_LINES_FROM, |last| last + 1);
    if usize::from(position) >= LINES_MAX {
        return Ok(Written::invalid("name", "This draft has 100 lines of its own, which is the most."));
    }
    let line = DocumentLine {
        position,
        name: new.name.to_string(),
        detail: String::new(),
        service: None,
        quantity: None,
        unit: String::new(),
        net_minor: new.net.minor,
        due_minor: None,
        billed_minor: None,
        category,
        percent,
        slot: None,
        working: None,
        credits: None,
        rebill: false,
    };
    write_lines(tx, can, id, customer, &[StoredLine { line, tax_rate: rate_id }]).await?;
    refresh(tx, can, id).await?;
    let detail = Detail::none().with("name", name).with("added", &new.name).with("amount", new.net);
    audit::record(tx, Action::InvoiceEdited, id.uuid(), &detail).await?;
    Ok(Written::Done(()))
}

/// Removes a line that a person added to a draft, and logs it.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.invoices.remove_line", skip_all, fields(invoice_id = %id))]
pub async fn remove_line(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageInvoices>,
    id: InvoiceId,
    position: u16,
) -> Result<Written<()>, StoreError> {
    let workspace = tx.id().uuid();
    let Some((_, name)) = draft(tx, can, id).await? else { return Ok(Written::Absent) };
    let gone = sqlx::query_scalar!(
        "delete from workspace.invoice_lines
        where workspace_id = $1 and invoice_id = $2 and position = $3 and slot is null returning name",
        workspace,
        id.uuid(),
        i32::from(position),
    )
    .fetch_optional(can.on(tx)?)
    .await?;
    let Some(gone) = gone else { return Ok(Written::Absent) };
    refresh(tx, can, id).await?;
    let detail = Detail::none().with("name", name).with("removed", gone);
    audit::record(tx, Action::InvoiceEdited, id.uuid(), &detail).await?;
    Ok(Written::Done(()))
}

/// Changes the note of a draft, and logs it.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.invoices.edit", skip_all, fields(invoice_id = %id))]
pub async fn edit(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageInvoices>,
    id: InvoiceId,
    note: &str,
) -> Result<Written<()>, StoreError> {
    let workspace = tx.id().uuid();
    let Some((_, name)) = draft(tx, can, id).await? else { return Ok(Written::Absent) };
    sqlx::query!(
        "update workspace.invoices set note = $3, updated_at = now()
        where workspace_id = $1 and id = $2 and status = 'draft'",
        workspace,
        id.uuid(),
        note,
    )
    .execute(can.on(tx)?)
    .await?;
    let detail = Detail::none().with("name", name).with("note", note);
    audit::record(tx, Action::InvoiceEdited, id.uuid(), &detail).await?;
    Ok(Written::Done(()))
}

/// Deletes a draft, and logs it. What it would have charged is due again.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.invoices.delete", skip_all, fields(invoice_id = %id))]
pub async fn delete(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageInvoices>,
    id: InvoiceId,
) -> Result<Written<()>, StoreError> {
    let workspace = tx.id().uuid();
    let Some((customer, name)) = draft(tx, can, id).await? else { return Ok(Written::Absent) };
    // Lines and taxes go first: their triggers look for the document.
    replace(tx, can, (id, customer), (&[], &[])).await?;
    sqlx::query!(
        "delete from workspace.invoices where workspace_id = $1 and id = $2 and status = 'draft'",
        workspace,
        id.uuid(),
    )
    .execute(can.on(tx)?)
    .await?;
    audit::record(tx, Action::InvoiceDeleted, id.uuid(), &Detail::none().with("name", name)).await?;
    Ok(Written::Done(()))
}

/// Drafts a void invoice again, with the lines that a person entered on it, and logs it. The draft names the void
/// invoice.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.invoices.remake", skip_all, fields(invoice_id = %id))]
pub async fn remake(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageInvoices>,
    id: InvoiceId,
) -> Result<Written<InvoiceId>, StoreError> {
    if !lock(tx, can, id).await? {
        return Ok(Written::Absent);
    }
    let Some(void) = head(tx, id).await? else { return Ok(Written::Absent) };
    if void.row.status != InvoiceStatus::Void || void.row.kind != DocumentKind::Invoice {
        return Ok(Written::invalid("", "Only a void invoice is made again. Void this one first."));
    }
    if let Some(subscription) = void.subscription {
        lock_subscription(tx, can, subscription).await?;
    }
    let customer = void.row.customer_id;
    let new = NewDraft {
        customer,
        currency: void.currency,
        cut: void.subscription.zip(void.cut_on),
        replaces: Some(id),
        note: void.note.clone(),
    };
    let Some(draft) = insert(tx, can, &new).await? else {
        return Ok(Written::invalid(
            "",
            "This invoice has been made again already, or its period has another invoice.",
        ));
    };
    let manual = stored::lines(tx, id).await?.into_iter().filter(|stored| stored.line.slot.is_none());
    let mut copies: Vec<StoredLine> = manual.collect();
    for (position, copy) in (MANUAL_LINES_FROM..).zip(&mut copies) {
        copy.line.position = position;
    }
    write_lines(tx, can, draft, customer, &copies).await?;
    refresh(tx, can, draft).await?;
    let detail = Detail::none()
        .with("name", &void.row.customer)
        .with("replaces", void.row.number.as_deref().unwrap_or_default());
    audit::record(tx, Action::InvoiceDrafted, draft.uuid(), &detail).await?;
    webhooks::announce(tx, EventKind::InvoiceDrafted, draft.uuid()).await?;
    Ok(Written::Done(draft))
}
