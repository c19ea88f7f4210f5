//! `/api/v1/workspaces/{slug}/webhooks/{id}/deliveries`: the messages to a webhook.

use super::{
    door::{Addressed, allowed, served},
    error::ApiError,
    etag::Tagged,
    refusals::{identified, written},
    usage::pairs,
    webhooks::find,
};
use crate::state::AppState;
use axum::{
    Json,
    extract::{Path, RawQuery, State},
    http::StatusCode,
    response::Response,
};
use model::{
    capability::ManageSettings,
    id::{DeliveryId, WebhookId},
    moment::timestamp,
    webhook::{Delivery, DeliveryState},
};
use serde::Serialize;
use store::webhooks;
use utoipa::{
    IntoParams, ToSchema,
    openapi::{Object, ObjectBuilder, Type},
};
use uuid::Uuid;

/// Number of deliveries per page.
const PAGE: usize = 50;

/// A message to a webhook, and what the last attempt came to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeliveryResource {
    id: Uuid,
    /// The header `webhook-id`, the same for each attempt.
    #[schema(example = "msg_019add2e00007000800000000000000a")]
    message: String,
    #[schema(example = "subscription.changed")]
    r#type: String,
    /// The body that is sent.
    body: String,
    #[schema(schema_with = states)]
    state: &'static str,
    /// Attempts that have begun.
    attempts: i16,
    /// RFC 3339 timestamp of the next attempt, if there is one.
    next_attempt_at: Option<String>,
    /// Status code of the last answer.
    #[schema(example = 200)]
    status: Option<i16>,
    /// Why there was no answer; empty if there was one.
    problem: String,
    /// Beginning of the last answer.
    answer: String,
    /// RFC 3339 timestamp in the workspace's time zone.
    created_at: String,
    /// RFC 3339 timestamp of the success or the last failure.
    done_at: Option<String>,
}

fn states() -> Object {
    let all = [DeliveryState::Waiting, DeliveryState::Sending, DeliveryState::Delivered, DeliveryState::Failed];
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(all.map(DeliveryState::as_str))).build()
}

impl From<Delivery> for DeliveryResource {
    fn from(delivery: Delivery) -> Self {
        Self {
            id: delivery.id.uuid(),
            message: delivery.message,
            r#type: delivery.kind,
            body: delivery.body,
            state: delivery.state.as_str(),
            attempts: delivery.attempt,
            next_attempt_at: delivery.next_at.map(|at| timestamp(*at)),
            status: delivery.status,
            problem: delivery.problem,
            answer: delivery.excerpt,
            created_at: timestamp(*delivery.created_at),
            done_at: delivery.done_at.map(|at| timestamp(*at)),
        }
    }
}

/// One page of deliveries, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Deliveries {
    /// At most 50.
    items: Vec<DeliveryResource>,
    /// Cursor of the next page, sent as `after`; null on the last page.
    next: Option<String>,
}

/// Query parameters of the list. Used only for the OpenAPI description.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "its fields are the description")]
pub(crate) struct DeliveryQuery {
    /// Returns the page after this cursor: `next` of an earlier response.
    after: Option<String>,
}

/// Lists the deliveries of a webhook. They are kept for 30 days.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{slug}/webhooks/{id}/deliveries",
    operation_id = "listWebhookDeliveries",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The webhook's id"), DeliveryQuery),
    responses((status = 200, description = "The deliveries", body = Deliveries)),
    security(("operator_token" = []))
)]
pub(super) async fn list(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let mut tx = asked.reading(&state).await?;
    let can = allowed(&tx)?;
    let id: WebhookId = identified(&id)?;
    find(&mut tx, &can, id).await?;
    let mut after: Option<DeliveryId> = None;
    for (name, value) in pairs(query.as_deref().unwrap_or_default())? {
        if name == "after" {
            let bad = |_| ApiError::Parameter { name: "after", allowed: "a cursor of an earlier response".to_owned() };
            after = Some(value.parse().map_err(bad)?);
        }
    }
    let mut found = webhooks::deliveries(&mut tx, &can, id, after, PAGE as i64 + 1).await?;
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let next = found.last().filter(|_| more).map(|last| last.id.to_string());
    let items = found.into_iter().map(DeliveryResource::from).collect();
    Ok(served(&tx.commit().await?, Json(Deliveries { items, next })))
}

/// Returns a delivery.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{slug}/webhooks/{id}/deliveries/{delivery_id}",
    operation_id = "getWebhookDelivery",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The webhook's id"),
        ("delivery_id" = String, Path, description = "The delivery's id")),
    responses((status = 200, description = "The delivery", body = DeliveryResource)),
    security(("operator_token" = []))
)]
pub(super) async fn get(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id, delivery)): Path<(String, String, String)>,
) -> Result<Response, ApiError> {
    let mut tx = asked.reading(&state).await?;
    let can = allowed(&tx)?;
    let found = webhooks::delivery(&mut tx, &can, identified(&id)?, identified(&delivery)?).await?;
    let found = DeliveryResource::from(found.ok_or(ApiError::NotFound)?);
    Ok(served(&tx.commit().await?, Tagged(found)))
}

/// Sends a message again, with the same id and body.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{slug}/webhooks/{id}/deliveries/{delivery_id}/redeliver",
    operation_id = "redeliverWebhook",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The webhook's id"),
        ("delivery_id" = String, Path, description = "The delivery's id")),
    responses((status = 202, description = "The message is queued")),
    security(("operator_token" = []))
)]
pub(super) async fn redeliver(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id, delivery)): Path<(String, String, String)>,
) -> Result<Response, ApiError> {
    let (mut tx, can) = asked.writing::<ManageSettings>(&state).await?;
    written(webhooks::redeliver(&mut tx, &can, identified(&id)?, identified(&delivery)?).await?)?;
    Ok(served(&tx.commit().await?, StatusCode::ACCEPTED))
}
