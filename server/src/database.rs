//! Opening the database: selection of server and role, migrations, and the boot guard.
//!
//! Turns the configuration into the connection options of the app role, and starts and stops the private cluster. Roles
//! and passwords of the private cluster are in [`bootstrap`]; the cluster process is in [`dev_postgres`]; queries are
//! in `store`.

mod bootstrap;
mod shared;

use crate::{
    config::{Config, ConfigError, DatabaseConfig},
    secret_file::SecretFileError,
};
use dev_postgres::{Cluster, ClusterError, DataDirLock};
use sqlx::{Connection as _, PgConnection, postgres::PgConnectOptions};
use std::time::Duration;
use store::{Store, guard::GuardError, migrate::MigrateError};

/// Connection timeout of the first connection.
const REACH_LIMIT: Duration = Duration::from_secs(5);
/// Pool shutdown timeout.
const CLOSE_LIMIT: Duration = Duration::from_secs(5);

/// Other processes allowed to use the data directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ClusterAccess {
    /// None: a server uses it exclusively.
    Exclusive,
    /// A running server, whose cluster is then used.
    Shared,
}

/// The reason why the database can't be used. Each message is one line that states the remedy.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DatabaseError {
    /// The private cluster is not running.
    #[error(transparent)]
    Cluster(#[from] ClusterError),
    /// A file in the data directory can't be used.
    #[error(transparent)]
    SecretFile(#[from] SecretFileError),
    /// A setting that this command needs is missing.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The roles or the database of the private cluster could not be created.
    #[error("The private database could not be set up: {0}")]
    Bootstrap(#[source] sqlx::Error),
    /// The cluster of the server that holds the data directory can't be reached.
    #[error(
        "A stile server uses this data directory, but its database can't be reached: {0}. Try again once it serves."
    )]
    Unshared(String),
    /// No connection could be made.
    #[error("The database at {place} can't be reached: {reason}. Check that it runs, and {variable}.")]
    Unreachable {
        /// Host and port, or the socket directory.
        place: String,
        /// The underlying error.
        reason: String,
        /// Name of the variable that contains the URL.
        variable: &'static str,
    },
    /// The server rejected the login.
    #[error("The database at {place} refuses the sign-in: {reason}. Check {variable}.")]
    SignIn {
        /// Host and port, or the socket directory.
        place: String,
        /// The error message of the database.
        reason: String,
        /// Name of the variable that contains the URL.
        variable: &'static str,
    },
    /// A migration failed.
    #[error("The schema could not be brought up to date: {0}")]
    Migrate(#[from] MigrateError),
    /// The boot guard rejected the database.
    #[error(transparent)]
    Guard(#[from] GuardError),
}

/// The database, opened for one command.
pub(crate) struct Database {
    app: Option<PgConnectOptions>,
    owner: Option<PgConnectOptions>,
    private: Option<Private>,
}

/// The cluster that this process runs, and its lock on the data directory.
struct Private {
    cluster: Cluster,
    data_dir: std::path::PathBuf,
    _lock: DataDirLock,
}

impl Database {
    /// Opens the configured database. A private cluster is started, and its roles are created if they do not exist. No
    /// migrations are run.
    ///
    /// # Errors
    /// `DatabaseError` if the database can't be reached, or if another server holds the data directory and `access` is
    /// [`ClusterAccess::Exclusive`].
    pub(crate) async fn open(config: &Config, access: ClusterAccess) -> Result<Self, DatabaseError> {
        match &config.database {
            DatabaseConfig::External { app, owner } => {
                for (options, variable) in [(app, "DATABASE_URL"), (owner, "STILE_OWNER_DATABASE_URL")] {
                    if let Some(options) = options {
                        reach(options, variable).await?;
                    }
                }
                let [app, owner] = [app, owner].map(|options| options.as_deref().cloned());
                Ok(Self { app, owner, private: None })
            }
            DatabaseConfig::Private { run_as } => match (dev_postgres::lock_data_dir(&config.data_dir), access) {
                (Err(ClusterError::Locked { .. }), ClusterAccess::Shared) => shared::join(config).await,
                (lock, _) => Self::start(config, run_as.as_deref(), lock?).await,
            },
        }
    }

    async fn start(config: &Config, run_as: Option<&str>, lock: DataDirLock) -> Result<Self, DatabaseError> {
        let data_dir = config.data_dir.clone();
        let cluster = Cluster::start(&data_dir, run_as).await?;
        let ready = async {
            let roles = bootstrap::run(&cluster, &data_dir).await?;
            shared::offer(&data_dir, cluster.socket_dir())?;
            Ok(roles)
        };
        match ready.await {
            Ok(bootstrap::Roles { app, owner }) => {
                let private = Private { cluster, data_dir, _lock: lock };
                Ok(Self { app: Some(app), owner: Some(owner), private: Some(private) })
            }
            Err(error) => {
                cluster.stop().await;
                Err(error)
            }
        }
    }

    /// Runs pending migrations as the owner.
    ///
    /// # Errors
    /// `DatabaseError::Config` without the owner's credentials; `DatabaseError::Migrate` if a migration fails.
    pub(crate) async fn migrate(&self) -> Result<(), DatabaseError> {
        let owner = self.owner.as_ref().ok_or(ConfigError::Missing {
            name: "STILE_OWNER_DATABASE_URL",
            remedy: "Set it to the URL of the same database with its owner's name and password.",
        })?;
        Ok(store::migrate::up(owner).await?)
    }

    /// Runs pending migrations if this process has the owner's credentials; otherwise they are run separately.
    ///
    /// # Errors
    /// `DatabaseError::Migrate` if a migration fails.
    pub(crate) async fn migrate_if_owner(&self) -> Result<(), DatabaseError> {
        if self.owner.is_some() { self.migrate().await } else { Ok(()) }
    }

    /// Returns the connection options of the app role.
    ///
    /// # Errors
    /// `DatabaseError::Config` if `DATABASE_URL` is not set, but the owner's URL is.
    pub(crate) fn app(&self) -> Result<&PgConnectOptions, DatabaseError> {
        Ok(self.app.as_ref().ok_or(ConfigError::Missing {
            name: "DATABASE_URL",
            remedy: "Set it to the URL of the database with the name and password of the role stile_app.",
        })?)
    }

    /// Exempts the demo users from the limits of new accounts, if this process has the owner's credentials.
    ///
    /// # Errors
    /// `StoreError::Database` if the query fails.
    pub(crate) async fn backdate(&self, emails: &[&str]) -> Result<(), store::StoreError> {
        match &self.owner {
            Some(owner) => store::migrate::backdate(owner, emails).await,
            None => Ok(()),
        }
    }

    /// Returns the connection options of the owner, if this process has them.
    pub(crate) const fn owner(&self) -> Option<&PgConnectOptions> {
        self.owner.as_ref()
    }

    /// Returns the store, connected as the app role.
    ///
    /// # Errors
    /// See [`Database::app`].
    pub(crate) fn store(&self) -> Result<Store, DatabaseError> {
        Ok(Store::new(self.app()?.clone()))
    }

    /// Returns the store after the boot guard has accepted the database. Requests must only be served with this one.
    ///
    /// # Errors
    /// `DatabaseError::Guard` with the guard's finding; otherwise see [`Database::app`].
    pub(crate) async fn guarded_store(&self) -> Result<Store, DatabaseError> {
        let store = self.store()?;
        match store::guard::check(&store).await {
            Ok(()) => Ok(store),
            Err(error) => {
                close(&store).await;
                Err(error.into())
            }
        }
    }

    /// Stops the cluster if this process runs it. All stores must be closed first.
    pub(crate) async fn close(self) {
        if let Some(private) = self.private {
            shared::withdraw(&private.data_dir);
            private.cluster.stop().await;
        }
    }
}

/// Closes a store's connections. Connections that are not returned in time are dropped when the cluster stops.
pub(crate) async fn close(store: &Store) {
    if tokio::time::timeout(CLOSE_LIMIT, store.close()).await.is_err() {
        tracing::warn!("some database connections were still in use at the end");
    }
}

/// Opens one connection, so that a failure is reported at once and with its own message. The pool would retry a refused
/// connection until its timeout, and then report only the timeout.
async fn reach(options: &PgConnectOptions, variable: &'static str) -> Result<(), DatabaseError> {
    let place = match options.get_socket() {
        Some(socket) => socket.display().to_string(),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    };
    let connection = match tokio::time::timeout(REACH_LIMIT, PgConnection::connect_with(options)).await {
        Ok(Ok(connection)) => connection,
        Ok(Err(sqlx::Error::Database(error))) => {
            return Err(DatabaseError::SignIn { place, reason: error.message().to_owned(), variable });
        }
        Ok(Err(error)) => return Err(DatabaseError::Unreachable { place, reason: error.to_string(), variable }),
        Err(_) => {
            let reason = format!("no answer within {} s", REACH_LIMIT.as_secs());
            return Err(DatabaseError::Unreachable { place, reason, variable });
        }
    };
    // The connection succeeded; an error on closing it does not matter.
    let _ = connection.close().await;
    Ok(())
}
