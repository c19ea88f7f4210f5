//! Everything that can keep a private cluster from running, each as one line for the operator: what
//! happened, and what to do.

use std::io;
use std::path::{Path, PathBuf};

/// The oldest major version that will do.
pub(super) const OLDEST: u32 = 15;

/// Why the private cluster does not run. Each message is one line, fit to be shown as it is.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// No usable `initdb` and `postgres` were found. `found` lists versions that are too old.
    #[error(
        "PostgreSQL {} or newer is not installed{}: install it (Debian, Ubuntu: apt-get install postgresql; \
         macOS: brew install postgresql@17; Fedora: dnf install postgresql-server), or set DATABASE_URL to use \
         a server that runs elsewhere",
        OLDEST,
        found_versions(found)
    )]
    Missing {
        /// The major versions found, all too old.
        found: Vec<u32>,
    },

    /// The cluster was made by a version that is not installed.
    #[error(
        "the database in {} was made by PostgreSQL {major}, which is not installed{}: install PostgreSQL \
         {major}, or move the data to a newer version with pg_upgrade or pg_dump",
        data.display(),
        found_versions(found)
    )]
    VersionMismatch {
        /// The cluster.
        data: PathBuf,
        /// What made it.
        major: u32,
        /// What is installed.
        found: Vec<u32>,
    },

    /// The data directory, or something in it, can't be written or read by this user.
    #[error(
        "{} is not accessible to the user that runs stile ({source}): give it to that user, run stile as its \
         owner, or set STILE_DATA_DIR to another directory",
        path.display()
    )]
    NotWritable {
        /// What was to be written or read.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },

    /// Another server uses the data directory.
    #[error(
        "another stile server{} uses the data directory {}: stop it first, or set STILE_DATA_DIR to another \
         directory",
        pid(*holder),
        dir.display()
    )]
    Locked {
        /// The data directory.
        dir: PathBuf,
        /// The process that holds the lock, if it said so.
        holder: Option<u32>,
    },

    /// The PostgreSQL of an earlier run has not ended.
    #[error(
        "the PostgreSQL of an earlier run{} still uses {} after 30 s: wait until it has shut down, or stop it \
         with `kill -INT` and that pid, then start again",
        pid(*postmaster),
        dir.display()
    )]
    StillRunning {
        /// The data directory.
        dir: PathBuf,
        /// The postmaster, if it is known.
        postmaster: Option<u32>,
    },

    /// A PostgreSQL that was started by hand uses the cluster.
    #[error(
        "a PostgreSQL server (pid {postmaster}) that stile did not start already uses {0}: stop it with `pg_ctl \
         -D {0} stop`, then start again",
        data.display()
    )]
    ForeignServer {
        /// The cluster.
        data: PathBuf,
        /// The postmaster.
        postmaster: u32,
    },

    /// `initdb` failed.
    #[error("initdb could not make a database cluster: {line} (all of its output is in {})", log.display())]
    InitFailed {
        /// The last line that it wrote to standard error.
        line: String,
        /// Where the rest is.
        log: PathBuf,
    },

    /// PostgreSQL ended instead of starting.
    #[error("PostgreSQL did not start: {line} (more in {})", log.display())]
    StartFailed {
        /// The line of the log that says why.
        line: String,
        /// The log.
        log: PathBuf,
    },

    /// PostgreSQL started, but was not ready in time.
    #[error(
        "PostgreSQL was not ready within 60 s: {} says what it is doing; start again once the cause is gone",
        log.display()
    )]
    StartTimeout {
        /// The log.
        log: PathBuf,
    },

    /// Started as root, and there is no user to run PostgreSQL as.
    #[error(
        "PostgreSQL refuses to run as root, and {}: run stile as an ordinary user, or set STILE_POSTGRES_USER \
         to the name of an existing unprivileged user",
        match wanted {
            Some(name) => format!("STILE_POSTGRES_USER names {name:?}, who is not an ordinary user in /etc/passwd"),
            None => "there is no user `postgres` or `nobody` in /etc/passwd".to_owned(),
        }
    )]
    NoUnprivilegedUser {
        /// What `STILE_POSTGRES_USER` says.
        wanted: Option<String>,
    },

    /// Started as root, but becoming the other user failed.
    #[error(
        "could not start {program} as the user {user} ({source}): run stile as an ordinary user, or allow it to \
         change users (in a container: the capabilities SETUID and SETGID)"
    )]
    UserUnusable {
        /// The user.
        user: String,
        /// What was to be run.
        program: String,
        /// What the system said.
        source: io::Error,
    },

    /// Started as root, and the existing cluster belongs to a user that can't be used.
    #[error(
        "the database in {0} belongs to {owner}, but is to be run as {wanted}: run `chown -R {wanted} {0}`, or \
         leave STILE_POSTGRES_USER unset if the owner is right",
        home.display()
    )]
    WrongOwner {
        /// The directory of the cluster.
        home: PathBuf,
        /// Its owner.
        owner: String,
        /// Who is to run it.
        wanted: String,
    },

    /// Started as root, and the cluster is where its owner can't reach it.
    #[error(
        "the user {user} can't reach the database in {}: let it pass every directory above (chmod o+x), or move \
         the data directory elsewhere",
        data.display()
    )]
    Unreachable {
        /// The cluster.
        data: PathBuf,
        /// Its owner.
        user: String,
    },

    /// The cluster is kept elsewhere, and it is not there.
    #[error(
        "{} says that the database is in {}, but there is none: put it back, or delete that file to begin with \
         an empty database",
        record.display(),
        home.display()
    )]
    Lost {
        /// The file that names the place.
        record: PathBuf,
        /// The place.
        home: PathBuf,
    },

    /// There is a cluster, but not its password.
    #[error(
        "{} is missing or damaged, and the database in {} can't be opened without it: put the file back from a \
         backup",
        secret.display(),
        data.display()
    )]
    SecretMissing {
        /// The file that holds the password.
        secret: PathBuf,
        /// The cluster.
        data: PathBuf,
    },

    /// The directory for the socket exists, and is somebody else's or open to others.
    #[error(
        "{} has to be a directory that only {user} can enter, and is not: remove it, or set STILE_DATA_DIR to a \
         shorter path",
        path.display()
    )]
    SocketDir {
        /// The directory.
        path: PathBuf,
        /// Who has to own it.
        user: String,
    },

    /// Anything else that the system refused.
    #[error("could not {action} {}: {source}", path.display())]
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl ClusterError {
    /// Wraps what the system said about `path`; a lack of permission becomes `NotWritable`.
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
