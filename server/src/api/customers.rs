//! `GET /api/v1/workspaces/{slug}/customers`: one page of a workspace's customers.

use super::{error::ApiError, token::Bearer};
use crate::{error_response::ErrorBody, state::AppState};
use axum::{
    Json,
    extract::{Path, RawQuery, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{Extension, IntoResponse as _, Response},
};
use model::{
    Slug,
    catalog::Lifecycle,
    customer::CustomerRow,
    list::{Cursor, ListQuery, Noun},
    workspace::WorkspaceProfile,
};
use serde::Serialize;
use store::door::{Credential, Door};
use time::OffsetDateTime;
use utoipa::{
    IntoParams, ToSchema,
    openapi::{Object, ObjectBuilder, Type},
};
use uuid::Uuid;

/// Response header with the workspace id.
const WORKSPACE: HeaderName = HeaderName::from_static("stile-workspace");

/// One page of customers, at most 20, with cursors for the adjacent pages.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CustomerPage {
    workspace: ServedWorkspace,
    customers: Vec<Customer>,
    /// Total number of matching customers.
    total: i64,
    /// Cursor of the next page, sent as `after`; null on the last page.
    next: Option<String>,
    /// Cursor of the previous page, sent as `before`; null on the first page.
    previous: Option<String>,
}

/// The workspace that served the page.
#[derive(Debug, Serialize, ToSchema)]
struct ServedWorkspace {
    id: Uuid,
    #[schema(example = "smartai-it")]
    slug: String,
    name: String,
}

/// A customer.
#[derive(Debug, Serialize, ToSchema)]
struct Customer {
    id: Uuid,
    name: String,
    /// Billing email address.
    email: String,
    /// ISO 3166-1 alpha-2 code.
    #[schema(example = "DE")]
    country: String,
    /// Name of the customer's rate plan.
    rate_plan: Option<String>,
    #[schema(schema_with = status)]
    status: Lifecycle,
    /// RFC 3339 timestamp in the workspace's time zone.
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
}

/// Query parameters of a page. Used only for the OpenAPI description; [`query`] parses the parameters.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "its fields are the description")]
pub(crate) struct CustomerQuery {
    /// Text to search for in name and email address; at most 100 characters are used.
    q: Option<String>,
    /// Filters by status.
    #[param(schema_with = status)]
    status: Option<String>,
    /// Sort key: `name` (the default) or `created`.
    sort: Option<String>,
    /// Sort direction: `asc` or `desc`.
    dir: Option<String>,
    /// Returns the page after this cursor: `next` of an earlier response.
    after: Option<String>,
    /// Returns the page before this cursor: `previous` of an earlier response.
    before: Option<String>,
}

/// Lists one page of a workspace's customers.
///
/// A guest sees only the customers that were shared with them.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{slug}/customers",
    operation_id = "listCustomers",
    params(("slug" = String, Path, description = "The workspace's address", example = "smartai-it"), CustomerQuery),
    responses(
        (status = 200, description = "The page", body = CustomerPage,
            headers(("Stile-Workspace" = String, description = "The id of the workspace that served it"))),
        (status = 308, description = "The workspace has a new slug, or its slug is spelled differently",
            headers(("Location" = String, description = "The same page there"))),
        (status = 400, description = "A parameter is invalid", body = ErrorBody),
        (status = 401, description = "No token, or one that is unknown, revoked or expired", body = ErrorBody),
        (status = 403, description = "The workspace requires two-factor authentication, which a token can't confirm", body = ErrorBody),
        (status = 404, description = "No such workspace, or no access to it", body = ErrorBody),
        (status = 410, description = "The workspace was deleted, and you had access to it", body = ErrorBody),
        (status = 429, description = "Too many requests; Retry-After says when to retry", body = ErrorBody),
        (status = 503, description = "The database is not available", body = ErrorBody),
    ),
    security(("operator_token" = []))
)]
pub(super) async fn list(
    State(state): State<AppState>,
    Bearer(credential): Bearer,
    Path(slug): Path<String>,
    RawQuery(raw): RawQuery,
) -> Result<Response, ApiError> {
    let raw = raw.unwrap_or_default();
    let Ok(one) = Slug::parse(&slug.to_ascii_lowercase()) else { return Err(no_such_slug(&state, &credential).await) };
    let respelled = slug != one.as_str();
    let slug = one;
    let mut tx = match state.services.store.workspace(&credential, &slug).await? {
        // Only callers that may know of the workspace are redirected to the canonical spelling.
        Door::Open(tx) if respelled => {
            tx.commit().await?;
            return Ok(moved(&slug, &raw));
        }
        Door::Open(tx) => tx,
        Door::Moved(slug) => return Ok(moved(&slug, &raw)),
        Door::Factor(_) => return Err(ApiError::Factor),
        Door::Gone(_) => return Err(ApiError::Gone),
        // This endpoint writes nothing, so a mismatch can't occur.
        Door::Absent(_) | Door::Mismatch => return Err(ApiError::NotFound),
        Door::SignedOut => return Err(ApiError::BadToken),
    };
    // Parameters are validated only here: a caller without a seat must not learn whether they are valid.
    let query = query(&raw)?;
    let page = store::customers::list(&mut tx, &query).await?;
    let tenant = tx.commit().await?;
    let (workspace, user) = (tenant.workspace, tenant.principal.person.id);
    let id = workspace.id;
    let body = CustomerPage {
        workspace: workspace.into(),
        customers: page.rows.into_iter().map(Customer::from).collect(),
        total: page.total,
        next: page.next.map(|cursor| cursor.to_string()),
        previous: page.previous.map(|cursor| cursor.to_string()),
    };
    let mut response = (Extension(user), Json(body)).into_response();
    if let Ok(value) = HeaderValue::try_from(id.to_string()) {
        response.headers_mut().insert(WORKSPACE, value);
    }
    Ok(response)
}

/// Fails like an unused slug, for text that can't be a slug.
async fn no_such_slug(state: &AppState, credential: &Credential) -> ApiError {
    match state.services.store.person_reading(credential).await {
        Ok(Some(_)) => ApiError::NotFound,
        Ok(None) => ApiError::BadToken,
        Err(error) => error.into(),
    }
}

/// Redirects to the workspace's current slug with the same query.
fn moved(slug: &Slug, query: &str) -> Response {
    let mark = if query.is_empty() { "" } else { "?" };
    let location = format!("/api/v1/workspaces/{slug}/customers{mark}{query}");
    (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, location)]).into_response()
}

/// Parses the query parameters. Values that the console tolerates in an old bookmark are errors here: a client that
/// misspells a filter must not get the unfiltered list. Unknown parameters are ignored.
fn query(raw: &str) -> Result<ListQuery, ApiError> {
    const NOUN: Noun = Noun::Customers;
    let bad = |name, allowed: &str| ApiError::Parameter { name, allowed: allowed.to_owned() };
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(raw).map_err(|_| bad("q", "URL-encoded UTF-8"))?;
    let cursor = |value: &str| Cursor::parse(value).is_some();
    for (name, value) in &pairs {
        match name.as_str() {
            "status" if !NOUN.statuses().contains(&value.as_str()) => return Err(bad("status", "active or archived")),
            "sort" if !NOUN.sorts().iter().any(|sort| sort.by.as_str() == value) => {
                return Err(bad("sort", "name or created"));
            }
            "dir" if value != "asc" && value != "desc" => return Err(bad("dir", "asc or desc")),
            "after" if !cursor(value) => return Err(bad("after", "`next` of an earlier response")),
            "before" if !cursor(value) => return Err(bad("before", "`previous` of an earlier response")),
            _ => {}
        }
    }
    let given = |wanted: &str| pairs.iter().any(|(name, _)| name == wanted);
    if given("after") && given("before") {
        return Err(bad("before", "omitted with `after`"));
    }
    Ok(ListQuery::from_pairs(NOUN, pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()))))
}

impl From<WorkspaceProfile> for ServedWorkspace {
    fn from(workspace: WorkspaceProfile) -> Self {
        Self { id: workspace.id.uuid(), slug: workspace.slug.to_string(), name: workspace.name }
    }
}

impl From<CustomerRow> for Customer {
    fn from(row: CustomerRow) -> Self {
        Self {
            id: row.id.uuid(),
            name: row.name,
            email: row.email,
            country: row.country,
            rate_plan: row.rate_plan,
            status: row.status,
            created_at: row.created_at.into(),
        }
    }
}

fn status() -> Object {
    let words = Noun::Customers.statuses().iter().copied();
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_query_parameters_are_rejected() {
        for raw in ["status=archive", "sort=email", "dir=down", "after=x", "before=1"] {
            assert!(matches!(query(raw), Err(ApiError::Parameter { .. })), "{raw}");
        }
        let asked = query("q=Acme&status=archived&sort=created&dir=asc&utm=1").expect("a query");
        assert_eq!((asked.search.as_str(), asked.status.as_deref()), ("Acme", Some("archived")));
        assert!(!asked.sort.descending);
    }

    #[test]
    fn redirects_of_renamed_workspaces_keep_path_and_query() {
        let slug = Slug::parse("smartai-new").expect("a slug");
        let location = |query| moved(&slug, query).headers()[header::LOCATION].clone();
        assert_eq!(location("q=a%26b"), "/api/v1/workspaces/smartai-new/customers?q=a%26b");
        assert_eq!(location(""), "/api/v1/workspaces/smartai-new/customers");
    }
}
