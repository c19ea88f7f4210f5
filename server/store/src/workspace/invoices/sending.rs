//! Mails of documents to customers.

use crate::{
    audit,
    door::{Can, WorkspaceTx, Write},
    error::StoreError,
    mail::{MailKind, MailQuotaCheck, count_mail},
    workspace::written::Written,
};
use model::{
    Email,
    audit::{Action, Detail},
    capability::ManageInvoices,
    id::InvoiceId,
};

/// Notes that an issued document is mailed, logs it, and counts the mails. Returns whom to mail it to: the contacts of
/// the customer who get invoices, else the customer. The caller queues the mails in this transaction.
///
/// Errors of input are of the field `send`: the document is a draft or void, there is nobody to mail it to, or too much
/// was mailed today.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.invoices.send", skip_all, fields(invoice_id = %id))]
pub async fn send(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageInvoices>,
    id: InvoiceId,
) -> Result<Written<Vec<Email>>, StoreError> {
    let workspace = tx.id().uuid();
    let status = sqlx::query_scalar!(
        "select status from workspace.invoices where workspace_id = $1 and id = $2 for no key update",
        workspace,
        id.uuid(),
    )
    .fetch_optional(can.on(tx)?)
    .await?;
    let refused = |message: &str| Ok(Written::invalid("send", message));
    match status.as_deref() {
        None => return Ok(Written::Absent),
        Some("draft") => return refused("Issue the invoice before you mail it."),
        Some("void") => return refused("A void invoice isn’t mailed."),
        Some(_) => {}
    }
    let sent = sqlx::query!(
        r#"update workspace.invoices i set sent_at = now(), updated_at = now()
        from workspace.customers c
        where i.workspace_id = $1 and i.id = $2 and c.workspace_id = $1 and c.id = i.customer_id
        returning coalesce(i.number, '') as "number!", c.email as "email!", array(
            select k.email from workspace.customer_contacts k
            where k.workspace_id = $1 and k.customer_id = c.id and k.gets_invoices order by k.email limit 20) as "contacts!: Vec<String>""#,
        workspace,
        id.uuid(),
    )
    .fetch_optional(can.on(tx)?)
    .await?;
    let Some(sent) = sent else { return Ok(Written::Absent) };
    let addresses = if sent.contacts.is_empty() { vec![sent.email] } else { sent.contacts };
    let recipients: Vec<Email> = addresses.iter().filter_map(|address| Email::parse(address).ok()).collect();
    if recipients.is_empty() {
        return refused("Enter an email address for the customer, or a contact who gets invoices.");
    }
    for email in &recipients {
        match count_mail(can.on(tx)?, MailKind::Invoice, email).await? {
            MailQuotaCheck::Counted => {}
            MailQuotaCheck::Recipient(_) => {
                return refused(&format!("{email} got too many invoices today. Try again tomorrow."));
            }
            MailQuotaCheck::Spent(_) => {
                return refused("Your organization can’t mail more invoices today. Try again tomorrow.");
            }
        }
    }
    audit::record(tx, Action::InvoiceSent, id.uuid(), &Detail::none().with("name", &sent.number)).await?;
    Ok(Written::Done(recipients))
}
