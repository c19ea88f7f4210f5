//! `/api/v1/workspaces/{slug}/imports`: imports of usage from CSV files (docs/IMPORT.md). The program drives the work, as
//! the pages do: each call checks or imports rows for about a second.

use super::{
    door::{Addressed, allowed, served},
    error::ApiError,
    json::Body,
    refusals::identified,
    resource::{resource, respond},
};
use crate::{error_code::Code, state::AppState};
use app::imports as console;
use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use model::{
    capability::EditContent,
    id::ImportId,
    import::{Counts, Effect, ImportRow, ImportState, REFUSALS_MAX},
    meter::Aggregation,
    moment::timestamp,
    usage::day,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::imports::{self, Import};
use utoipa::ToSchema;
use uuid::Uuid;

/// An import.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImportResource {
    id: Uuid,
    /// Name of the file.
    #[schema(example = "gateway.csv")]
    name: String,
    /// Size of the file, in bytes.
    bytes: u64,
    /// `receiving`, `uploaded`, `previewed` once the file is checked, `running`, `done` or `stopped`.
    #[schema(example = "previewed")]
    state: &'static str,
    /// Name of the person who uploaded the file.
    created_by: String,
    /// RFC 3339 timestamp in the workspace's time zone.
    #[schema(example = "2026-03-12T14:05:09+01:00")]
    created_at: String,
    /// Rows that the check or the import has handled.
    position: u64,
    /// What the check found.
    check: ImportCounts,
    /// What was imported.
    result: ImportCounts,
}

/// What became of the rows of a file.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImportCounts {
    rows: u64,
    /// Rows that are new.
    accepted: u64,
    /// New rows that are older than programs may send as events.
    late: u64,
    /// Rows that the workspace has already.
    duplicate: u64,
    /// Number of refused rows.
    refused: u64,
    /// Refused rows by code.
    refused_by_code: BTreeMap<String, u64>,
    /// Usage that the file adds, by meter and customer, at most 200. Of the check only.
    effects: Vec<ImportEffect>,
}

/// Usage that a file adds to a customer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImportEffect {
    #[schema(example = "Prompt tokens")]
    meter: String,
    #[schema(example = "token")]
    unit: String,
    customer_id: Uuid,
    customer: String,
    /// Number of events that the meter counts.
    events: u64,
    /// A decimal number; null for meters that count different values.
    #[schema(example = "1204.5")]
    quantity: Option<String>,
    /// First day, in the workspace's time zone.
    #[schema(example = "2026-03-01")]
    first_on: String,
    #[schema(example = "2026-03-12")]
    last_on: String,
}

/// An import in the list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImportItem {
    id: Uuid,
    /// Name of the file.
    #[schema(example = "gateway.csv")]
    name: String,
    bytes: u64,
    #[schema(example = "done")]
    state: &'static str,
    /// Name of the person who uploaded the file.
    created_by: String,
    #[schema(example = "2026-03-12T14:05:09+01:00")]
    created_at: String,
    /// Rows that were imported.
    accepted: u64,
    /// Rows that were refused.
    refused: u64,
}

/// Imports of a workspace.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImportList {
    /// The last 100, newest first.
    items: Vec<ImportItem>,
}

/// Begins an import that was checked.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RunImport {
    /// Number of refused rows that the check found. The import begins only if it is right.
    refused: u64,
}

impl From<Counts> for ImportCounts {
    fn from(counts: Counts) -> Self {
        Self {
            rows: counts.rows,
            accepted: counts.accepted,
            late: counts.late,
            duplicate: counts.duplicate,
            refused: counts.refused(),
            refused_by_code: counts.refused,
            effects: counts.effects.into_iter().map(ImportEffect::from).collect(),
        }
    }
}

impl From<Effect> for ImportEffect {
    fn from(effect: Effect) -> Self {
        Self {
            meter: effect.meter,
            unit: effect.unit,
            customer_id: effect.customer_id.uuid(),
            customer: effect.customer,
            events: effect.events,
            quantity: (effect.aggregation != Aggregation::Unique).then(|| effect.quantity.to_string()),
            first_on: day(effect.first),
            last_on: day(effect.last),
        }
    }
}

impl From<ImportRow> for ImportItem {
    fn from(row: ImportRow) -> Self {
        Self {
            id: row.id.uuid(),
            name: row.name,
            bytes: row.bytes,
            state: row.state.as_str(),
            created_by: row.actor,
            created_at: timestamp(*row.created_at),
            accepted: row.accepted,
            refused: row.refused,
        }
    }
}

impl From<Import> for ImportResource {
    fn from(import: Import) -> Self {
        Self {
            id: import.row.id.uuid(),
            name: import.row.name,
            bytes: import.row.bytes,
            state: import.row.state.as_str(),
            created_by: import.row.actor,
            created_at: timestamp(*import.row.created_at),
            position: import.position,
            check: import.preview.into(),
            result: import.counts.into(),
        }
    }
}

resource!(ImportResource, "imports", imports::get, ImportId => Import);

/// Returns the error for an action that the state of an import does not allow.
pub(super) fn conflict(detail: &str) -> ApiError {
    ApiError::Other(Code::Conflict, detail.to_owned())
}

/// Lists the last imports of a workspace. Needs a role that can edit content, as all requests of imports.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{slug}/imports",
    operation_id = "listImports",
    params(("slug" = String, Path, description = "The workspace's address")),
    responses((status = 200, description = "The imports", body = ImportList)),
    security(("operator_token" = []))
)]
pub(super) async fn list(State(state): State<AppState>, asked: Addressed) -> Result<Response, ApiError> {
    let mut tx = asked.reading(&state).await?;
    allowed::<_, EditContent>(&tx)?;
    let items = imports::list(&mut tx).await?.into_iter().map(ImportItem::from).collect();
    Ok(served(&tx.commit().await?, Json(ImportList { items })))
}

/// Returns an import.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{slug}/imports/{id}",
    operation_id = "getImport",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The import's id")),
    responses((status = 200, description = "The import", body = ImportResource)),
    security(("operator_token" = []))
)]
pub(super) async fn get(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let tx = asked.reading(&state).await?;
    allowed::<_, EditContent>(&tx)?;
    respond::<ImportResource>(tx, identified(&id)?).await
}

/// Checks the file with its mapping for about a second, without storing anything.
///
/// Call it again until the state is `previewed`. The mapping must be set.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{slug}/imports/{id}/check",
    operation_id = "checkImport",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The import's id")),
    responses((status = 200, description = "The import", body = ImportResource)),
    security(("operator_token" = []))
)]
pub(super) async fn check(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let (mut tx, _) = asked.writing::<EditContent>(&state).await?;
    let id = identified(&id)?;
    let import = imports::get(&mut tx, id).await?.ok_or(ApiError::NotFound)?;
    let tenant = tx.commit().await?;
    match import.row.state {
        ImportState::Uploaded if import.mapping.is_some() => {}
        ImportState::Previewed => {}
        ImportState::Uploaded => return Err(conflict("Set the mapping of the columns first.")),
        _ => return Err(conflict("Only a file that is uploaded and not imported yet can be checked.")),
    }
    console::advance(&asked.authority(&state, &tenant), id).await?;
    shown(&state, &asked, id).await
}

/// Imports rows for about a second, after the check.
///
/// Call it again until the state is `done`. What was imported stays if the import is stopped.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{slug}/imports/{id}/run",
    operation_id = "runImport",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The import's id")),
    request_body = RunImport,
    responses((status = 200, description = "The import", body = ImportResource)),
    security(("operator_token" = []))
)]
pub(super) async fn run(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id)): Path<(String, String)>,
    Body(body): Body<RunImport>,
) -> Result<Response, ApiError> {
    let (mut tx, can) = asked.writing::<EditContent>(&state).await?;
    let id = identified(&id)?;
    let import = imports::get(&mut tx, id).await?.ok_or(ApiError::NotFound)?;
    match import.row.state {
        ImportState::Running | ImportState::Done => {}
        ImportState::Previewed => {
            if !imports::run(&mut tx, &can, id, body.refused).await? {
                return Err(conflict(
                    "The check found another number of refused rows. Get the import, and look at them.",
                ));
            }
        }
        _ => return Err(conflict("Check the file first, until the state is previewed.")),
    }
    let tenant = tx.commit().await?;
    console::advance(&asked.authority(&state, &tenant), id).await?;
    shown(&state, &asked, id).await
}

/// Stops an import and deletes its file. Rows that were imported stay.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{slug}/imports/{id}/stop",
    operation_id = "stopImport",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The import's id")),
    responses((status = 200, description = "The import", body = ImportResource)),
    security(("operator_token" = []))
)]
pub(super) async fn stop(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let (mut tx, can) = asked.writing::<EditContent>(&state).await?;
    let id = identified(&id)?;
    if !imports::stop(&mut tx, &can, id).await? {
        return Err(ApiError::NotFound);
    }
    respond::<ImportResource>(tx, id).await
}

/// Returns the refused rows of an import as a CSV file, at most 10,000.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{slug}/imports/{id}/refusals",
    operation_id = "listImportRefusals",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The import's id")),
    responses((status = 200, description = "Line, column, code, text and meaning", body = String, content_type = "text/csv")),
    security(("operator_token" = []))
)]
pub(super) async fn refusals(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let mut tx = asked.reading(&state).await?;
    allowed::<_, EditContent>(&tx)?;
    let id = identified(&id)?;
    imports::get(&mut tx, id).await?.ok_or(ApiError::NotFound)?;
    let rows = imports::refusals(&mut tx, id, REFUSALS_MAX).await?;
    let tenant = tx.commit().await?;
    let mut response = console::refusals_csv(&rows).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    Ok(served(&tenant, response))
}

/// Responds with the import as it is after a step.
async fn shown(state: &AppState, asked: &Addressed, id: ImportId) -> Result<Response, ApiError> {
    let (tx, _) = asked.writing::<EditContent>(state).await?;
    respond::<ImportResource>(tx, id).await
}
