//! Path patterns for leptos_router.

use super::spelling::spelled_out;
use leptos::prelude::AnyView;
use leptos_router::{PartialPathMatch, PathSegment, PossibleRouteMatch};

/// Path pattern: `:name` matches a segment, `*name` the rest, everything else matches literally. Accepts every spelling
/// that [`Route::parse`](super::Route::parse) accepts, unlike leptos_router's own `path!`: uppercase letters,
/// percent-encoded characters and a trailing slash. One type for all patterns, so that the router's code is compiled
/// once.
#[derive(Debug, Clone, Copy)]
pub struct At(pub &'static str);

/// Coerces a view to one type for all routes, so that the router's code is compiled once.
pub const fn view(view: fn() -> AnyView) -> fn() -> AnyView {
    view
}

impl At {
    fn segments(self) -> impl Iterator<Item = &'static str> {
        self.0.split('/').filter(|segment| !segment.is_empty())
    }
}

impl PossibleRouteMatch for At {
    fn optional(&self) -> bool {
        false
    }

    fn test<'a>(&self, path: &'a str) -> Option<PartialPathMatch<'a>> {
        let (mut rest, mut params) = (path, Vec::new());
        for segment in self.segments() {
            let from = rest.strip_prefix('/').unwrap_or(rest);
            if let Some(name) = segment.strip_prefix('*') {
                params.push((name.into(), from.to_owned()));
                rest = "";
                continue;
            }
            let (found, left) = from.split_at(from.find('/').unwrap_or(from.len()));
            match segment.strip_prefix(':') {
                Some(name) if !found.is_empty() => params.push((name.into(), found.to_owned())),
                None if spelled_out(found).is_some_and(|found| found.eq_ignore_ascii_case(segment)) => {}
                _ => return None,
            }
            rest = left;
        }
        // A trailing slash is ignored.
        if rest == "/" {
            rest = "";
        }
        Some(PartialPathMatch::new(rest, params, &path[..path.len() - rest.len()]))
    }

    fn generate_path(&self, path: &mut Vec<PathSegment>) {
        path.extend(self.segments().map(|segment| match (segment.strip_prefix(':'), segment.strip_prefix('*')) {
            (Some(name), _) => PathSegment::Param(name.into()),
            (_, Some(name)) => PathSegment::Splat(name.into()),
            _ => PathSegment::Static(segment.into()),
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_matches_the_spellings_of_its_path_and_no_other() {
        for (pattern, path, rest) in [
            ("/", "", Some("")),
            ("/home", "/home", Some("")),
            ("/home", "/Home/", Some("")),
            ("/home", "/%68ome", Some("")),
            ("/home", "/homes", None),
            ("/org/:id", "/org/1", Some("")),
            ("/org/:id", "/org/", None),
            ("/:workspace", "/smartai-it/customers", Some("/customers")),
            ("customers", "/Customers", Some("")),
            ("customers", "/customers/1", Some("/1")),
            ("*page", "/customers/1/edit", Some("")),
        ] {
            let matched = At(pattern).test(path);
            assert_eq!(matched.map(|matched| matched.remaining()), rest, "{pattern} {path}");
        }
    }
}
