//! Routes and the order of the middleware.
//!
//! From the outermost to the innermost: [`request_log`] (request id, span, access log, metrics), [`headers`] (security
//! headers, caching), [`error_response`] (the request id in errors), [`origin_check`] (origin, then host), and for all
//! requests that may access the database [`spawn`] (separate task, fair shares, timeout, panics). Those of the API are
//! in [`api`].

use crate::{
    api,
    assets::Site,
    error_response,
    middleware::{compress, headers, origin_check, request_log, spawn},
    monitoring, pages,
    state::AppState,
};
use axum::{
    Router,
    middleware::{from_fn, from_fn_with_state},
    routing::{any, get},
};

/// Returns the routes of the metrics listener.
pub(crate) fn metrics_only(state: &AppState) -> Router {
    Router::new()
        .route("/metrics", get(monitoring::metrics))
        .with_state(state.clone())
        .layer(from_fn_with_state(state.clone(), headers::add))
        .layer(from_fn(request_log::enter))
}

/// Returns the routes of the main listener.
pub(crate) fn build(state: &AppState, site: &Site) -> Router {
    // Any method: forms post to the address of their page, and `pages` answers the others.
    let pages = app::documents::pages()
        .into_iter()
        .fold(Router::new(), |router, page| router.route(page.path(), any(pages::page)));
    let dynamic = pages
        .nest("/api", api::routes(state))
        .fallback(pages::page)
        .layer(from_fn_with_state(state.clone(), spawn::run))
        // Below the compression, which can't compress a body that changes afterwards.
        .layer(from_fn(error_response::add_request_id))
        .layer(compress::layer())
        .layer(from_fn(compress::same_origin_only));
    Router::new()
        .route("/healthz", get(monitoring::liveness))
        .route("/readyz", get(monitoring::readiness))
        .route("/metrics", get(monitoring::guarded_metrics))
        .merge(dynamic)
        .with_state(state.clone())
        .merge(site.routes())
        .layer(from_fn_with_state(state.clone(), origin_check::check))
        .layer(from_fn_with_state(state.clone(), headers::add))
        .layer(from_fn(error_response::add_request_id))
        .layer(from_fn(request_log::enter))
}
