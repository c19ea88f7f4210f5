//! Logging setup.
//!
//! Log lines are written to standard error; standard output is for messages of a command to its user. Callers must log
//! only ids, never secrets, bodies or query strings (docs/SECURITY.md, I-24).

use crate::config::{Config, LogFormat};
use std::io::IsTerminal as _;
use tracing_subscriber::EnvFilter;

/// Log filter used if `RUST_LOG` is not set.
const DEFAULT_FILTER: &str = "info,sqlx=warn,hyper=warn,leptos=warn";

/// Initializes logging. An invalid filter is reported and replaced by the default. Panics are logged with their
/// location.
pub(crate) fn start(config: &Config) {
    let wanted = config.log_filter.as_deref().unwrap_or(DEFAULT_FILTER);
    let filter = EnvFilter::try_new(wanted);
    let refused = filter.as_ref().err().map(ToString::to_string);
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter.unwrap_or_else(|_| EnvFilter::new(DEFAULT_FILTER)))
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    match config.log {
        // All spans and not only the innermost: at the level `debug`, the one with the request id is further out.
        LogFormat::Json => builder.json().flatten_event(true).with_current_span(false).with_span_list(true).init(),
        LogFormat::Text => builder.with_target(false).init(),
    }
    if let Some(refused) = refused {
        tracing::warn!("RUST_LOG is ignored: {refused}");
    }
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let message = panic.payload_as_str().unwrap_or("no message");
        tracing::error!(place, "panicked: {message}");
    }));
}
