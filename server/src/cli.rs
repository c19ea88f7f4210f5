//! The command line: commands and their exit codes.
//!
//! Contains the argument parser and the short commands. `stile serve` is in [`crate::serve`], `stile doctor` in
//! [`crate::doctor`].

use crate::{
    config::Config,
    database::{ClusterAccess, Database},
    demo, doctor,
    error::CommandError,
    serve, services,
    shutdown::Shutdown,
};
use app::server::request::AssetUrls;
use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// One sign-in and every workspace you belong to.
///
/// Without a command, Stile serves. It is configured by environment variables, which may be set in a file .env:
///
///   DATABASE_URL             the database, as the role stile_app; without it Stile runs a private PostgreSQL
///   STILE_OWNER_DATABASE_URL the same database, as its owner, for migrations
///   STILE_LISTEN             address to listen on, 127.0.0.1:3000 by default
///   STILE_PUBLIC_URL         the address people use, like https://stile.example.com
///   STILE_OUTGOING_NETWORKS  private networks that webhooks may reach, also by http, like 10.0.0.0/8; none by default
///   STILE_TRUSTED_PROXIES    reverse proxies whose X-Forwarded-For is trusted, like 127.0.0.1,10.0.0.0/8
///   STILE_DATA_DIR           directory of the private PostgreSQL, secrets and mails, ./data by default
///   STILE_POSTGRES_USER      when started as root: the user to run the private PostgreSQL as
///   STILE_SECRET             at least 32 characters that sign grants; needed with DATABASE_URL
///   STILE_SMTP_URL           the mail server; without it mails are files in the data directory
///   STILE_MAIL_FROM          sender of the mails, like Stile <stile@example.com>
///   STILE_METRICS_LISTEN     address of a listener of its own for /metrics
///   STILE_METRICS_TOKEN      token that /metrics asks for on STILE_LISTEN
///   STILE_API_RATE           requests per second of each API token, 20 by default
///   STILE_LOG                json or text; text on a terminal, json otherwise
///   STILE_SITE_DIR           the built client, target/site by default
#[expect(rustdoc::bare_urls, reason = "`stile --help` prints the text as it is")]
#[derive(Debug, Parser)]
#[command(name = "stile", version, verbatim_doc_comment)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

/// A subcommand.
#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the console and the API (the default command)
    Serve {
        /// Load the demo data first, if it has not been loaded
        #[arg(long)]
        demo: bool,
    },
    /// Bring the database's schema up to date
    Migrate,
    /// Load the demo data, if it has not been loaded
    Demo {
        /// For each number N, also a person scale-N@stile.example with N workspaces
        #[arg(long, value_name = "N,N,...", value_delimiter = ',', value_parser = clap::value_parser!(u32).range(1..=i64::from(demo::MOST)))]
        scale: Vec<u32>,
    },
    /// Check configuration, roles, migrations and isolation
    Doctor,
}

/// Runs the command.
///
/// # Errors
/// `CommandError` if the command failed or was stopped by a signal. Problems found by `stile doctor` are not an error;
/// they are reported through its exit code.
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

/// Opens the database (sharing the cluster of a running server, if any), runs `work`, and closes the database again,
/// even if a signal interrupts the work.
async fn with_database(
    config: &Config,
    shutdown: &Shutdown,
    work: impl AsyncFnOnce(&Database) -> Result<ExitCode, CommandError>,
) -> Result<ExitCode, CommandError> {
    let database =
        shutdown.or_stop(Database::open(config, ClusterAccess::Shared)).await.ok_or(CommandError::Stopped)??;
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
