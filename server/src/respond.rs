//! Answers that come from the server itself, before or instead of a page of the console.
//!
//! Below `/api` they are JSON with a stable code, elsewhere a bare page. They hold nothing of what was asked and
//! nothing of what went wrong inside: whoever needs that has the request id.

use axum::{
    Json,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse as _, Response},
};
use serde::Serialize;

/// The `Retry-After` in seconds when the database is down.
pub(crate) const RETRY_AFTER: HeaderValue = HeaderValue::from_static("5");

/// The `Retry-After` in seconds when too many requests are in flight.
const BUSY_RETRY_AFTER: HeaderValue = HeaderValue::from_static("1");

/// The body of every error below `/api`.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct ErrorBody {
    error: ErrorDetail,
}

/// What went wrong.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct ErrorDetail {
    /// For programs: snake_case, stable over versions.
    #[schema(example = "not_found")]
    code: &'static str,
    /// For people: what happened and what to do.
    message: String,
}

/// A JSON error.
pub(crate) fn error(status: StatusCode, code: &'static str, message: impl Into<String>) -> Response {
    let body = ErrorBody { error: ErrorDetail { code, message: message.into() } };
    let mut response = (status, Json(body)).into_response();
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, RETRY_AFTER);
    }
    response
}

/// A refusal in the form that suits the path: JSON below `/api`, else a page. `message` must not need escaping.
pub(crate) fn refusal(path: &str, status: StatusCode, code: &'static str, message: &str) -> Response {
    if is_api(path) {
        return error(status, code, message);
    }
    let title = status.canonical_reason().unwrap_or("Error");
    (status, Html(page(title, message))).into_response()
}

/// The answer when too many requests are in flight.
pub(crate) fn busy(path: &str) -> Response {
    let message = "Too much is asked for at once. Wait a second, then try again.";
    let mut response = refusal(path, StatusCode::TOO_MANY_REQUESTS, "too_many_requests", message);
    response.headers_mut().insert(header::RETRY_AFTER, BUSY_RETRY_AFTER);
    response
}

/// The answer when a handler panicked.
pub(crate) fn broken(path: &str, request_id: &str) -> Response {
    let message = format!(
        "Something went wrong on our side. Try again; if it stays, tell your administrator this number: {request_id}"
    );
    refusal(path, StatusCode::INTERNAL_SERVER_ERROR, "internal", &message)
}

/// Whether the path is below `/api`.
pub(crate) fn is_api(path: &str) -> bool {
    path == "/api" || path.starts_with("/api/")
}

/// Whether the body is of this media type, whatever its parameters.
pub(crate) fn is_content_type(headers: &HeaderMap, wanted: &str) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().is_some_and(|media| media.trim().eq_ignore_ascii_case(wanted))
}

fn page(title: &str, message: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><title>{title} · Stile</title></head>\
         <body><main><h1>{title}</h1><p>{message}</p><p><a href=\"/\">Go to Stile</a></p></main></body></html>\n"
    )
}
