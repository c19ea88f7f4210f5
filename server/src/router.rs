//! Routes and the order of the middleware.
//!
//! From the outermost to the innermost: [`scope`] (request id, span, access log, metrics), [`headers`] (security
//! headers, caching), [`gate`] (origin, then host), and for all requests that may access the database [`task`]
//! (separate task, fair shares, timeout, panics).

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
    routing::{any, get},
};

/// Returns the routes of the metrics listener.
pub(crate) fn metrics_only(web: &Web) -> Router {
    Router::new()
        .route("/metrics", get(ops::metrics))
        .with_state(web.clone())
        .layer(from_fn_with_state(web.clone(), headers::add))
        .layer(from_fn(scope::enter))
}

/// Returns the routes of the main listener.
pub(crate) fn build(web: &Web, site: &Site) -> Router {
    // Any method: forms post to the address of their page, and `pages` answers the others.
    let pages = app::documents::pages()
        .into_iter()
        .fold(Router::new(), |router, page| router.route(page.path(), any(pages::page)));
    let dynamic = pages
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
