//! Rejects requests from foreign origins and for unknown hosts. Checks the origin of unsafe requests (docs/SECURITY.md,
//! I-18 and F-3; ASVS 3.5.1, 4.4.2) and the host (I-19; ASVS 4.1.3).
//!
//! tower-http has `CsrfLayer`, the scheme of Go 1.25. It accepts requests that must be rejected here: a WebSocket
//! handshake (a GET), an Origin with our host under another scheme, and a session cookie with neither `Sec-Fetch-Site`
//! nor `Origin`. Adding these rules around the layer would mean repeating every rule, so they are implemented here in
//! one function, without the layer.

use crate::{
    error_code::Code,
    error_response,
    state::AppState,
    web_origin::{WebOrigin, host, own_origin},
};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, Method, header},
    middleware::Next,
    response::Response,
};

/// Maximum length of a path with its query, in bytes.
const ADDRESS_LIMIT: usize = 16 * 1024;
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// Endpoints that machines request by IP address rather than by name. Their responses do not depend on the host.
const BY_ADDRESS: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// Rejects foreign origins with 403 and unknown hosts with 421.
pub(crate) async fn check(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let public = state.public.as_ref();
    let host = host(request.uri(), request.headers());
    let has_session = state.cookies(request.uri(), request.headers()).has_candidates(request.headers());
    let refusal = if !may_pass(request.method(), request.headers(), has_session, own_origin(public, host).as_ref()) {
        Some((
            Code::ForeignOrigin,
            "This request came from another site, so it was blocked. Open Stile directly and try again.",
        ))
    } else if !BY_ADDRESS.contains(&path) && !is_own_host(public, host) {
        Some((Code::UnknownHost, "This server doesn’t serve that host name."))
    } else if request.uri().path_and_query().is_some_and(|asked| asked.as_str().len() > ADDRESS_LIMIT) {
        Some((Code::AddressTooLong, "That URL is too long."))
    } else if reads_as_host(path) {
        // A redirect to this path could lead to another host.
        Some((Code::NotFound, "There is nothing here."))
    } else {
        None
    };
    match refusal {
        Some((code, message)) => {
            tracing::info!(code = code.as_str(), "rejected before its handler");
            error_response::refusal(path, code, message)
        }
        None => next.run(request).await,
    }
}

/// Returns `true` if a browser would interpret the path as another host when it is used in a redirect.
fn reads_as_host(path: &str) -> bool {
    path.starts_with("//") || path.contains('\\')
}

/// Returns `true` if the host is this server's. Without a configured public URL, any well-formed host is accepted.
fn is_own_host(public: Option<&WebOrigin>, host: Option<&str>) -> bool {
    let Some(host) = host else { return false };
    match public {
        Some(public) => WebOrigin::of_host(public.is_https(), host).as_ref() == Some(public),
        None => WebOrigin::of_host(false, host).is_some(),
    }
}

/// Returns `true` if the request may pass, considering that a page of another site could have sent it.
///
/// Safe methods pass, unless they open a WebSocket. Otherwise `Sec-Fetch-Site` decides, since no script can set it.
/// Browsers that do not send it send `Origin`. A request with neither does not come from a browser; it passes if it has
/// no session cookie, which only browsers have.
fn may_pass(method: &Method, headers: &HeaderMap, has_session: bool, own: Option<&WebOrigin>) -> bool {
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) && !opens_websocket(headers) {
        return true;
    }
    if single(headers, &SEC_FETCH_SITE).is_some() {
        return is_of_own_page(headers);
    }
    match single(headers, &header::ORIGIN) {
        Some(Ok(origin)) => own.is_some() && WebOrigin::parse(origin).as_ref() == own,
        Some(Err(())) => false,
        None => !has_session,
    }
}

/// Returns `true` if the browser reports that the request comes from one of our own pages, or from the user (for
/// example, the address bar).
pub(super) fn is_of_own_page(headers: &HeaderMap) -> bool {
    matches!(single(headers, &SEC_FETCH_SITE), Some(Ok("same-origin" | "none")))
}

fn opens_websocket(headers: &HeaderMap) -> bool {
    let upgrades = headers.get_all(header::UPGRADE).iter();
    upgrades
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|protocol| protocol.trim().split('/').next().is_some_and(|name| name.eq_ignore_ascii_case("websocket")))
}

/// Returns the value of a header that may occur at most once; an error if it is repeated or not text.
fn single<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<Result<&'h str, ()>> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?;
    Some(if values.next().is_some() { Err(()) } else { first.to_str().map_err(|_| ()) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Uri;

    const OWN: &str = "https://stile.example";

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().expect("a header"));
        }
        headers
    }

    fn passes(method: Method, pairs: &[(&'static str, &'static str)], has_session: bool) -> bool {
        may_pass(&method, &headers(pairs), has_session, WebOrigin::parse(OWN).as_ref())
    }

    #[test]
    fn unsafe_requests_from_other_sites_are_rejected() {
        let (site, origin) = ("sec-fetch-site", "origin");
        for (pairs, session, may) in [
            (&[(site, "same-origin")][..], true, true),
            (&[(site, "none")], true, true),
            (&[(site, "same-origin"), (origin, "null")], true, true),
            (&[(site, "same-site")], false, false),
            (&[(site, "cross-site")], false, false),
            (&[(site, "cross-site"), (origin, OWN)], false, false),
            (&[(site, "Same-Origin")], false, false),
            (&[(site, "same-origin"), (site, "cross-site")], false, false),
            (&[(site, "")], false, false),
            (&[(origin, OWN)], true, true),
            (&[(origin, "HTTPS://STILE.EXAMPLE:443")], true, true),
            (&[(origin, "http://stile.example")], false, false),
            (&[(origin, "https://stile.example:8443")], false, false),
            (&[(origin, "https://evil.stile.example")], false, false),
            (&[(origin, "https://stile.example.evil")], false, false),
            (&[(origin, "null")], false, false),
            (&[(origin, "")], false, false),
            (&[(origin, OWN), (origin, "https://evil.example")], false, false),
            (&[], true, false),
            (&[], false, true),
        ] {
            for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
                assert_eq!(passes(method.clone(), pairs, session), may, "{method} {pairs:?} session: {session}");
            }
            let websocket: Vec<_> = pairs.iter().copied().chain([("upgrade", "WebSocket")]).collect();
            assert_eq!(passes(Method::GET, &websocket, session), may, "GET {websocket:?} session: {session}");
            assert!(passes(Method::GET, pairs, session), "reading is safe: {pairs:?}");
        }
    }

    #[test]
    fn paths_that_read_as_a_host_are_detected() {
        for path in ["//smartai-it/overview", "//evil.example", "///", "/\\evil.example", "/a\\b", "\\\\evil.example"] {
            assert!(reads_as_host(path), "{path}");
        }
        for path in ["/", "/smartai-it/overview", "/smartai-it//customers", "/%5Cevil.example", "/%2F/evil.example"] {
            assert!(!reads_as_host(path), "{path}");
        }
    }

    #[test]
    fn an_origin_is_rejected_without_a_known_host() {
        assert!(!may_pass(&Method::POST, &headers(&[("origin", OWN)]), false, None));
    }

    #[test]
    fn only_the_configured_host_is_accepted() {
        let public = WebOrigin::parse(OWN);
        let of = |uri: &'static str, pairs: &[(&'static str, &'static str)]| {
            is_own_host(public.as_ref(), host(&Uri::from_static(uri), &headers(pairs)))
        };
        assert!(of("/", &[("host", "stile.example")]));
        assert!(of("/", &[("host", "STILE.example:443")]));
        assert!(!of("/", &[("host", "stile.example:80")]));
        assert!(!of("/", &[("host", "stile.example."), ("x-forwarded-host", "stile.example")]));
        assert!(!of("/", &[("host", "stile.example"), ("host", "stile.example")]), "two hosts are none");
        assert!(!of("https://evil.example/", &[("host", "stile.example")]), "the target goes before the header");
        assert!(!of("/", &[]));
        assert!(is_own_host(None, Some("localhost:3000")) && !is_own_host(None, Some("a b")));
    }

    #[test]
    fn without_a_public_url_the_own_origin_is_the_host() {
        let own = own_origin(None, Some("localhost:3000"));
        assert_eq!(own.map(|own| own.to_string()).as_deref(), Some("http://localhost:3000"));
    }
}
