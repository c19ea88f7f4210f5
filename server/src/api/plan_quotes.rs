//! `…/versions/{number}/price` and `…/versions/{number}/impact`: what a version costs.

use super::{
    door::{Addressed, served},
    error::ApiError,
    json::Body,
    plan_versions::find,
    refusals::identified,
};
use crate::{error_code::Code, state::AppState};
use axum::{
    Json,
    extract::{Path, State},
    response::Response,
};
use model::{
    Currency, FieldErrors, Money,
    pricing::{
        Quantity,
        phase::{Item, Line, Reason},
        price::Step,
    },
    rate_plan::{
        Version,
        preview::{Impact, impact as compare, whole_period},
    },
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use store::rate_plans;
use utoipa::ToSchema;
use uuid::Uuid;

/// What to price.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PriceRequest {
    /// Number of seats, from 1.
    #[serde(default = "one")]
    #[schema(minimum = 1, default = 1)]
    seats: u32,
    /// Usage of each metered charge; charges that are not named have none.
    #[serde(default)]
    usage: Vec<ChargeUse>,
}

const fn one() -> u32 {
    1
}

/// Usage of a metered charge.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChargeUse {
    /// Index of the charge in the version, from 0.
    charge: usize,
    /// Quantity of the whole period.
    #[schema(example = "18059974")]
    quantity: String,
}

/// The price of a whole period. Amounts are decimal numbers in major units of the currency.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PriceResponse {
    #[schema(example = "USD")]
    currency: String,
    #[schema(example = "56.53")]
    total: String,
    lines: Vec<PriceLine>,
}

/// A line of the price.
#[derive(Debug, Serialize, ToSchema)]
struct PriceLine {
    /// Name of the charge, or `Minimum`.
    name: String,
    /// Index of the charge; null for the difference to the minimum.
    charge: Option<usize>,
    /// The amount, rounded once.
    #[schema(example = "35.07")]
    amount: String,
    /// The amount before it was rounded, of usage.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "35.0749675")]
    exact: Option<String>,
    /// How the amount of usage was computed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    steps: Vec<PriceStep>,
}

/// A step of a price. Its amounts add up to `exact` of the line.
#[derive(Debug, Serialize, ToSchema)]
struct PriceStep {
    /// `units`, `flat` or `packages`.
    #[schema(example = "units")]
    kind: &'static str,
    /// Number of units or packages.
    #[serde(skip_serializing_if = "Option::is_none")]
    quantity: Option<String>,
    /// Price of a unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit_price: Option<String>,
    /// The tier begins above this quantity.
    #[serde(skip_serializing_if = "Option::is_none")]
    above: Option<String>,
    /// Largest quantity of the tier.
    #[serde(skip_serializing_if = "Option::is_none")]
    up_to: Option<String>,
    amount: String,
}

/// What the last whole period of each subscription on the latest published version would have cost by another version.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImpactResponse {
    #[schema(example = "USD")]
    currency: String,
    /// Number of subscriptions, at most 1,000.
    subscriptions: usize,
    /// Sum by the latest published version.
    before: String,
    /// Sum by the version in the path.
    after: String,
    /// Number of subscriptions that would pay more.
    dearer: usize,
    /// Number of subscriptions that would pay less.
    cheaper: usize,
    /// The largest changes, at most 10.
    moves: Vec<ImpactMove>,
}

/// A subscription whose price would change.
#[derive(Debug, Serialize, ToSchema)]
struct ImpactMove {
    subscription_id: Uuid,
    customer_id: Uuid,
    /// Name of the customer.
    customer: String,
    before: String,
    after: String,
}

fn step(step: &Step) -> PriceStep {
    let (kind, quantity, unit_price, tier) = match step {
        Step::Units { quantity, unit_price, tier, .. } => {
            ("units", Some(quantity.to_string()), Some(unit_price.to_string()), *tier)
        }
        Step::Flat { tier, .. } => ("flat", None, None, Some(*tier)),
        Step::Packages { count, .. } => ("packages", Some(count.to_string()), None, None),
    };
    PriceStep {
        kind,
        quantity,
        unit_price,
        above: tier.map(|(above, _)| above.to_string()),
        up_to: tier.and_then(|(_, up_to)| up_to).map(|up_to| up_to.to_string()),
        amount: step.amount().to_string(),
    }
}

fn line(line: &Line, version: &Version) -> PriceLine {
    let charge = match line.item {
        Item::Charge(position) => Some(position),
        Item::Minimum => None,
    };
    let name = charge.and_then(|position| version.charges.get(position)).map(|row| row.name.clone());
    let (exact, steps) = match &line.reason {
        Reason::Usage(calculation) => {
            (Some(calculation.exact.to_string()), calculation.steps.iter().map(step).collect())
        }
        Reason::Fee { .. } | Reason::Minimum { .. } => (None, Vec::new()),
    };
    PriceLine {
        name: name.unwrap_or_else(|| "Minimum".to_owned()),
        charge,
        amount: Money { minor: line.minor, currency: version.currency }.decimal(),
        exact,
        steps,
    }
}

/// Returns the quantities by charge.
fn quantities(request: &PriceRequest, version: &Version) -> Result<HashMap<usize, Quantity>, ApiError> {
    let invalid = |message: &str| ApiError::Invalid(FieldErrors::one("usage", message));
    if request.seats == 0 || request.seats > 1_000_000 {
        return Err(ApiError::Invalid(FieldErrors::one("seats", "Name 1 to 1,000,000 seats.")));
    }
    let mut quantities = HashMap::new();
    for of in &request.usage {
        let metered = version.charges.get(of.charge).is_some_and(|row| row.meter.is_some());
        if !metered {
            return Err(invalid("Name charges of the version that price usage."));
        }
        let quantity = Quantity::parse(of.quantity.trim()).map_err(|error| invalid(&error.to_string()))?;
        if quantities.insert(of.charge, quantity).is_some() {
            return Err(invalid("Name each charge once."));
        }
    }
    Ok(quantities)
}

fn out_of_range() -> ApiError {
    ApiError::Other(Code::Conflict, "An amount is too large to be computed exactly.".to_owned())
}

/// Computes the price of a whole period by a version, with its steps. Nothing is stored.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{slug}/rate-plans/{id}/versions/{number}/price",
    operation_id = "priceRatePlanVersion",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The plan's id"),
        ("number" = i32, Path, description = "The version's number")),
    request_body = PriceRequest,
    responses((status = 200, description = "The price", body = PriceResponse)),
    security(("operator_token" = []))
)]
pub(super) async fn price(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id, number)): Path<(String, String, String)>,
    Body(request): Body<PriceRequest>,
) -> Result<Response, ApiError> {
    let mut tx = asked.reading(&state).await?;
    let (_, version) = find(&mut tx, identified(&id)?, identified(&number)?).await?;
    let tenant = tx.commit().await?;
    let quantities = quantities(&request, &version)?;
    let used = |position: usize| quantities.get(&position).copied().unwrap_or_default();
    let lines = whole_period(&version.prices(), request.seats, used).map_err(|_| out_of_range())?;
    let total = lines.iter().try_fold(0i64, |sum, line| sum.checked_add(line.minor)).ok_or_else(out_of_range)?;
    let body = PriceResponse {
        currency: version.currency.code().to_owned(),
        total: Money { minor: total, currency: version.currency }.decimal(),
        lines: lines.iter().map(|of| line(of, &version)).collect(),
    };
    Ok(served(&tenant, Json(body)))
}

/// Computes what a version would cost the subscriptions on the latest published version, by their usage in their last
/// whole period. Nothing is stored.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{slug}/rate-plans/{id}/versions/{number}/impact",
    operation_id = "compareRatePlanVersion",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The plan's id"),
        ("number" = i32, Path, description = "The version's number")),
    responses((status = 200, description = "The impact", body = ImpactResponse)),
    security(("operator_token" = []))
)]
pub(super) async fn impact(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id, number)): Path<(String, String, String)>,
) -> Result<Response, ApiError> {
    let mut tx = asked.reading(&state).await?;
    let (id, number) = (identified(&id)?, identified(&number)?);
    let after = rate_plans::prices(&mut tx, id, number).await?.ok_or(ApiError::NotFound)?;
    let plan = rate_plans::row(&mut tx, id).await?.ok_or(ApiError::NotFound)?;
    let published = plan.version.ok_or_else(|| {
        ApiError::Other(Code::Conflict, "The rate plan has no published version, so no subscription.".to_owned())
    })?;
    let before = rate_plans::prices(&mut tx, id, published).await?.ok_or(ApiError::NotFound)?;
    let uses = rate_plans::impact(&mut tx, id).await?.ok_or(ApiError::NotFound)?;
    let tenant = tx.commit().await?;
    let impact = compare(&before, &after, &uses).map_err(|_| out_of_range())?;
    Ok(served(&tenant, Json(response(impact, plan.currency))))
}

fn response(impact: Impact, currency: Currency) -> ImpactResponse {
    ImpactResponse {
        currency: currency.code().to_owned(),
        subscriptions: impact.subscriptions,
        before: impact.before.decimal(),
        after: impact.after.decimal(),
        dearer: impact.dearer,
        cheaper: impact.cheaper,
        moves: impact
            .moves
            .into_iter()
            .map(|of| ImpactMove {
                subscription_id: of.subscription.uuid(),
                customer_id: of.customer.uuid(),
                customer: of.name,
                before: of.before.decimal(),
                after: of.after.decimal(),
            })
            .collect(),
    }
}
