//! `/api/v1/workspaces/{slug}/rate-plans/{id}/versions`: the prices of a plan. A published version never changes.

use super::{
    door::{Addressed, served},
    error::ApiError,
    etag::{IfMatch, Tagged},
    json::{Body, Patch},
    plan_charges::{ChargeBody, faults},
    refusals::identified,
};
use crate::{
    error_code::Code,
    error_response::{ErrorBody, Fault},
    state::AppState,
};
use axum::{
    Json,
    extract::{Path, State},
    http::{StatusCode, header},
    response::Response,
};
use model::{
    Money,
    capability::EditContent,
    id::RatePlanId,
    rate_plan::{ChargeInput, RatePlanDetail, Version, VersionDraft, VersionInput, VersionRow, VersionState},
};
use serde::{Deserialize, Serialize};
use store::{
    StoreError,
    door::{Can, Mode, WorkspaceTx, Write},
    rate_plans::{self, DraftOutcome},
};
use time::OffsetDateTime;
use utoipa::{
    ToSchema,
    openapi::{Object, ObjectBuilder, Type},
};

/// A version in the list of a plan's versions.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VersionSummary {
    /// Number within the plan, from 1.
    number: i32,
    #[schema(schema_with = state)]
    state: VersionState,
    /// RFC 3339 timestamp in the workspace's time zone; null for a draft.
    #[serde(with = "time::serde::rfc3339::option")]
    published_at: Option<OffsetDateTime>,
    /// Name of the person who published it, while they have a seat in the workspace.
    published_by: Option<String>,
    /// What is new in the version, possibly empty.
    note: String,
    /// Number of customers on the version today.
    customers: i64,
}

/// The versions of a plan.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VersionList {
    /// Newest first, at most 200.
    items: Vec<VersionSummary>,
}

/// A version with its prices. Amounts are decimal numbers in major units of the currency.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VersionResource {
    #[serde(flatten)]
    summary: VersionSummary,
    /// ISO 4217 code of all amounts.
    #[schema(example = "USD")]
    currency: String,
    /// Minimum per period; null without a minimum.
    #[schema(example = "100.00")]
    minimum: Option<String>,
    charges: Vec<ChargeBody>,
}

/// Changes of a draft. Absent members stay as they are; `charges` are replaced as a whole.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct VersionChanges {
    /// Minimum per period.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false, example = "100.00")]
    minimum: Patch<String>,
    /// What is new in the version, at most 500 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false)]
    note: Patch<String>,
    /// At most 50.
    #[serde(default)]
    charges: Option<Vec<ChargeBody>>,
}

impl From<VersionRow> for VersionSummary {
    fn from(row: VersionRow) -> Self {
        Self {
            number: row.number,
            state: row.state,
            published_at: row.published_at.map(OffsetDateTime::from),
            published_by: row.published_by,
            note: row.note,
            customers: row.customers,
        }
    }
}

impl VersionResource {
    fn new(summary: VersionSummary, version: &Version) -> Self {
        let minimum = version.minimum_minor.map(|minor| Money { minor, currency: version.currency }.decimal());
        let charges = VersionInput::from(version).charges.into_iter().map(ChargeBody::from).collect();
        Self { summary, currency: version.currency.code().to_owned(), minimum, charges }
    }
}

/// Lists the versions of a rate plan, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{slug}/rate-plans/{id}/versions",
    operation_id = "listRatePlanVersions",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The plan's id")),
    responses((status = 200, description = "The versions", body = VersionList)),
    security(("operator_token" = []))
)]
pub(super) async fn list(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let mut tx = asked.reading(&state).await?;
    let plan = rate_plans::get(&mut tx, identified(&id)?, None).await?.ok_or(ApiError::NotFound)?;
    let items = plan.versions.into_iter().map(VersionSummary::from).collect();
    Ok(served(&tx.commit().await?, Json(VersionList { items })))
}

/// Returns a version with its prices.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{slug}/rate-plans/{id}/versions/{number}",
    operation_id = "getRatePlanVersion",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The plan's id"),
        ("number" = i32, Path, description = "The version's number")),
    responses((status = 200, description = "The version", body = VersionResource)),
    security(("operator_token" = []))
)]
pub(super) async fn get(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id, number)): Path<(String, String, String)>,
) -> Result<Response, ApiError> {
    let tx = asked.reading(&state).await?;
    respond(tx, identified(&id)?, identified(&number)?).await
}

/// Creates a draft with the prices of the latest published version.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{slug}/rate-plans/{id}/versions",
    operation_id = "createRatePlanDraft",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The plan's id")),
    responses((status = 201, description = "The draft", body = VersionResource,
        headers(("Location" = String, description = "Its address")))),
    security(("operator_token" = []))
)]
pub(super) async fn create(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let (mut tx, can) = asked.writing::<EditContent>(&state).await?;
    let id = identified(&id)?;
    let number = match rate_plans::new_draft(&mut tx, &can, id).await {
        Err(error) if error.is_refused_by("rate_plan_one_draft") => {
            return Err(ApiError::Other(
                Code::Conflict,
                "The rate plan has a draft already. Change that one.".to_owned(),
            ));
        }
        number => number?.ok_or(ApiError::NotFound)?,
    };
    let (version, _) = find(&mut tx, id, number).await?;
    let tenant = tx.commit().await?;
    let location = format!("/api/v1/workspaces/{}/rate-plans/{id}/versions/{number}", tenant.workspace.slug);
    Ok(served(&tenant, (StatusCode::CREATED, [(header::LOCATION, location)], Tagged(version))))
}

/// Changes a draft.
#[utoipa::path(
    patch,
    path = "/api/v1/workspaces/{slug}/rate-plans/{id}/versions/{number}",
    operation_id = "changeRatePlanDraft",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The plan's id"),
        ("number" = i32, Path, description = "The version's number")),
    request_body = VersionChanges,
    responses((status = 200, description = "The changed draft", body = VersionResource),
        (status = 409, description = "`frozen`: the version is published", body = ErrorBody)),
    security(("operator_token" = []))
)]
pub(super) async fn change(
    State(state): State<AppState>,
    asked: Addressed,
    if_match: IfMatch,
    Path((_, id, number)): Path<(String, String, String)>,
    Body(changes): Body<VersionChanges>,
) -> Result<Response, ApiError> {
    let Opened { mut tx, can, id, number, version } = open(&state, &asked, &id, &number, &if_match).await?;
    let mut input = VersionInput::from(&version);
    changes.minimum.apply(&mut input.minimum);
    changes.note.apply(&mut input.note);
    if let Some(charges) = changes.charges {
        input.charges = charges.into_iter().map(ChargeInput::from).collect();
    }
    let draft = if version.state == VersionState::Published {
        return Err(frozen());
    } else {
        input.parse(version.currency).map_err(faults)?
    };
    let saved = rate_plans::save_draft(&mut tx, &can, id, number, version.revision, &draft).await;
    done(saved.map_err(|error| not_saved(error, &draft))?)?;
    respond(tx, id, number).await
}

/// Deletes a draft.
#[utoipa::path(
    delete,
    path = "/api/v1/workspaces/{slug}/rate-plans/{id}/versions/{number}",
    operation_id = "discardRatePlanDraft",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The plan's id"),
        ("number" = i32, Path, description = "The version's number")),
    responses((status = 204, description = "The draft is deleted"),
        (status = 409, description = "`frozen`: the version is published", body = ErrorBody)),
    security(("operator_token" = []))
)]
pub(super) async fn discard(
    State(state): State<AppState>,
    asked: Addressed,
    if_match: IfMatch,
    Path((_, id, number)): Path<(String, String, String)>,
) -> Result<Response, ApiError> {
    let Opened { mut tx, can, id, number, version } = open(&state, &asked, &id, &number, &if_match).await?;
    done(rate_plans::discard_draft(&mut tx, &can, id, number, version.revision).await?)?;
    Ok(served(&tx.commit().await?, StatusCode::NO_CONTENT))
}

/// Publishes a draft, which then never changes.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{slug}/rate-plans/{id}/versions/{number}/publish",
    operation_id = "publishRatePlanDraft",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The plan's id"),
        ("number" = i32, Path, description = "The version's number"),
        ("If-Match" = Option<String>, Header, description = "ETag of the draft to publish. Another one is not published.")),
    responses((status = 200, description = "The published version", body = VersionResource)),
    security(("operator_token" = []))
)]
pub(super) async fn publish(
    State(state): State<AppState>,
    asked: Addressed,
    if_match: IfMatch,
    Path((_, id, number)): Path<(String, String, String)>,
) -> Result<Response, ApiError> {
    let Opened { mut tx, can, id, number, version } = open(&state, &asked, &id, &number, &if_match).await?;
    match rate_plans::publish(&mut tx, &can, id, number, version.revision).await {
        Err(error) if error.is_refused_by("rate_plan_version_incomplete") => {
            let detail = "The version has no charge, so it can't be published. Add one.".to_owned();
            return Err(ApiError::Other(Code::Conflict, detail));
        }
        published => done(published?)?,
    }
    respond(tx, id, number).await
}

fn frozen() -> ApiError {
    ApiError::Other(Code::Frozen, Code::Frozen.meaning().to_owned())
}

/// Returns the result of a change to a draft, or the error.
fn done<T>(outcome: DraftOutcome<T>) -> Result<T, ApiError> {
    match outcome {
        DraftOutcome::Done(result) => Ok(result),
        DraftOutcome::Absent => Err(ApiError::NotFound),
        DraftOutcome::Frozen => Err(frozen()),
        DraftOutcome::Stale => Err(ApiError::Changed),
    }
}

/// Returns the error of a draft that was not saved.
fn not_saved(error: StoreError, draft: &VersionDraft) -> ApiError {
    let (member, message) = if error.is_refused_by("rate_plan_charge_meter") {
        ("meter_id", "Name meters of this workspace only.")
    } else if error.is_refused_by("rate_plan_charge_product") {
        ("product_id", "Name products of this workspace only.")
    } else {
        return error.into();
    };
    // The database does not say which charge it is, unless there is only one.
    let pointer = if draft.charges.len() == 1 { format!("/charges/0/{member}") } else { "/charges".to_owned() };
    ApiError::Faults(vec![Fault { pointer, code: "not_allowed", detail: message.to_owned() }])
}

/// A version that the request may change, in the transaction of the write.
struct Opened {
    tx: WorkspaceTx<Write>,
    can: Can<EditContent>,
    id: RatePlanId,
    number: i32,
    version: Version,
}

/// Opens the workspace for a change of a version, if the request names the current one.
async fn open(
    state: &AppState,
    asked: &Addressed,
    id: &str,
    number: &str,
    if_match: &IfMatch,
) -> Result<Opened, ApiError> {
    let (mut tx, can) = asked.writing::<EditContent>(state).await?;
    let (id, number) = (identified(id)?, identified(number)?);
    let (current, version) = find(&mut tx, id, number).await?;
    if_match.check(&current)?;
    Ok(Opened { tx, can, id, number, version })
}

/// Ends the transaction and responds with a version.
async fn respond(mut tx: WorkspaceTx<impl Mode>, id: RatePlanId, number: i32) -> Result<Response, ApiError> {
    let (version, _) = find(&mut tx, id, number).await?;
    Ok(served(&tx.commit().await?, Tagged(version)))
}

/// Returns a version for the response, and for computing.
pub(super) async fn find<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    plan: RatePlanId,
    number: i32,
) -> Result<(VersionResource, Version), ApiError> {
    let detail = rate_plans::get(tx, plan, Some(number)).await?.ok_or(ApiError::NotFound)?;
    let row = detail.shown_row().cloned();
    let RatePlanDetail { shown, .. } = detail;
    let (row, version) = row.zip(shown).ok_or(ApiError::NotFound)?;
    Ok((VersionResource::new(row.into(), &version), version))
}

fn state() -> Object {
    let words = VersionState::ALL.map(VersionState::as_str);
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).build()
}
