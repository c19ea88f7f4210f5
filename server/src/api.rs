//! The JSON API: `/api/fn` for the client, `/api/v1` for API clients, and the pictures and files of the console's pages.
//!
//! `/api/v1` accepts operator tokens only. It reads no cookies, so it can't be used by cross-site requests from a
//! browser. Resources of other tenants and missing resources give the same response (docs/SECURITY.md, I-7).

mod customers;
pub(crate) mod error;
mod imports;
mod openapi;
mod pictures;
pub(crate) mod token;
mod workspaces;

use crate::{error_response, live, pages, state::AppState};
use axum::{
    Router,
    http::StatusCode,
    response::Response,
    routing::{get, post},
};

/// Routes below `/api`.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/fn/{*rest}", post(pages::call))
        .route("/live", get(live::open))
        .route("/pictures/workspaces/{slug}/{name}", get(pictures::logo))
        .route("/pictures/people/{id}/{name}", get(pictures::portrait))
        .route("/imports/{slug}/{id}/refusals.csv", get(imports::refusals))
        .route("/v1/me/workspaces", get(workspaces::list))
        .route("/v1/workspaces/{slug}/customers", get(customers::list))
        .route("/v1/openapi.json", get(openapi::document))
        .method_not_allowed_fallback(method_not_allowed)
        .fallback(unknown)
}

/// Responds to an unknown path below `/api`.
async fn unknown() -> Response {
    error_response::error(
        StatusCode::NOT_FOUND,
        "not_found",
        "There is nothing here. /api/v1/openapi.json lists what there is.",
    )
}

/// Responds to an unsupported method on a known path. axum adds the Allow header.
async fn method_not_allowed() -> Response {
    error_response::error(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        "That method isn't allowed here; see the Allow header.",
    )
}
