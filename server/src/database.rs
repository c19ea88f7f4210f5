//! Opening the database: which one, as whom, migrated, and fit to be trusted.
//!
//! Here belongs the way from the configuration to the connection options of the app role, and the start and end of
//! the private cluster around it. Roles and passwords of the private cluster are in [`bootstrap`]; the cluster as a
//! process is in [`dev_postgres`]; what may be done with a connection is in `store`.

mod bootstrap;
mod shared;

use crate::{
    config::{Config, ConfigError, DatabaseConfig},
    kept::KeptError,
};
use dev_postgres::{Cluster, ClusterError, DataDirLock};
use sqlx::{Connection as _, PgConnection, postgres::PgConnectOptions};
use std::time::Duration;
use store::{Store, guard::GuardError, migrate::MigrateError};

/// How long a database may take to accept the first connection.
const REACH_LIMIT: Duration = Duration::from_secs(5);
/// How long connections may take to come back at the end.
const CLOSE_LIMIT: Duration = Duration::from_secs(5);

/// Who else may be at work in the data directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holder {
    /// Nobody: a server has it for itself.
    Alone,
    /// A server, whose cluster is then used.
    Shared,
}

/// Why the database can't be used. One line each, with what to do.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DatabaseError {
    /// The private cluster does not run.
    #[error(transparent)]
    Cluster(#[from] ClusterError),
    /// A file of the data directory.
    #[error(transparent)]
    Kept(#[from] KeptError),
    /// A setting that this command needs.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Roles or database of the private cluster could not be made.
    #[error("The private database could not be set up: {0}")]
    Bootstrap(#[source] sqlx::Error),
    /// The server that holds the data directory does not let us in.
    #[error(
        "A stile server uses this data directory, but its database can't be reached: {0}. Try again once it serves."
    )]
    Unshared(String),
    /// Nobody answers.
    #[error("The database at {place} can't be reached: {reason}. Check that it runs, and {variable}.")]
    Unreachable {
        /// Host and port, or socket.
        place: String,
        /// What the system said.
        reason: String,
        /// The variable with its URL.
        variable: &'static str,
    },
    /// Somebody answers and refuses.
    #[error("The database at {place} refuses the sign-in: {reason}. Check {variable}.")]
    SignIn {
        /// Host and port, or socket.
        place: String,
        /// What the database said.
        reason: String,
        /// The variable with its URL.
        variable: &'static str,
    },
    /// A migration.
    #[error("The schema could not be brought up to date: {0}")]
    Migrate(#[from] MigrateError),
    /// The boot guard.
    #[error(transparent)]
    Guard(#[from] GuardError),
}

/// The database, open for one command.
pub(crate) struct Database {
    app: Option<PgConnectOptions>,
    owner: Option<PgConnectOptions>,
    private: Option<Private>,
}

/// The cluster that this process runs, and its right to the data directory.
struct Private {
    cluster: Cluster,
    data_dir: std::path::PathBuf,
    _lock: DataDirLock,
}

impl Database {
    /// Opens the database that the configuration names. A private cluster is started and its roles are made if need
    /// be; nothing is migrated.
    ///
    /// # Errors
    /// When it can't be reached, or its data directory is another server's and `holder` is [`Holder::Alone`].
    pub(crate) async fn open(config: &Config, holder: Holder) -> Result<Self, DatabaseError> {
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
            DatabaseConfig::Private { run_as } => match (dev_postgres::lock_data_dir(&config.data_dir), holder) {
                (Err(ClusterError::Locked { .. }), Holder::Shared) => shared::join(config).await,
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

    /// Brings the schema up to date, as the owner.
    ///
    /// # Errors
    /// When there are no owner's credentials, or a migration fails.
    pub(crate) async fn migrate(&self) -> Result<(), DatabaseError> {
        let owner = self.owner.as_ref().ok_or(ConfigError::Missing {
            name: "STILE_OWNER_DATABASE_URL",
            remedy: "Set it to the URL of the same database with its owner's name and password.",
        })?;
        Ok(store::migrate::up(owner).await?)
    }

    /// Brings the schema up to date if this process has the owner's credentials; else somebody else does.
    ///
    /// # Errors
    /// When a migration fails.
    pub(crate) async fn migrate_if_owner(&self) -> Result<(), DatabaseError> {
        if self.owner.is_some() { self.migrate().await } else { Ok(()) }
    }

    /// The connection options of the app role.
    ///
    /// # Errors
    /// When `DATABASE_URL` is not set, but the owner's is.
    pub(crate) fn app(&self) -> Result<&PgConnectOptions, DatabaseError> {
        Ok(self.app.as_ref().ok_or(ConfigError::Missing {
            name: "DATABASE_URL",
            remedy: "Set it to the URL of the database with the name and password of the role stile_app.",
        })?)
    }

    /// Exempts the demo's people from the limits of new accounts, if this process has the owner's credentials.
    ///
    /// # Errors
    /// When the database refuses.
    pub(crate) async fn backdate(&self, emails: &[&str]) -> Result<(), store::StoreError> {
        match &self.owner {
            Some(owner) => store::migrate::backdate(owner, emails).await,
            None => Ok(()),
        }
    }

    /// The connection options of the owner, if this process has them.
    pub(crate) const fn owner(&self) -> Option<&PgConnectOptions> {
        self.owner.as_ref()
    }

    /// The store, as the app role.
    ///
    /// # Errors
    /// As [`Database::app`].
    pub(crate) fn store(&self) -> Result<Store, DatabaseError> {
        Ok(Store::new(self.app()?.clone()))
    }

    /// The store, once the boot guard has passed it: only with this one may anybody be served.
    ///
    /// # Errors
    /// What the guard found.
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

    /// Stops the cluster, if it is ours. Stores must be closed by then.
    pub(crate) async fn close(self) {
        if let Some(private) = self.private {
            shared::withdraw(&private.data_dir);
            private.cluster.stop().await;
        }
    }
}

/// Closes a store's connections; those that don't come back in time are left to the cluster's end.
pub(crate) async fn close(store: &Store) {
    if tokio::time::timeout(CLOSE_LIMIT, store.close()).await.is_err() {
        tracing::warn!("some database connections were still in use at the end");
    }
}

/// Makes one connection, so that what is wrong is told at once and in its own words. Inside the pool a refused
/// connection is tried again until its time is over, and then only that it was is told.
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
    // It answered; how it takes the farewell does not matter.
    let _ = connection.close().await;
    Ok(())
}
