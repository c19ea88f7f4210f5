//! Mails a document to its customer.

use crate::{error::AppError, wire::Compact};
use leptos::prelude::*;
use model::{Slug, id::InvoiceId};
use server_fn::codec::Json;

/// Mails an issued document with its PDF to the contacts of its customer who get invoices, else to the customer. Returns
/// the number of mails.
///
/// # Errors
/// As of a write from a page; [`AppError::Invalid`] on `send` if the document can't be mailed.
#[server(input = Json, output = Compact)]
pub async fn send_invoice(workspace: Slug, grant: String, id: InvoiceId) -> Result<u16, AppError> {
    let call = crate::server::call::context()?;
    send(&call, &workspace, &grant, id).await
}

/// Mails a document for a call or for a posted form.
#[cfg(feature = "ssr")]
pub(crate) async fn send(
    call: &crate::server::call::Call,
    slug: &Slug,
    grant: &str,
    id: InvoiceId,
) -> Result<u16, AppError> {
    let by = crate::server::authority::Authority::page(call, slug, grant);
    send_by(&call.request.services, &by, id).await
}

/// Mails a document with this authority. Returns the number of mails.
///
/// # Errors
/// As for [`send_invoice`].
#[cfg(feature = "ssr")]
pub async fn send_by(
    services: &std::sync::Arc<crate::server::request::Services>,
    by: &crate::server::authority::Authority,
    id: InvoiceId,
) -> Result<u16, AppError> {
    use super::letters;
    use crate::{invoice_files, server::workspace::written};
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use model::{FieldErrors, capability::ManageInvoices, mail::Attachment};
    use store::{invoices, mail::QueueMail as _};

    // The file is made before the transaction of the mails, which then is short.
    let (mut tx, _) = by.writing::<ManageInvoices>().await?;
    let row = invoices::get(&mut tx, id).await?.ok_or(AppError::Absent)?;
    let workspace = tx.commit().await?.workspace;
    let Some(number) = row.number else {
        return Err(AppError::Invalid(FieldErrors::one("send", "Issue the invoice before you mail it.")));
    };
    let content = invoice_files::made(services, workspace.id, id).await?;
    if content.len() > SIZE_MAX {
        return Err(AppError::Invalid(FieldErrors::one(
            "send",
            "The PDF is larger than 5 MB. Download it and send it yourself.",
        )));
    }
    let file = Attachment {
        name: format!("{}.pdf", invoice_files::plain(&number)),
        media_type: "application/pdf".to_owned(),
        base64: STANDARD.encode(&content),
    };
    let (mut tx, can) = by.writing::<ManageInvoices>().await?;
    let recipients = written(invoices::send(&mut tx, &can, id).await?)?;
    let document = invoices::document(&mut tx, id).await?.ok_or(AppError::Absent)?;
    for recipient in &recipients {
        tx.queue(&letters::document(recipient, &document, &workspace.name, file.clone())).await?;
    }
    tx.commit().await?;
    Ok(u16::try_from(recipients.len()).unwrap_or(u16::MAX))
}

/// Maximum size of a file that is mailed, in bytes.
#[cfg(feature = "ssr")]
const SIZE_MAX: usize = 5 * 1024 * 1024;
