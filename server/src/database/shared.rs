//! Using the private cluster of a server that runs already, so that `stile demo`, `stile doctor` and `stile migrate`
//! work beside `stile serve`.
//!
//! Whoever runs the cluster writes the place of its socket into the data directory.

use super::{Database, DatabaseError, bootstrap};
use crate::{config::Config, kept};
use sqlx::{Connection as _, PgConnection};
use std::{
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::time::{Instant, sleep};

/// The file that names the directory of the socket.
const PLACE: &str = "postgres.socket";
/// How long a server that is just starting is waited for.
const JOIN_LIMIT: Duration = Duration::from_secs(30);
/// PostgreSQL's default: it only names the socket's file.
const PORT: u16 = 5432;

/// Tells others where the socket is.
///
/// # Errors
/// When the file can't be written.
pub(super) fn offer(data_dir: &Path, socket_dir: &Path) -> Result<(), DatabaseError> {
    Ok(kept::write(&data_dir.join(PLACE), &socket_dir.to_string_lossy())?)
}

/// Takes that back. A file that stays behind misleads nobody: without a server nobody looks at it.
pub(super) fn withdraw(data_dir: &Path) {
    let path = data_dir.join(PLACE);
    if let Err(error) = std::fs::remove_file(&path) {
        tracing::debug!(%error, "{} stays", path.display());
    }
}

/// Connects to the cluster of the server that holds the data directory, and waits for it if it is just starting. If the
/// server ends meanwhile, the cluster is started here.
///
/// # Errors
/// When neither succeeds within 30 s.
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

/// One attempt: the database, or why not yet.
async fn attempt(data_dir: &Path) -> Result<Result<Database, String>, DatabaseError> {
    let Some(place) = kept::read(&data_dir.join(PLACE))? else {
        return Ok(Err("it has not started its database yet".to_owned()));
    };
    let Some(bootstrap::Roles { app, owner }) = bootstrap::kept_roles(data_dir, &PathBuf::from(place), PORT)? else {
        return Ok(Err("its database has no roles yet".to_owned()));
    };
    match PgConnection::connect_with(&owner).await {
        Ok(connection) => {
            // It let us in, and that was the question.
            let _ = connection.close().await;
            Ok(Ok(Database { app: Some(app), owner: Some(owner), private: None }))
        }
        Err(error) => Ok(Err(error.to_string())),
    }
}
