//! A private PostgreSQL cluster, run by the server itself when `DATABASE_URL` is not set.
//!
//! In scope: finding the installed PostgreSQL, creating a cluster under the data directory, running it for exactly as
//! long as the server runs, and reporting clearly why any of these failed. Out of scope: connections, roles, databases,
//! migrations and configuration. Callers build their connection options from [`Cluster::socket_dir`],
//! [`Cluster::port`], [`Cluster::superuser`] and [`Cluster::superuser_password`].
//!
//! Contents of `STILE_DATA_DIR`:
//!
//! | path | content |
//! |---|---|
//! | `stile.lock` | lock held by the one server that uses this directory ([`lock_data_dir`]) |
//! | `postgres/data` | the cluster (`PGDATA`) |
//! | `postgres/run` | the socket directory (`/tmp/stile-<hash>` if this path is too long for a socket) |
//! | `postgres.secret` | the superuser's password |
//! | `postgres.log` | PostgreSQL's log; the previous one is `postgres.log.1` |
//! | `postgres.lock` | lock held by every process of the running cluster; contains the postmaster's pid |
//! | `cluster.path` | only when started as root: the path of `postgres`, if it can't be in this directory |
//!
//! Small files are read and written with blocking calls, because there are only a few of them and only at startup.

mod account;
mod binaries;
mod error;
mod files;
mod guard;
mod init;
mod launch;
mod location;
mod lock;
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
use location::Location;
use settings::PORT;

pub use error::ClusterError;
pub use lock::DataDirLock;

/// Locks the data directory for this process, and creates it if it does not exist.
///
/// # Errors
/// `ClusterError::Locked` if another process holds the lock; `NotWritable` or `Io` if the directory or its lock file
/// can't be used.
pub fn lock_data_dir(data_dir: &Path) -> Result<DataDirLock, ClusterError> {
    DataDirLock::take(data_dir)
}

/// A running private cluster.
///
/// Shut it down with [`Cluster::stop`]. If the value is dropped or this process is killed, PostgreSQL shuts down by
/// itself shortly after.
pub struct Cluster {
    socket_dir: PathBuf,
    password: String,
    stop: oneshot::Sender<()>,
    supervisor: JoinHandle<()>,
}

impl Cluster {
    /// Starts the cluster that belongs to `data_dir`, and creates it first if there is none.
    ///
    /// Returns when the cluster accepts connections. If the cluster of an earlier run is still shutting down, waits up
    /// to 30 s for it to exit. From then on, a task restarts PostgreSQL after a crash, but not after a deliberate
    /// shutdown.
    ///
    /// The caller must hold the [`DataDirLock`] and be inside a tokio runtime. `run_as` is the value of
    /// `STILE_POSTGRES_USER`: when stile runs as root, the user that runs PostgreSQL (default: `postgres`, otherwise
    /// `nobody`). It is ignored when stile does not run as root.
    ///
    /// # Errors
    /// Every variant of [`ClusterError`] except `Locked`. After an error, no process is left running.
    pub async fn start(data_dir: &Path, run_as: Option<&str>) -> Result<Cluster, ClusterError> {
        let data_dir = files::data_dir(data_dir)?;
        let lock = lock::ClusterLock::acquire(&data_dir).await?;
        let place = Location::choose(&data_dir, run_as).await?;
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

    /// Returns the directory of the Unix socket, used as the `host` of a connection.
    pub fn socket_dir(&self) -> &Path {
        &self.socket_dir
    }

    /// Returns the port. It only determines the name of the socket file; the server does not listen on the network.
    pub fn port(&self) -> u16 {
        PORT
    }

    /// Returns the name of the cluster's superuser.
    pub fn superuser(&self) -> &str {
        SUPERUSER
    }

    /// Returns the superuser's password. Must not be logged.
    pub fn superuser_password(&self) -> &str {
        &self.password
    }

    /// Shuts the cluster down and waits until it has exited.
    ///
    /// Open connections are closed and the data is checkpointed. After 18 s an immediate shutdown is requested, which
    /// is also safe, but makes the next start slower. Errors are logged.
    pub async fn stop(self) {
        // Fails only if the supervisor task has ended, and the cluster with it.
        let _ = self.stop.send(());
        if let Err(error) = self.supervisor.await {
            tracing::error!(%error, "the task that runs PostgreSQL failed");
        }
    }
}

impl fmt::Debug for Cluster {
    /// Omits the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cluster").field("socket_dir", &self.socket_dir).finish_non_exhaustive()
    }
}
