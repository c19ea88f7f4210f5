//! `/api/v1/workspaces/{slug}/usage-adjustments`: usage that people added or took back.

use super::{
    door::{Addressed, served},
    error::ApiError,
    json::Body,
    resource::{resource, respond_at, show},
    usage::pairs,
};
use crate::state::AppState;
use axum::{
    Json,
    extract::{Path, RawQuery, State},
    http::StatusCode,
    response::Response,
};
use model::{
    FieldErrors,
    capability::EditContent,
    id::{AdjustmentId, CustomerId, MeterId},
    moment::timestamp,
    usage::{AdjustmentInput, UsageAdjustment, day},
};
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use store::{
    Written,
    usage::{ADJUSTMENTS_MAX, adjustment, adjustments},
    usage_adjustments,
};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// An adjustment of a customer's usage. It never changes.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AdjustmentResource {
    id: Uuid,
    meter_id: Uuid,
    customer_id: Uuid,
    /// Day to which the quantity counts, in the workspace's time zone.
    #[schema(example = "2026-03-12")]
    day: String,
    /// What is added to the usage of the day, or taken from it if negative. A string, because it is exact.
    #[schema(example = "-12.5")]
    quantity: String,
    #[schema(example = "Counted twice after an outage")]
    reason: String,
    /// Name of the person who made it. Empty for guests.
    #[schema(example = "Ada Moreau")]
    made_by: String,
    /// RFC 3339 timestamp in the workspace's time zone.
    #[schema(example = "2026-03-12T14:05:09+01:00")]
    made_at: String,
}

impl From<UsageAdjustment> for AdjustmentResource {
    fn from(made: UsageAdjustment) -> Self {
        Self {
            id: made.id.uuid(),
            meter_id: made.meter_id.uuid(),
            customer_id: made.customer_id.uuid(),
            day: day(made.day),
            quantity: made.quantity.to_string(),
            reason: made.reason,
            made_by: made.actor,
            made_at: timestamp(*made.at),
        }
    }
}

resource!(AdjustmentResource, "usage-adjustments", adjustment, AdjustmentId => UsageAdjustment);

/// One page of adjustments, the latest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Adjustments {
    /// At most 50.
    items: Vec<AdjustmentResource>,
    /// Cursor of the next page, sent as `after`; null on the last page.
    next: Option<String>,
}

/// A new adjustment.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAdjustment {
    /// Id of a meter that counts events or adds up a property.
    meter_id: Uuid,
    customer_id: Uuid,
    /// A day that the meter counts, at most today; absent for today.
    #[serde(default)]
    #[schema(example = "2026-03-12")]
    day: String,
    /// Not zero, with at most 6 decimal places; negative to take usage back.
    #[schema(example = "-12.5")]
    quantity: String,
    /// 1 to 300 characters.
    #[schema(example = "Counted twice after an outage")]
    reason: String,
}

/// Query parameters of the adjustments. Used only for the OpenAPI description; [`Asked::parse`] parses the parameters.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "its fields are the description")]
pub(crate) struct AdjustmentsQuery {
    /// Id of a customer.
    customer: Option<Uuid>,
    /// Id of a meter.
    meter: Option<Uuid>,
    /// Returns the page after this cursor: `next` of an earlier response.
    after: Option<String>,
}

/// Parsed query parameters.
#[derive(Debug, Default)]
struct Asked {
    customer: Option<CustomerId>,
    meter: Option<MeterId>,
    after: Option<AdjustmentId>,
}

impl Asked {
    /// Parses the query parameters. Unknown parameters are ignored, and invalid ones are errors: a client that misspells
    /// an id must not get the unfiltered list.
    fn parse(raw: &str) -> Result<Self, ApiError> {
        fn id<Id: FromStr>(name: &'static str, allowed: &str, value: &str) -> Result<Option<Id>, ApiError> {
            value.parse().map(Some).map_err(|_| ApiError::Parameter { name, allowed: allowed.to_owned() })
        }
        let mut asked = Self::default();
        for (name, value) in pairs(raw)? {
            match name.as_str() {
                "customer" => asked.customer = id("customer", "the id of a customer", &value)?,
                "meter" => asked.meter = id("meter", "the id of a meter", &value)?,
                "after" => asked.after = id("after", "`next` of an earlier response", &value)?,
                _ => {}
            }
        }
        Ok(asked)
    }
}

/// Lists one page of adjustments, the latest first.
///
/// A guest gets those of the customers that were shared with them.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{slug}/usage-adjustments",
    operation_id = "listUsageAdjustments",
    params(("slug" = String, Path, description = "The workspace's address"), AdjustmentsQuery),
    responses((status = 200, description = "The page", body = Adjustments)),
    security(("operator_token" = []))
)]
pub(super) async fn list(
    State(state): State<AppState>,
    asked: Addressed,
    RawQuery(raw): RawQuery,
) -> Result<Response, ApiError> {
    let mut tx = asked.reading(&state).await?;
    let Asked { customer, meter, after } = Asked::parse(raw.as_deref().unwrap_or_default())?;
    let found = adjustments(&mut tx, customer, meter, after, ADJUSTMENTS_MAX).await?;
    let is_full = i64::try_from(found.len()).unwrap_or(i64::MAX) >= ADJUSTMENTS_MAX;
    let next = found.last().filter(|_| is_full).map(|last| last.id.to_string());
    let items = found.into_iter().map(AdjustmentResource::from).collect();
    Ok(served(&tx.commit().await?, Json(Adjustments { items, next })))
}

/// Returns an adjustment.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{slug}/usage-adjustments/{id}",
    operation_id = "getUsageAdjustment",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The adjustment's id")),
    responses((status = 200, description = "The adjustment", body = AdjustmentResource)),
    security(("operator_token" = []))
)]
pub(super) async fn get(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    show::<AdjustmentResource>(&state, &asked, &id).await
}

/// Adds to the usage of a customer, or takes it back.
///
/// Only meters that count events or add up a property can be adjusted. The quantity counts in the usage and in the
/// prices of its day. A negative sum is priced as 0.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{slug}/usage-adjustments",
    operation_id = "createUsageAdjustment",
    params(("slug" = String, Path, description = "The workspace's address")),
    request_body = NewAdjustment,
    responses((status = 201, description = "The adjustment", body = AdjustmentResource,
        headers(("Location" = String, description = "Its address")))),
    security(("operator_token" = []))
)]
pub(super) async fn create(
    State(state): State<AppState>,
    asked: Addressed,
    Body(new): Body<NewAdjustment>,
) -> Result<Response, ApiError> {
    let (mut tx, can) = asked.writing::<EditContent>(&state).await?;
    let on = if new.day.is_empty() { day(tx.today()) } else { new.day };
    let input =
        AdjustmentInput { meter: new.meter_id.to_string(), day: on, quantity: new.quantity, reason: new.reason };
    let draft = input.parse().map_err(named)?;
    let customer = CustomerId::from_uuid(new.customer_id);
    let id = match usage_adjustments::create(&mut tx, &can, customer, &draft).await? {
        Written::Done(id) => id,
        Written::Absent => return Err(FieldErrors::one("customer_id", "Name a customer of this workspace.").into()),
        Written::Invalid(errors) => return Err(named(errors)),
    };
    respond_at::<AdjustmentResource>(tx, id, StatusCode::CREATED).await
}

/// Returns the errors with the names of the body's members.
fn named(mut errors: FieldErrors) -> ApiError {
    for error in errors.0.iter_mut().filter(|error| error.field == "meter") {
        error.field = "meter_id".to_owned();
    }
    ApiError::Invalid(errors)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_query_parameters_are_rejected() {
        for raw in ["customer=acme", "meter=1", "after=x"] {
            assert!(matches!(Asked::parse(raw), Err(ApiError::Parameter { .. })), "{raw}");
        }
        let asked = Asked::parse("meter=018f4d9e-0000-7000-8000-000000000000&utm=1").expect("a query");
        assert!(asked.meter.is_some() && asked.customer.is_none());
    }
}
