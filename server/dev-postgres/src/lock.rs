//! The two lock files of a data directory.
//!
//! `stile.lock` is held by the server process. `postgres.lock` is held by the cluster: the guard, the postmaster and
//! every backend inherit the open file, and the operating system releases the lock when the last of them exits, for any
//! reason. A new server can therefore tell that the cluster of a killed server is gone without relying on process ids,
//! which are reused (in a container after every restart).

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{ClusterError, files};

/// Maximum time that a new server waits for the cluster of an earlier one to exit.
const WAIT: Duration = Duration::from_secs(30);

/// Exclusive lock on a data directory. Released on drop, or when the process ends for any reason.
#[derive(Debug)]
pub struct DataDirLock {
    file: File,
}

impl DataDirLock {
    /// Takes the lock. See [`super::lock_data_dir`].
    pub(super) fn take(data_dir: &Path) -> Result<DataDirLock, ClusterError> {
        let data_dir = files::data_dir(data_dir)?;
        let path = data_dir.join("stile.lock");
        let mut file = open(&path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(ClusterError::Locked { dir: data_dir, holder: pid_in(&path) });
            }
            Err(TryLockError::Error(error)) => return Err(ClusterError::io("lock", &path)(error)),
        }
        file.set_len(0)
            .and_then(|()| writeln!(file, "{}", std::process::id()))
            .map_err(ClusterError::io("write", &path))?;
        Ok(DataDirLock { file })
    }
}

impl Drop for DataDirLock {
    fn drop(&mut self) {
        // Unlocked explicitly, because a child process holds the file open as well until it has called `exec`. On an
        // error, the lock ends with the last open file.
        let _ = self.file.unlock();
    }
}

/// The cluster's lock before it is handed to the cluster.
#[derive(Debug)]
pub(super) struct ClusterLock {
    file: File,
    path: PathBuf,
    /// Process id of the postmaster that last held the lock, if the file contains one. All of its processes have
    /// exited.
    pub(super) last_postmaster: Option<u32>,
}

impl ClusterLock {
    /// Waits up to 30 s until no process of the cluster is left, and takes the lock.
    pub(super) async fn acquire(data_dir: &Path) -> Result<ClusterLock, ClusterError> {
        let path = path(data_dir);
        let mut file = open(&path)?;
        let deadline = Instant::now() + WAIT;
        let mut waiting = false;
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if Instant::now() < deadline => {}
                Err(TryLockError::WouldBlock) => {
                    return Err(ClusterError::StillRunning { dir: data_dir.to_owned(), postmaster: pid_in(&path) });
                }
                Err(TryLockError::Error(error)) => {
                    return Err(ClusterError::io("lock", &path)(error));
                }
            }
            // The last processes of a cluster need a moment to exit, which is not worth a log line.
            if !waiting && deadline - Instant::now() < WAIT - Duration::from_secs(1) {
                waiting = true;
                tracing::info!("waiting for the PostgreSQL of an earlier run to shut down");
            }
            sleep(Duration::from_millis(50)).await;
        }
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(ClusterError::io("read", &path))?;
        Ok(ClusterLock { file, path, last_postmaster: text.trim().parse().ok() })
    }

    /// Returns a handle for a child process. The lock is held until every process that inherits it has exited.
    pub(super) fn handle(&self) -> Result<Stdio, ClusterError> {
        let clone = self.file.try_clone();
        Ok(clone.map_err(ClusterError::io("use", &self.path))?.into())
    }

    /// Like `handle`, for the guard, which writes the pid of the new postmaster to the file. The old pid is cleared
    /// only here, so that it is still available after an attempt that failed earlier.
    pub(super) fn hand_over(mut self) -> Result<Stdio, ClusterError> {
        self.file.set_len(0).and_then(|()| self.file.rewind()).map_err(ClusterError::io("use", &self.path))?;
        Ok(self.file.into())
    }
}

/// Returns the pid of the running postmaster, as recorded by its guard.
pub(super) fn postmaster(data_dir: &Path) -> Option<u32> {
    pid_in(&path(data_dir))
}

fn path(data_dir: &Path) -> PathBuf {
    data_dir.join("postgres.lock")
}

fn open(path: &Path) -> Result<File, ClusterError> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
        .map_err(ClusterError::io("open", path))
}

fn pid_in(path: &Path) -> Option<u32> {
    fs::read_to_string(path).ok()?.trim().parse().ok()
}
