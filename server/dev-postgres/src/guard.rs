//! Running PostgreSQL so that it can't outlive the server.
//!
//! The child process is a small shell script, the guard, which starts PostgreSQL and holds the reading end of a pipe
//! whose only writing end is in this process. When that end closes, on purpose or because this process was killed,
//! the guard shuts PostgreSQL down. No signal, no parent's death and no `unsafe` is involved, and it is the same on
//! every Unix.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::net::UnixStream;
use tokio::process::{Child, ChildStdin};
use tokio::time::{Instant, sleep, timeout};

use super::account::SHELL;
use super::launch::Launch;
use super::lock::{self, ClusterLock};
use super::{ClusterError, settings};

/// How long PostgreSQL may take to accept connections.
const START_LIMIT: Duration = Duration::from_secs(60);
/// How long a shutdown may take. The guard loses patience after 18 s, and PostgreSQL with what holds it up after
/// 5 s more, so this is not reached.
const STOP_LIMIT: Duration = Duration::from_secs(30);
/// A log larger than this is put aside at the next start.
const LOG_LIMIT: u64 = 16 * 1024 * 1024;

/// The guard. `$1` is `postgres`, `$2` PGDATA; standard input is the pipe, standard output the cluster's lock file,
/// standard error the log.
///
/// - The lock (4) is handed on to PostgreSQL and kept from the watcher, which must not outlast PostgreSQL as a holder.
/// - Signals sent to all of stile's processes (systemd, a closed terminal) are not for the guard, so it ignores
///   them, but only after PostgreSQL has started, which would inherit that.
/// - A shell starts background jobs with SIGINT ignored, until PostgreSQL installs its own handler: a SIGINT in that
///   moment is lost, so it is sent again every second; PostgreSQL takes no notice of a second one. After 18 s it is
///   told to stop at once. The end of the loop is for a pid 1 that never collects the dead.
/// - In the end USR1 to the guard's own process group takes the watcher along, with the `sleep` that it may be in.
const GUARD: &str = r#"
umask 077
exec 3<&0 4>&1 </dev/null >&2
"$1" -D "$2" 3<&- 4>&4 &
server=$!
trap '' HUP INT TERM
echo "$server" >&4
(
    read -r line <&3
    exec 3<&-
    tries=0
    while [ "$tries" -lt 18 ] && kill -INT "$server"; do tries=$((tries + 1)); sleep 1; done
    while [ "$tries" -lt 40 ] && kill -QUIT "$server"; do tries=$((tries + 1)); sleep 1; done
) 4>&- 2>/dev/null &
wait "$server"
code=$?
trap '' USR1
kill -USR1 0
exit "$code"
"#;

/// A running server and its guard. Dropped, the server shuts down by itself.
#[derive(Debug)]
pub(super) struct Server {
    guard: Child,
    /// Closed, it makes the guard shut the server down. std makes it close-on-exec, so no other child keeps it open.
    pipe: ChildStdin,
}

impl Launch {
    /// Starts the server and waits until it accepts connections.
    pub(super) async fn start(&self, lock: ClusterLock) -> Result<Server, ClusterError> {
        self.refuse_foreign_server(lock.last_postmaster).await?;
        settings::prepare(self, lock.last_postmaster).await?;
        let log = log_path(&self.data_dir);
        let stderr = open_log(&log)?;
        let said_before = stderr.metadata().map_or(0, |meta| meta.len());
        let mut guard = self
            .account
            .command(SHELL)
            .args(["-c", GUARD, "stile-postgres-guard"])
            .arg(&self.postgres)
            .arg(&self.data)
            .stdin(Stdio::piped())
            // From here on only the cluster's own processes hold it.
            .stdout(lock.hand_over()?)
            .stderr(stderr)
            // Ctrl-C in a terminal is for stile, which then stops the server in its own order.
            .process_group(0)
            .spawn()
            .map_err(|source| self.account.unusable(SHELL, source))?;
        let Some(pipe) = guard.stdin.take() else {
            let source = io::Error::other("it has no standard input");
            return Err(self.account.unusable(SHELL, source));
        };
        let mut server = Server { guard, pipe };

        let deadline = Instant::now() + START_LIMIT;
        while !self.ready() {
            match server.guard.try_wait() {
                Ok(None) => {}
                Ok(Some(status)) => {
                    let line = reason(&log, said_before).unwrap_or_else(|| status.to_string());
                    return Err(ClusterError::StartFailed { line, log });
                }
                Err(source) => return Err(self.account.unusable(SHELL, source)),
            }
            if Instant::now() >= deadline {
                server.shut_down().await;
                return Err(ClusterError::StartTimeout { log });
            }
            sleep(Duration::from_millis(50)).await;
        }
        Ok(server)
    }

    /// Whether the server says that it accepts connections, in the way `pg_ctl` finds out: the eighth line of its file.
    /// The file may still be an earlier server's, so its pid has to be the one that our guard started.
    fn ready(&self) -> bool {
        let Some(text) = self.pid_file() else {
            return false;
        };
        let pid = text.lines().next().and_then(|pid| pid.trim().parse().ok());
        pid.is_some()
            && pid == lock::postmaster(&self.data_dir)
            && text.lines().nth(7).is_some_and(|s| s.trim() == "ready")
    }

    /// What the postmaster says about itself. There are paths in it, which need not be UTF-8.
    fn pid_file(&self) -> Option<String> {
        let bytes = fs::read(self.data.join("postmaster.pid")).ok()?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Refuses if a server that stile did not start uses the cluster: it would fail in a less helpful way later.
    async fn refuse_foreign_server(&self, last: Option<u32>) -> Result<(), ClusterError> {
        let Some(text) = self.pid_file() else {
            return Ok(());
        };
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        let [pid, _, _, port, socket_dir, ..] = lines[..] else {
            return Ok(());
        };
        let Ok(postmaster) = pid.parse() else {
            return Ok(());
        };
        let socket = Path::new(socket_dir).join(format!(".s.PGSQL.{port}"));
        if Some(postmaster) == last || UnixStream::connect(socket).await.is_err() {
            return Ok(());
        }
        Err(ClusterError::ForeignServer { data: self.data.clone(), postmaster })
    }
}

impl Server {
    /// Waits for the end of the server. It came by itself.
    pub(super) async fn ended(&mut self) -> io::Result<ExitStatus> {
        self.guard.wait().await
    }

    /// Shuts the server down and waits for its end.
    pub(super) async fn shut_down(self) {
        let Server { mut guard, pipe } = self;
        drop(pipe);
        match timeout(STOP_LIMIT, guard.wait()).await {
            Ok(Ok(status)) if status.success() => {}
            Ok(Ok(status)) => tracing::warn!(%status, "PostgreSQL did not shut down cleanly"),
            Ok(Err(error)) => tracing::warn!(%error, "could not wait for PostgreSQL"),
            Err(_) => tracing::error!("PostgreSQL has not ended; leaving it to its guard"),
        }
    }
}

/// The log of the cluster in this data directory.
pub(super) fn log_path(data_dir: &Path) -> PathBuf {
    data_dir.join("postgres.log")
}

/// Opens the log to append to it, readable only by who runs stile: statements with data in them can get there.
/// PostgreSQL inherits the open file, so that its user need not be able to reach it.
pub(super) fn open_log(path: &Path) -> Result<File, ClusterError> {
    if fs::metadata(path).is_ok_and(|meta| meta.len() > LOG_LIMIT) {
        fs::rename(path, path.with_added_extension("1")).map_err(ClusterError::io("rename", path))?;
    }
    OpenOptions::new().append(true).create(true).mode(0o600).open(path).map_err(ClusterError::io("open", path))
}

/// Adds to the log.
pub(super) fn append(path: &Path, bytes: &[u8]) -> Result<(), ClusterError> {
    open_log(path)?.write_all(bytes).map_err(ClusterError::io("write", path))
}

/// The line that says why the server ended, of what it wrote since `from`.
fn reason(log: &Path, from: u64) -> Option<String> {
    let mut bytes = Vec::new();
    let mut file = File::open(log).ok()?;
    file.seek(SeekFrom::Start(from)).ok()?;
    file.take(LOG_LIMIT).read_to_end(&mut bytes).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let fatal = |line: &&str| {
        // Refused clients ("the database system is starting up") are fatal only to themselves.
        (line.contains("FATAL:") && !line.contains("the database system is")) || line.contains("PANIC:")
    };
    text.lines()
        .rev()
        .find(fatal)
        .or_else(|| text.lines().rev().find(|line| !line.trim().is_empty()))
        .map(str::to_owned)
}
