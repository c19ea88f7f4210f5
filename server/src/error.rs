//! Why a command failed.

use crate::{
    assets::AssetError, config::ConfigError, database::DatabaseError, demo::DemoError, services::ServicesError,
};
use std::{io, net::SocketAddr, process::ExitCode};

/// Why a command failed. Shown as one line after `stile: `.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    /// A setting can't stand: exit 2.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The database can't be opened, migrated or trusted.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The services that pages stand on can't be set up.
    #[error(transparent)]
    Services(#[from] ServicesError),
    /// The demo data could not be loaded.
    #[error("The demo data could not be loaded: {0}")]
    Demo(#[from] DemoError),
    /// The server could not start.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// The operating system gave no threads.
    #[error("The threads of the server could not be started: {0}")]
    Runtime(io::Error),
    /// A signal came before the command was done.
    #[error("Stopped before it was done.")]
    Stopped,
}

impl CommandError {
    /// 2 for bad configuration, as clap has it for a bad command line, and 1 for all else.
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Config(_) | Self::Services(ServicesError::Config(_)) => ExitCode::from(2),
            _ => ExitCode::FAILURE,
        }
    }
}

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ServeError {
    /// The built client.
    #[error(transparent)]
    Assets(#[from] AssetError),
    /// The address.
    #[error("{address} can't be listened on: {source}. Stop what uses it, or set STILE_LISTEN to another address.")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The address for metrics.
    #[error(
        "{address} can't be listened on: {source}. Stop what uses it, or set STILE_METRICS_LISTEN to another address."
    )]
    ListenForMetrics {
        /// The address.
        address: SocketAddr,
        /// The error of the operating system.
        source: io::Error,
    },
    /// Mails can't leave by the way that was chosen.
    #[error("Mails can't be sent: {0}. Check STILE_SMTP_URL and that STILE_DATA_DIR can be written.")]
    Mail(#[source] io::Error),
    /// A second recorder of metrics, or none at all.
    #[error("The metrics could not be set up: {0}")]
    Metrics(#[from] metrics_exporter_prometheus::BuildError),
    /// A second executor.
    #[error("The executor of pages could not be set up: {0}")]
    Executor(#[from] any_spawner::ExecutorError),
}
