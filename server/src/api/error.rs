//! Errors of `/api/v1`, each with its status and stable code.

use crate::error_response;
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use store::StoreError;

/// An error response of the API. The codes are part of the API and are never renamed.
#[derive(Debug)]
pub(crate) enum ApiError {
    /// 401 `unauthenticated`: the request has no token.
    NoToken,
    /// 401 `unauthenticated`: the token is unknown, revoked or expired.
    BadToken,
    /// 404 `not_found`: the resource does not exist or is not accessible to this user; the response does not tell
    /// which.
    NotFound,
    /// 403 `second_factor_required`: the workspace requires a second factor, and a token can't prove one.
    Factor,
    /// 410 `gone`: the workspace was deleted, and this user had a seat in it.
    Gone,
    /// 400 `invalid_parameter`.
    Parameter {
        /// Parameter name.
        name: &'static str,
        /// Allowed values.
        allowed: String,
    },
    /// 429 `too_many_requests`: this user has too many concurrent requests.
    Busy,
    /// 503 `unavailable`: the database is not available.
    Unavailable,
    /// 500 `internal`: any other error.
    Internal,
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        if let StoreError::Busy(_) = error {
            Self::Busy
        } else if error.is_unavailable() {
            tracing::warn!(%error, "the database is not available");
            Self::Unavailable
        } else {
            tracing::error!(%error, "the database failed");
            Self::Internal
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        use StatusCode as S;
        match self {
            Self::NoToken => challenge(
                "Bearer",
                "Send an operator token: `Authorization: Bearer stile_...`. Create one at /account/tokens.",
            ),
            Self::BadToken => challenge(
                "Bearer error=\"invalid_token\"",
                "This operator token is unknown, revoked or expired. Create a new one at /account/tokens.",
            ),
            Self::NotFound => {
                let message = "There is no such workspace, or you don't have access to it.";
                error_response::error(S::NOT_FOUND, "not_found", message)
            }
            Self::Factor => {
                let message = "This workspace requires two-factor authentication, which a token can't confirm. Open it in the console, or ask one of its admins.";
                error_response::error(S::FORBIDDEN, "second_factor_required", message)
            }
            Self::Gone => error_response::error(S::GONE, "gone", "This workspace was deleted."),
            Self::Parameter { name, allowed } => error_response::error(
                S::BAD_REQUEST,
                "invalid_parameter",
                format!("The parameter {name} must be {allowed}."),
            ),
            Self::Busy => error_response::busy("/api/v1"),
            Self::Unavailable => {
                let message = "The database is not available. Try again in a moment.";
                error_response::error(S::SERVICE_UNAVAILABLE, "unavailable", message)
            }
            Self::Internal => {
                let message = "Something went wrong on our side. The header X-Request-Id names this request.";
                error_response::error(S::INTERNAL_SERVER_ERROR, "internal", message)
            }
        }
    }
}

/// Creates a 401 response with its challenge (RFC 6750, section 3).
fn challenge(challenge: &'static str, message: &str) -> Response {
    let mut response = error_response::error(StatusCode::UNAUTHORIZED, "unauthenticated", message);
    response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    response
}
