//! A private PostgreSQL cluster, run by the server itself when there is no `DATABASE_URL`.
//!
//! Here belongs: finding the machine's PostgreSQL, making a cluster under the data directory, running it
//! for exactly as long as the server runs, and saying clearly why one of these failed.
//! Here does not belong: connections, roles, databases, migrations, configuration. Whoever connects
//! builds the options from [`Cluster::socket_dir`], [`Cluster::port`], [`Cluster::superuser`] and
//! [`Cluster::superuser_password`].
//!
//! What is where, in `STILE_DATA_DIR`:
//!
//! | path | what |
//! |---|---|
//! | `stile.lock` | held by the one server that uses this directory ([`lock_data_dir`]) |
//! | `postgres/data` | the cluster (`PGDATA`) |
//! | `postgres/run` | the socket (`/tmp/stile-<hash>` if this path is too long for a socket) |
//! | `postgres.secret` | the superuser's password |
//! | `postgres.log` | what PostgreSQL says; the previous one is `postgres.log.1` |
//! | `postgres.lock` | held by every process of the running cluster; its content is the postmaster's pid |
//! | `cluster.path` | only when started as root: where `postgres` is, if it can't be here |
//!
//! Small files are read and written with blocking calls: it is a handful of them, at start.

mod account;
mod binaries;
mod error;
mod files;
mod guard;
mod init;
mod launch;
mod lock;
mod place;
mod settings;
mod supervisor;
#[cfg(test)]
mod tests;

use std::fmt;
use std::path::{Path, PathBuf};

use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use init::SUPERUSER;
use launch::Launch;
use place::Place;
use settings::PORT;

pub use error::ClusterError;
pub use lock::DataDirLock;

/// Takes the data directory for this process, and makes it if it does not exist.
///
/// # Errors
/// `Locked` if another process has it, `NotWritable` or `Io` if the directory or its lock file can't be used.
pub fn lock_data_dir(data_dir: &Path) -> Result<DataDirLock, ClusterError> {
    DataDirLock::take(data_dir)
}

/// A running private cluster.
///
/// Ends with [`Cluster::stop`]. Dropped without it, or if this process is killed, PostgreSQL shuts
/// down by itself a moment later.
pub struct Cluster {
    socket_dir: PathBuf,
    password: String,
    stop: oneshot::Sender<()>,
    supervisor: JoinHandle<()>,
}

impl Cluster {
    /// Starts the cluster that belongs to `data_dir`, and makes it first if there is none.
    ///
    /// Returns once it accepts connections. If the cluster of an earlier run is still shutting down, waits
    /// for it for up to 30 s. From then on a task restarts PostgreSQL if it crashes, but not if
    /// somebody shuts it down on purpose.
    ///
    /// The caller holds the [`DataDirLock`]; must be called inside a tokio runtime. `run_as` is what
    /// `STILE_POSTGRES_USER` says: when root, the user to run PostgreSQL as, instead of `postgres` or else `nobody`.
    /// It means nothing otherwise.
    ///
    /// # Errors
    /// Every variant of [`ClusterError`] but `Locked`. After an error nothing is left running.
    pub async fn start(data_dir: &Path, run_as: Option<&str>) -> Result<Cluster, ClusterError> {
        let data_dir = files::data_dir(data_dir)?;
        let lock = lock::ClusterLock::acquire(&data_dir).await?;
        let place = Place::choose(&data_dir, run_as).await?;
        let binaries = binaries::find(&place).await?;
        let password = init::password(&data_dir, &place)?;
        if place.major.is_none() {
            init::initialise(&data_dir, &place, &binaries, &password, &lock).await?;
        }
        let socket_dir = settings::socket_dir(&data_dir, &place.home);
        let launch = Launch {
            account: place.account.clone(),
            postgres: binaries.postgres,
            data: place.data(),
            socket_dir: socket_dir.clone(),
            data_dir,
        };
        let server = launch.start(lock).await?;
        let (stop, stopped) = oneshot::channel();
        let supervisor = tokio::spawn(supervisor::supervise(launch, server, stopped));
        Ok(Cluster { socket_dir, password, stop, supervisor })
    }

    /// The directory of the unix socket: the `host` of a connection.
    pub fn socket_dir(&self) -> &Path {
        &self.socket_dir
    }

    /// The port, which only names the socket's file: nothing listens on the network.
    pub fn port(&self) -> u16 {
        PORT
    }

    /// The name of the cluster's superuser.
    pub fn superuser(&self) -> &str {
        SUPERUSER
    }

    /// The superuser's password. Not to be logged.
    pub fn superuser_password(&self) -> &str {
        &self.password
    }

    /// Shuts the cluster down and waits for its end.
    ///
    /// Open connections are ended and the data is checkpointed; after 18 s PostgreSQL is told to stop at
    /// once, which is safe too, but makes the next start slower. What goes wrong is logged.
    pub async fn stop(self) {
        // Fails only if the supervisor is gone, and the cluster with it.
        let _ = self.stop.send(());
        if let Err(error) = self.supervisor.await {
            tracing::error!(%error, "the task that runs PostgreSQL failed");
        }
    }
}

impl fmt::Debug for Cluster {
    /// Without the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cluster").field("socket_dir", &self.socket_dir).finish_non_exhaustive()
    }
}
