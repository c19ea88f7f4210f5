//! Logs: where they go and what they look like.
//!
//! Log lines go to standard error; standard output is for what a command has to say to a person. Whoever writes a line
//! decides what is in it: ids, never secrets, bodies or query strings (docs/SECURITY.md, I-24).

use crate::config::{Config, LogFormat};
use std::io::IsTerminal as _;
use tracing_subscriber::EnvFilter;

/// What is logged unless `RUST_LOG` says otherwise.
const DEFAULT_FILTER: &str = "info,sqlx=warn,hyper=warn,leptos=warn";

/// Starts logging. A filter that can't be read is reported and replaced by the default one. Panics become log lines
/// too, with their place.
pub(crate) fn start(config: &Config) {
    let wanted = config.log_filter.as_deref().unwrap_or(DEFAULT_FILTER);
    let filter = EnvFilter::try_new(wanted);
    let refused = filter.as_ref().err().map(ToString::to_string);
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter.unwrap_or_else(|_| EnvFilter::new(DEFAULT_FILTER)))
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    match config.log {
        LogFormat::Json => builder.json().flatten_event(true).with_current_span(true).with_span_list(false).init(),
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
