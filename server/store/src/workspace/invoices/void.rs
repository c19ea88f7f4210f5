//! Voids invoices.

use super::{super::written::Written, draft::lock, rows};
use crate::{
    audit,
    door::{Can, WorkspaceTx, Write},
    error::StoreError,
    workspace::webhooks,
};
use model::{
    audit::{Action, Detail},
    capability::ManageInvoices,
    id::InvoiceId,
    invoice::{DocumentKind, InvoiceStatus, VoidReason},
    webhook::EventKind,
};

/// Voids an issued invoice without payments and credit notes, and logs it. It keeps its number. What it charged is due
/// again.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.invoices.void", skip_all, fields(invoice_id = %id))]
pub async fn void(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageInvoices>,
    id: InvoiceId,
    reason: &VoidReason,
) -> Result<Written<()>, StoreError> {
    let workspace = tx.id().uuid();
    if !lock(tx, can, id).await? {
        return Ok(Written::Absent);
    }
    let Some(row) = rows::get(tx, id).await? else { return Ok(Written::Absent) };
    let invalid = |message: &str| Ok(Written::invalid("reason", message));
    match (row.kind, row.status) {
        (DocumentKind::CreditNote, _) => return invalid("A credit note can’t be voided."),
        (_, InvoiceStatus::Draft) => return invalid("This is a draft. Delete it instead."),
        (_, InvoiceStatus::Void) => return invalid("This invoice is void already."),
        (_, InvoiceStatus::Open | InvoiceStatus::Paid) => {}
    }
    if row.balance != row.total {
        return invalid(
            "This invoice has payments or credit notes. Write a credit note instead, or reverse the payments.",
        );
    }
    sqlx::query!(
        "update workspace.invoices set status = 'void', void_reason = $3, updated_at = now()
        where workspace_id = $1 and id = $2",
        workspace,
        id.uuid(),
        reason.0.as_str(),
    )
    .execute(can.on(tx)?)
    .await?;
    let detail = Detail::none().with("name", row.title()).with("customer", &row.customer).with("reason", &reason.0);
    audit::record(tx, Action::InvoiceVoided, id.uuid(), &detail).await?;
    webhooks::announce(tx, EventKind::InvoiceVoided, id.uuid()).await?;
    Ok(Written::Done(()))
}
