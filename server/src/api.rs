//! The JSON API: `/api/fn` for the client, `/api/v1` for programs; and the pictures that the console's pages show.
//!
//! `/api/v1` takes an operator token and nothing else. It reads no cookie, so a page of another site can't use one.
//! Foreign and absent answer the same (docs/SECURITY.md, I-7).

mod customers;
pub(crate) mod failure;
mod openapi;
mod pictures;
pub(crate) mod token;
mod workspaces;

use crate::{live, pages, respond, router::Web};
use axum::{
    Router,
    http::StatusCode,
    response::Response,
    routing::{get, post},
};

/// Everything below `/api`.
pub(crate) fn routes() -> Router<Web> {
    Router::new()
        .route("/fn/{*rest}", post(pages::call))
        .route("/live", get(live::open))
        .route("/pictures/workspaces/{slug}/{name}", get(pictures::logo))
        .route("/pictures/people/{id}/{name}", get(pictures::portrait))
        .route("/v1/me/workspaces", get(workspaces::list))
        .route("/v1/workspaces/{slug}/customers", get(customers::list))
        .route("/v1/openapi.json", get(openapi::document))
        .method_not_allowed_fallback(method_not_allowed)
        .fallback(unknown)
}

/// Any other path below `/api`.
async fn unknown() -> Response {
    respond::error(
        StatusCode::NOT_FOUND,
        "not_found",
        "There is nothing here. /api/v1/openapi.json lists what there is.",
    )
}

/// Another method of a path that there is. axum adds the Allow header.
async fn method_not_allowed() -> Response {
    respond::error(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        "That can't be done here; Allow says what can.",
    )
}
