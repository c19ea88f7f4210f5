//! The commands and their exit codes.
//!
//! Here belongs the command line and the order of steps of the short commands. `stile serve` is in [`crate::serve`],
//! `stile doctor` in [`crate::doctor`].

use crate::{
    config::{Config, ConfigError},
    database::{Database, DatabaseError, Holder},
    demo, doctor, serve,
    services::{self, ServicesError},
    shutdown::Shutdown,
};
use app::ssr::AssetUrls;
use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// One sign-in and every workspace you belong to.
///
/// Without a command, Stile serves. It is configured by environment variables, which may stand in a file .env:
///
///   DATABASE_URL             the database, as the role stile_app; without it Stile runs a private PostgreSQL
///   STILE_OWNER_DATABASE_URL the same database, as its owner, for migrations
///   STILE_LISTEN             where to listen, 127.0.0.1:3000 by default
///   STILE_PUBLIC_URL         the address people use, like https://stile.example.com
///   STILE_TRUSTED_PROXIES    reverse proxies whose X-Forwarded-For is believed, like 127.0.0.1,10.0.0.0/8
///   STILE_DATA_DIR           where the private PostgreSQL, secrets and mails are kept, ./data by default
///   STILE_POSTGRES_USER      when started as root: the user to run the private PostgreSQL as
///   STILE_SECRET             at least 32 characters that sign grants; needed with DATABASE_URL
///   STILE_SMTP_URL           the mail server; without it mails are files in the data directory
///   STILE_LOG                json or text; text on a terminal, json otherwise
///   STILE_SITE_DIR           the built client, target/site by default
#[derive(Debug, Parser)]
#[command(name = "stile", version, verbatim_doc_comment)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

/// What to do.
#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the console and the API; this is what happens without a command
    Serve {
        /// Load the demo data first, if it is not there
        #[arg(long)]
        demo: bool,
    },
    /// Bring the database's schema up to date
    Migrate,
    /// Load the demo data, if it is not there
    Demo {
        /// For each number N, also a person scale-N@stile.example with N workspaces
        #[arg(long, value_name = "N,N,...", value_delimiter = ',', value_parser = clap::value_parser!(u32).range(1..=i64::from(demo::MOST)))]
        scale: Vec<u32>,
    },
    /// Check configuration, roles, migrations and isolation
    Doctor,
}

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
    Demo(#[from] demo::DemoError),
    /// The server could not start.
    #[error(transparent)]
    Serve(#[from] serve::ServeError),
    /// The operating system gave no threads.
    #[error("The threads of the server could not be started: {0}")]
    Runtime(std::io::Error),
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

/// Runs the command.
///
/// # Errors
/// What kept it from being done. A doctor that found something is no error: its exit code says so.
pub(crate) async fn run(cli: Cli, config: Config) -> Result<ExitCode, CommandError> {
    let shutdown = Shutdown::on_signals().map_err(CommandError::Runtime)?;
    match cli.command.unwrap_or(Command::Serve { demo: false }) {
        Command::Serve { demo } => serve::serve(&config, demo, &shutdown).await.map(|()| ExitCode::SUCCESS),
        Command::Migrate => {
            with_database(&config, &shutdown, async |database| {
                database.migrate().await?;
                println!("The schema is up to date.");
                Ok(ExitCode::SUCCESS)
            })
            .await
        }
        Command::Demo { scale } => {
            with_database(&config, &shutdown, async |database| {
                database.migrate_if_owner().await?;
                load_demo(&config, database, &scale).await?;
                Ok(ExitCode::SUCCESS)
            })
            .await
        }
        Command::Doctor => doctor::run(&config, &shutdown).await,
    }
}

/// Opens the database, beside a running server if there is one, does `work`, and closes it again, also when a signal
/// ends the work early.
async fn with_database(
    config: &Config,
    shutdown: &Shutdown,
    work: impl AsyncFnOnce(&Database) -> Result<ExitCode, CommandError>,
) -> Result<ExitCode, CommandError> {
    let database = shutdown.or_stop(Database::open(config, Holder::Shared)).await.ok_or(CommandError::Stopped)??;
    let outcome = shutdown.or_stop(work(&database)).await.unwrap_or(Err(CommandError::Stopped));
    database.close().await;
    outcome
}

async fn load_demo(config: &Config, database: &Database, scale: &[u32]) -> Result<(), CommandError> {
    let store = database.store()?;
    let services = services::build(config, store.clone(), AssetUrls::default())?;
    let outcome = async {
        println!("{}", demo::load(&services).await?);
        database.backdate(&demo::PEOPLE).await.map_err(demo::DemoError::from)?;
        if !scale.is_empty() {
            println!("{}", demo::scale(&services, scale).await?);
        }
        Ok(())
    }
    .await;
    store.close().await;
    outcome
}
