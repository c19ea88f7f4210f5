//! Operations endpoints: `/healthz`, `/readyz` and `/metrics`.

use crate::{error_code::Code, error_response, state::AppState};
use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use metrics::gauge;
use std::time::Duration;
use tracing::{Instrument as _, Span};

/// Timeout of the database check in `/readyz`.
const READY_LIMIT: Duration = Duration::from_secs(2);

/// `GET /healthz`: liveness check; always 200.
pub(crate) async fn liveness() -> &'static str {
    "ok"
}

/// `GET /readyz`: 200 if the database responds within 2 s, otherwise 503.
pub(crate) async fn readiness(State(state): State<AppState>) -> Response {
    let store = state.services.store.clone();
    // Runs in a separate task, so that a timeout does not cancel the query inside the pool.
    let ping = async move { store.ping().await };
    let ping = state.tasks.spawn(ping.instrument(Span::current()));
    match tokio::time::timeout(READY_LIMIT, ping).await {
        Ok(Ok(Ok(()))) => "ready".into_response(),
        _ => (
            StatusCode::SERVICE_UNAVAILABLE,
            [(header::RETRY_AFTER, error_response::RETRY_AFTER)],
            "the database does not answer",
        )
            .into_response(),
    }
}

/// `GET /metrics` on the main listener. Requires the configured token; responds with 404 if none is configured.
pub(crate) async fn guarded_metrics(State(state): State<AppState>, headers: HeaderMap) -> Response {
    let Some(token) = &state.metrics_token else {
        return error_response::refusal("/metrics", Code::NotFound, "There is nothing here.");
    };
    let presented = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if presented.and_then(|value| value.strip_prefix("Bearer ")).is_some_and(|presented| token.is(presented)) {
        return metrics(State(state)).await;
    }
    let message = "Send the token of STILE_METRICS_TOKEN: Authorization: Bearer followed by it.";
    let mut refusal = error_response::refusal("/metrics", Code::Unauthenticated, message);
    refusal.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    refusal
}

/// `GET /metrics`, in the Prometheus text format.
pub(crate) async fn metrics(State(state): State<AppState>) -> Response {
    let (in_use, all) = state.services.store.connections();
    gauge!("stile_db_connections", "state" => "in_use").set(f64::from(in_use));
    gauge!("stile_db_connections", "state" => "open").set(f64::from(all));
    gauge!("stile_live_tabs").set(state.live.tabs() as f64);
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], state.metrics.render()).into_response()
}
