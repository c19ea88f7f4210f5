//! `/api/v1/workspaces/{slug}/meters`: what a workspace counts of the events that it receives.

use super::{
    door::{Addressed, served},
    error::ApiError,
    etag::{IfMatch, Tagged},
    json::{Body, Patch},
    refusals::{identified, refused, status},
    resource::{archivable, find, lock, resource, respond, set_status, show},
};
use crate::{error_code::Code, state::AppState};
use axum::{
    Json,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use model::{
    FieldErrors,
    capability::EditContent,
    catalog::Lifecycle,
    id::{MeterId, ProductId},
    meter::{Aggregation, Meter, MeterEditInput, MeterInput, filter_lines},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::{StoreError, meters};
use utoipa::{
    ToSchema,
    openapi::{Object, ObjectBuilder, Type},
};
use uuid::Uuid;

/// A meter.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MeterResource {
    id: Uuid,
    /// Id of the product whose usage the meter counts.
    product_id: Uuid,
    #[schema(example = "Prompt tokens")]
    name: String,
    /// Unique in the workspace.
    #[schema(example = "prompt-tokens")]
    code: String,
    /// Type of the events that the meter counts.
    #[schema(example = "completion")]
    event_type: String,
    #[schema(schema_with = aggregation)]
    aggregation: Aggregation,
    /// Property of the event data that is aggregated; null for `count`.
    #[schema(example = "prompt_tokens")]
    property: Option<String>,
    /// Properties that the event data must have, with their values.
    filter: BTreeMap<String, String>,
    /// Name of one unit.
    #[schema(example = "token")]
    unit: String,
    /// First day that is counted.
    #[schema(example = "2026-03-01")]
    counts_from: String,
    #[schema(schema_with = status)]
    status: Lifecycle,
}

/// A meter that was created.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CreatedMeter {
    #[serde(flatten)]
    meter: MeterResource,
    /// Number of stored events that it counted.
    #[schema(example = 500)]
    counted_events: u64,
    /// Number of stored events that it left out, because their property has no value that it counts.
    #[schema(example = 0)]
    left_out_events: u64,
}

/// All meters of a workspace.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MeterList {
    /// By name, active and archived, at most 200.
    items: Vec<MeterResource>,
}

/// A new meter.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewMeter {
    /// Id of the product whose usage the meter counts.
    product_id: Uuid,
    /// 1 to 80 characters.
    #[schema(example = "Prompt tokens")]
    name: String,
    /// 2 to 40 characters: letters, digits, hyphens and underscores.
    #[schema(example = "prompt-tokens")]
    code: String,
    /// Type of the events that the meter counts, 1 to 100 characters.
    #[schema(example = "completion")]
    event_type: String,
    /// `count`, `sum`, `max` or `unique`.
    #[schema(example = "sum")]
    aggregation: String,
    /// Property of the event data that is aggregated; absent for `count`.
    #[serde(default)]
    #[schema(example = "prompt_tokens")]
    property: String,
    /// At most 5 properties that the event data must have, with their values.
    #[serde(default)]
    filter: BTreeMap<String, String>,
    /// Name of one unit, 1 to 30 characters.
    #[schema(example = "token")]
    unit: String,
    /// First day that is counted; absent for today. From an earlier day on, stored events are counted, too.
    #[serde(default)]
    #[schema(example = "2026-03-01")]
    counts_from: String,
}

/// Changes of a meter. What a meter counts never changes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MeterChanges {
    /// 1 to 80 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false)]
    name: Patch<String>,
    /// 1 to 30 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false)]
    unit: Patch<String>,
}

impl From<Meter> for MeterResource {
    fn from(meter: Meter) -> Self {
        Self {
            id: meter.id.uuid(),
            product_id: meter.product_id.uuid(),
            name: meter.name,
            code: meter.code,
            event_type: meter.event_type,
            aggregation: meter.aggregation,
            property: meter.property,
            filter: meter.filter,
            unit: meter.unit,
            counts_from: meter.counts_from.to_string(),
            status: meter.status,
        }
    }
}

resource!(MeterResource, "meters", meters::get, MeterId => Meter);
archivable!(MeterResource, MeterId, meters::lock, meters::set_status);

/// Lists all meters of a workspace.
///
/// A guest sees none.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{slug}/meters",
    operation_id = "listMeters",
    params(("slug" = String, Path, description = "The workspace's address")),
    responses((status = 200, description = "The meters", body = MeterList)),
    security(("operator_token" = []))
)]
pub(super) async fn list(State(state): State<AppState>, asked: Addressed) -> Result<Response, ApiError> {
    let mut tx = asked.reading(&state).await?;
    let items = meters::all(&mut tx).await?.into_iter().map(MeterResource::from).collect();
    Ok(served(&tx.commit().await?, Json(MeterList { items })))
}

/// Returns a meter.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{slug}/meters/{id}",
    operation_id = "getMeter",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The meter's id")),
    responses((status = 200, description = "The meter", body = MeterResource)),
    security(("operator_token" = []))
)]
pub(super) async fn get(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    show::<MeterResource>(&state, &asked, &id).await
}

/// Creates a meter.
///
/// If `counts_from` is before today, the meter also counts the events of its type that are stored already, at most
/// 1,000,000. Those whose property is missing or has a value that it can't count are left out.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{slug}/meters",
    operation_id = "createMeter",
    params(("slug" = String, Path, description = "The workspace's address")),
    request_body = NewMeter,
    responses((status = 201, description = "The meter", body = CreatedMeter,
        headers(("Location" = String, description = "Its address")))),
    security(("operator_token" = []))
)]
pub(super) async fn create(
    State(state): State<AppState>,
    asked: Addressed,
    Body(new): Body<NewMeter>,
) -> Result<Response, ApiError> {
    let (mut tx, mut can) = asked.writing::<EditContent>(&state).await?;
    let product = ProductId::from_uuid(new.product_id);
    // The filter of a form is text with a line for each property.
    let parts = ['=', '\n', '\r'];
    if new.filter.iter().any(|(name, value)| name.contains(parts) || value.contains(&parts[1..])) {
        return Err(FieldErrors::one("filter", "Use names without = and values of one line.").into());
    }
    let draft = MeterInput {
        name: new.name,
        code: new.code,
        event_type: new.event_type,
        aggregation: new.aggregation,
        property: new.property,
        filter: filter_lines(&new.filter),
        unit: new.unit,
        counts_from: new.counts_from,
    };
    let draft = draft.parse()?;
    if draft.counts_from.is_some_and(|day| day < tx.today()) {
        // It counts stored events, so none may arrive meanwhile. The lock can't become exclusive: two would wait for
        // each other.
        drop(tx);
        (tx, can) = asked.writing_alone::<EditContent>(&state).await?;
    }
    let meters::Created { id, stored } = meters::create(&mut tx, &can, product, &draft).await.map_err(not_created)?;
    let meter: MeterResource = find(&mut tx, id).await?;
    let tenant = tx.commit().await?;
    let location = format!("/api/v1/workspaces/{}/meters/{id}", tenant.workspace.slug);
    // The tag of the meter as it is read later.
    let etag = Tagged(&meter).into_response().headers().get(header::ETAG).cloned();
    let body = CreatedMeter { meter, counted_events: stored.counted, left_out_events: stored.left_out };
    let mut response = served(&tenant, (StatusCode::CREATED, [(header::LOCATION, location)], Json(body)));
    if let Some(etag) = etag {
        response.headers_mut().insert(header::ETAG, etag);
    }
    Ok(response)
}

fn not_created(error: StoreError) -> ApiError {
    if error.is_refused_by("meter_product") {
        return refused(error, "meter_product", "product_id", "Name a product of this workspace.");
    }
    if error.is_refused_by(meters::TOO_MANY) {
        let detail = format!("A workspace has at most {} meters, archived ones included.", meters::MAX_METERS);
        return ApiError::Other(Code::Conflict, detail);
    }
    if error.is_refused_by(meters::TOO_MANY_STORED) {
        return refused(
            error,
            meters::TOO_MANY_STORED,
            "counts_from",
            "More than 1,000,000 events of this type are stored since that day. Choose a later day.",
        );
    }
    refused(error, "meter_code_taken", "code", "Another meter of this workspace has that code.")
}

/// Changes name or unit of a meter.
#[utoipa::path(
    patch,
    path = "/api/v1/workspaces/{slug}/meters/{id}",
    operation_id = "changeMeter",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The meter's id")),
    request_body = MeterChanges,
    responses((status = 200, description = "The changed meter", body = MeterResource)),
    security(("operator_token" = []))
)]
pub(super) async fn change(
    State(state): State<AppState>,
    asked: Addressed,
    if_match: IfMatch,
    Path((_, id)): Path<(String, String)>,
    Body(changes): Body<MeterChanges>,
) -> Result<Response, ApiError> {
    let (mut tx, can) = asked.writing::<EditContent>(&state).await?;
    let id = identified(&id)?;
    let mut input: MeterEditInput = lock::<MeterResource, _>(&mut tx, &can, id, &if_match).await?;
    changes.name.apply(&mut input.name);
    changes.unit.apply(&mut input.unit);
    meters::update(&mut tx, &can, id, &input.parse()?).await?;
    respond::<MeterResource>(tx, id).await
}

/// Archives a meter, which then counts nothing. An archived meter stays as it is.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{slug}/meters/{id}/archive",
    operation_id = "archiveMeter",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The meter's id")),
    responses((status = 200, description = "The archived meter", body = MeterResource)),
    security(("operator_token" = []))
)]
pub(super) async fn archive(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    set_status::<MeterResource>(&state, &asked, &id, Lifecycle::Archived).await
}

/// Restores an archived meter. An active meter stays as it is.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{slug}/meters/{id}/restore",
    operation_id = "restoreMeter",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The meter's id")),
    responses((status = 200, description = "The active meter", body = MeterResource)),
    security(("operator_token" = []))
)]
pub(super) async fn restore(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    set_status::<MeterResource>(&state, &asked, &id, Lifecycle::Active).await
}

fn aggregation() -> Object {
    let words = Aggregation::ALL.map(Aggregation::as_str);
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).build()
}
