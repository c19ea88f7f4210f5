//! Security and caching headers of every response: pages, JSON, errors, redirects and static files (ASVS 3.4).

use crate::{assets, error_code::Code, error_response, state::AppState};
use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::Response,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

/// The nonce of a page's scripts: 128 random bits, generated for each response.
#[derive(Debug, Clone)]
pub(crate) struct Nonce(pub(crate) String);

/// Headers that are the same for every response.
const SAME: [(HeaderName, HeaderValue); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    // Not no-referrer: some browsers would then send `Origin: null` with forms, which `origin_check` rejects.
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ),
];
/// Two years, for this host and its subdomains (ASVS 3.4.1).
const HSTS: HeaderValue = HeaderValue::from_static("max-age=63072000; includeSubDomains");
/// Content security policy of pages that must be byte-identical for every client (404, 410, 503) and therefore can't
/// contain a nonce.
const PAGE_POLICY: HeaderValue = HeaderValue::from_static(concat!(
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; ",
    "style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; object-src 'none'; ",
    "form-action 'self'; frame-ancestors 'none'"
));
/// Content security policy of responses that are not pages.
const DATA_POLICY: HeaderValue =
    HeaderValue::from_static("default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
/// Caching of files whose URL contains the hash of their content, so that they never change.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// Caching in the user's browser only, with revalidation on every use, so that access is checked again.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("private, no-cache");
/// Caching of files whose URL stays the same when their content changes.
const A_DAY: HeaderValue = HeaderValue::from_static("public, max-age=86400");

/// Adds a nonce to the request and the headers to the response.
pub(crate) async fn add(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let Some(nonce) = fresh_nonce() else {
        let message = "The server is temporarily unavailable. Try again.";
        return error_response::refusal(&path, Code::Unavailable, message);
    };
    request.extensions_mut().insert(Nonce(nonce.clone()));
    let mut response = next.run(request).await;
    let policy = policy(&response, &nonce);
    let caching = caching(&path, response.status());
    let headers = response.headers_mut();
    for (name, value) in SAME {
        headers.insert(name, value);
    }
    if path.starts_with("/invite/") {
        // This path contains the invite token. `origin_check` accepts the page's forms because of Sec-Fetch-Site.
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    }
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    headers.insert(header::CACHE_CONTROL, caching);
    if state.public.as_ref().is_some_and(|public| public.is_https()) {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HSTS);
    }
    response
}

fn fresh_nonce() -> Option<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).ok()?;
    Some(URL_SAFE_NO_PAD.encode(bytes))
}

fn policy(response: &Response, nonce: &str) -> HeaderValue {
    if !error_response::is_content_type(response.headers(), "text/html") {
        return DATA_POLICY;
    }
    match response.status() {
        StatusCode::NOT_FOUND | StatusCode::GONE | StatusCode::SERVICE_UNAVAILABLE => PAGE_POLICY,
        _ => HeaderValue::try_from(format!(
            "default-src 'self'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; \
             img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; object-src 'none'; \
             form-action 'self'; frame-ancestors 'none'"
        ))
        .unwrap_or(PAGE_POLICY),
    }
}

/// Returns the `Cache-Control` header. A response that depends on the client is never reused without revalidation.
/// Errors are not stored either, including the 404 of a missing file.
fn caching(path: &str, status: StatusCode) -> HeaderValue {
    let found = status.is_success() || status == StatusCode::NOT_MODIFIED;
    match path {
        _ if !found => NO_STORE,
        path if path.starts_with("/pkg/") => FOR_EVER,
        path if path.starts_with("/api/pictures/") => ASK_AGAIN,
        path if assets::is_file(path) => A_DAY,
        _ => NO_STORE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{Json, response::Html};

    fn policy_of(response: impl axum::response::IntoResponse) -> String {
        policy(&response.into_response(), "abc").to_str().expect("text").to_owned()
    }

    #[test]
    fn shared_error_pages_have_no_nonce() {
        assert!(policy_of(Html("")).contains("script-src 'nonce-abc' 'strict-dynamic' 'wasm-unsafe-eval';"));
        for status in [StatusCode::NOT_FOUND, StatusCode::GONE, StatusCode::SERVICE_UNAVAILABLE] {
            let policy = policy_of((status, Html("")));
            assert!(policy.contains("script-src 'self' 'wasm-unsafe-eval';") && !policy.contains("nonce"), "{policy}");
        }
        assert!(policy_of(Json(())).starts_with("default-src 'none';"));
    }

    #[test]
    fn only_existing_static_files_are_cached() {
        let (ok, missing) = (StatusCode::OK, StatusCode::NOT_FOUND);
        assert_eq!(caching("/pkg/0123/stile.js", ok), FOR_EVER);
        assert_eq!(caching("/pkg/0123/stile.js", missing), NO_STORE);
        assert_eq!(caching("/favicon.svg", ok), A_DAY);
        for path in ["/", "/home", "/smartai-it/customers", "/api/v1/openapi.json", "/metrics"] {
            assert_eq!(caching(path, ok), NO_STORE, "{path}");
        }
    }
}
