//! `/api/v1/workspaces/{slug}/subscriptions`, and those of a customer.

use super::{
    door::{Addressed, served},
    error::ApiError,
    json::Body,
    refusals::{identified, written},
    resource::{resource, respond_at, show},
};
use crate::state::AppState;
use axum::{
    Json,
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};
use model::{
    FieldErrors,
    capability::EditContent,
    id::SubscriptionId,
    subscription::{self, NewSubscriptionInput, SubscriptionDetail, SubscriptionRow},
};
use serde::{Deserialize, Serialize};
use store::{Written, customers, subscriptions};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// A subscription.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Subscription {
    id: Uuid,
    customer_id: Uuid,
    external_id: Option<String>,
    /// `planned`, `active`, `ending` or `ended`, by today's day in the workspace's time zone.
    #[schema(example = "active")]
    state: &'static str,
    #[schema(example = "USD")]
    currency: &'static str,
    /// Rate plan in force today, or else the first before the start and the last after the end.
    rate_plan_id: Uuid,
    /// Version of that plan.
    version: i32,
    /// Number of seats.
    seats: u32,
    /// First day.
    #[schema(example = "2026-11-01")]
    starts_on: String,
    /// Last day: the subscription runs until its end. Null if it has none.
    #[schema(example = "2026-11-30")]
    last_on: Option<String>,
}

/// A subscription with its phases.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SubscriptionResource {
    #[serde(flatten)]
    subscription: Subscription,
    /// The periods begin on the day of the month of this date.
    anchor_on: String,
    /// Phases by day. A phase lasts until the next one begins or the subscription ends.
    phases: Vec<SubscriptionPhase>,
}

/// A phase of a subscription.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SubscriptionPhase {
    /// First day.
    from_on: String,
    rate_plan_id: Uuid,
    version: i32,
    seats: u32,
}

/// Subscriptions.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Subscriptions {
    items: Vec<Subscription>,
    /// Cursor of the next page, sent as `after`; null on the last page. A customer's subscriptions are on one page.
    next: Option<Uuid>,
}

/// A new subscription, on the latest published version of the plan.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewSubscription {
    /// Id of an active rate plan.
    #[schema(value_type = Uuid)]
    rate_plan_id: String,
    /// First day.
    #[schema(example = "2026-11-01")]
    starts_on: String,
    /// First day of the periods: `start` (the default), the day of the month of `starts_on`, or `first`, the first of
    /// the month.
    #[serde(default)]
    billing_day: Option<String>,
    /// 1 to 1,000,000; 1 by default.
    #[serde(default)]
    seats: Option<u32>,
    /// 1 to 200 characters, unique in the workspace.
    #[serde(default)]
    external_id: Option<String>,
}

/// Query parameters of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SubscriptionQuery {
    /// Returns the page after this cursor: `next` of an earlier response.
    after: Option<String>,
    /// Maximum number of items of the page.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<String>,
}

impl From<SubscriptionRow> for Subscription {
    fn from(row: SubscriptionRow) -> Self {
        Self {
            id: row.id.uuid(),
            customer_id: row.customer_id.uuid(),
            state: row.state.as_str(),
            currency: row.currency.code(),
            rate_plan_id: row.plan_id.uuid(),
            version: row.version,
            seats: row.seats,
            starts_on: row.starts_on.to_string(),
            last_on: row.last_on().map(|day| day.to_string()),
            external_id: row.external_id,
        }
    }
}

impl From<SubscriptionDetail> for SubscriptionResource {
    fn from(detail: SubscriptionDetail) -> Self {
        let phase = |phase: subscription::Phase| SubscriptionPhase {
            from_on: phase.from_on.to_string(),
            rate_plan_id: phase.plan.plan.uuid(),
            version: phase.plan.version,
            seats: phase.seats,
        };
        Self {
            anchor_on: detail.schedule.anchor_on.to_string(),
            phases: detail.schedule.phases.into_iter().map(phase).collect(),
            subscription: detail.row.into(),
        }
    }
}

resource!(SubscriptionResource, "subscriptions", subscriptions::get, SubscriptionId => SubscriptionDetail);

/// Names the members of the body as the API does.
pub(super) fn renamed(errors: FieldErrors) -> ApiError {
    let mut errors = errors;
    for error in &mut errors.0 {
        if error.field == "plan" {
            "rate_plan_id".clone_into(&mut error.field);
        }
    }
    ApiError::Invalid(errors)
}

/// Returns the value of a write, or its error with the names of the API.
pub(super) fn done<T>(outcome: Written<T>) -> Result<T, ApiError> {
    match outcome {
        Written::Invalid(errors) => Err(renamed(errors)),
        outcome => written(outcome),
    }
}

/// Lists the subscriptions of the workspace, the oldest first.
///
/// A guest sees only those of the customers that were shared with them.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{slug}/subscriptions",
    operation_id = "listSubscriptions",
    params(("slug" = String, Path, description = "The workspace's address"), SubscriptionQuery),
    responses((status = 200, description = "The page", body = Subscriptions)),
    security(("operator_token" = []))
)]
pub(super) async fn list(
    State(state): State<AppState>,
    asked: Addressed,
    Query(query): Query<SubscriptionQuery>,
) -> Result<Response, ApiError> {
    let bad = |name, allowed: &str| ApiError::Parameter { name, allowed: allowed.to_owned() };
    let mut tx = asked.reading(&state).await?;
    let after = match query.after.as_deref() {
        None => None,
        Some(text) => Some(text.parse().map_err(|_| bad("after", "`next` of an earlier response"))?),
    };
    let limit = match query.limit.as_deref() {
        None => 20,
        Some(text) => {
            let limit = text.parse().ok().filter(|limit| (1..=100).contains(limit));
            limit.ok_or_else(|| bad("limit", "a number from 1 to 100"))?
        }
    };
    let rows = subscriptions::list(&mut tx, after, limit).await?;
    let is_full = u32::try_from(rows.len()).is_ok_and(|count| count == limit);
    let next = rows.last().filter(|_| is_full).map(|row| row.id.uuid());
    let items = rows.into_iter().map(Subscription::from).collect();
    Ok(served(&tx.commit().await?, Json(Subscriptions { items, next })))
}

/// Lists the subscriptions of a customer, the newest first.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{slug}/customers/{id}/subscriptions",
    operation_id = "listSubscriptionsOfCustomer",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The customer's id")),
    responses((status = 200, description = "The subscriptions", body = Subscriptions)),
    security(("operator_token" = []))
)]
pub(super) async fn of_customer(
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
    let items = rows.into_iter().map(Subscription::from).collect();
    Ok(served(&tx.commit().await?, Json(Subscriptions { items, next: None })))
}

/// Starts a subscription of a customer.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{slug}/customers/{id}/subscriptions",
    operation_id = "createSubscription",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The customer's id")),
    request_body = NewSubscription,
    responses((status = 201, description = "The subscription", body = SubscriptionResource,
        headers(("Location" = String, description = "Its address")))),
    security(("operator_token" = []))
)]
pub(super) async fn create(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id)): Path<(String, String)>,
    Body(new): Body<NewSubscription>,
) -> Result<Response, ApiError> {
    let (mut tx, can) = asked.writing::<EditContent>(&state).await?;
    let input = NewSubscriptionInput {
        plan: new.rate_plan_id,
        starts_on: new.starts_on,
        billing_day: new.billing_day.unwrap_or_default(),
        seats: new.seats.unwrap_or(1).to_string(),
        external_id: new.external_id.unwrap_or_default(),
    };
    let new = input.parse().map_err(renamed)?;
    let id = done(subscriptions::create(&mut tx, &can, identified(&id)?, &new).await?)?;
    respond_at::<SubscriptionResource>(tx, id, StatusCode::CREATED).await
}

/// Returns a subscription with its phases.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{slug}/subscriptions/{id}",
    operation_id = "getSubscription",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The subscription's id")),
    responses((status = 200, description = "The subscription", body = SubscriptionResource)),
    security(("operator_token" = []))
)]
pub(super) async fn get(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    show::<SubscriptionResource>(&state, &asked, &id).await
}
