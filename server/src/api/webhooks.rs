//! `/api/v1/workspaces/{slug}/webhooks`: addresses that are told of facts in the workspace.

use super::{
    door::{Addressed, allowed, served},
    error::ApiError,
    etag::{IfMatch, Tagged},
    json::{Body, Patch},
    refusals::{identified, written},
};
use crate::state::AppState;
use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use model::{
    FieldErrors,
    capability::ManageSettings,
    id::WebhookId,
    moment::timestamp,
    webhook::{EventKind, Webhook, WebhookInput, WebhookState},
};
use serde::{Deserialize, Serialize};
use store::{
    door::{Can, Mode, WorkspaceTx},
    webhooks::{self, Switch},
};
use utoipa::{
    ToSchema,
    openapi::{Array, ArrayBuilder, Object, ObjectBuilder, Type},
};
use uuid::Uuid;

/// A webhook. Its secret is only in the answer that made it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WebhookResource {
    id: Uuid,
    #[schema(example = "https://hooks.example.com/stile")]
    url: String,
    #[schema(example = "Ledger")]
    description: String,
    #[schema(schema_with = kinds)]
    events: Vec<&'static str>,
    /// `failing` since a message was not accepted; `off` if it is told of nothing.
    #[schema(schema_with = states)]
    state: &'static str,
    /// RFC 3339 timestamp of the first failure since the last success.
    failing_since: Option<String>,
    /// RFC 3339 timestamp until which the former secret also signs.
    rotating_until: Option<String>,
    /// RFC 3339 timestamp in the workspace's time zone.
    #[schema(example = "2026-12-01T12:00:00+01:00")]
    created_at: String,
}

fn kinds() -> Array {
    let words: Vec<&str> = EventKind::ALL.iter().map(|kind| kind.as_str()).collect();
    ArrayBuilder::new().items(ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words))).build()
}

fn states() -> Object {
    let words = [WebhookState::On, WebhookState::Failing, WebhookState::Off].map(WebhookState::as_str);
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).build()
}

impl From<Webhook> for WebhookResource {
    fn from(webhook: Webhook) -> Self {
        Self {
            id: webhook.id.uuid(),
            url: webhook.url,
            description: webhook.description,
            events: webhook.events.iter().map(|event| event.as_str()).collect(),
            state: webhook.state.as_str(),
            failing_since: webhook.failing_since.map(|at| timestamp(*at)),
            rotating_until: webhook.rotating_until.map(|at| timestamp(*at)),
            created_at: timestamp(*webhook.created_at),
        }
    }
}

/// The webhooks of the workspace, newest first, at most 10.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Webhooks {
    items: Vec<WebhookResource>,
}

/// A webhook with its new secret, which no other answer contains.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WebhookWithSecret {
    #[serde(flatten)]
    webhook: WebhookResource,
    /// Key that signs messages: after `whsec_`, base64 of 32 bytes.
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYq=")]
    secret: String,
}

/// A new webhook.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewWebhook {
    /// Public address, by https.
    #[schema(example = "https://hooks.example.com/stile")]
    url: String,
    /// At most 120 characters.
    #[serde(default)]
    description: String,
    /// At least one.
    #[schema(schema_with = kinds)]
    events: Vec<String>,
}

/// Changes of a webhook. Absent members stay as they are.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WebhookChanges {
    /// Public address, by https.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false)]
    url: Patch<String>,
    /// At most 120 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false)]
    description: Patch<String>,
    /// At least one.
    #[serde(default)]
    events: Option<Vec<String>>,
    /// `false` turns it off, `true` on.
    #[serde(default)]
    enabled: Option<bool>,
}

fn events(words: &[String]) -> Result<Vec<EventKind>, ApiError> {
    words
        .iter()
        .map(|word| {
            let unknown = || ApiError::Invalid(FieldErrors::one("events", format!("There is no event {word:?}.")));
            EventKind::from_word(word).ok_or_else(unknown)
        })
        .collect()
}

/// Returns a webhook.
///
/// # Errors
/// [`ApiError::NotFound`] if the workspace has no such webhook.
pub(super) async fn find<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    can: &Can<ManageSettings>,
    id: WebhookId,
) -> Result<WebhookResource, ApiError> {
    webhooks::get(tx, can, id).await?.map(WebhookResource::from).ok_or(ApiError::NotFound)
}

/// Returns an answer with a secret, which must be kept nowhere.
fn once(
    status: StatusCode,
    webhook: WebhookResource,
    secret: String,
) -> (StatusCode, [(header::HeaderName, HeaderValue); 1], Json<WebhookWithSecret>) {
    let never = (header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    (status, [never], Json(WebhookWithSecret { webhook, secret }))
}

/// Lists the webhooks of the workspace.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{slug}/webhooks",
    operation_id = "listWebhooks",
    params(("slug" = String, Path, description = "The workspace's address")),
    responses((status = 200, description = "The webhooks", body = Webhooks)),
    security(("operator_token" = []))
)]
pub(super) async fn list(State(state): State<AppState>, asked: Addressed) -> Result<Response, ApiError> {
    let mut tx = asked.reading(&state).await?;
    let can = allowed(&tx)?;
    let items = webhooks::list(&mut tx, &can).await?.into_iter().map(WebhookResource::from).collect();
    Ok(served(&tx.commit().await?, Json(Webhooks { items })))
}

/// Creates a webhook. The answer has its secret, so it is not kept for an `Idempotency-Key`: a repetition gets 409
/// `answer_lost`.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{slug}/webhooks",
    operation_id = "createWebhook",
    params(("slug" = String, Path, description = "The workspace's address")),
    request_body(content = NewWebhook, example = json!({ "url": "https://hooks.example.com/stile", "description": "Ledger", "events": ["subscription.changed", "import.done"] })),
    responses((status = 201, description = "The webhook and its secret", body = WebhookWithSecret)),
    security(("operator_token" = []))
)]
pub(super) async fn create(
    State(state): State<AppState>,
    asked: Addressed,
    Body(new): Body<NewWebhook>,
) -> Result<Response, ApiError> {
    let (mut tx, can) = asked.writing::<ManageSettings>(&state).await?;
    let input = WebhookInput::of(&new.url, &new.description, &events(&new.events)?);
    let draft = input.parse(state.services.schemes)?;
    let (id, secret) = written(webhooks::create(&mut tx, &can, &state.services.seal, &draft).await?)?;
    let webhook = find(&mut tx, &can, id).await?;
    Ok(served(&tx.commit().await?, once(StatusCode::CREATED, webhook, secret.reveal())))
}

/// Returns a webhook.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{slug}/webhooks/{id}",
    operation_id = "getWebhook",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The webhook's id")),
    responses((status = 200, description = "The webhook", body = WebhookResource)),
    security(("operator_token" = []))
)]
pub(super) async fn get(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let mut tx = asked.reading(&state).await?;
    let can = allowed(&tx)?;
    let webhook = find(&mut tx, &can, identified(&id)?).await?;
    Ok(served(&tx.commit().await?, Tagged(webhook)))
}

/// Changes a webhook, or turns it on or off.
#[utoipa::path(
    patch,
    path = "/api/v1/workspaces/{slug}/webhooks/{id}",
    operation_id = "changeWebhook",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The webhook's id")),
    request_body(content = WebhookChanges, example = json!({ "events": ["import.done"], "enabled": true })),
    responses((status = 200, description = "The changed webhook", body = WebhookResource)),
    security(("operator_token" = []))
)]
pub(super) async fn change(
    State(state): State<AppState>,
    asked: Addressed,
    if_match: IfMatch,
    Path((_, id)): Path<(String, String)>,
    Body(changes): Body<WebhookChanges>,
) -> Result<Response, ApiError> {
    let (mut tx, can) = asked.writing::<ManageSettings>(&state).await?;
    let id: WebhookId = identified(&id)?;
    // Locked, so that no other change comes between what is compared and what is written.
    if !webhooks::lock(&mut tx, &can, id).await? {
        return Err(ApiError::NotFound);
    }
    let before = webhooks::get(&mut tx, &can, id).await?.ok_or(ApiError::NotFound)?;
    let (mut url, mut description, mut chosen) =
        (before.url.clone(), before.description.clone(), before.events.clone());
    if_match.check(&WebhookResource::from(before))?;
    changes.url.apply(&mut url);
    changes.description.apply(&mut description);
    if let Some(words) = &changes.events {
        chosen = events(words)?;
    }
    let draft = WebhookInput::of(&url, &description, &chosen).parse(state.services.schemes)?;
    webhooks::update(&mut tx, &can, id, &draft).await?;
    if let Some(enabled) = changes.enabled {
        webhooks::turn(&mut tx, &can, id, if enabled { Switch::On } else { Switch::Off }).await?;
    }
    let after = find(&mut tx, &can, id).await?;
    Ok(served(&tx.commit().await?, Tagged(after)))
}

/// Deletes a webhook with its deliveries.
#[utoipa::path(
    delete,
    path = "/api/v1/workspaces/{slug}/webhooks/{id}",
    operation_id = "deleteWebhook",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The webhook's id")),
    responses((status = 204, description = "It is deleted")),
    security(("operator_token" = []))
)]
pub(super) async fn remove(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let (mut tx, can) = asked.writing::<ManageSettings>(&state).await?;
    if !webhooks::delete(&mut tx, &can, identified(&id)?).await? {
        return Err(ApiError::NotFound);
    }
    Ok(served(&tx.commit().await?, StatusCode::NO_CONTENT))
}

/// Makes a new secret. The former one also signs for 24 hours. The answer is not kept for an `Idempotency-Key`: a
/// repetition gets 409 `answer_lost`.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{slug}/webhooks/{id}/rotate",
    operation_id = "rotateWebhookSecret",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The webhook's id")),
    responses((status = 200, description = "The webhook and its new secret", body = WebhookWithSecret)),
    security(("operator_token" = []))
)]
pub(super) async fn rotate(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let (mut tx, can) = asked.writing::<ManageSettings>(&state).await?;
    let id = identified(&id)?;
    let secret = webhooks::rotate(&mut tx, &can, &state.services.seal, id).await?.ok_or(ApiError::NotFound)?;
    let webhook = find(&mut tx, &can, id).await?;
    Ok(served(&tx.commit().await?, once(StatusCode::OK, webhook, secret.reveal())))
}

/// Sends a message of the type `webhook.test`.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{slug}/webhooks/{id}/test",
    operation_id = "testWebhook",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The webhook's id")),
    responses((status = 202, description = "The message is queued")),
    security(("operator_token" = []))
)]
pub(super) async fn test(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let (mut tx, can) = asked.writing::<ManageSettings>(&state).await?;
    written(webhooks::test(&mut tx, &can, identified(&id)?).await?)?;
    Ok(served(&tx.commit().await?, StatusCode::ACCEPTED))
}
