//! `POST /api/v1/workspaces/{slug}/imports`: a CSV file to import. It is stored piece by piece, so it is never in memory
//! as a whole, and no slot is held while the server waits for the sender ([`crate::slots`]).

use super::{
    door::{Addressed, served},
    error::ApiError,
    etag::Tagged,
    import::{ImportResource, conflict},
    resource::find,
};
use crate::{
    error_code::Code,
    error_response::is_content_type,
    slots::{Shares, Slots},
    state::AppState,
};
use app::{
    error::AppError,
    imports::{CHUNK_MAX, Upload},
};
use axum::{
    Extension,
    body::{Body, HttpBody as _},
    extract::{RawQuery, Request, State},
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use futures_util::StreamExt as _;
use model::{capability::EditContent, id::ImportId, import::FILE_MAX};
use std::{mem, sync::Arc, time::Duration};

/// Maximum time of an upload.
const LIMIT: Duration = Duration::from_secs(1_800);
/// Time within which the sender must send more.
const STALL: Duration = Duration::from_secs(30);

/// Uploads a CSV file. Its columns are then to be mapped, checked and imported.
///
/// A workspace has at most two imports that are not finished.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{slug}/imports",
    operation_id = "uploadImport",
    params(
        ("slug" = String, Path, description = "The workspace's address", example = "smartai-it"),
        ("name" = String, Query, description = "Name of the file, 1 to 200 characters", example = "gateway.csv"),
    ),
    request_body(content = String, content_type = "text/csv", description = "The file, at most 50 MB"),
    responses(
        (status = 201, description = "The import", body = ImportResource,
            headers(("Location" = String, description = "Its address"))),
        (status = 409, description = "Two imports are not finished yet"),
    ),
    security(("operator_token" = []))
)]
pub(super) async fn create(
    State(state): State<AppState>,
    asked: Addressed,
    Extension(Shares(shares)): Extension<Shares>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Result<Response, ApiError> {
    let (head, body) = request.into_parts();
    let slots = Slots::new(AppState::clone(&state), shares);
    let asked = Arc::new(asked);
    // Who may not upload learns nothing from the result.
    let name = readable(&head.headers, &body).and_then(|()| named(query.as_deref()));
    let begun = begin(AppState::clone(&state), Arc::clone(&asked), name);
    let upload = slots.run(async move { Ok(begun.await) }).await??;
    let received = tokio::time::timeout(LIMIT, receive(&slots, upload, body)).await;
    let id = received.map_err(|_| slow())??;
    let shown = async move {
        let (mut tx, _) = asked.writing::<EditContent>(&state).await?;
        let import: ImportResource = find(&mut tx, id).await?;
        Ok::<_, ApiError>((tx.commit().await?, import))
    };
    let (tenant, import) = slots.run(async move { Ok(shown.await) }).await??;
    let location = format!("/api/v1/workspaces/{}/imports/{id}", tenant.workspace.slug);
    Ok(served(&tenant, (StatusCode::CREATED, [(header::LOCATION, location)], Tagged(import))))
}

/// Checks the headers of a file.
fn readable(headers: &HeaderMap, body: &Body) -> Result<(), ApiError> {
    let coded = headers.get(header::CONTENT_ENCODING).is_some_and(|coding| coding.as_bytes() != b"identity");
    if coded || !is_content_type(headers, "text/csv") {
        let detail = "Send the file as text/csv, without a content encoding.";
        return Err(ApiError::Other(Code::UnsupportedMediaType, detail.to_owned()));
    }
    if body.size_hint().lower() > FILE_MAX { Err(too_large()) } else { Ok(()) }
}

/// Returns the name of the file in the query string.
fn named(query: Option<&str>) -> Result<String, ApiError> {
    let bad = || ApiError::Parameter { name: "name", allowed: "the name of the file".to_owned() };
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query.unwrap_or_default()).map_err(|_| bad())?;
    pairs
        .into_iter()
        .find(|(name, value)| name == "name" && !value.trim().is_empty())
        .map(|(_, value)| value)
        .ok_or_else(bad)
}

async fn begin(state: AppState, asked: Arc<Addressed>, name: Result<String, ApiError>) -> Result<Upload, ApiError> {
    let (tx, _) = asked.writing::<EditContent>(&state).await?;
    let tenant = tx.commit().await?;
    match Upload::begin_by(asked.authority(&state, &tenant), &name?).await {
        Err(AppError::Invalid(errors)) => Err(conflict(errors.of("file").unwrap_or("The file can’t be uploaded."))),
        begun => Ok(begun?),
    }
}

/// Stores the file piece by piece. Returns the import.
async fn receive(slots: &Slots, mut upload: Upload, body: Body) -> Result<ImportId, ApiError> {
    let (mut pieces, mut bytes) = (body.into_data_stream(), 0_u64);
    let mut piece = Vec::with_capacity(CHUNK_MAX);
    while let Some(more) = tokio::time::timeout(STALL, pieces.next()).await.map_err(|_| slow())? {
        let more = more.map_err(|_| slow())?;
        bytes = bytes.saturating_add(more.len() as u64);
        let mut more = more.as_ref();
        while !more.is_empty() {
            let (now, later) = more.split_at(more.len().min(CHUNK_MAX - piece.len()));
            piece.extend_from_slice(now);
            more = later;
            if piece.len() == CHUNK_MAX {
                let full = mem::replace(&mut piece, Vec::with_capacity(CHUNK_MAX));
                upload = slots.run(upload.append(full)).await.map_err(|error| refused(error, bytes))?;
            }
        }
    }
    let last = async move { upload.append(piece).await?.complete().await };
    slots.run(last).await.map_err(|error| refused(error, bytes))
}

/// Returns the error for a file of which `bytes` were received.
fn refused(error: AppError, bytes: u64) -> ApiError {
    match error {
        AppError::Invalid(_) if bytes > FILE_MAX => too_large(),
        AppError::Invalid(errors) => {
            let detail = errors.of("file").unwrap_or("The file can’t be read.");
            ApiError::Other(Code::Malformed, detail.to_owned())
        }
        error => error.into(),
    }
}

fn too_large() -> ApiError {
    ApiError::Other(Code::TooLarge, "Send at most 50 MB. Split the file.".to_owned())
}

fn slow() -> ApiError {
    ApiError::Other(Code::Malformed, "The upload was interrupted. Send the file again.".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(pairs: &[(&'static str, &'static str)], body: Body) -> Result<(), u16> {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().expect("a header"));
        }
        readable(&headers, &body).map_err(|error| match error {
            ApiError::Other(code, _) => code.status().as_u16(),
            _ => 0,
        })
    }

    #[test]
    fn a_file_is_csv_as_it_is() {
        let csv = ("content-type", "text/csv; charset=utf-8");
        assert_eq!(sent(&[csv], Body::empty()), Ok(()));
        assert_eq!(sent(&[], Body::empty()), Err(415));
        assert_eq!(sent(&[("content-type", "application/x-www-form-urlencoded")], Body::empty()), Err(415));
        assert_eq!(sent(&[csv, ("content-encoding", "gzip")], Body::empty()), Err(415));
    }

    #[test]
    fn a_file_has_a_name() {
        assert_eq!(named(Some("name=a%20b.csv")).ok().as_deref(), Some("a b.csv"));
        for query in [None, Some(""), Some("name="), Some("name=%20"), Some("names=x")] {
            assert!(matches!(named(query), Err(ApiError::Parameter { .. })), "{query:?}");
        }
    }
}
