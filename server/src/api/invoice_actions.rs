//! What is done to invoices: `/issue`, `/void`, `/remake`, `/payments` and `/credit-notes` of
//! `/api/v1/workspaces/{slug}/invoices/{id}`.

use super::{
    door::{Addressed, served},
    error::ApiError,
    invoices::{InvoiceResource, invalid},
    json::Body,
    refusals::{identified, written},
    resource::{respond, respond_at},
};
use crate::{error_code::Code, state::AppState};
use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use model::{
    FieldErrors, Money,
    capability::ManageInvoices,
    id::{InvoiceId, PaymentId},
    invoice::{self, Basis, CreditDraft, DraftInput, PaymentInput, VoidInput},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::invoices::{self, Issued};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

/// What to issue.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct IssueInvoice {
    /// `basis` of the draft that you have seen.
    #[serde(default)]
    basis: Option<String>,
}

/// Why an invoice is void.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct VoidInvoice {
    /// 1 to 300 characters.
    #[schema(example = "Wrong address")]
    reason: String,
}

/// A payment of an invoice, or a refund.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Payment {
    id: Uuid,
    /// Negative for a refund.
    #[schema(example = "67.27")]
    amount: String,
    #[schema(example = "EUR")]
    currency: &'static str,
    #[schema(example = "2026-12-10")]
    received_on: String,
    /// `transfer`, `card`, `cash` or `other`.
    #[schema(example = "transfer")]
    method: &'static str,
    reference: String,
    /// When it was reversed.
    #[serde(with = "time::serde::rfc3339::option")]
    reversed_at: Option<OffsetDateTime>,
}

/// The payments of an invoice, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Payments {
    items: Vec<Payment>,
}

/// A new payment.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPayment {
    /// Above zero.
    #[schema(example = "67.27")]
    amount: String,
    /// Day on which it arrived, up to today.
    #[schema(example = "2026-12-10")]
    received_on: String,
    /// `transfer` (the default), `card`, `cash` or `other`.
    #[serde(default)]
    method: Option<String>,
    /// At most 100 characters.
    #[serde(default)]
    reference: String,
    /// Whether money was paid back.
    #[serde(default)]
    refund: bool,
}

/// A new credit note.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewCreditNote {
    lines: Vec<CreditedLine>,
    /// Whether the usage is invoiced again.
    #[serde(default)]
    rebill: bool,
    /// Text on the document, at most 500 characters.
    #[serde(default)]
    note: String,
}

/// A line that is credited.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreditedLine {
    /// Position of the invoice's line.
    position: u16,
    /// Net amount above zero.
    #[schema(example = "10.00")]
    amount: String,
}

/// The credit notes of an invoice, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CreditNotes {
    items: Vec<CreditNote>,
}

/// A credit note of an invoice. It is a document of its own at `/invoices/{id}`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CreditNote {
    id: Uuid,
    #[schema(example = "CN-2026-0001")]
    number: Option<String>,
    total: String,
    #[schema(example = "EUR")]
    currency: &'static str,
}

impl From<invoice::Payment> for Payment {
    fn from(payment: invoice::Payment) -> Self {
        Self {
            id: payment.id.uuid(),
            amount: payment.amount.decimal(),
            currency: payment.amount.currency.code(),
            received_on: payment.received_on.to_string(),
            method: payment.method.as_str(),
            reference: payment.reference,
            reversed_at: payment.reversed_at,
        }
    }
}

/// Issues a draft: gives it its number, and freezes it.
///
/// `basis` is that of the draft that you have seen. If the draft has changed since, the answer is 409 `moved` with the
/// current draft as `invoice`, and nothing is issued. If something is missing, it is 409 `blocked`.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{slug}/invoices/{id}/issue",
    operation_id = "issueInvoice",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The draft's id")),
    request_body = IssueInvoice,
    responses((status = 200, description = "The issued invoice", body = InvoiceResource), (status = 428, description = "The body has no basis")),
    security(("operator_token" = []))
)]
pub(super) async fn issue(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id)): Path<(String, String)>,
    Body(asked_for): Body<IssueInvoice>,
) -> Result<Response, ApiError> {
    let (mut tx, can) = asked.writing::<ManageInvoices>(&state).await?;
    let id: InvoiceId = identified(&id)?;
    let Some(basis) = asked_for.basis else {
        // A caller learns that the basis is missing only of a draft that it can see.
        invoices::get(&mut tx, id).await?.ok_or(ApiError::NotFound)?;
        let detail = "Get the draft, and send its `basis`, so that you issue what you have seen.".to_owned();
        return Err(ApiError::Other(Code::BasisRequired, detail));
    };
    let basis = Basis::parse(&basis).map_err(|error| invalid("basis", &error.to_string()))?;
    match invoices::issue(&mut tx, &can, id, &basis).await? {
        Issued::Done(_) => respond::<InvoiceResource>(tx, id).await,
        Issued::Absent => Err(ApiError::NotFound),
        Issued::Blocked(blockers) => {
            let detail: Vec<&str> = blockers.iter().map(|blocker| blocker.text()).collect();
            Err(ApiError::Other(Code::Blocked, detail.join(" ")))
        }
        Issued::Moved(document) => Ok(moved(InvoiceResource::from(*document))),
    }
}

/// The problem 409 `moved`, with the draft as it is now, and the lines that were stored.
fn moved(current: InvoiceResource) -> Response {
    let body = json!({
        "type": "about:blank",
        "title": "Conflict",
        "status": 409,
        "detail": Code::Moved.meaning(),
        "code": Code::Moved.as_str(),
        "invoice": current,
    });
    let mut response = (StatusCode::CONFLICT, Json(body)).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response
}

/// Voids an issued invoice without payments and credit notes. It keeps its number.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{slug}/invoices/{id}/void",
    operation_id = "voidInvoice",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The invoice's id")),
    request_body = VoidInvoice,
    responses((status = 200, description = "The void invoice", body = InvoiceResource)),
    security(("operator_token" = []))
)]
pub(super) async fn void(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id)): Path<(String, String)>,
    Body(new): Body<VoidInvoice>,
) -> Result<Response, ApiError> {
    let (mut tx, can) = asked.writing::<ManageInvoices>(&state).await?;
    let id: InvoiceId = identified(&id)?;
    let reason = VoidInput { reason: new.reason }.parse()?;
    written(invoices::void(&mut tx, &can, id, &reason).await?)?;
    respond::<InvoiceResource>(tx, id).await
}

/// Drafts a void invoice again.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{slug}/invoices/{id}/remake",
    operation_id = "remakeInvoice",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The void invoice's id")),
    responses((status = 201, description = "The draft", body = InvoiceResource,
        headers(("Location" = String, description = "Its address")))),
    security(("operator_token" = []))
)]
pub(super) async fn remake(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let (mut tx, can) = asked.writing::<ManageInvoices>(&state).await?;
    let draft = written(invoices::remake(&mut tx, &can, identified(&id)?).await?)?;
    respond_at::<InvoiceResource>(tx, draft, StatusCode::CREATED).await
}

/// Lists the payments of an invoice.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{slug}/invoices/{id}/payments",
    operation_id = "listPayments",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The invoice's id")),
    responses((status = 200, description = "The payments", body = Payments)),
    security(("operator_token" = []))
)]
pub(super) async fn list_payments(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let mut tx = asked.reading(&state).await?;
    let document = invoices::document(&mut tx, identified(&id)?).await?.ok_or(ApiError::NotFound)?;
    let items = document.payments.into_iter().map(Payment::from).collect();
    Ok(served(&tx.commit().await?, Json(Payments { items })))
}

/// Records a payment of an invoice, or a refund.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{slug}/invoices/{id}/payments",
    operation_id = "createPayment",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The invoice's id")),
    request_body = NewPayment,
    responses((status = 201, description = "All payments of the invoice", body = Payments)),
    security(("operator_token" = []))
)]
pub(super) async fn pay(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id)): Path<(String, String)>,
    Body(new): Body<NewPayment>,
) -> Result<Response, ApiError> {
    let (mut tx, can) = asked.writing::<ManageInvoices>(&state).await?;
    let id: InvoiceId = identified(&id)?;
    let row = invoices::get(&mut tx, id).await?.ok_or(ApiError::NotFound)?;
    let input = PaymentInput {
        amount: new.amount,
        received_on: new.received_on,
        method: new.method.unwrap_or_else(|| "transfer".to_owned()),
        reference: new.reference,
        refund: if new.refund { "on".to_owned() } else { String::new() },
    };
    let draft = input.parse(row.total.currency, tx.today())?;
    written(invoices::pay(&mut tx, &can, id, &draft).await?)?;
    let document = invoices::document(&mut tx, id).await?.ok_or(ApiError::NotFound)?;
    let items = document.payments.into_iter().map(Payment::from).collect();
    Ok(served(&tx.commit().await?, (StatusCode::CREATED, Json(Payments { items }))))
}

/// Reverses a payment that was recorded by mistake or charged back.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{slug}/invoices/{id}/payments/{payment_id}/reverse",
    operation_id = "reversePayment",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The invoice's id"),
        ("payment_id" = String, Path, description = "The payment's id")),
    responses((status = 200, description = "The invoice", body = InvoiceResource)),
    security(("operator_token" = []))
)]
pub(super) async fn reverse(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id, payment)): Path<(String, String, String)>,
) -> Result<Response, ApiError> {
    let (mut tx, can) = asked.writing::<ManageInvoices>(&state).await?;
    let id: InvoiceId = identified(&id)?;
    let payment: PaymentId = payment.parse().map_err(|_| ApiError::NotFound)?;
    written(invoices::reverse_payment(&mut tx, &can, id, payment).await?)?;
    respond::<InvoiceResource>(tx, id).await
}

/// Lists the credit notes of an invoice.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{slug}/invoices/{id}/credit-notes",
    operation_id = "listCreditNotes",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The invoice's id")),
    responses((status = 200, description = "The credit notes", body = CreditNotes)),
    security(("operator_token" = []))
)]
pub(super) async fn list_credits(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let mut tx = asked.reading(&state).await?;
    let document = invoices::document(&mut tx, identified(&id)?).await?.ok_or(ApiError::NotFound)?;
    let note = |link: invoice::Link| CreditNote {
        id: link.id.uuid(),
        number: link.number,
        total: link.total.decimal(),
        currency: link.total.currency.code(),
    };
    let items = document.credit_notes.into_iter().map(note).collect();
    Ok(served(&tx.commit().await?, Json(CreditNotes { items })))
}

/// Issues a credit note for lines of an invoice.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{slug}/invoices/{id}/credit-notes",
    operation_id = "createCreditNote",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The invoice's id")),
    request_body = NewCreditNote,
    responses((status = 201, description = "The credit note", body = InvoiceResource,
        headers(("Location" = String, description = "Its address")))),
    security(("operator_token" = []))
)]
pub(super) async fn credit(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id)): Path<(String, String)>,
    Body(new): Body<NewCreditNote>,
) -> Result<Response, ApiError> {
    let (mut tx, can) = asked.writing::<ManageInvoices>(&state).await?;
    let id: InvoiceId = identified(&id)?;
    let row = invoices::get(&mut tx, id).await?.ok_or(ApiError::NotFound)?;
    let mut errors = FieldErrors::default();
    let mut amounts = Vec::with_capacity(new.lines.len());
    for line in &new.lines {
        let field = format!("amount-{}", line.position);
        if let Some(Money { minor, .. }) = errors.take(&field, Money::parse(&line.amount, row.total.currency)) {
            amounts.push((line.position, minor));
        }
    }
    if !errors.0.is_empty() {
        return Err(ApiError::Invalid(errors));
    }
    if amounts.is_empty() {
        return Err(invalid("lines", "Name at least one line."));
    }
    let note = DraftInput { note: new.note }.parse()?;
    let draft = CreditDraft { amounts, rebill: new.rebill, note };
    let credit = written(invoices::credit(&mut tx, &can, id, &draft).await?)?;
    respond_at::<InvoiceResource>(tx, credit, StatusCode::CREATED).await
}
