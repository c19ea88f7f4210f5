//! Connects to the private cluster of a running server, so that `stile demo`, `stile doctor` and `stile migrate` work
//! while `stile serve` is running.
//!
//! The process that runs the cluster writes the path of its socket directory to a file in the data directory.

use super::{Database, DatabaseError, bootstrap};
use crate::{config::Config, secret_file};
use sqlx::{Connection as _, PgConnection};
use std::{
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::time::{Instant, sleep};

/// The file that contains the path of the socket directory.
const PLACE: &str = "postgres.socket";
/// Maximum time to wait for a server that is starting up.
const JOIN_LIMIT: Duration = Duration::from_secs(30);
/// PostgreSQL's default port. It only determines the name of the socket file.
const PORT: u16 = 5432;

/// Publishes the path of the socket directory to other processes.
///
/// # Errors
/// `DatabaseError::SecretFile` if the file can't be written.
pub(super) fn offer(data_dir: &Path, socket_dir: &Path) -> Result<(), DatabaseError> {
    Ok(secret_file::write(&data_dir.join(PLACE), &socket_dir.to_string_lossy())?)
}

/// Removes the published path. A leftover file is harmless, because it is read only while a server holds the data
/// directory.
pub(super) fn withdraw(data_dir: &Path) {
    let path = data_dir.join(PLACE);
    if let Err(error) = std::fs::remove_file(&path) {
        tracing::debug!(%error, "{} stays", path.display());
    }
}

/// Connects to the cluster of the server that holds the data directory, and waits for it if it is starting up. If that
/// server exits meanwhile, starts the cluster in this process.
///
/// # Errors
/// `DatabaseError::Unshared` if neither succeeds within 30 s; any other `DatabaseError` if starting the cluster here
/// fails.
pub(super) async fn join(config: &Config) -> Result<Database, DatabaseError> {
    let deadline = Instant::now() + JOIN_LIMIT;
    loop {
        let reason = match attempt(&config.data_dir).await? {
            Ok(database) => return Ok(database),
            Err(reason) => reason,
        };
        if let Ok(lock) = dev_postgres::lock_data_dir(&config.data_dir) {
            let run_as = match &config.database {
                crate::config::DatabaseConfig::Private { run_as } => run_as.as_deref(),
                crate::config::DatabaseConfig::External { .. } => None,
            };
            return Database::start(config, run_as, lock).await;
        }
        if Instant::now() > deadline {
            return Err(DatabaseError::Unshared(reason));
        }
        sleep(Duration::from_millis(250)).await;
    }
}

/// Makes one attempt. The inner `Err` is the reason why the database is not reachable yet.
async fn attempt(data_dir: &Path) -> Result<Result<Database, String>, DatabaseError> {
    let Some(place) = secret_file::read(&data_dir.join(PLACE))? else {
        return Ok(Err("it has not started its database yet".to_owned()));
    };
    let Some(bootstrap::Roles { app, owner }) = bootstrap::stored_roles(data_dir, &PathBuf::from(place), PORT)? else {
        return Ok(Err("its database has no roles yet".to_owned()));
    };
    match PgConnection::connect_with(&owner).await {
        Ok(connection) => {
            // The connection succeeded; an error on closing it does not matter.
            let _ = connection.close().await;
            Ok(Ok(Database { app: Some(app), owner: Some(owner), private: None }))
        }
        Err(error) => Ok(Err(error.to_string())),
    }
}
