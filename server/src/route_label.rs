//! Route templates of paths, for logs and metrics. They have low cardinality and contain no user input.
//!
//! Paths contain invite tokens, slugs and ids, none of which may appear in a log line or a metric label.

use axum::extract::MatchedPath;
use http::{Extensions, Method};
use std::{collections::HashSet, sync::LazyLock};

/// Paths of all server functions.
static FUNCTIONS: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| server_fn::axum::server_fn_paths().map(|(path, _)| path).collect());

/// Returns the template of a request's path, like `/{workspace}/customers/{id}`.
pub(crate) fn of(path: &str, extensions: &Extensions) -> String {
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    match segments.as_slice() {
        ["pkg", ..] => "/pkg/{hash}/{file}".to_owned(),
        ["api", "fn", ..] if FUNCTIONS.contains(path) => path.to_owned(),
        ["api", "fn", ..] => "/api/fn/{unknown}".to_owned(),
        _ => extensions.get::<MatchedPath>().map_or("/{unknown}", MatchedPath::as_str).to_owned(),
    }
}

/// Returns the method as a metric label. Unknown methods are grouped, because a client can send any token.
pub(crate) fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "OTHER",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn route_labels_contain_no_user_input() {
        for (path, route_label) in [
            ("/api/fn/no_such", "/api/fn/{unknown}"),
            ("/wp-login.php", "/{unknown}"),
            ("/pkg/abc/stile.js", "/pkg/{hash}/{file}"),
        ] {
            assert_eq!(of(path, &Extensions::new()), route_label);
        }
    }
}
