//! Which request goes where, and through which middleware.
//!
//! From the outside in: [`scope`] (request id, span, log line, metrics), [`headers`] (security headers, caching),
//! [`gate`] (origin, then host), and for whatever may reach the database [`task`] (a task of its own, fair shares, time
//! limit, panics).

use crate::{
    api,
    assets::Site,
    middleware::{compress, gate, headers, scope, task},
    ops, pages,
    state::Web,
};
use axum::{
    Router,
    middleware::{from_fn, from_fn_with_state},
    routing::get,
};

/// The routes of the listener for metrics.
pub(crate) fn metrics_only(web: &Web) -> Router {
    Router::new()
        .route("/metrics", get(ops::metrics))
        .with_state(web.clone())
        .layer(from_fn_with_state(web.clone(), headers::add))
        .layer(from_fn(scope::enter))
}

/// All routes.
pub(crate) fn build(web: &Web, site: &Site) -> Router {
    let dynamic = Router::new()
        .nest("/api", api::routes())
        .fallback(pages::page)
        .layer(from_fn_with_state(web.clone(), task::run))
        .layer(compress::layer())
        .layer(from_fn(compress::own_only));
    Router::new()
        .route("/healthz", get(ops::alive))
        .route("/readyz", get(ops::ready))
        .route("/metrics", get(ops::guarded_metrics))
        .merge(dynamic)
        .with_state(web.clone())
        .merge(site.routes())
        .layer(from_fn_with_state(web.clone(), gate::check))
        .layer(from_fn_with_state(web.clone(), headers::add))
        .layer(from_fn(scope::enter))
}
