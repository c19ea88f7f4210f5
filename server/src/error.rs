//! Errors of the commands.

use crate::{
    assets::AssetError, config::ConfigError, database::DatabaseError, demo::DemoError, services::ServicesError,
};
use std::{io, net::SocketAddr, process::ExitCode};

/// The reason why a command failed. Shown as one line after `stile: `.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    /// A setting is invalid or missing. Exit code 2.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The database could not be opened or migrated, or the boot guard rejected it.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The services that pages depend on could not be set up.
    #[error(transparent)]
    Services(#[from] ServicesError),
    /// The demo data could not be loaded.
    #[error("The demo data could not be loaded: {0}")]
    Demo(#[from] DemoError),
    /// The server could not start.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// The threads of the async runtime could not be started.
    #[error("The threads of the server could not be started: {0}")]
    Runtime(io::Error),
    /// A signal stopped the command before it was complete.
    #[error("Stopped before it was done.")]
    Stopped,
}

impl CommandError {
    /// Returns the exit code: 2 for an invalid configuration (as clap does for an invalid command line), otherwise 1.
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Config(_) | Self::Services(ServicesError::Config(_)) => ExitCode::from(2),
            _ => ExitCode::FAILURE,
        }
    }
}

/// The reason why the server did not start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ServeError {
    /// The built client can't be read.
    #[error(transparent)]
    Assets(#[from] AssetError),
    /// The main listener could not be bound.
    #[error("{address} can't be listened on: {source}. Stop what uses it, or set STILE_LISTEN to another address.")]
    Listen {
        /// The listen address.
        address: SocketAddr,
        /// The underlying I/O error.
        source: io::Error,
    },
    /// The metrics listener could not be bound.
    #[error(
        "{address} can't be listened on: {source}. Stop what uses it, or set STILE_METRICS_LISTEN to another address."
    )]
    ListenForMetrics {
        /// The listen address.
        address: SocketAddr,
        /// The underlying I/O error.
        source: io::Error,
    },
    /// The mail transport could not be set up.
    #[error("Mails can't be sent: {0}. Check STILE_SMTP_URL and that STILE_DATA_DIR can be written.")]
    Mail(#[source] io::Error),
    /// TLS for outgoing requests could not be set up.
    #[error("Outgoing requests can't be set up: {0}")]
    Outgoing(#[source] io::Error),
    /// The metrics recorder could not be installed, for example because one is installed already.
    #[error("The metrics could not be set up: {0}")]
    Metrics(#[from] metrics_exporter_prometheus::BuildError),
    /// The async executor could not be installed, for example because one is installed already.
    #[error("The executor of pages could not be set up: {0}")]
    Executor(#[from] any_spawner::ExecutorError),
}
