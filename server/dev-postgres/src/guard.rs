//! Runs PostgreSQL so that it can't outlive the server.
//!
//! The child process is a small shell script, the guard. It starts PostgreSQL and holds the read end of a pipe whose
//! only write end is in this process. When the write end closes, either on shutdown or because this process was killed,
//! the guard shuts PostgreSQL down. This needs no signals, no parent-death notification and no `unsafe`, and works the
//! same on every Unix.

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

/// Startup timeout: PostgreSQL must accept connections within this time.
const START_LIMIT: Duration = Duration::from_secs(60);
/// Shutdown timeout. Not reached in practice: the guard sends SIGQUIT after 18 s, and PostgreSQL kills the remaining
/// backends 5 s later.
const STOP_LIMIT: Duration = Duration::from_secs(30);
/// Log size in bytes above which the log is rotated at the next start.
const LOG_LIMIT: u64 = 16 * 1024 * 1024;

/// The guard script. `$1` is `postgres`, `$2` is PGDATA; standard input is the pipe, standard output is the cluster's
/// lock file, and standard error is the log.
///
/// - PostgreSQL inherits the lock (descriptor 4). The watcher does not, because it must not hold the lock longer than
///   PostgreSQL does.
/// - The guard ignores signals that are sent to all of stile's processes (by systemd, or by a closed terminal). It does
///   so only after PostgreSQL has started, since PostgreSQL would inherit the ignored signals.
/// - A shell starts background jobs with SIGINT ignored until PostgreSQL installs its own handler, so a SIGINT in that
///   interval is lost. It is therefore sent again every second; PostgreSQL ignores repeated ones. After 18 s the
///   watcher sends SIGQUIT (immediate shutdown). The loop is bounded for the case of a pid 1 that never reaps zombies.
/// - At the end, SIGUSR1 to the guard's own process group terminates the watcher and its `sleep`.
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

/// A running PostgreSQL server and its guard. The server shuts down by itself when this is dropped.
#[derive(Debug)]
pub(super) struct Server {
    guard: Child,
    /// Write end of the pipe. Closing it makes the guard shut the server down. std opens it close-on-exec, so no other
    /// child process keeps it open.
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
            // From here on, only the cluster's own processes hold the lock.
            .stdout(lock.hand_over()?)
            .stderr(stderr)
            // Ctrl-C in a terminal is meant for stile, which then stops the server in its own order.
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

    /// Returns `true` if the server accepts connections, determined as `pg_ctl` does: from line 8 of `postmaster.pid`.
    /// The file may be left from an earlier server, so its pid must be the one that our guard started.
    fn ready(&self) -> bool {
        let Some(text) = self.pid_file() else {
            return false;
        };
        let pid = text.lines().next().and_then(|pid| pid.trim().parse().ok());
        pid.is_some()
            && pid == lock::postmaster(&self.data_dir)
            && text.lines().nth(7).is_some_and(|s| s.trim() == "ready")
    }

    /// Reads `postmaster.pid`. Lossy, because the paths in it may not be UTF-8.
    fn pid_file(&self) -> Option<String> {
        let bytes = fs::read(self.data.join("postmaster.pid")).ok()?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Returns an error if a server that stile did not start is using the cluster. Checked early, because the later
    /// failure would be less clear.
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
    /// Waits until the server exits on its own.
    pub(super) async fn ended(&mut self) -> io::Result<ExitStatus> {
        self.guard.wait().await
    }

    /// Shuts the server down and waits until it has exited.
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

/// Returns the path of the cluster's log in this data directory.
pub(super) fn log_path(data_dir: &Path) -> PathBuf {
    data_dir.join("postgres.log")
}

/// Opens the log for appending. It is readable only by the user that runs stile, since logged statements can contain
/// data. PostgreSQL inherits the open file, so its user needs no access to the path.
pub(super) fn open_log(path: &Path) -> Result<File, ClusterError> {
    if fs::metadata(path).is_ok_and(|meta| meta.len() > LOG_LIMIT) {
        fs::rename(path, path.with_added_extension("1")).map_err(ClusterError::io("rename", path))?;
    }
    OpenOptions::new().append(true).create(true).mode(0o600).open(path).map_err(ClusterError::io("open", path))
}

/// Appends bytes to the log.
pub(super) fn append(path: &Path, bytes: &[u8]) -> Result<(), ClusterError> {
    open_log(path)?.write_all(bytes).map_err(ClusterError::io("write", path))
}

/// Returns the log line that states why the server exited, from the output after offset `from`.
fn reason(log: &Path, from: u64) -> Option<String> {
    let mut bytes = Vec::new();
    let mut file = File::open(log).ok()?;
    file.seek(SeekFrom::Start(from)).ok()?;
    file.take(LOG_LIMIT).read_to_end(&mut bytes).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let fatal = |line: &&str| {
        // Rejected clients ("the database system is starting up") also log FATAL, but only their own connection ends.
        (line.contains("FATAL:") && !line.contains("the database system is")) || line.contains("PANIC:")
    };
    text.lines()
        .rev()
        .find(fatal)
        .or_else(|| text.lines().rev().find(|line| !line.trim().is_empty()))
        .map(str::to_owned)
}
