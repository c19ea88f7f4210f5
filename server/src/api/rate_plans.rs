//! `/api/v1/workspaces/{slug}/rate-plans`: plans, whose versions have the prices (`plan_versions.rs`).

use super::{
    door::Addressed,
    error::ApiError,
    etag::IfMatch,
    json::{Body, Patch},
    paging::{PageQuery, Paged, Paging},
    refusals::{identified, refused, status},
    resource::{archivable, lock, resource, respond, respond_at, set_status, show},
};
use crate::state::AppState;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use model::{
    capability::EditContent,
    catalog::Lifecycle,
    id::RatePlanId,
    list::Noun,
    rate_plan::{Interval, RatePlanInput, RatePlanRow},
};
use serde::{Deserialize, Serialize};
use store::{StoreError, rate_plans};
use time::OffsetDateTime;
use utoipa::{
    IntoParams, ToSchema,
    openapi::{Object, ObjectBuilder, Type},
};
use uuid::Uuid;

/// A rate plan.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RatePlan {
    id: Uuid,
    #[schema(example = "Team")]
    name: String,
    /// Unique in the workspace.
    #[schema(example = "team")]
    code: String,
    /// ISO 4217 code. It never changes.
    #[schema(example = "USD")]
    currency: String,
    /// Length of the periods. It never changes.
    #[schema(schema_with = interval)]
    interval: Interval,
    /// Number of the latest published version; null if no version is published.
    version: Option<i32>,
    /// Whether there is a draft.
    has_draft: bool,
    /// Number of customers on the plan today.
    customers: i64,
    #[schema(schema_with = status)]
    status: Lifecycle,
    /// RFC 3339 timestamp in the workspace's time zone.
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
}

/// A new rate plan.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRatePlan {
    /// 1 to 80 characters.
    #[schema(example = "Team")]
    name: String,
    /// 2 to 40 characters: letters, digits, hyphens and underscores.
    #[schema(example = "team")]
    code: String,
    /// ISO 4217 code.
    #[schema(example = "USD")]
    currency: String,
    /// `month`, `quarter` or `year`.
    #[schema(example = "month")]
    interval: String,
}

/// Changes of a rate plan. Currency and interval never change.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RatePlanChanges {
    /// 1 to 80 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false)]
    name: Patch<String>,
    /// 2 to 40 characters: letters, digits, hyphens and underscores.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false)]
    code: Patch<String>,
}

/// The filter by status, for the OpenAPI description.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "its fields are the description")]
pub(crate) struct RatePlanQuery {
    /// Filters by status.
    #[param(schema_with = status)]
    status: Option<String>,
}

impl From<RatePlanRow> for RatePlan {
    fn from(row: RatePlanRow) -> Self {
        Self {
            id: row.id.uuid(),
            name: row.name,
            code: row.code,
            currency: row.currency.code().to_owned(),
            interval: row.interval,
            version: row.version,
            has_draft: row.has_draft,
            customers: row.customers,
            status: row.status,
            created_at: row.created_at.into(),
        }
    }
}

resource!(RatePlan, "rate-plans", rate_plans::row, RatePlanId => RatePlanRow);
archivable!(RatePlan, RatePlanId, rate_plans::lock, rate_plans::set_status);

/// Lists one page of a workspace's rate plans.
///
/// Search is in name and code. Sort keys are `name` (the default) and `created`. A guest sees none.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{slug}/rate-plans",
    operation_id = "listRatePlans",
    params(("slug" = String, Path, description = "The workspace's address"), RatePlanQuery, PageQuery),
    responses((status = 200, description = "The page", body = Paged<RatePlan>)),
    security(("operator_token" = []))
)]
pub(super) async fn list(
    State(state): State<AppState>,
    asked: Addressed,
    paging: Paging,
) -> Result<Response, ApiError> {
    let mut tx = asked.reading(&state).await?;
    let (query, count) = paging.list(Noun::RatePlans)?;
    let page = rate_plans::list(&mut tx, &query).await?;
    Paged::<RatePlan>::respond(tx, page, count).await
}

/// Returns a rate plan.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{slug}/rate-plans/{id}",
    operation_id = "getRatePlan",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The plan's id")),
    responses((status = 200, description = "The rate plan", body = RatePlan)),
    security(("operator_token" = []))
)]
pub(super) async fn get(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    show::<RatePlan>(&state, &asked, &id).await
}

/// Creates a rate plan with an empty draft, version 1.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{slug}/rate-plans",
    operation_id = "createRatePlan",
    params(("slug" = String, Path, description = "The workspace's address")),
    request_body = NewRatePlan,
    responses((status = 201, description = "The rate plan", body = RatePlan,
        headers(("Location" = String, description = "Its address")))),
    security(("operator_token" = []))
)]
pub(super) async fn create(
    State(state): State<AppState>,
    asked: Addressed,
    Body(new): Body<NewRatePlan>,
) -> Result<Response, ApiError> {
    let (mut tx, can) = asked.writing::<EditContent>(&state).await?;
    let NewRatePlan { name, code, currency, interval } = new;
    let draft = RatePlanInput { name, code, currency, interval }.parse()?;
    let id = rate_plans::create(&mut tx, &can, &draft).await.map_err(taken)?;
    respond_at::<RatePlan>(tx, id, StatusCode::CREATED).await
}

/// Changes name or code of a rate plan.
#[utoipa::path(
    patch,
    path = "/api/v1/workspaces/{slug}/rate-plans/{id}",
    operation_id = "changeRatePlan",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The plan's id")),
    request_body = RatePlanChanges,
    responses((status = 200, description = "The changed rate plan", body = RatePlan)),
    security(("operator_token" = []))
)]
pub(super) async fn change(
    State(state): State<AppState>,
    asked: Addressed,
    if_match: IfMatch,
    Path((_, id)): Path<(String, String)>,
    Body(changes): Body<RatePlanChanges>,
) -> Result<Response, ApiError> {
    let (mut tx, can) = asked.writing::<EditContent>(&state).await?;
    let id = identified(&id)?;
    let mut input: RatePlanInput = lock::<RatePlan, _>(&mut tx, &can, id, &if_match).await?;
    changes.name.apply(&mut input.name);
    changes.code.apply(&mut input.code);
    rate_plans::update(&mut tx, &can, id, &input.parse()?).await.map_err(taken)?;
    respond::<RatePlan>(tx, id).await
}

/// Archives a rate plan, which is then not offered for new subscriptions. An archived plan stays as it is.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{slug}/rate-plans/{id}/archive",
    operation_id = "archiveRatePlan",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The plan's id")),
    responses((status = 200, description = "The archived rate plan", body = RatePlan)),
    security(("operator_token" = []))
)]
pub(super) async fn archive(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    set_status::<RatePlan>(&state, &asked, &id, Lifecycle::Archived).await
}

/// Restores an archived rate plan. An active plan stays as it is.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{slug}/rate-plans/{id}/restore",
    operation_id = "restoreRatePlan",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The plan's id")),
    responses((status = 200, description = "The active rate plan", body = RatePlan)),
    security(("operator_token" = []))
)]
pub(super) async fn restore(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    set_status::<RatePlan>(&state, &asked, &id, Lifecycle::Active).await
}

fn taken(error: StoreError) -> ApiError {
    refused(error, "rate_plan_code_taken", "code", "Another rate plan of this workspace has that code.")
}

fn interval() -> Object {
    let words = Interval::ALL.map(Interval::as_str);
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).build()
}
