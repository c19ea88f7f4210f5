//! `/api/v1/workspaces/{slug}/invoices/{id}/pdf` and `/lines.csv`: an invoice or a credit note as a file.

use super::{
    door::{Addressed, served},
    error::ApiError,
    refusals::identified,
};
use crate::state::AppState;
use app::{invoice_files, routes::InvoiceFile};
use axum::{
    extract::{Path, State},
    http::{HeaderValue, header},
    response::Response,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

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
