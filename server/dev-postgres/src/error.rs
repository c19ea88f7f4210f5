//! Errors of the private cluster. Each message is one line for the operator that states the problem and its remedy.

use std::io;
use std::path::{Path, PathBuf};

/// Oldest supported major version.
pub(super) const OLDEST: u32 = 15;

/// The reason why the private cluster is not running. Each message is one line that can be shown to the operator
/// unchanged.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// No usable `initdb` and `postgres` were found.
    #[error(
        "PostgreSQL {} or newer is not installed{}: install it (Debian, Ubuntu: apt-get install postgresql; \
         macOS: brew install postgresql@17; Fedora: dnf install postgresql-server), or set DATABASE_URL to use \
         a server that runs elsewhere",
        OLDEST,
        found_versions(found)
    )]
    Missing {
        /// The major versions found, all of them too old.
        found: Vec<u32>,
    },

    /// The cluster was created by a version that is not installed.
    #[error(
        "the database in {} was made by PostgreSQL {major}, which is not installed{}: install PostgreSQL \
         {major}, or move the data to a newer version with pg_upgrade or pg_dump",
        data.display(),
        found_versions(found)
    )]
    VersionMismatch {
        /// The cluster's data directory.
        data: PathBuf,
        /// Major version that created the cluster.
        major: u32,
        /// Installed major versions.
        found: Vec<u32>,
    },

    /// The data directory, or a file in it, can't be read or written by this user.
    #[error(
        "{} is not accessible to the user that runs stile ({source}): give it to that user, run stile as its \
         owner, or set STILE_DATA_DIR to another directory",
        path.display()
    )]
    NotWritable {
        /// The path that could not be read or written.
        path: PathBuf,
        /// The underlying I/O error.
        source: io::Error,
    },

    /// Another server is using the data directory.
    #[error(
        "another stile server{} uses the data directory {}: stop it first, or set STILE_DATA_DIR to another \
         directory",
        pid(*holder),
        dir.display()
    )]
    Locked {
        /// The data directory.
        dir: PathBuf,
        /// The process id of the lock holder, if the lock file contains one.
        holder: Option<u32>,
    },

    /// The PostgreSQL process of an earlier run is still running.
    #[error(
        "the PostgreSQL of an earlier run{} still uses {} after 30 s: wait until it has shut down, or stop it \
         with `kill -INT` and that pid, then start again",
        pid(*postmaster),
        dir.display()
    )]
    StillRunning {
        /// The data directory.
        dir: PathBuf,
        /// The postmaster's process id, if known.
        postmaster: Option<u32>,
    },

    /// A PostgreSQL server that was started manually is using the cluster.
    #[error(
        "a PostgreSQL server (pid {postmaster}) that stile did not start already uses {0}: stop it with `pg_ctl \
         -D {0} stop`, then start again",
        data.display()
    )]
    ForeignServer {
        /// The cluster's data directory.
        data: PathBuf,
        /// The postmaster's process id.
        postmaster: u32,
    },

    /// `initdb` failed.
    #[error("initdb could not make a database cluster: {line} (all of its output is in {})", log.display())]
    InitFailed {
        /// The last line that `initdb` wrote to standard error.
        line: String,
        /// The log file with the complete output.
        log: PathBuf,
    },

    /// PostgreSQL exited during startup.
    #[error("PostgreSQL did not start: {line} (more in {})", log.display())]
    StartFailed {
        /// The log line that states the reason.
        line: String,
        /// The log file.
        log: PathBuf,
    },

    /// PostgreSQL did not become ready within the startup timeout.
    #[error(
        "PostgreSQL was not ready within 60 s: {} says what it is doing; start again once the cause is gone",
        log.display()
    )]
    StartTimeout {
        /// The log file.
        log: PathBuf,
    },

    /// stile runs as root, and there is no unprivileged user to run PostgreSQL as.
    #[error(
        "PostgreSQL refuses to run as root, and {}: run stile as an ordinary user, or set STILE_POSTGRES_USER \
         to the name of an existing unprivileged user",
        match wanted {
            Some(name) => format!("STILE_POSTGRES_USER names {name:?}, who is not an ordinary user in /etc/passwd"),
            None => "there is no user `postgres` or `nobody` in /etc/passwd".to_owned(),
        }
    )]
    NoUnprivilegedUser {
        /// The value of `STILE_POSTGRES_USER`.
        wanted: Option<String>,
    },

    /// stile runs as root, but switching to the unprivileged user failed.
    #[error(
        "could not start {program} as the user {user} ({source}): run stile as an ordinary user, or allow it to \
         change users (in a container: the capabilities SETUID and SETGID)"
    )]
    UserUnusable {
        /// The user to switch to.
        user: String,
        /// The program that could not be started.
        program: String,
        /// The underlying I/O error.
        source: io::Error,
    },

    /// stile runs as root, and the owner of the existing cluster is not the configured user, or is root.
    #[error(
        "the database in {0} belongs to {owner}, but is to be run as {wanted}: run `chown -R {wanted} {0}`, or \
         leave STILE_POSTGRES_USER unset if the owner is right",
        home.display()
    )]
    WrongOwner {
        /// The directory of the cluster.
        home: PathBuf,
        /// The owner of the directory.
        owner: String,
        /// The user that is configured to run the cluster.
        wanted: String,
    },

    /// stile runs as root, and the owner of the cluster can't reach its directory.
    #[error(
        "the user {user} can't reach the database in {}: let it pass every directory above (chmod o+x), or move \
         the data directory elsewhere",
        data.display()
    )]
    Unreachable {
        /// The cluster's data directory.
        data: PathBuf,
        /// The owner of the cluster.
        user: String,
    },

    /// The cluster is recorded at another path, but does not exist there.
    #[error(
        "{} says that the database is in {}, but there is none: put it back, or delete that file to begin with \
         an empty database",
        record.display(),
        home.display()
    )]
    Lost {
        /// The file that records the path.
        record: PathBuf,
        /// The recorded path.
        home: PathBuf,
    },

    /// The cluster exists, but the file with its password is missing or damaged.
    #[error(
        "{} is missing or damaged, and the database in {} can't be opened without it: put the file back from a \
         backup",
        secret.display(),
        data.display()
    )]
    SecretMissing {
        /// The file that holds the password.
        secret: PathBuf,
        /// The cluster's data directory.
        data: PathBuf,
    },

    /// The socket directory exists, but has another owner or is accessible to other users.
    #[error(
        "{} has to be a directory that only {user} can enter, and is not: remove it, or set STILE_DATA_DIR to a \
         shorter path",
        path.display()
    )]
    SocketDir {
        /// The socket directory.
        path: PathBuf,
        /// The user that must own it.
        user: String,
    },

    /// Any other I/O error.
    #[error("could not {action} {}: {source}", path.display())]
    Io {
        /// The attempted action, as a verb.
        action: &'static str,
        /// The path that it was attempted on.
        path: PathBuf,
        /// The underlying I/O error.
        source: io::Error,
    },
}

impl ClusterError {
    /// Converts an I/O error on `path`; insufficient permission becomes `NotWritable`.
    pub(super) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> ClusterError {
        let path = path.to_owned();
        move |source| match source.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                ClusterError::NotWritable { path, source }
            }
            _ => ClusterError::Io { action, path, source },
        }
    }
}

fn pid(pid: Option<u32>) -> String {
    pid.map(|pid| format!(" (pid {pid})")).unwrap_or_default()
}

fn found_versions(found: &[u32]) -> String {
    if found.is_empty() {
        return String::new();
    }
    let list: Vec<String> = found.iter().map(u32::to_string).collect();
    format!(" (found only version {})", list.join(", "))
}
