//! `/api/v1/workspaces/{slug}/invoices`: invoices and credit notes, and changes of drafts.

use super::{
    door::{Addressed, served},
    error::ApiError,
    etag::{IfMatch, Tagged},
    json::{Body, Patch},
    paging::{PageQuery, Paged, Paging},
    refusals::{identified, written},
    resource::{resource, respond, respond_at, show},
    upcoming::Days,
};
use crate::state::AppState;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use model::{
    FieldErrors, Money,
    capability::ManageInvoices,
    id::InvoiceId,
    invoice::{self, Document, DocumentLine, DraftInput, InvoiceRow, LineInput, NewInvoiceInput, TaxGroup},
    list::Noun,
};
use serde::{Deserialize, Serialize};
use store::invoices;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// An invoice or a credit note in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Invoice {
    id: Uuid,
    /// `invoice` or `credit_note`.
    #[schema(example = "invoice")]
    kind: &'static str,
    /// Null for drafts.
    #[schema(example = "INV-2026-0042")]
    number: Option<String>,
    customer_id: Uuid,
    customer: String,
    /// `draft`, `open`, `paid` or `void`.
    #[schema(example = "open")]
    status: &'static str,
    /// Whether it is open and past its due date.
    overdue: bool,
    #[schema(example = "EUR")]
    currency: &'static str,
    /// Total with tax.
    #[schema(example = "67.27")]
    total: String,
    /// What is left to pay; negative if the customer gets money back.
    #[schema(example = "67.27")]
    balance: String,
    #[schema(example = "2026-12-01")]
    issued_on: Option<String>,
    #[schema(example = "2026-12-15")]
    due_on: Option<String>,
}

/// An invoice or a credit note with all of its data. The lines of a draft are computed from usage and prices of this
/// moment.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InvoiceResource {
    #[serde(flatten)]
    invoice: Invoice,
    subscription_id: Option<Uuid>,
    /// Day of the invoice: the first day after the period.
    cut_on: Option<String>,
    lines: Vec<InvoiceLine>,
    taxes: Vec<InvoiceTax>,
    /// Sum of the lines.
    #[schema(example = "56.53")]
    net: String,
    /// Sum of the taxes.
    #[schema(example = "10.74")]
    tax: String,
    /// Sum of the payments, less refunds.
    paid: String,
    /// Sum of the credit notes.
    credited: String,
    seller: InvoiceParty,
    buyer: InvoiceParty,
    note: String,
    payment_details: String,
    footer: String,
    /// Of a credit note: the invoice.
    credits_id: Option<Uuid>,
    /// The void invoice that this one replaces.
    replaces_id: Option<Uuid>,
    /// The invoice that replaces this one.
    replaced_by_id: Option<Uuid>,
    void_reason: Option<String>,
    /// Of a draft: send it to issue what this answer shows.
    basis: Option<String>,
    /// Of a draft: why it can't be issued: `no_seller`, `no_tax_rate`, `negative`, `no_lines`, `not_due`, `unpriced`.
    #[schema(value_type = Vec<String>)]
    blockers: Vec<invoice::Blocker>,
    /// Of a draft whose lines changed since it was stored: the stored lines.
    lines_before: Option<Vec<InvoiceLine>>,
    /// Of a draft: the number that it would get.
    next_number: Option<String>,
}

/// A line of a document.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InvoiceLine {
    /// Names the line in the document.
    position: u16,
    name: String,
    /// Plan and version, possibly empty.
    detail: String,
    /// Days of the service.
    days: Option<Days>,
    #[schema(example = "18059974")]
    quantity: Option<String>,
    /// Name of one unit, possibly empty.
    unit: String,
    #[schema(example = "35.07")]
    net: String,
    /// What the charge costs in its period; null for lines that a person entered.
    due: Option<String>,
    /// What earlier documents charged for it.
    billed: Option<String>,
    /// VAT category of EN 16931.
    #[schema(example = "S")]
    tax_category: &'static str,
    #[schema(example = "19")]
    tax_percent: String,
    /// Of a credit note: position of the credited line.
    credits_position: Option<u16>,
    /// Of a credit note: whether the usage is invoiced again.
    rebill: bool,
    /// The steps of the computation.
    #[schema(value_type = Option<Object>)]
    working: Option<model::subscription::bill::Working>,
}

/// Tax of all lines with one category and rate.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InvoiceTax {
    #[schema(example = "S")]
    category: &'static str,
    #[schema(example = "19")]
    percent: String,
    net: String,
    tax: String,
    note: String,
}

/// One side of a document.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct InvoiceParty {
    pub(super) name: String,
    /// Postal address of several lines.
    pub(super) address: String,
    /// ISO 3166-1 alpha-2 code, or empty.
    pub(super) country: String,
    pub(super) tax_id: String,
    pub(super) email: String,
}

/// A new invoice without a subscription: a draft without lines.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewInvoice {
    #[schema(value_type = Uuid)]
    customer_id: String,
    #[schema(example = "EUR")]
    currency: String,
}

/// Changes of a draft.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct InvoiceChanges {
    /// Text on the document, at most 500 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false)]
    note: Patch<String>,
}

/// A line to add to a draft.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewLine {
    /// 1 to 200 characters.
    #[schema(example = "Set-up")]
    name: String,
    /// Net amount; negative for a discount.
    #[schema(example = "100.00")]
    amount: String,
    /// ID of a tax rate; that of the customer by default.
    #[serde(default)]
    tax_rate: Option<String>,
}

/// The filter by status, for the OpenAPI description.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "its fields are the description")]
pub(crate) struct InvoiceQuery {
    /// Filters by status: `draft`, `open`, `paid`, `void` or `overdue`.
    status: Option<String>,
}

impl From<InvoiceRow> for Invoice {
    fn from(row: InvoiceRow) -> Self {
        Self {
            id: row.id.uuid(),
            kind: row.kind.as_str(),
            number: row.number,
            customer_id: row.customer_id.uuid(),
            customer: row.customer,
            status: row.status.as_str(),
            overdue: row.overdue,
            currency: row.total.currency.code(),
            total: row.total.decimal(),
            balance: row.balance.decimal(),
            issued_on: row.issued_on.map(|day| day.to_string()),
            due_on: row.due_on.map(|day| day.to_string()),
        }
    }
}

impl From<invoice::Party> for InvoiceParty {
    fn from(party: invoice::Party) -> Self {
        let invoice::Party { name, address, country, tax_id, email } = party;
        Self { name, address, country, tax_id, email }
    }
}

/// Returns a line with its amounts in a currency.
fn line(line: DocumentLine, currency: model::Currency) -> InvoiceLine {
    let money = |minor: i64| Money { minor, currency }.decimal();
    InvoiceLine {
        position: line.position,
        name: line.name,
        detail: line.detail,
        days: line.service.map(Days::from),
        quantity: line.quantity.map(|quantity| quantity.to_string()),
        unit: line.unit,
        net: money(line.net_minor),
        due: line.due_minor.map(money),
        billed: line.billed_minor.map(money),
        tax_category: line.category.as_str(),
        tax_percent: line.percent.to_string(),
        credits_position: line.credits,
        rebill: line.rebill,
        working: line.working,
    }
}

/// Returns a tax with its amounts in a currency.
pub(super) fn tax(tax: TaxGroup, currency: model::Currency) -> InvoiceTax {
    let money = |minor: i64| Money { minor, currency }.decimal();
    InvoiceTax {
        category: tax.group.category.as_str(),
        percent: tax.group.percent.to_string(),
        net: money(tax.group.net_minor),
        tax: money(tax.group.tax_minor),
        note: tax.note,
    }
}

impl From<Document> for InvoiceResource {
    fn from(document: Document) -> Self {
        let (totals, currency) = (document.totals, document.totals.currency);
        let money = |minor: i64| totals.money(minor).decimal();
        let lines = |lines: Vec<DocumentLine>| lines.into_iter().map(|of| line(of, currency)).collect();
        let link = |link: Option<invoice::Link>| link.map(|link| link.id.uuid());
        Self {
            invoice: document.row.into(),
            subscription_id: document.subscription.map(|id| id.uuid()),
            cut_on: document.cut_on.map(|day| day.to_string()),
            lines: lines(document.lines),
            taxes: document.taxes.into_iter().map(|of| tax(of, currency)).collect(),
            net: money(totals.net_minor),
            tax: money(totals.tax_minor),
            paid: money(totals.paid_minor),
            credited: money(totals.credited_minor),
            seller: document.seller.into(),
            buyer: document.buyer.into(),
            note: document.note,
            payment_details: document.payment_details,
            footer: document.footer,
            credits_id: link(document.credits),
            replaces_id: link(document.replaces),
            replaced_by_id: link(document.replaced_by),
            void_reason: document.void_reason,
            basis: document.basis.map(|basis| basis.to_string()),
            blockers: document.blockers,
            lines_before: document.moved.map(|moved| lines(moved.lines)),
            next_number: document.next_number,
        }
    }
}

resource!(InvoiceResource, "invoices", invoices::document, InvoiceId => Document);

/// Lists one page of a workspace's invoices and credit notes.
///
/// Search is in number and customer. Sort keys are `issued` (the default), `number` and `total`. A guest sees those of
/// shared customers.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{slug}/invoices",
    operation_id = "listInvoices",
    params(("slug" = String, Path, description = "The workspace's address"), InvoiceQuery, PageQuery),
    responses((status = 200, description = "The page", body = Paged<Invoice>)),
    security(("operator_token" = []))
)]
pub(super) async fn list(
    State(state): State<AppState>,
    asked: Addressed,
    paging: Paging,
) -> Result<Response, ApiError> {
    let mut tx = asked.reading(&state).await?;
    let (query, count) = paging.list(Noun::Invoices)?;
    let page = invoices::list(&mut tx, &query).await?;
    Paged::<Invoice>::respond(tx, page, count).await
}

/// Returns an invoice or a credit note.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{slug}/invoices/{id}",
    operation_id = "getInvoice",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The document's id")),
    responses((status = 200, description = "The document", body = InvoiceResource)),
    security(("operator_token" = []))
)]
pub(super) async fn get(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    show::<InvoiceResource>(&state, &asked, &id).await
}

/// Creates a draft without a subscription.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{slug}/invoices",
    operation_id = "createInvoice",
    params(("slug" = String, Path, description = "The workspace's address")),
    request_body = NewInvoice,
    responses((status = 201, description = "The draft", body = InvoiceResource,
        headers(("Location" = String, description = "Its address")))),
    security(("operator_token" = []))
)]
pub(super) async fn create(
    State(state): State<AppState>,
    asked: Addressed,
    Body(new): Body<NewInvoice>,
) -> Result<Response, ApiError> {
    let (mut tx, can) = asked.writing::<ManageInvoices>(&state).await?;
    let new = NewInvoiceInput { customer: new.customer_id, currency: new.currency }.parse()?;
    let id = written(invoices::create(&mut tx, &can, &new).await?)?;
    respond_at::<InvoiceResource>(tx, id, StatusCode::CREATED).await
}

/// Changes the note of a draft.
#[utoipa::path(
    patch,
    path = "/api/v1/workspaces/{slug}/invoices/{id}",
    operation_id = "changeInvoice",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The draft's id")),
    request_body = InvoiceChanges,
    responses((status = 200, description = "The changed draft", body = InvoiceResource)),
    security(("operator_token" = []))
)]
pub(super) async fn change(
    State(state): State<AppState>,
    asked: Addressed,
    if_match: IfMatch,
    Path((_, id)): Path<(String, String)>,
    Body(changes): Body<InvoiceChanges>,
) -> Result<Response, ApiError> {
    let (mut tx, can) = asked.writing::<ManageInvoices>(&state).await?;
    let id: InvoiceId = identified(&id)?;
    let before = invoices::document(&mut tx, id).await?.ok_or(ApiError::NotFound)?;
    let mut note = before.note.clone();
    if_match.check(&InvoiceResource::from(before))?;
    changes.note.apply(&mut note);
    let note = DraftInput { note }.parse()?;
    written(invoices::edit(&mut tx, &can, id, &note).await?)?;
    respond::<InvoiceResource>(tx, id).await
}

/// Deletes a draft.
#[utoipa::path(
    delete,
    path = "/api/v1/workspaces/{slug}/invoices/{id}",
    operation_id = "deleteInvoice",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The draft's id")),
    responses((status = 204, description = "It is deleted")),
    security(("operator_token" = []))
)]
pub(super) async fn remove(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let (mut tx, can) = asked.writing::<ManageInvoices>(&state).await?;
    written(invoices::delete(&mut tx, &can, identified(&id)?).await?)?;
    Ok(served(&tx.commit().await?, StatusCode::NO_CONTENT))
}

/// Adds a line to a draft.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{slug}/invoices/{id}/lines",
    operation_id = "addInvoiceLine",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The draft's id")),
    request_body = NewLine,
    responses((status = 201, description = "The changed draft", body = InvoiceResource)),
    security(("operator_token" = []))
)]
pub(super) async fn add_line(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id)): Path<(String, String)>,
    Body(new): Body<NewLine>,
) -> Result<Response, ApiError> {
    let (mut tx, can) = asked.writing::<ManageInvoices>(&state).await?;
    let id: InvoiceId = identified(&id)?;
    let row = invoices::get(&mut tx, id).await?.ok_or(ApiError::NotFound)?;
    let input = LineInput { name: new.name, amount: new.amount, tax_rate: new.tax_rate.unwrap_or_default() };
    written(invoices::add_line(&mut tx, &can, id, &input.parse(row.total.currency)?).await?)?;
    let document = invoices::document(&mut tx, id).await?.ok_or(ApiError::NotFound)?;
    Ok(served(&tx.commit().await?, (StatusCode::CREATED, Tagged(InvoiceResource::from(document)))))
}

/// Removes a line that a person added to a draft.
#[utoipa::path(
    delete,
    path = "/api/v1/workspaces/{slug}/invoices/{id}/lines/{position}",
    operation_id = "removeInvoiceLine",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The draft's id"),
        ("position" = u16, Path, description = "Position of the line")),
    responses((status = 204, description = "It is removed")),
    security(("operator_token" = []))
)]
pub(super) async fn remove_line(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id, position)): Path<(String, String, String)>,
) -> Result<Response, ApiError> {
    let (mut tx, can) = asked.writing::<ManageInvoices>(&state).await?;
    let position: u16 = position.parse().map_err(|_| ApiError::NotFound)?;
    written(invoices::remove_line(&mut tx, &can, identified(&id)?, position).await?)?;
    Ok(served(&tx.commit().await?, StatusCode::NO_CONTENT))
}

/// Returns the error for a member of the body.
pub(super) fn invalid(member: &str, message: &str) -> ApiError {
    ApiError::Invalid(FieldErrors::one(member, message))
}
