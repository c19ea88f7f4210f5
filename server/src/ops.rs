//! The endpoints for operators and their machines: `/healthz`, `/readyz` and `/metrics`.

use crate::{respond, router::Web};
use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use metrics::{counter, gauge, histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use std::time::Duration;

/// Longest wait of `/readyz` for the database.
const READY_LIMIT: Duration = Duration::from_secs(2);
/// How often samples of histograms are taken in; until then each takes memory.
const UPKEEP: Duration = Duration::from_secs(5);
const REQUESTS: &str = "stile_http_requests_total";
const DURATION: &str = "stile_http_request_duration_seconds";
/// Upper bounds of the duration's buckets, in seconds.
const BUCKETS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// The recorder of this process. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Metrics(PrometheusHandle);

impl Metrics {
    /// Makes the recorder of this process, and keeps it tidy from now on. Once a process, inside a tokio runtime.
    ///
    /// # Errors
    /// When there is one already.
    pub(crate) fn install() -> Result<Self, BuildError> {
        let handle = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Full(DURATION.to_owned()), &BUCKETS)?
            .install_recorder()?;
        metrics::describe_counter!(REQUESTS, "Requests answered, by route, method and status.");
        metrics::describe_histogram!(DURATION, "Time from the head of a request to the head of its response.");
        metrics::describe_gauge!("stile_db_connections", "Connections of the pool, by state.");
        metrics::describe_gauge!("stile_live_tabs", "Open tabs that are told of changes.");
        metrics::describe_gauge!("stile_build_info", "Always 1; the version is in the label.");
        gauge!("stile_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
        let tidy = handle.clone();
        tokio::spawn(async move {
            let mut turn = tokio::time::interval(UPKEEP);
            loop {
                turn.tick().await;
                tidy.run_upkeep();
            }
        });
        Ok(Self(handle))
    }
}

/// Counts one answered request.
pub(crate) fn count(route: &str, method: &'static str, status: StatusCode, took: Duration) {
    let route = route.to_owned();
    counter!(REQUESTS, "route" => route.clone(), "method" => method, "status" => status.as_u16().to_string())
        .increment(1);
    histogram!(DURATION, "route" => route, "method" => method).record(took);
}

/// `GET /healthz`: the process serves.
pub(crate) async fn alive() -> &'static str {
    "ok"
}

/// `GET /readyz`: 200 when the database answers within 2 s, else 503.
pub(crate) async fn ready(State(web): State<Web>) -> Response {
    let store = web.services.store.clone();
    // A task of its own: what runs out of time here is not broken off inside the pool.
    let ping = web.tasks.spawn(async move { store.ping().await });
    match tokio::time::timeout(READY_LIMIT, ping).await {
        Ok(Ok(Ok(()))) => "ready".into_response(),
        _ => (
            StatusCode::SERVICE_UNAVAILABLE,
            [(header::RETRY_AFTER, respond::RETRY_AFTER)],
            "the database does not answer",
        )
            .into_response(),
    }
}

/// `GET /metrics` beside the pages: only with the configured token. Without one, it does not exist.
pub(crate) async fn guarded_metrics(State(web): State<Web>, headers: HeaderMap) -> Response {
    let Some(token) = &web.metrics_token else {
        return respond::refusal("/metrics", StatusCode::NOT_FOUND, "not_found", "There is nothing here.");
    };
    let presented = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if presented.and_then(|value| value.strip_prefix("Bearer ")).is_some_and(|presented| token.is(presented)) {
        return metrics(State(web)).await;
    }
    let message = "Send the token of STILE_METRICS_TOKEN: Authorization: Bearer followed by it.";
    let mut refusal = respond::refusal("/metrics", StatusCode::UNAUTHORIZED, "unauthenticated", message);
    refusal.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    refusal
}

/// `GET /metrics`, in Prometheus' text format.
pub(crate) async fn metrics(State(web): State<Web>) -> Response {
    let (in_use, all) = web.services.store.connections();
    gauge!("stile_db_connections", "state" => "in_use").set(f64::from(in_use));
    gauge!("stile_db_connections", "state" => "open").set(f64::from(all));
    gauge!("stile_live_tabs").set(web.live.tabs() as f64);
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], web.metrics.0.render()).into_response()
}
