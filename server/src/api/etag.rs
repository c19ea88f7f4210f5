//! Versions of resources: `ETag`, `If-Match` and `If-None-Match` (RFC 9110, section 13).
//!
//! A tag is a hash of the JSON, so two answers with the same tag are the same bytes. It needs no column that counts
//! versions. Responses with a tag are not compressed (`middleware::compress`).

use super::error::ApiError;
use crate::error_code::Code;
use axum::{
    body::Body,
    extract::{FromRequestParts, Request},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// A resource as JSON, with its `ETag`.
#[derive(Debug)]
pub(crate) struct Tagged<T>(pub(crate) T);

impl<T: Serialize> IntoResponse for Tagged<T> {
    fn into_response(self) -> Response {
        let Ok(json) = serde_json::to_vec(&self.0) else {
            tracing::error!("a resource could not be serialized");
            return ApiError::Internal.into_response();
        };
        let tag = tag(&json);
        let mut response = Response::new(Body::from(json));
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Ok(tag) = HeaderValue::try_from(tag) {
            response.headers_mut().insert(header::ETAG, tag);
        }
        response
    }
}

/// The `If-Match` header of a request, if any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum IfMatch {
    /// No header: every version matches.
    Absent,
    /// `*`: every version matches.
    Any,
    /// One of these tags, with their quotes. Weak tags are left out, because they match nothing.
    Tags(Vec<String>),
}

impl IfMatch {
    /// Checks that the resource is a version that the request names. `current` is what a GET would return. Call it in
    /// the transaction of the write, with the row locked.
    ///
    /// # Errors
    /// [`ApiError::Changed`] if the resource is another version.
    pub(crate) fn check(&self, current: &impl Serialize) -> Result<(), ApiError> {
        let Self::Tags(tags) = self else { return Ok(()) };
        let json = serde_json::to_vec(current).map_err(|_| ApiError::Internal)?;
        if tags.contains(&tag(&json)) { Ok(()) } else { Err(ApiError::Changed) }
    }
}

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        match tags(&parts.headers, header::IF_MATCH) {
            None => Ok(Self::Absent),
            Some(Tags::Any) => Ok(Self::Any),
            Some(Tags::Listed(tags)) => Ok(Self::Tags(tags.into_iter().filter(|tag| !tag.starts_with("W/")).collect())),
            Some(Tags::Malformed) => {
                let detail = "The header If-Match must be * or tags as in ETag, in quotes.".to_owned();
                Err(ApiError::Other(Code::InvalidParameter, detail))
            }
        }
    }
}

/// Middleware: responds with 304 to a GET whose `If-None-Match` has the tag of the response.
pub(super) async fn not_modified(request: Request, next: Next) -> Response {
    let known = matches!(*request.method(), Method::GET | Method::HEAD)
        .then(|| tags(request.headers(), header::IF_NONE_MATCH))
        .flatten();
    let mut response = next.run(request).await;
    if response.status() != StatusCode::OK {
        return response;
    }
    let Some(tag) = response.headers().get(header::ETAG).and_then(|tag| tag.to_str().ok()) else { return response };
    let same = match known {
        Some(Tags::Any) => true,
        // Compared weakly (RFC 9110, section 13.1.2).
        Some(Tags::Listed(known)) => known.iter().any(|known| known.strip_prefix("W/").unwrap_or(known) == tag),
        Some(Tags::Malformed) | None => false,
    };
    if same {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.body_mut() = Body::empty();
        response.headers_mut().remove(header::CONTENT_TYPE);
        response.headers_mut().remove(header::CONTENT_LENGTH);
    }
    response
}

/// Tags in a conditional header.
enum Tags {
    Any,
    Listed(Vec<String>),
    Malformed,
}

/// Returns the tags in the header `name`; `None` if there is no such header.
fn tags(headers: &HeaderMap, name: HeaderName) -> Option<Tags> {
    let mut listed = Vec::new();
    for value in headers.get_all(name) {
        let Ok(text) = value.to_str() else { return Some(Tags::Malformed) };
        if text.trim() == "*" {
            return Some(Tags::Any);
        }
        // Our tags contain no comma, so a foreign one that does can't match either part by part.
        for tag in text.split(',').map(str::trim) {
            let quoted = tag.strip_prefix("W/").unwrap_or(tag);
            if quoted.len() < 2 || !quoted.starts_with('"') || !quoted.ends_with('"') {
                return Some(Tags::Malformed);
            }
            listed.push(tag.to_owned());
        }
    }
    (!listed.is_empty()).then_some(Tags::Listed(listed))
}

/// Returns the tag of a body: 128 bits of its SHA-256, in quotes.
fn tag(json: &[u8]) -> String {
    let hash = Sha256::digest(json);
    format!("\"{}\"", URL_SAFE_NO_PAD.encode(hash.get(..16).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn sent(value: &'static str) -> Result<IfMatch, ApiError> {
        let (mut parts, ()) =
            axum::http::Request::builder().header(header::IF_MATCH, value).body(()).expect("a request").into_parts();
        IfMatch::from_request_parts(&mut parts, &()).await
    }

    #[tokio::test]
    async fn only_the_current_version_matches() {
        let response = Tagged("one").into_response();
        let tag = response.headers()[header::ETAG].to_str().expect("text").to_owned();
        let named = IfMatch::Tags(vec!["\"other\"".to_owned(), tag.clone()]);
        assert!(named.check(&"one").is_ok());
        assert!(matches!(named.check(&"two"), Err(ApiError::Changed)));
        assert!(IfMatch::Absent.check(&"two").is_ok() && IfMatch::Any.check(&"two").is_ok());
        assert!(matches!(IfMatch::Tags(Vec::new()).check(&"one"), Err(ApiError::Changed)), "only weak tags");
    }

    #[tokio::test]
    async fn if_match_takes_a_star_or_tags() {
        assert_eq!(sent("*").await.expect("a star"), IfMatch::Any);
        let tags = IfMatch::Tags(vec!["\"a\"".to_owned(), "\"b\"".to_owned()]);
        assert_eq!(sent("\"a\", W/\"c\" , \"b\"").await.expect("tags"), tags);
        for malformed in ["a", "\"a", "\"a\",", ""] {
            assert!(sent(malformed).await.is_err(), "{malformed}");
        }
    }
}
