//! `/api/v1/workspaces/{slug}/customers/{id}/upcoming`: the next invoices, with the steps of each amount.

use super::{
    door::{Addressed, served},
    error::ApiError,
    refusals::identified,
};
use crate::state::AppState;
use axum::{
    Json,
    extract::{Path, State},
    response::Response,
};
use model::{
    Money,
    pricing::period::Period,
    subscription::{self, bill, words},
};
use serde::Serialize;
use store::{customers, subscriptions};
use utoipa::ToSchema;
use uuid::Uuid;

/// The next invoice of each subscription of a customer, with the steps of each amount.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Upcoming {
    items: Vec<UpcomingOfSubscription>,
}

/// The next invoice of a subscription.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UpcomingOfSubscription {
    subscription_id: Uuid,
    /// Null if there is none, or if an amount can't be computed.
    invoice: Option<UpcomingInvoice>,
    /// Why an amount can't be computed.
    problem: Option<String>,
}

/// A range of days.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Days {
    /// First day.
    #[schema(example = "2026-11-01")]
    from: String,
    /// Day after the last.
    #[schema(example = "2026-12-01")]
    until: String,
}

impl From<Period> for Days {
    fn from(period: Period) -> Self {
        Self { from: period.from.to_string(), until: period.until.to_string() }
    }
}

/// An upcoming invoice, before tax, with the usage so far.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UpcomingInvoice {
    /// Day on which it is due to be made.
    on: String,
    /// Period that it closes; null for the first invoice of fees that are charged in advance.
    period: Option<Days>,
    #[schema(example = "USD")]
    currency: &'static str,
    /// Sum of the lines.
    #[schema(example = "56.53")]
    total: String,
    lines: Vec<UpcomingLine>,
}

/// A line of an upcoming invoice.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UpcomingLine {
    name: String,
    rate_plan: String,
    version: i32,
    /// Days that are charged.
    days: Days,
    /// The whole period, of which these days are a part.
    period: Days,
    seats: u32,
    /// Name of one unit; empty for fees.
    unit: String,
    #[schema(example = "35.07")]
    amount: String,
    /// How the amount came about.
    steps: Vec<UpcomingStep>,
}

/// A step of an amount.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UpcomingStep {
    #[schema(example = "10,000,000 tokens × $0.0000025, up to 10,000,000")]
    text: String,
    /// The amount of the step for display, possibly empty.
    amount: String,
}

impl From<bill::Bill> for UpcomingInvoice {
    fn from(bill: bill::Bill) -> Self {
        let currency = bill.total.currency;
        let line = |line: subscription::BillLine| UpcomingLine {
            steps: words::steps(&line, currency)
                .into_iter()
                .map(|step| UpcomingStep { text: step.text, amount: step.amount })
                .collect(),
            amount: Money { minor: line.minor, currency }.decimal(),
            name: line.name,
            rate_plan: line.plan,
            version: line.version,
            days: line.days.into(),
            period: line.period.into(),
            seats: line.seats,
            unit: line.unit,
        };
        Self {
            on: bill.on.to_string(),
            period: bill.period.map(Days::from),
            currency: currency.code(),
            total: bill.total.decimal(),
            lines: bill.lines.into_iter().map(line).collect(),
        }
    }
}

/// Returns the next invoice of each subscription of a customer that has not ended, with the usage so far and the steps
/// of each amount. At most 20 subscriptions. Empty for guests, who can't read prices.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{slug}/customers/{id}/upcoming",
    operation_id = "getUpcomingInvoices",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The customer's id")),
    responses((status = 200, description = "The next invoices", body = Upcoming)),
    security(("operator_token" = []))
)]
pub(super) async fn upcoming(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let mut tx = asked.reading(&state).await?;
    let customer = identified(&id)?;
    if !customers::exists(&mut tx, customer).await? {
        return Err(ApiError::NotFound);
    }
    let rows = subscriptions::of_customer(&mut tx, customer).await?;
    let open = rows.into_iter().filter(|row| row.plan.is_some() && row.state != subscription::State::Ended).take(20);
    let mut items = Vec::new();
    for row in open {
        let Some(detail) = subscriptions::get(&mut tx, row.id).await? else { continue };
        items.push(UpcomingOfSubscription {
            subscription_id: row.id.uuid(),
            invoice: detail.bills.into_iter().next().map(UpcomingInvoice::from),
            problem: detail.unpriced,
        });
    }
    Ok(served(&tx.commit().await?, Json(Upcoming { items })))
}
