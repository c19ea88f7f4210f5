//! The JSON API: `/api/fn` for the client, `/api/v1` for API clients, and the pictures and files of the console's pages.
//!
//! `/api/v1` accepts operator tokens and API keys of workspaces. It reads no cookies, so it can't be used by cross-site requests from a
//! browser. Resources of other tenants and missing resources give the same response (docs/SECURITY.md, I-7).
//! docs/API.md describes its conventions; these modules hold them:
//!
//! - [`door`]: opens the workspace in the path, for reading or writing.
//! - [`json`], [`error`]: bodies and errors.
//! - [`etag`], [`paging`]: versions and pages.
//! - [`rate`], [`idempotency`]: middleware that handlers need not know of.

mod customer;
mod customers;
mod door;
pub(crate) mod error;
pub(crate) mod etag;
pub(crate) mod events;
mod idempotency;
mod imports;
mod json;
mod openapi;
mod paging;
mod pictures;
mod rate;
pub(crate) mod token;
mod workspaces;

use crate::{error_code::Code, error_response, live, pages, state::AppState};
use axum::{
    Router,
    middleware::{from_fn, from_fn_with_state},
    response::Response,
    routing::{get, post},
};
use rate::Rate;

/// Requests per second of a token that send events.
const EVENTS_PER_SECOND: u32 = 100;

/// Routes below `/api`.
pub(crate) fn routes(state: &AppState) -> Router<AppState> {
    Router::new()
        .route("/fn/{*rest}", post(pages::call))
        .route("/live", get(live::open))
        .route("/pictures/workspaces/{slug}/{name}", get(pictures::logo))
        .route("/pictures/people/{id}/{name}", get(pictures::portrait))
        .route("/imports/{slug}/{id}/refusals.csv", get(imports::refusals))
        .route("/v1/openapi.json", get(openapi::document))
        .merge(resources(state))
        .merge(events())
        .method_not_allowed_fallback(method_not_allowed)
        .fallback(unknown)
}

/// Routes of the resources of `/api/v1`, with the conventions of all of them. A POST that is repeated safely without an
/// `Idempotency-Key`, or that has another rate, belongs in a router of its own beside this one.
fn resources(state: &AppState) -> Router<AppState> {
    Router::new()
        .route("/v1/workspaces/{slug}/customers", get(customers::list).post(customer::create))
        .route("/v1/workspaces/{slug}/customers/{id}", get(customer::get).patch(customer::change))
        .route("/v1/workspaces/{slug}/customers/{id}/archive", post(customer::archive))
        .route("/v1/workspaces/{slug}/customers/{id}/restore", post(customer::restore))
        // All routes above are of a workspace, and can have idempotency keys.
        .layer(from_fn_with_state(state.clone(), idempotency::keep))
        .route("/v1/me/workspaces", get(workspaces::list))
        .layer(from_fn(etag::not_modified))
        .layer(from_fn_with_state(Rate::new("default", state.api_rate), rate::limit))
}

/// Route for events. They have ids, so they need no `Idempotency-Key`.
fn events() -> Router<AppState> {
    Router::new()
        .route("/v1/workspaces/{slug}/events", post(events::create))
        .layer(from_fn_with_state(Rate::new("events", EVENTS_PER_SECOND), rate::limit))
}

/// Responds to an unknown path below `/api`.
async fn unknown() -> Response {
    error_response::error(Code::NotFound, "There is nothing here. /api/v1/openapi.json lists what there is.")
}

/// Responds to an unsupported method on a known path. axum adds the Allow header.
async fn method_not_allowed() -> Response {
    error_response::error(Code::MethodNotAllowed, "That method isn't allowed here; see the Allow header.")
}
