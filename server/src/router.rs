//! Which request goes where, and through which middleware.
//!
//! From the outside in: [`scope`] (request id, span, log line, metrics), [`headers`] (security headers, caching),
//! [`gate`] (origin, then host), and for whatever may reach the database [`task`] (a task of its own, fair shares, time
//! limit, panics).

use crate::{
    api,
    assets::Site,
    client::Network,
    config::MetricsToken,
    live,
    middleware::{compress, gate, headers, scope, task},
    ops, pages,
    web_origin::WebOrigin,
};
use app::ssr::{Cookies, Services};
use axum::{
    Router,
    http::{HeaderMap, Uri},
    middleware::{from_fn, from_fn_with_state},
    routing::get,
};
use std::sync::Arc;
use store::fair::Fair;
use tokio_util::task::TaskTracker;

/// What handlers and middleware share, and each of them clones for each request.
pub(crate) type Web = Arc<Shared>;

/// What is shared.
pub(crate) struct Shared {
    /// What pages stand on.
    pub(crate) services: Arc<Services>,
    /// The shared capacity for requests.
    pub(crate) requests: Fair,
    /// The tasks of all requests, so that the end can wait for them.
    pub(crate) tasks: TaskTracker,
    /// The origin that people use; absent, it is what each request's Host says.
    pub(crate) public: Option<WebOrigin>,
    /// Reverse proxies that are believed.
    pub(crate) proxies: Vec<Network>,
    /// The token for `/metrics`. If absent, it is not served.
    pub(crate) metrics_token: Option<MetricsToken>,
    /// The recorder of metrics.
    pub(crate) metrics: ops::Metrics,
    /// The open tabs.
    pub(crate) live: live::Hub,
}

impl Shared {
    /// The names of cookies at the origin of a request.
    pub(crate) fn cookies(&self, uri: &Uri, headers: &HeaderMap) -> Cookies {
        match gate::own_origin(self.public.as_ref(), gate::host(uri, headers)) {
            Some(origin) => Cookies::at(origin.is_https(), origin.port()),
            None => Cookies::at(false, 80),
        }
    }
}

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
