//! Errors of `/api/v1`.

use crate::{
    error_code::Code,
    error_response::{self, Fault},
};
use app::error::AppError;
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use model::{FieldErrors, api_key::Scope};
use store::{StoreError, door::Denied};

/// An error response of the API. [`Code`] lists the codes.
#[derive(Debug)]
pub(crate) enum ApiError {
    /// 401 `unauthenticated`: the request has no token.
    NoToken,
    /// 401 `unauthenticated`: the token is unknown, revoked or expired.
    BadToken,
    /// 404 `not_found`: the resource does not exist or is not accessible to this user; the response does not tell
    /// which.
    NotFound,
    /// 308: the workspace has another slug. Contains the address.
    Moved(String),
    /// 403 `forbidden`: the role of the seat does not allow it.
    Forbidden,
    /// 403 `missing_scope`: the API key does not have this scope.
    Scope(Scope),
    /// 403 `second_factor_required`: the workspace requires a second factor, and a token can't prove one.
    Factor,
    /// 410 `gone`: the workspace was deleted, and this user had a seat in it.
    Gone,
    /// 400 `invalid_parameter`.
    Parameter {
        /// Name of the parameter or header.
        name: &'static str,
        /// Allowed values.
        allowed: String,
    },
    /// 422 `invalid`: fields of the body are not allowed. `field` names become pointers.
    Invalid(FieldErrors),
    /// 422 `invalid`: the body is JSON of another form.
    Faults(Vec<Fault>),
    /// 412 `changed`: the resource is not the version that If-Match names.
    Changed,
    /// 429 `rate_limited`. Contains the seconds to wait.
    RateLimited(u64),
    /// 409 `key_in_use`: a request with the same idempotency key is running.
    KeyInUse,
    /// Another error: its code, and what happened and what to do.
    Other(Code, String),
    /// 429 `too_many_requests`: this user has too many concurrent requests.
    Busy,
    /// 503 `read_only`: the database takes no changes.
    ReadOnly,
    /// 503 `unavailable`: the database is not available.
    Unavailable,
    /// 500 `internal`: any other error.
    Internal,
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy(_) => Self::Busy,
            StoreError::Superseded => Self::KeyInUse,
            StoreError::Scope(scope) => Self::Scope(scope),
            StoreError::FactorDemanded => Self::Factor,
            StoreError::ReadOnly(_) => {
                tracing::warn!(%error, "a write was refused");
                Self::ReadOnly
            }
            _ if error.is_unavailable() => {
                tracing::warn!(%error, "the database is not available");
                Self::Unavailable
            }
            _ => {
                tracing::error!(%error, "the database failed");
                Self::Internal
            }
        }
    }
}

impl From<AppError> for ApiError {
    fn from(error: AppError) -> Self {
        match error {
            AppError::SignedOut => Self::BadToken,
            AppError::Absent => Self::NotFound,
            AppError::Gone => Self::Gone,
            AppError::Denied(_) => Self::Forbidden,
            AppError::Factor => Self::Factor,
            AppError::Invalid(errors) => Self::Invalid(errors),
            AppError::Limited(_) => Self::Busy,
            AppError::ReadOnly => Self::ReadOnly,
            // The workspace got another slug after the request began.
            AppError::Unavailable | AppError::Moved(_) => Self::Unavailable,
            error => {
                tracing::error!(code = error.code(), "an unexpected error");
                Self::Internal
            }
        }
    }
}

impl From<Denied> for ApiError {
    fn from(_: Denied) -> Self {
        Self::Forbidden
    }
}

impl From<FieldErrors> for ApiError {
    fn from(errors: FieldErrors) -> Self {
        Self::Invalid(errors)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        use error_response::{error, error_with};
        match self {
            Self::NoToken => challenge(
                "Bearer",
                "Send an operator token or an API key: `Authorization: Bearer stile_...`. Create a token at /account/tokens, or a key in the settings of the workspace.",
            ),
            Self::BadToken => challenge(
                "Bearer error=\"invalid_token\"",
                "This operator token or API key is unknown, revoked or expired. Create a new one.",
            ),
            Self::NotFound => error(Code::NotFound, "There is nothing here, or you don't have access to it."),
            Self::Moved(location) => (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, location)]).into_response(),
            Self::Forbidden => error(
                Code::Forbidden,
                "Your role in this workspace doesn't allow that. Ask one of its admins for another role.",
            ),
            Self::Scope(scope) => error(
                Code::MissingScope,
                format!("This API key does not have the scope {}. Create a key that has it.", scope.as_str()),
            ),
            Self::Factor => error(
                Code::SecondFactorRequired,
                "This workspace requires two-factor authentication, which a token can't confirm. Open it in the console, or ask one of its admins.",
            ),
            Self::Gone => error(Code::Gone, "This workspace was deleted."),
            Self::Parameter { name, allowed } => {
                error(Code::InvalidParameter, format!("The parameter {name} must be {allowed}."))
            }
            Self::Invalid(errors) => {
                let faults = errors.0.into_iter().map(|error| Fault {
                    pointer: pointer(&error.field),
                    code: "not_allowed",
                    detail: error.message,
                });
                error_with(Code::Invalid, TO_FIX, faults.collect())
            }
            Self::Faults(faults) => error_with(Code::Invalid, TO_FIX, faults),
            Self::Changed => {
                error(Code::Changed, "This was changed since you read it. Get it again, and send its ETag as If-Match.")
            }
            Self::RateLimited(seconds) => {
                let detail = format!("This token has used up its requests. Try again in {seconds} s.");
                retrying(error(Code::RateLimited, detail), seconds)
            }
            Self::KeyInUse => {
                let detail = "A request with this Idempotency-Key is still running. Repeat the request in a moment.";
                retrying(error(Code::KeyInUse, detail), 1)
            }
            Self::Other(code, detail) => error(code, detail),
            Self::Busy => error_response::busy("/api/v1"),
            Self::ReadOnly => {
                error(Code::ReadOnly, "Stile is read-only at the moment. Nothing was changed. Try again later.")
            }
            Self::Unavailable => error(Code::Unavailable, "The database is not available. Try again in a moment."),
            Self::Internal => error(Code::Internal, "Something went wrong on our side. request_id names this request."),
        }
    }
}

/// What to do about faults in a body.
const TO_FIX: &str = "The body is not as described in /api/v1/openapi.json. Fix what `errors` lists.";

/// Returns the JSON pointer of a member of the body (RFC 6901).
pub(super) fn pointer(member: &str) -> String {
    format!("/{}", member.replace('~', "~0").replace('/', "~1"))
}

/// Creates a 401 response with its challenge (RFC 6750, section 3).
fn challenge(challenge: &'static str, message: &str) -> Response {
    let mut response = error_response::error(Code::Unauthenticated, message);
    response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    response
}

/// Adds `Retry-After`.
fn retrying(mut response: Response, seconds: u64) -> Response {
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_escape_their_separators() {
        assert_eq!(pointer("a/b~c"), "/a~1b~0c");
    }

    #[test]
    fn limits_say_when_to_retry() {
        for (error, status) in [(ApiError::RateLimited(3), 429), (ApiError::KeyInUse, 409), (ApiError::Busy, 429)] {
            let response = error.into_response();
            assert_eq!(response.status(), status);
            assert!(response.headers().contains_key(header::RETRY_AFTER));
        }
    }
}
