//! What handlers and middleware share.

use crate::{
    client::Network,
    config::MetricsToken,
    live::Hub,
    prometheus::Metrics,
    web_origin::{self, WebOrigin},
};
use app::ssr::{Cookies, Services};
use axum::http::{HeaderMap, Uri};
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
    pub(crate) metrics: Metrics,
    /// The open tabs.
    pub(crate) live: Hub,
}

impl Shared {
    /// The names of cookies at the origin of a request.
    pub(crate) fn cookies(&self, uri: &Uri, headers: &HeaderMap) -> Cookies {
        match web_origin::own_origin(self.public.as_ref(), web_origin::host(uri, headers)) {
            Some(origin) => Cookies::at(origin.is_https(), origin.port()),
            None => Cookies::at(false, 80),
        }
    }
}
