//! `GET /api/imports/{slug}/{id}/refusals.csv`: the refused rows of an import, for the console's pages.

use crate::{error_code::Code, error_response, pages, state::AppState};
use app::{error::AppError, imports};
use axum::{
    body::Body,
    extract::{Path, Request, State},
    http::{HeaderValue, header},
    response::Response,
};

/// Returns the refused rows of an import as a CSV file.
pub(super) async fn refusals(
    State(state): State<AppState>,
    Path((slug, id)): Path<(String, String)>,
    request: Request,
) -> Response {
    let file = match imports::refusals(pages::context(&state, &request), &slug, &id).await {
        Ok(file) => file,
        Err(AppError::Unavailable) => {
            return error_response::error(Code::Unavailable, "Try again in a moment.");
        }
        Err(AppError::Limited(_)) => return error_response::busy(request.uri().path()),
        Err(_) => return error_response::error(Code::NotFound, "There is no such import."),
    };
    let mut response = Response::new(Body::from(file));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"refused-rows.csv\""));
    response
}
