//! `/api/v1/workspaces/{slug}/imports/{id}/mapping`: what the columns of a file mean.

use super::{
    door::{Addressed, allowed, served},
    error::ApiError,
    etag::Tagged,
    import::{ImportResource, conflict},
    json::Body,
    refusals::identified,
    resource::respond,
};
use crate::state::AppState;
use app::imports as console;
use axum::{
    extract::{Path, State},
    response::Response,
};
use model::{
    FieldErrors,
    capability::EditContent,
    import::{ImportForm, ImportState, MappingInput},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::imports;
use utoipa::ToSchema;

/// What the columns of a file mean.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ImportMapping {
    /// `comma`, `semicolon`, `tab` or `pipe`.
    #[schema(example = "comma")]
    delimiter: String,
    /// Decimal sign of the numbers: `point` or `comma`.
    #[schema(example = "point")]
    decimal: String,
    /// Whether the first row contains the names of the columns.
    header: bool,
    /// Zone of times without an offset: `utc`, `workspace` or an offset such as `+01:00`.
    #[schema(example = "utc")]
    times_in: String,
    /// Subject of all rows, if no column contains it; else empty.
    #[serde(default)]
    #[schema(example = "acme")]
    customer: String,
    /// Event type of all rows, if no column contains it; else empty.
    #[serde(default, rename = "type")]
    #[schema(example = "tokens")]
    kind: String,
    /// Name under which the mapping is saved, or empty. It is a part of the events' source.
    #[serde(default)]
    #[schema(example = "Gateway")]
    name: String,
    /// All columns of the file, in their order.
    columns: Vec<ImportColumn>,
}

/// Use of a column.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ImportColumn {
    /// `time`, `customer`, `type`, `id`, `number`, `text`, or empty for a column that is not imported.
    #[schema(example = "number")]
    role: String,
    /// Property of the event data that a number or text fills.
    #[serde(default)]
    #[schema(example = "tokens")]
    property: String,
}

/// The mapping of an import, or a guess.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImportMappingProposal {
    /// The mapping that was set, else a guess from the first rows.
    mapping: ImportMapping,
    /// Whether it is a guess.
    guessed: bool,
    #[schema(example = "UTF-8")]
    encoding: String,
    /// Name and first cells of each column.
    columns: Vec<ImportSample>,
}

/// Column of a file.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImportSample {
    /// Name, cut to 60 characters.
    #[schema(example = "Tokens")]
    name: String,
    /// First cells below the name, at most 3, cut to 60 characters.
    samples: Vec<String>,
}

impl From<ImportForm> for ImportMappingProposal {
    fn from(form: ImportForm) -> Self {
        let value = |name: &str| form.input.value(name).to_owned();
        let column =
            |at: usize| ImportColumn { role: value(&format!("role_{at}")), property: value(&format!("property_{at}")) };
        let mapping = ImportMapping {
            delimiter: value("delimiter"),
            decimal: value("decimal"),
            header: form.input.value("header") == "on",
            times_in: value("times_in"),
            customer: value("customer"),
            kind: value("type"),
            name: value("name"),
            columns: (0..form.columns.len()).map(column).collect(),
        };
        Self {
            mapping,
            guessed: form.guessed,
            encoding: form.encoding,
            columns: form
                .columns
                .into_iter()
                .map(|column| ImportSample { name: column.name, samples: column.samples })
                .collect(),
        }
    }
}

impl From<ImportMapping> for MappingInput {
    fn from(mapping: ImportMapping) -> Self {
        let mut values = BTreeMap::from([
            ("delimiter".to_owned(), mapping.delimiter),
            ("decimal".to_owned(), mapping.decimal),
            ("times_in".to_owned(), mapping.times_in),
            ("customer".to_owned(), mapping.customer),
            ("type".to_owned(), mapping.kind),
            ("name".to_owned(), mapping.name),
        ]);
        if mapping.header {
            values.insert("header".to_owned(), "on".to_owned());
        }
        for (at, column) in mapping.columns.into_iter().enumerate() {
            values.insert(format!("role_{at}"), column.role);
            values.insert(format!("property_{at}"), column.property);
        }
        Self(values)
    }
}

/// Returns the mapping of a file that is not imported yet, or a guess.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{slug}/imports/{id}/mapping",
    operation_id = "getImportMapping",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The import's id")),
    responses(
        (status = 200, description = "The mapping", body = ImportMappingProposal),
        (status = 409, description = "The import has begun or ended"),
    ),
    security(("operator_token" = []))
)]
pub(super) async fn get(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let mut tx = asked.reading(&state).await?;
    allowed::<_, EditContent>(&tx)?;
    let id = identified(&id)?;
    imports::get(&mut tx, id).await?.ok_or(ApiError::NotFound)?;
    let form = console::columns(&mut tx, id).await?;
    let form =
        form.ok_or_else(|| conflict("The columns are known from the end of the upload until the import begins."))?;
    Ok(served(&tx.commit().await?, Tagged(ImportMappingProposal::from(form))))
}

/// Sets the mapping of a file that is not imported yet. The file is then to be checked.
#[utoipa::path(
    put,
    path = "/api/v1/workspaces/{slug}/imports/{id}/mapping",
    operation_id = "setImportMapping",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The import's id")),
    request_body = ImportMapping,
    responses(
        (status = 200, description = "The import", body = ImportResource),
        (status = 409, description = "The import has begun or ended"),
    ),
    security(("operator_token" = []))
)]
pub(super) async fn set(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id)): Path<(String, String)>,
    Body(mapping): Body<ImportMapping>,
) -> Result<Response, ApiError> {
    let (mut tx, can) = asked.writing::<EditContent>(&state).await?;
    let id = identified(&id)?;
    let import = imports::get(&mut tx, id).await?.ok_or(ApiError::NotFound)?;
    let begun = || conflict("The columns can be set from the end of the upload until the import begins.");
    if !matches!(import.row.state, ImportState::Uploaded | ImportState::Previewed) {
        return Err(begun());
    }
    let sent = mapping.columns.len();
    let mapping = console::mapping(&mut tx, id, &MappingInput::from(mapping)).await?;
    if sent != mapping.columns.len() {
        let message = format!("The file has {} columns. List the use of each of them.", mapping.columns.len());
        return Err(FieldErrors::one("columns", message).into());
    }
    if !imports::set_mapping(&mut tx, &can, id, &mapping).await? {
        return Err(begun());
    }
    respond::<ImportResource>(tx, id).await
}
