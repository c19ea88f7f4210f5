//! Route templates of paths, for logs and metrics. They have low cardinality and contain no user input.
//!
//! Paths contain invite tokens, slugs and ids, none of which may appear in a log line or a metric label.

use axum::extract::MatchedPath;
use http::{Extensions, Method};
use model::{Slug, list::Noun};
use std::{collections::HashSet, sync::LazyLock};

/// Paths of all server functions.
static FUNCTIONS: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| server_fn::axum::server_fn_paths().map(|(path, _)| path).collect());

/// Returns the template of a request's path, like `/{slug}/customers/{id}`.
pub(crate) fn of(path: &str, extensions: &Extensions) -> String {
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    match segments.as_slice() {
        ["pkg", ..] => "/pkg/{hash}/{file}".to_owned(),
        ["api", "fn", ..] if FUNCTIONS.contains(path) => path.to_owned(),
        ["api", "fn", ..] => "/api/fn/{unknown}".to_owned(),
        segments => match extensions.get::<MatchedPath>() {
            Some(matched) => matched.as_str().to_owned(),
            None => page(segments),
        },
    }
}

/// Returns the template of a page.
fn page(segments: &[&str]) -> String {
    let section = |name: &str| Noun::ALL.iter().any(|noun| noun.path() == name);
    match segments {
        [] => "/".to_owned(),
        [name @ ("sign-in" | "sign-up" | "reset" | "welcome" | "home" | "new")] => format!("/{name}"),
        [name @ ("sign-up" | "reset" | "invite"), _] => format!("/{name}/{{token}}"),
        ["account", ..] => "/account/{page}".to_owned(),
        ["org", ..] => "/org/{id}/{page}".to_owned(),
        ["api", ..] => "/api/{unknown}".to_owned(),
        [slug, rest @ ..] if Slug::parse(slug).is_ok() => match rest {
            [] => "/{slug}".to_owned(),
            ["overview"] => "/{slug}/overview".to_owned(),
            ["settings", ..] => "/{slug}/settings/{page}".to_owned(),
            [name] if section(name) => format!("/{{slug}}/{name}"),
            [name, ..] if section(name) => format!("/{{slug}}/{name}/{{id}}"),
            _ => "/{slug}/{unknown}".to_owned(),
        },
        _ => "/{unknown}".to_owned(),
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
    fn nothing_that_was_typed_is_in_a_template() {
        for (path, template) in [
            ("/", "/"),
            ("/sign-in", "/sign-in"),
            ("/invite/Zm9vYmFy", "/invite/{token}"),
            ("/smartai-it", "/{slug}"),
            ("/smartai-it/customers", "/{slug}/customers"),
            ("/smartai-it/rate-plans/0190a", "/{slug}/rate-plans/{id}"),
            ("/smartai-it/settings/danger", "/{slug}/settings/{page}"),
            ("/smartai-it/secret", "/{slug}/{unknown}"),
            ("/account/tokens/0190a", "/account/{page}"),
            ("/api/v2/x", "/api/{unknown}"),
            ("/api/fn/no_such", "/api/fn/{unknown}"),
            ("/wp-login.php", "/{unknown}"),
            ("/pkg/abc/stile.js", "/pkg/{hash}/{file}"),
        ] {
            assert_eq!(of(path, &Extensions::new()), template);
        }
    }
}
