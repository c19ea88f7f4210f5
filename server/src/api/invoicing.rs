//! `/api/v1/workspaces/{slug}/runs`, `/tax-rates` and `/invoicing`: what is due, and how the workspace invoices.

use super::{
    door::{Addressed, served},
    error::ApiError,
    etag::{IfMatch, Tagged},
    invoices::{InvoiceParty, invalid},
    json::{Body, Patch},
    refusals::{identified, written},
    upcoming::Days,
};
use crate::state::AppState;
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use model::{
    calendar,
    capability::ManageInvoices,
    id::{SubscriptionId, TaxRateId},
    invoice::{
        self, DocumentKind, DueRow, InvoicingInput, InvoicingSettings, Run, RunResult, SeriesInput, TaxRateInput,
    },
};
use serde::{Deserialize, Serialize};
use store::{
    door::{Mode, WorkspaceTx},
    invoices, invoicing,
};
use utoipa::ToSchema;
use uuid::Uuid;

/// What is due to be invoiced.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DueInvoices {
    /// By day and customer, at most 200.
    items: Vec<DueInvoice>,
    /// Whether there are more.
    more: bool,
    /// Customers with usage that no rate plan of theirs prices, at most 20.
    unpriced_customers: Vec<Uuid>,
}

/// A day of a subscription that has no issued invoice.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DueInvoice {
    subscription_id: Uuid,
    customer_id: Uuid,
    /// Day of the invoice: the first day after the period.
    #[schema(example = "2026-12-01")]
    cut_on: String,
    /// The period that ended.
    period: Option<Days>,
    #[schema(example = "EUR")]
    currency: Option<&'static str>,
    /// Total before tax as of now; null if it can't be computed.
    #[schema(example = "56.53")]
    net: Option<String>,
    /// First day on which it is drafted without a person.
    grace_until: String,
    /// The draft, if there is one.
    draft_id: Option<Uuid>,
}

/// What to draft. Without filters, all that is due.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRun {
    /// Only invoices of this day.
    #[serde(default)]
    #[schema(example = "2026-12-01")]
    cut_on: Option<String>,
    /// Only these customers.
    #[serde(default)]
    customers: Option<Vec<Uuid>>,
    /// Only these subscriptions.
    #[serde(default)]
    subscriptions: Option<Vec<Uuid>>,
    /// Whether nothing is drafted: the answer lists what would be.
    #[serde(default)]
    dry_run: bool,
}

/// What a run did.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RunOutcome {
    /// What would be drafted, of a dry run.
    would_draft: Vec<DueInvoice>,
    /// Drafts that were created.
    drafted: Vec<Uuid>,
    skipped: Vec<SkippedCut>,
}

/// A day without a new draft.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SkippedCut {
    subscription_id: Uuid,
    cut_on: String,
    /// `exists`, `empty`, `unpriced`, `not_due` or `earlier`.
    #[schema(value_type = String, example = "exists")]
    reason: invoice::Skipped,
}

/// A tax rate.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TaxRate {
    id: Uuid,
    #[schema(example = "VAT 19 %")]
    name: String,
    #[schema(example = "19")]
    percent: String,
    /// VAT category of EN 16931: `S`, `Z`, `E`, `AE` or `O`.
    #[schema(example = "S")]
    category: &'static str,
    /// Printed on documents, possibly empty.
    note: String,
    archived: bool,
}

/// The tax rates of a workspace, active first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TaxRates {
    items: Vec<TaxRate>,
}

/// A new tax rate.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewTaxRate {
    /// 1 to 60 characters, unique in the workspace.
    #[schema(example = "VAT 19 %")]
    name: String,
    /// 0 to 100, with at most 4 decimal places; 0 unless the category is `S`.
    #[schema(example = "19")]
    percent: String,
    /// VAT category of EN 16931: `S`, `Z`, `E`, `AE` or `O`.
    #[schema(example = "S")]
    category: String,
    /// At most 200 characters; required for `E` and `AE`.
    #[serde(default)]
    note: String,
}

/// Changes of a tax rate. The rate itself never changes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TaxRateChanges {
    /// 1 to 60 characters, unique in the workspace.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false)]
    name: Patch<String>,
    /// At most 200 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false)]
    note: Patch<String>,
}

/// How a workspace invoices its customers.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Invoicing {
    seller: InvoiceParty,
    payment_details: String,
    footer: String,
    /// Days until an invoice is due.
    payment_days: u16,
    /// Tax rate of customers without one of their own.
    tax_rate: Option<Uuid>,
    /// Days after a period until its invoice is drafted without a person.
    grace_days: u8,
    auto_draft: bool,
    auto_issue: bool,
    /// Whether invoices of 0.00 are drafted.
    zero_invoices: bool,
    series: Vec<NumberSeries>,
}

/// Numbers of a kind of document.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NumberSeries {
    /// `invoice` or `credit_note`.
    #[schema(example = "invoice")]
    kind: &'static str,
    #[schema(example = "INV-")]
    prefix: String,
    /// Minimum number of digits.
    digits: u8,
    /// Whether numbers contain the year, and begin again with 1 in the next.
    yearly: bool,
    next: i64,
}

/// Changes of how a workspace invoices. Absent members stay as they are.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct InvoicingChanges {
    #[serde(default)]
    seller: Option<InvoiceParty>,
    #[serde(default)]
    payment_details: Option<String>,
    #[serde(default)]
    footer: Option<String>,
    /// 0 to 180.
    #[serde(default)]
    payment_days: Option<u16>,
    /// ID of a tax rate; `null` for none.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false)]
    tax_rate: Patch<String>,
    /// 0 to 35.
    #[serde(default)]
    grace_days: Option<u16>,
    #[serde(default)]
    auto_draft: Option<bool>,
    #[serde(default)]
    auto_issue: Option<bool>,
    #[serde(default)]
    zero_invoices: Option<bool>,
    /// Changes of one series.
    #[serde(default)]
    series: Option<SeriesChange>,
}

/// Change of how a kind of document is numbered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SeriesChange {
    /// `invoice` or `credit_note`.
    #[schema(example = "invoice")]
    kind: String,
    /// At most 12 letters, digits, hyphens and slashes.
    prefix: String,
    /// 1 to 8.
    digits: u16,
    yearly: bool,
    /// Next number; only before the first document.
    #[serde(default)]
    next: Option<i64>,
}

impl From<DueRow> for DueInvoice {
    fn from(row: DueRow) -> Self {
        Self {
            subscription_id: row.subscription_id.uuid(),
            customer_id: row.customer_id.uuid(),
            cut_on: row.cut_on.to_string(),
            period: row.period.map(Days::from),
            currency: row.net.map(|net| net.currency.code()),
            net: row.net.map(|net| net.decimal()),
            grace_until: row.grace_until.to_string(),
            draft_id: row.draft.map(|id| id.uuid()),
        }
    }
}

impl From<invoice::TaxRate> for TaxRate {
    fn from(rate: invoice::TaxRate) -> Self {
        Self {
            id: rate.id.uuid(),
            name: rate.name,
            percent: rate.percent.to_string(),
            category: rate.category.as_str(),
            note: rate.note,
            archived: rate.archived,
        }
    }
}

impl From<InvoicingSettings> for Invoicing {
    fn from(settings: InvoicingSettings) -> Self {
        let series = |series: invoice::Series| NumberSeries {
            kind: series.kind.as_str(),
            prefix: series.prefix,
            digits: series.width,
            yearly: series.yearly,
            next: series.next,
        };
        Self {
            seller: settings.seller.into(),
            payment_details: settings.payment_details,
            footer: settings.footer,
            payment_days: settings.payment_days,
            tax_rate: settings.tax_rate.map(|id| id.uuid()),
            grace_days: settings.grace_days,
            auto_draft: settings.auto_draft,
            auto_issue: settings.auto_issue,
            zero_invoices: settings.zero_invoices,
            series: settings.series.into_iter().map(series).collect(),
        }
    }
}

/// Lists what is due to be invoiced, with totals as of now.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{slug}/runs",
    operation_id = "listDueInvoices",
    params(("slug" = String, Path, description = "The workspace's address")),
    responses((status = 200, description = "What is due", body = DueInvoices)),
    security(("operator_token" = []))
)]
pub(super) async fn due(State(state): State<AppState>, asked: Addressed) -> Result<Response, ApiError> {
    let mut tx = asked.reading(&state).await?;
    let page = invoices::due(&mut tx).await?;
    let due = DueInvoices {
        items: page.rows.into_iter().map(DueInvoice::from).collect(),
        more: page.more,
        unpriced_customers: page.unpriced.into_iter().map(|(id, _)| id.uuid()).collect(),
    };
    Ok(served(&tx.commit().await?, Json(due)))
}

/// Drafts what is due. Running again changes nothing.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{slug}/runs",
    operation_id = "createRun",
    params(("slug" = String, Path, description = "The workspace's address")),
    request_body = NewRun,
    responses((status = 200, description = "What was drafted", body = RunOutcome)),
    security(("operator_token" = []))
)]
pub(super) async fn run(
    State(state): State<AppState>,
    asked: Addressed,
    Body(new): Body<NewRun>,
) -> Result<Response, ApiError> {
    let (mut tx, can) = asked.writing::<ManageInvoices>(&state).await?;
    let day = match &new.cut_on {
        None => None,
        Some(text) => Some(calendar::parse_day(text).ok_or_else(|| invalid("cut_on", "Send a day: YYYY-MM-DD."))?),
    };
    let mut rows = invoices::due(&mut tx).await?.rows;
    rows.retain(|row| {
        day.is_none_or(|day| day == row.cut_on)
            && new.customers.as_ref().is_none_or(|ids| ids.contains(&row.customer_id.uuid()))
            && new.subscriptions.as_ref().is_none_or(|ids| ids.contains(&row.subscription_id.uuid()))
    });
    if new.dry_run {
        let would_draft = rows.into_iter().filter(|row| row.draft.is_none()).map(DueInvoice::from).collect();
        let outcome = RunOutcome { would_draft, drafted: Vec::new(), skipped: Vec::new() };
        return Ok(served(&tx.commit().await?, Json(outcome)));
    }
    let is_filtered = day.is_some() || new.customers.is_some() || new.subscriptions.is_some();
    let cuts: Vec<(SubscriptionId, time::Date)> =
        if is_filtered { rows.iter().map(|row| (row.subscription_id, row.cut_on)).collect() } else { Vec::new() };
    let result = if is_filtered && cuts.is_empty() {
        RunResult::default()
    } else {
        invoices::run(&mut tx, &can, &Run { cuts }).await?
    };
    let skipped = |(id, on, reason): (SubscriptionId, time::Date, invoice::Skipped)| SkippedCut {
        subscription_id: id.uuid(),
        cut_on: on.to_string(),
        reason,
    };
    let outcome = RunOutcome {
        would_draft: Vec::new(),
        drafted: result.drafted.into_iter().map(|id| id.uuid()).collect(),
        skipped: result.skipped.into_iter().map(skipped).collect(),
    };
    Ok(served(&tx.commit().await?, Json(outcome)))
}

async fn rate<M: Mode>(tx: &mut WorkspaceTx<M>, id: TaxRateId) -> Result<TaxRate, ApiError> {
    let all = invoicing::tax_rates(tx).await?;
    all.into_iter().find(|rate| rate.id == id).map(TaxRate::from).ok_or(ApiError::NotFound)
}

/// Lists the tax rates of a workspace.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{slug}/tax-rates",
    operation_id = "listTaxRates",
    params(("slug" = String, Path, description = "The workspace's address")),
    responses((status = 200, description = "The tax rates", body = TaxRates)),
    security(("operator_token" = []))
)]
pub(super) async fn tax_rates(State(state): State<AppState>, asked: Addressed) -> Result<Response, ApiError> {
    let mut tx = asked.reading(&state).await?;
    let items = invoicing::tax_rates(&mut tx).await?.into_iter().map(TaxRate::from).collect();
    Ok(served(&tx.commit().await?, Json(TaxRates { items })))
}

/// Creates a tax rate.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{slug}/tax-rates",
    operation_id = "createTaxRate",
    params(("slug" = String, Path, description = "The workspace's address")),
    request_body = NewTaxRate,
    responses((status = 201, description = "The tax rate", body = TaxRate)),
    security(("operator_token" = []))
)]
pub(super) async fn create_tax_rate(
    State(state): State<AppState>,
    asked: Addressed,
    Body(new): Body<NewTaxRate>,
) -> Result<Response, ApiError> {
    let (mut tx, can) = asked.writing::<ManageInvoices>(&state).await?;
    let input = TaxRateInput { name: new.name, percent: new.percent, category: new.category, note: new.note };
    let id = written(invoicing::create_tax_rate(&mut tx, &can, &input.parse()?).await?)?;
    let rate = rate(&mut tx, id).await?;
    Ok(served(&tx.commit().await?, (StatusCode::CREATED, Tagged(rate))))
}

/// Changes the name and note of a tax rate.
#[utoipa::path(
    patch,
    path = "/api/v1/workspaces/{slug}/tax-rates/{id}",
    operation_id = "changeTaxRate",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The tax rate's id")),
    request_body = TaxRateChanges,
    responses((status = 200, description = "The changed tax rate", body = TaxRate)),
    security(("operator_token" = []))
)]
pub(super) async fn change_tax_rate(
    State(state): State<AppState>,
    asked: Addressed,
    if_match: IfMatch,
    Path((_, id)): Path<(String, String)>,
    Body(changes): Body<TaxRateChanges>,
) -> Result<Response, ApiError> {
    let (mut tx, can) = asked.writing::<ManageInvoices>(&state).await?;
    let id: TaxRateId = identified(&id)?;
    let before = rate(&mut tx, id).await?;
    if_match.check(&before)?;
    let category = before.category.to_owned();
    let mut input = TaxRateInput { name: before.name, percent: before.percent, category, note: before.note };
    changes.name.apply(&mut input.name);
    changes.note.apply(&mut input.note);
    written(invoicing::edit_tax_rate(&mut tx, &can, id, &input.parse()?).await?)?;
    let after = rate(&mut tx, id).await?;
    Ok(served(&tx.commit().await?, Tagged(after)))
}

/// Archives a tax rate. Customers who have it keep it.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{slug}/tax-rates/{id}/archive",
    operation_id = "archiveTaxRate",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The tax rate's id")),
    responses((status = 200, description = "The archived tax rate", body = TaxRate)),
    security(("operator_token" = []))
)]
pub(super) async fn archive_tax_rate(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let (mut tx, can) = asked.writing::<ManageInvoices>(&state).await?;
    let id: TaxRateId = identified(&id)?;
    written(invoicing::archive_tax_rate(&mut tx, &can, id).await?)?;
    let after = rate(&mut tx, id).await?;
    Ok(served(&tx.commit().await?, Tagged(after)))
}

/// Returns how the workspace invoices its customers.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{slug}/invoicing",
    operation_id = "getInvoicing",
    params(("slug" = String, Path, description = "The workspace's address")),
    responses((status = 200, description = "The settings", body = Invoicing)),
    security(("operator_token" = []))
)]
pub(super) async fn settings(State(state): State<AppState>, asked: Addressed) -> Result<Response, ApiError> {
    let mut tx = asked.reading(&state).await?;
    let settings = Invoicing::from(invoicing::settings(&mut tx).await?);
    Ok(served(&tx.commit().await?, Tagged(settings)))
}

/// Changes how the workspace invoices its customers.
#[utoipa::path(
    patch,
    path = "/api/v1/workspaces/{slug}/invoicing",
    operation_id = "changeInvoicing",
    params(("slug" = String, Path, description = "The workspace's address")),
    request_body = InvoicingChanges,
    responses((status = 200, description = "The changed settings", body = Invoicing)),
    security(("operator_token" = []))
)]
pub(super) async fn change_settings(
    State(state): State<AppState>,
    asked: Addressed,
    if_match: IfMatch,
    Body(changes): Body<InvoicingChanges>,
) -> Result<Response, ApiError> {
    let (mut tx, can) = asked.writing::<ManageInvoices>(&state).await?;
    let before = invoicing::settings(&mut tx).await?;
    let mut input = InvoicingInput::from(&before);
    if_match.check(&Invoicing::from(before))?;
    let check = |is_set: bool| if is_set { "on".to_owned() } else { String::new() };
    if let Some(seller) = changes.seller {
        input.seller_name = seller.name;
        input.seller_address = seller.address;
        input.seller_country = seller.country;
        input.seller_tax_id = seller.tax_id;
        input.seller_email = seller.email;
    }
    input.payment_details = changes.payment_details.unwrap_or(input.payment_details);
    input.footer = changes.footer.unwrap_or(input.footer);
    input.payment_days = changes.payment_days.map_or(input.payment_days, |days| days.to_string());
    input.grace_days = changes.grace_days.map_or(input.grace_days, |days| days.to_string());
    input.auto_draft = changes.auto_draft.map_or(input.auto_draft, check);
    input.auto_issue = changes.auto_issue.map_or(input.auto_issue, check);
    input.zero_invoices = changes.zero_invoices.map_or(input.zero_invoices, check);
    changes.tax_rate.apply(&mut input.tax_rate);
    written(invoicing::save_settings(&mut tx, &can, &input.parse()?).await?)?;
    if let Some(series) = changes.series {
        if DocumentKind::from_word(&series.kind).is_none() {
            return Err(invalid("series", "The kind is `invoice` or `credit_note`."));
        }
        let input = SeriesInput {
            kind: series.kind,
            prefix: series.prefix,
            width: series.digits.to_string(),
            yearly: check(series.yearly),
            next: series.next.map(|next| next.to_string()).unwrap_or_default(),
        };
        written(invoicing::save_series(&mut tx, &can, &input.parse()?).await?)?;
    }
    let after = Invoicing::from(invoicing::settings(&mut tx).await?);
    Ok(served(&tx.commit().await?, Tagged(after)))
}
