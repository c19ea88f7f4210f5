//! Repeated requests: a POST with an `Idempotency-Key` runs once, and its answer is repeated for 24 hours.
//!
//! The key belongs to the person (or API key) that sent it, and to one request: workspace, path, query and body. Before
//! anything is repeated, the door is asked as for any request, so a revoked token or seat gets nothing. The store keeps
//! the answers (`store::idempotency`, which also says what a crash leaves).
//!
//! Not kept: 5xx and 429, which say nothing about the request, and 401. An answer of more than 1 MiB is not kept either.
//! No POST of the API returns a secret, because answers are stored as they are.

use super::{
    door::{Addressed, served},
    error::ApiError,
};
use crate::{
    error_code::Code, error_response::with_request_id, middleware::request_log::RequestId, pages, state::AppState,
};
use axum::{
    body::{Body, HttpBody as _},
    extract::{FromRequestParts as _, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use store::idempotency::{self, Answer, Attempt, BODY_MAX, Claim, Digest256};

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
/// Maximum length of a key.
const KEY_MAX: usize = 255;

/// Middleware of routes below `/v1/workspaces/{slug}`.
pub(super) async fn keep(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let key = match key(&request) {
        Ok(Some(key)) => key,
        Ok(None) => return next.run(request).await,
        Err(error) => return error.into_response(),
    };
    once(&state, &key, request, next).await.unwrap_or_else(|error| error.into_response())
}

/// Returns the key of a POST, if it has one.
fn key(request: &Request) -> Result<Option<Vec<u8>>, ApiError> {
    if *request.method() != Method::POST {
        return Ok(None);
    }
    let mut values = request.headers().get_all(KEY).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let key = value.as_bytes();
    let allowed = (1..=KEY_MAX).contains(&key.len()) && key.iter().all(u8::is_ascii_graphic);
    if allowed && values.next().is_none() {
        return Ok(Some(key.to_vec()));
    }
    let allowed = format!("1 to {KEY_MAX} printable ASCII characters without spaces, sent once");
    Err(ApiError::Parameter { name: "Idempotency-Key", allowed })
}

async fn once(state: &AppState, key: &[u8], request: Request, next: Next) -> Result<Response, ApiError> {
    let (mut parts, body) = request.into_parts();
    let addressed = Addressed::from_request_parts(&mut parts, &()).await?;
    let body = match pages::limited("/api/v1", body).await {
        Ok(body) => body,
        Err(refusal) => return Ok(refusal),
    };
    let mut tx = addressed.visiting(state).await?;
    let workspace = tx.id().uuid();
    // Not the slug, so that a key survives a new one.
    let asked = Digest256::of(&[&workspace.as_bytes()[..], addressed.rest().as_bytes(), &body[..]]);
    let claim = idempotency::claim(&mut tx, &addressed.credential, Digest256::of(&[key]), asked).await?;
    let tenant = tx.commit().await?;
    match claim {
        Claim::Run(attempt) => {
            let id = parts.extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
            let request = Request::from_parts(parts, Body::from(body));
            let response = idempotency::run(&attempt, next.run(request)).await;
            Ok(settle(state, attempt, with_request_id(response, &id)).await)
        }
        Claim::Replay(answer) => Ok(served(&tenant, replay(answer))),
        Claim::InUse => Err(ApiError::KeyInUse),
        Claim::Reused => {
            let detail = "This Idempotency-Key belongs to another request. Use a new key for each request.";
            Err(ApiError::Other(Code::KeyReused, detail.to_owned()))
        }
        Claim::Lost => {
            let detail = "The request with this Idempotency-Key was carried out, but its answer was not kept. Read the resource to see its state.";
            Err(ApiError::Other(Code::AnswerLost, detail.to_owned()))
        }
        Claim::OtherRole => Err(ApiError::Forbidden),
    }
}

/// Keeps the answer, or releases the key. If that fails, the answer is sent all the same, and the key stays in use.
async fn settle(state: &AppState, attempt: Attempt, response: Response) -> Response {
    let (head, body) = response.into_parts();
    let kept_one = keeps(head.status, body.size_hint().exact()) && !has_secret(&head.headers);
    let (answer, body) = if kept_one {
        match axum::body::to_bytes(body, BODY_MAX).await {
            Ok(bytes) => (Some(kept(head.status, &head.headers, &bytes)), Body::from(bytes)),
            Err(error) => {
                tracing::error!(%error, "a response could not be read");
                (None, Body::empty())
            }
        }
    } else {
        (None, body)
    };
    if let Err(error) = state.services.store.settle_attempt(attempt, answer.as_ref()).await {
        tracing::warn!(%error, "an answer could not be kept");
    }
    Response::from_parts(head, body)
}

/// Returns `true` if an answer with this status and size is kept.
fn keeps(status: StatusCode, size: Option<u64>) -> bool {
    (200..500).contains(&status.as_u16())
        && !matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::UNAUTHORIZED)
        && size.is_some_and(|size| size <= BODY_MAX as u64)
}

/// Returns `true` if an answer contains a secret, which must not be stored. Its handler says so by `Cache-Control`.
fn has_secret(headers: &HeaderMap) -> bool {
    headers.get(header::CACHE_CONTROL).is_some_and(|value| value == "no-store")
}

fn kept(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Answer {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok()).map(str::to_owned);
    Answer {
        status: status.as_u16(),
        content_type: text(header::CONTENT_TYPE),
        location: text(header::LOCATION),
        etag: text(header::ETAG),
        body: body.to_vec(),
    }
}

fn replay(answer: Answer) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let headers = response.headers_mut();
    let kept =
        [(header::CONTENT_TYPE, answer.content_type), (header::LOCATION, answer.location), (header::ETAG, answer.etag)];
    for (name, value) in kept {
        if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
            headers.insert(name, value);
        }
    }
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keyed(method: Method, keys: &[&str]) -> Result<Option<Vec<u8>>, ApiError> {
        let mut request = Request::new(Body::empty());
        *request.method_mut() = method;
        for key in keys {
            request.headers_mut().append(KEY, key.parse().expect("a header"));
        }
        key(&request)
    }

    #[test]
    fn only_a_post_has_a_key_and_it_has_one() {
        assert_eq!(keyed(Method::POST, &["a-1"]).expect("a key"), Some(b"a-1".to_vec()));
        assert_eq!(keyed(Method::POST, &[]).expect("none"), None);
        assert_eq!(keyed(Method::PATCH, &["a-1"]).expect("none"), None);
        assert!(keyed(Method::POST, &[&"x".repeat(255)]).is_ok());
        let long = "x".repeat(256);
        for keys in [&["a", "a"][..], &[""], &["a b"], &[long.as_str()]] {
            assert!(keyed(Method::POST, keys).is_err(), "{keys:?}");
        }
    }

    /// Known fault of such keys: a failure of the server is repeated for a day.
    #[test]
    fn a_failure_of_the_server_and_a_refused_token_are_not_kept() {
        for status in [200, 201, 204, 304, 400, 403, 404, 409, 412, 422] {
            assert!(keeps(StatusCode::from_u16(status).expect("a status"), Some(10)), "{status} is not kept");
        }
        for status in [401, 429, 500, 502, 503, 504] {
            assert!(!keeps(StatusCode::from_u16(status).expect("a status"), Some(10)), "{status} is kept");
        }
        assert!(keeps(StatusCode::OK, Some(BODY_MAX as u64)));
        assert!(!keeps(StatusCode::OK, Some(BODY_MAX as u64 + 1)) && !keeps(StatusCode::OK, None));
    }

    #[tokio::test]
    async fn a_kept_answer_is_repeated_with_its_status_body_and_headers() {
        let mut headers = HeaderMap::new();
        headers.insert(header::LOCATION, HeaderValue::from_static("/api/v1/x"));
        let answer = replay(kept(StatusCode::CREATED, &headers, b"{}"));
        assert_eq!(
            (answer.status(), &answer.headers()[REPLAYED]),
            (StatusCode::CREATED, &HeaderValue::from_static("true"))
        );
        assert_eq!(answer.headers()[header::LOCATION], "/api/v1/x");
        assert_eq!(axum::body::to_bytes(answer.into_body(), 10).await.expect("a body"), "{}");
    }
}
