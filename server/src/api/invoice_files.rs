//! `/api/v1/workspaces/{slug}/invoices/{id}/pdf`, `/lines.csv` and `/send`: an invoice or a credit note as a file, and in a
//! mail.

use super::{
    door::{Addressed, served},
    error::ApiError,
    refusals::identified,
};
use crate::state::AppState;
use app::{console::send_invoice_by, invoice_files, routes::InvoiceFile};
use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderValue, header},
    response::Response,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

/// Returns the PDF of an issued invoice or credit note. It is made once: each request returns the same bytes.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{slug}/invoices/{id}/pdf",
    operation_id = "getInvoicePdf",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The document's id")),
    responses((status = 200, description = "The document. A draft has none.", body = Vec<u8>, content_type = "application/pdf")),
    security(("operator_token" = []))
)]
pub(super) async fn pdf(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    file(&state, &asked, &id, InvoiceFile::Pdf).await
}

/// Returns the lines of an invoice or credit note as CSV: amounts as decimal numbers with their currency, days as ISO
/// dates. Those of a draft are computed.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{slug}/invoices/{id}/lines.csv",
    operation_id = "listInvoiceLines",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The document's id")),
    responses((status = 200, description = "One row for each line", body = String, content_type = "text/csv")),
    security(("operator_token" = []))
)]
pub(super) async fn lines(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    file(&state, &asked, &id, InvoiceFile::Lines).await
}

/// What was mailed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MailedInvoice {
    /// Number of mails.
    mails: u16,
}

/// Mails an issued invoice or credit note with its PDF to the contacts of the customer who get invoices, else to the
/// customer.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{slug}/invoices/{id}/send",
    operation_id = "sendInvoice",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The document's id")),
    responses((status = 200, description = "The mails are queued", body = MailedInvoice)),
    security(("operator_token" = []))
)]
pub(super) async fn send(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let tx = asked.reading(&state).await?;
    let id = identified(&id)?;
    let tenant = tx.commit().await?;
    let mails = send_invoice_by(&state.services, &asked.authority(&state, &tenant), id).await?;
    Ok(served(&tenant, Json(MailedInvoice { mails })))
}

async fn file(state: &AppState, asked: &Addressed, id: &str, kind: InvoiceFile) -> Result<Response, ApiError> {
    let tx = asked.reading(state).await?;
    let id = identified(id)?;
    let (tenant, file) = invoice_files::read(&state.services, tx, id, kind).await?;
    let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(Sha256::digest(&file.content)));
    let mut response = served(&tenant, file.response());
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    Ok(response)
}
