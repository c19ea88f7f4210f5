//! State shared by handlers and middleware.

use crate::{
    client::Network,
    config::MetricsToken,
    live::Hub,
    prometheus::Metrics,
    web_origin::{self, WebOrigin},
};
use app::server::cookies::Cookies;
use app::server::request::Services;
use axum::http::{HeaderMap, Uri};
use std::sync::Arc;
use store::fair::FairLimiter;
use tokio_util::task::TaskTracker;

/// Shared state, cloned for each request.
pub(crate) type AppState = Arc<AppStateInner>;

/// State shared by handlers and middleware.
pub(crate) struct AppStateInner {
    /// Services that pages depend on.
    pub(crate) services: Arc<Services>,
    /// Limiter that shares the capacity for requests.
    pub(crate) requests: FairLimiter,
    /// Tasks of all requests, awaited on shutdown.
    pub(crate) tasks: TaskTracker,
    /// The configured public origin. If absent, the origin is derived from the request's Host.
    pub(crate) public: Option<WebOrigin>,
    /// Trusted reverse proxies.
    pub(crate) proxies: Vec<Network>,
    /// Requests per second of each API token.
    pub(crate) api_rate: u32,
    /// Token for `/metrics` on the main listener. If absent, it is not served there.
    pub(crate) metrics_token: Option<MetricsToken>,
    /// Metrics recorder.
    pub(crate) metrics: Metrics,
    /// Connected tabs.
    pub(crate) live: Hub,
}

impl AppStateInner {
    /// Returns the cookie names for the origin of a request.
    pub(crate) fn cookies(&self, uri: &Uri, headers: &HeaderMap) -> Cookies {
        match web_origin::own_origin(self.public.as_ref(), web_origin::host(uri, headers)) {
            Some(origin) => Cookies::at(origin.is_https(), origin.port()),
            None => Cookies::at(false, 80),
        }
    }
}
