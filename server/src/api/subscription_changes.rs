//! Changes of a subscription: `…/subscriptions/{id}/phases` and `…/end`.

use super::{
    door::{Addressed, served},
    error::ApiError,
    json::Body,
    refusals::identified,
    resource::respond,
    subscriptions::{SubscriptionResource, done, renamed},
};
use crate::state::AppState;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use model::{
    FieldErrors,
    capability::EditContent,
    subscription::{Change, ChangeInput, ChangeKind, input::day},
};
use serde::Deserialize;
use store::subscriptions;
use utoipa::ToSchema;

/// A change of plan or seats from a day on: `rate_plan_id` or `seats`, not both.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPhase {
    /// First day of the change.
    #[schema(example = "2026-12-01")]
    from_on: String,
    /// Id of an active rate plan in the subscription's currency. Its latest published version is used.
    #[serde(default)]
    #[schema(value_type = Option<Uuid>)]
    rate_plan_id: Option<String>,
    /// 1 to 1,000,000.
    #[serde(default)]
    seats: Option<u32>,
}

/// The end of a subscription.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct End {
    /// Last day: the subscription runs until its end in the workspace's time zone.
    #[schema(example = "2026-12-31")]
    last_on: String,
}

/// Changes the plan or the seats of a subscription from a day on.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{slug}/subscriptions/{id}/phases",
    operation_id = "changeSubscription",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The subscription's id")),
    request_body = NewPhase,
    responses((status = 200, description = "The changed subscription", body = SubscriptionResource)),
    security(("operator_token" = []))
)]
pub(super) async fn change(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id)): Path<(String, String)>,
    Body(new): Body<NewPhase>,
) -> Result<Response, ApiError> {
    let kind = match (&new.rate_plan_id, new.seats) {
        (Some(_), None) => ChangeKind::Plan,
        (None, Some(_)) => ChangeKind::Seats,
        _ => {
            let message = "Send rate_plan_id or seats, not both.";
            return Err(ApiError::Invalid(FieldErrors::one("rate_plan_id", message)));
        }
    };
    let input = ChangeInput {
        plan: new.rate_plan_id.unwrap_or_default(),
        seats: new.seats.map(|seats| seats.to_string()).unwrap_or_default(),
        from_on: new.from_on,
        ..ChangeInput::of(kind)
    };
    let change = input.parse().map_err(renamed);
    apply(&state, &asked, &id, change).await
}

/// Ends a subscription at the end of a day.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{slug}/subscriptions/{id}/end",
    operation_id = "endSubscription",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The subscription's id")),
    request_body = End,
    responses((status = 200, description = "The changed subscription", body = SubscriptionResource)),
    security(("operator_token" = []))
)]
pub(super) async fn end(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id)): Path<(String, String)>,
    Body(end): Body<End>,
) -> Result<Response, ApiError> {
    let input = ChangeInput { last_on: end.last_on, ..ChangeInput::of(ChangeKind::End) };
    let change = input.parse().map_err(renamed);
    apply(&state, &asked, &id, change).await
}

/// Makes a change. An invalid one is only reported to callers that may make it.
async fn apply(
    state: &AppState,
    asked: &Addressed,
    id: &str,
    change: Result<Change, ApiError>,
) -> Result<Response, ApiError> {
    let (mut tx, can) = asked.writing::<EditContent>(state).await?;
    let id = identified(id)?;
    done(subscriptions::change(&mut tx, &can, id, &change?).await?)?;
    respond::<SubscriptionResource>(tx, id).await
}

/// Undoes a change that is planned for a later day.
#[utoipa::path(
    delete,
    path = "/api/v1/workspaces/{slug}/subscriptions/{id}/phases/{from_on}",
    operation_id = "undoSubscriptionChange",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The subscription's id"),
        ("from_on" = String, Path, description = "The first day of the change", example = "2026-12-01")),
    responses((status = 204, description = "It is undone")),
    security(("operator_token" = []))
)]
pub(super) async fn undo(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id, from_on)): Path<(String, String, String)>,
) -> Result<Response, ApiError> {
    let (mut tx, can) = asked.writing::<EditContent>(&state).await?;
    let from_on = day(&from_on).map_err(|_| ApiError::NotFound)?;
    done(subscriptions::undo(&mut tx, &can, identified(&id)?, from_on).await?)?;
    Ok(served(&tx.commit().await?, StatusCode::NO_CONTENT))
}

/// Removes the last day of a subscription that has not ended yet.
#[utoipa::path(
    delete,
    path = "/api/v1/workspaces/{slug}/subscriptions/{id}/end",
    operation_id = "cancelSubscriptionEnd",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The subscription's id")),
    responses((status = 204, description = "It has no last day")),
    security(("operator_token" = []))
)]
pub(super) async fn cancel_end(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let (mut tx, can) = asked.writing::<EditContent>(&state).await?;
    done(subscriptions::cancel_end(&mut tx, &can, identified(&id)?).await?)?;
    Ok(served(&tx.commit().await?, StatusCode::NO_CONTENT))
}
