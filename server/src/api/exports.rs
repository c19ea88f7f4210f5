//! `POST /api/v1/workspaces/{slug}/exports`: everything in a workspace as a ZIP archive ([`app::exports`]).

use super::{
    door::{Addressed, served},
    error::ApiError,
};
use crate::{error_code::Code, state::AppState};
use app::{
    error::AppError,
    exports::{self, FIELD},
};
use axum::{extract::State, response::Response};
use model::capability::OwnWorkspace;

/// Exports everything in the workspace.
///
/// For owners. The archive is sent while it is read from one snapshot of the database: each table as CSV and as JSON
/// Lines, files, and `manifest.json` with counts and checksums. Secrets are left out. If reading fails, the response
/// breaks off. Each export is recorded in the audit log.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{slug}/exports",
    operation_id = "exportWorkspace",
    params(("slug" = String, Path, description = "The workspace's address", example = "smartai-it")),
    responses(
        (status = 200, description = "The archive", body = Vec<u8>, content_type = "application/zip"),
        (status = 409, description = "An export of the workspace is running"),
    ),
    security(("operator_token" = []))
)]
pub(super) async fn create(State(state): State<AppState>, asked: Addressed) -> Result<Response, ApiError> {
    // Who has no access, or an old address, gets the same response as elsewhere.
    let (tx, _) = asked.writing::<OwnWorkspace>(&state).await?;
    let tenant = tx.commit().await?;
    match exports::begin(&asked.authority(&state, &tenant)).await {
        Ok((tenant, archive)) => Ok(served(&tenant, archive)),
        Err(AppError::Invalid(errors)) => {
            let detail = errors.of(FIELD).unwrap_or("The workspace can’t be exported.");
            Err(ApiError::Other(Code::Conflict, detail.to_owned()))
        }
        Err(error) => Err(error.into()),
    }
}
