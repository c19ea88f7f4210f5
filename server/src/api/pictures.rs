//! `GET /api/pictures/...`: workspace logos and profile pictures for the console's pages.
//!
//! Browsers cache the pictures and revalidate them on every use. Every request, including a revalidation, is authorized
//! again.

use crate::{error_code::Code, error_response, pages, state::AppState};
use app::{error::AppError, pictures};
use axum::{
    body::Body,
    extract::{Path, Request, State},
    http::{HeaderValue, StatusCode, header},
    response::Response,
};

/// Returns a workspace's logo.
pub(super) async fn logo(
    State(state): State<AppState>,
    Path((slug, name)): Path<(String, String)>,
    request: Request,
) -> Response {
    let found = pictures::logo(pages::context(&state, &request), &slug, &name).await;
    answer(&request, &name, found)
}

/// Returns a person's profile picture.
pub(super) async fn portrait(
    State(state): State<AppState>,
    Path((id, name)): Path<(String, String)>,
    request: Request,
) -> Response {
    let found = pictures::portrait(pages::context(&state, &request), &id, &name).await;
    answer(&request, &name, found)
}

fn answer(request: &Request, name: &str, found: Result<Vec<u8>, AppError>) -> Response {
    let png = match found {
        Ok(png) => png,
        Err(AppError::Unavailable) => {
            return error_response::error(Code::Unavailable, "Try again in a moment.");
        }
        Err(AppError::Limited(_)) => return error_response::busy(request.uri().path()),
        Err(_) => return error_response::error(Code::NotFound, "There is no such picture."),
    };
    // A picture's name identifies its content, so the name is the validator (RFC 9110, section 8.8.3).
    let tag = format!("\"{name}\"");
    let known = request.headers().get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let mut response = Response::new(if known { Body::empty() } else { Body::from(png) });
    if known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("image/png"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}
