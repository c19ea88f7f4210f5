//! Prometheus metrics.

use http::StatusCode;
use metrics::{counter, gauge, histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use std::time::Duration;

/// Interval for processing histogram samples, which take up memory until then.
const UPKEEP: Duration = Duration::from_secs(5);
const REQUESTS: &str = "stile_http_requests_total";
const DURATION: &str = "stile_http_request_duration_seconds";
/// Upper bounds of the duration histogram's buckets, in seconds.
const BUCKETS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// The metrics recorder of this process. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Metrics(PrometheusHandle);

impl Metrics {
    /// Installs the metrics recorder of this process and starts its upkeep task. Must be called once, inside a tokio
    /// runtime.
    ///
    /// # Errors
    /// `BuildError` if a recorder is already installed.
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

    /// Renders all metrics in the Prometheus text format.
    pub(crate) fn render(&self) -> String {
        self.0.render()
    }
}

/// Records one answered request.
pub(crate) fn count(route: &str, method: &'static str, status: StatusCode, took: Duration) {
    let route = route.to_owned();
    counter!(REQUESTS, "route" => route.clone(), "method" => method, "status" => status.as_u16().to_string())
        .increment(1);
    histogram!(DURATION, "route" => route, "method" => method).record(took);
}
