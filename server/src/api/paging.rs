//! Pages of a list: query parameters and response.

use super::{door::served, error::ApiError};
use axum::{Json, extract::FromRequestParts, http::request::Parts, response::Response};
use model::{
    list::{Cursor, ListPage, ListQuery, Noun, PAGE_ROWS, PAGE_ROWS_MAX},
    workspace::WorkspaceProfile,
};
use serde::Serialize;
use std::convert::Infallible;
use store::door::{Read, WorkspaceTx};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// One page of a list, with cursors for the adjacent pages.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Paged<T> {
    workspace: ServedWorkspace,
    items: Vec<T>,
    /// Number of matching items on all pages, if the request has `count=exact`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    total: Option<i64>,
    /// Cursor of the next page, sent as `after`; null on the last page.
    next: Option<String>,
    /// Cursor of the previous page, sent as `before`; null on the first page.
    previous: Option<String>,
}

/// The workspace that served the page.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ServedWorkspace {
    id: Uuid,
    #[schema(example = "smartai-it")]
    slug: String,
    name: String,
}

impl<T> Paged<T> {
    /// Ends the transaction and responds with a page of the workspace.
    pub(super) async fn respond<Row>(
        tx: WorkspaceTx<Read>,
        page: ListPage<Row>,
        count: Count,
    ) -> Result<Response, ApiError>
    where
        T: From<Row> + Serialize,
    {
        let tenant = tx.commit().await?;
        let page = Self::new(tenant.workspace.clone(), page, count);
        Ok(served(&tenant, Json(page)))
    }

    /// Builds the response from a page of the workspace.
    fn new<Row>(workspace: WorkspaceProfile, page: ListPage<Row>, count: Count) -> Self
    where
        T: From<Row>,
    {
        Self {
            workspace: ServedWorkspace {
                id: workspace.id.uuid(),
                slug: workspace.slug.to_string(),
                name: workspace.name,
            },
            items: page.rows.into_iter().map(T::from).collect(),
            total: match count {
                Count::Exact => Some(page.total),
                Count::None => None,
            },
            next: page.next.map(|cursor| cursor.to_string()),
            previous: page.previous.map(|cursor| cursor.to_string()),
        }
    }
}

/// Whether the response says how many items there are in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Count {
    /// No `total`.
    None,
    /// `total` is the exact number.
    Exact,
}

/// Query parameters of every list. Used only for the OpenAPI description; [`Paging::list`] parses the parameters.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "its fields are the description")]
pub(crate) struct PageQuery {
    /// Text to search for; at most 100 characters are used.
    q: Option<String>,
    /// Sort key.
    sort: Option<String>,
    /// Sort direction: `asc` or `desc`.
    dir: Option<String>,
    /// Maximum number of items of the page.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u8>,
    /// `exact`: the response has `total`.
    count: Option<String>,
    /// Returns the page after this cursor: `next` of an earlier response.
    after: Option<String>,
    /// Returns the page before this cursor: `previous` of an earlier response.
    before: Option<String>,
}

/// The query string of a list. It is parsed when the workspace is open: a caller without a seat must not learn whether
/// its parameters are valid.
#[derive(Debug)]
pub(super) struct Paging(String);

impl<S: Sync> FromRequestParts<S> for Paging {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(parts.uri.query().unwrap_or_default().to_owned()))
    }
}

impl Paging {
    /// Parses the parameters of a list of `noun`. Values that the console tolerates in an old bookmark are errors here:
    /// a client that misspells a filter must not get the unfiltered list. Unknown parameters are ignored.
    ///
    /// # Errors
    /// [`ApiError::Parameter`] for the first invalid one.
    pub(super) fn list(&self, noun: Noun) -> Result<(ListQuery, Count), ApiError> {
        let bad = |name, allowed: String| ApiError::Parameter { name, allowed };
        let pairs: Vec<(String, String)> =
            serde_urlencoded::from_str(&self.0).map_err(|_| bad("q", "URL-encoded UTF-8".to_owned()))?;
        let (mut rows, mut count) = (PAGE_ROWS, Count::None);
        let sorts: Vec<&str> = noun.sorts().iter().map(|sort| sort.by.as_str()).collect();
        let cursor = |value: &str| Cursor::parse(value).is_some();
        for (name, value) in &pairs {
            let value = value.as_str();
            match name.as_str() {
                "status" if !noun.statuses().contains(&value) => {
                    return Err(bad("status", one_of(noun.statuses())));
                }
                "sort" if !sorts.contains(&value) => return Err(bad("sort", one_of(&sorts))),
                "dir" if value != "asc" && value != "desc" => return Err(bad("dir", one_of(&["asc", "desc"]))),
                "after" if !cursor(value) => return Err(bad("after", "`next` of an earlier response".to_owned())),
                "before" if !cursor(value) => {
                    return Err(bad("before", "`previous` of an earlier response".to_owned()));
                }
                "limit" => {
                    let limit = value.parse().ok().filter(|limit| (1..=PAGE_ROWS_MAX).contains(limit));
                    rows = limit.ok_or_else(|| bad("limit", format!("a number from 1 to {PAGE_ROWS_MAX}")))?;
                }
                "count" if value == "exact" => count = Count::Exact,
                "count" => return Err(bad("count", "exact".to_owned())),
                _ => {}
            }
        }
        let given = |wanted: &str| pairs.iter().any(|(name, _)| name == wanted);
        if given("after") && given("before") {
            return Err(bad("before", "omitted with `after`".to_owned()));
        }
        let query = ListQuery::from_pairs(noun, pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        Ok((query.of_rows(rows), count))
    }
}

/// Lists words for a sentence: `name or created`.
fn one_of(words: &[&str]) -> String {
    match words {
        [] => "omitted".to_owned(),
        [first @ .., last] if !first.is_empty() => format!("{} or {last}", first.join(", ")),
        words => words.join(""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(raw: &str) -> Result<(ListQuery, Count), ApiError> {
        Paging(raw.to_owned()).list(Noun::Customers)
    }

    #[test]
    fn invalid_query_parameters_are_rejected() {
        for raw in [
            "status=archive", "sort=email", "dir=down", "after=x", "before=1", "limit=0", "limit=101", "limit=-1",
            "limit=all", "count=true",
        ] {
            assert!(matches!(read(raw), Err(ApiError::Parameter { .. })), "{raw}");
        }
        let (asked, count) = read("q=Acme&status=archived&sort=created&dir=asc&utm=1&limit=100").expect("a query");
        assert_eq!((asked.search.as_str(), asked.status.as_deref()), ("Acme", Some("archived")));
        assert!(!asked.sort.descending);
        assert_eq!((asked.rows, count), (100, Count::None));
        let (plain, count) = read("count=exact").expect("a query");
        assert_eq!((plain.rows, count), (PAGE_ROWS, Count::Exact));
    }

    #[test]
    fn allowed_words_are_listed() {
        assert_eq!(one_of(&["a", "b", "c"]), "a, b or c");
        assert_eq!(one_of(&["a"]), "a");
        assert_eq!(one_of(&[]), "omitted");
    }
}
