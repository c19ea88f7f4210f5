//! Atomic creation of a new cluster, and the superuser's password.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use super::account::Account;
use super::binaries::Binaries;
use super::location::Location;
use super::lock::ClusterLock;
use super::{ClusterError, files, guard};

/// Name of the superuser of every private cluster.
pub(super) const SUPERUSER: &str = "stile_super";

/// Length of the password: 32 bytes as hexadecimal digits.
const PASSWORD_LENGTH: usize = 64;

/// Returns the superuser's password from the data directory. Generates one if there is no cluster yet.
///
/// # Errors
/// `ClusterError::SecretMissing` if a cluster exists, but its password is missing or malformed.
pub(super) fn password(data_dir: &Path, place: &Location) -> Result<String, ClusterError> {
    let path = data_dir.join("postgres.secret");
    if let Some(text) = files::read_optional(&path)? {
        let password = text.trim();
        if password.len() == PASSWORD_LENGTH && password.bytes().all(|b| b.is_ascii_hexdigit()) {
            let mode = fs::metadata(&path).map_err(ClusterError::io("open", &path))?;
            if mode.mode() & 0o077 != 0 {
                tracing::warn!("{} was open to others; closing it", path.display());
                fs::set_permissions(&path, Permissions::from_mode(0o600)).map_err(ClusterError::io("chmod", &path))?;
            }
            return Ok(password.to_owned());
        }
    }
    if place.major.is_some() {
        return Err(ClusterError::SecretMissing { secret: path, data: place.data() });
    }
    let mut bytes = [0; PASSWORD_LENGTH / 2];
    getrandom::fill(&mut bytes)
        .map_err(|error| ClusterError::io("make a password for", &path)(std::io::Error::other(error.to_string())))?;
    let password = files::hex(&bytes);
    files::replace_private(&path, format!("{password}\n").as_bytes())?;
    Ok(password)
}

/// Runs `initdb` in a temporary directory beside the final path, and renames the result when it is complete.
///
/// # Errors
/// `ClusterError::InitFailed` if `initdb` fails; `NotWritable`, `UserUnusable` or `Io` if it could not be run.
pub(super) async fn initialise(
    data_dir: &Path,
    place: &Location,
    binaries: &Binaries,
    password: &str,
    lock: &ClusterLock,
) -> Result<(), ClusterError> {
    tracing::info!("making a PostgreSQL {} cluster in {}", binaries.major, place.home.display());
    let new = place.home.join("data.new");
    let record = data_dir.join("cluster.path");
    // The record is removed first: otherwise the remains of an interrupted attempt would be reported as a lost
    // database.
    files::remove_if_there(fs::remove_file(&record)).map_err(ClusterError::io("remove", &record))?;
    files::remove_if_there(fs::remove_dir_all(&new)).map_err(ClusterError::io("remove", &new))?;

    let made = initdb(data_dir, place, binaries, password, lock, &new).await;
    if made.is_err() {
        // initdb cleans up after itself unless it was killed; the next attempt starts with this removal anyway.
        let _ = fs::remove_dir_all(&new);
    }
    made?;

    if let Some(record) = &place.record {
        files::replace_private(record, format!("{}\n", place.home.display()).as_bytes())?;
    }
    let data = place.data();
    fs::rename(&new, &data).and_then(|()| files::sync_parent(&data)).map_err(ClusterError::io("create", &data))
}

async fn initdb(
    data_dir: &Path,
    place: &Location,
    binaries: &Binaries,
    password: &str,
    lock: &ClusterLock,
    new: &Path,
) -> Result<(), ClusterError> {
    let account = &place.account;
    let log = guard::log_path(data_dir);
    let pwfile = PasswordFile::write(account, &place.home, password).await?;
    let mut command = account.command(&binaries.initdb);
    command
        .arg("--pgdata")
        .arg(new)
        .arg("--pwfile")
        .arg(&pwfile.path)
        .args(["--username", SUPERUSER])
        .args(["--auth-local=scram-sha-256", "--auth-host=reject"])
        .args(["--encoding=UTF8", "--data-checksums", "--no-instructions"])
        .arg(format!("--locale={}", locale(account).await));
    // PostgreSQL 17 and later have a builtin locale provider: the same on every system, and an upgrade of the system's
    // C library can't change a sort order and thereby corrupt an index.
    if binaries.major >= 17 {
        command.args(["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]);
    }
    if cfg!(test) {
        // Syncing to disk takes most of the time of initdb.
        command.arg("--no-sync");
    }
    let run = command
        // Not read by initdb. It inherits the lock, so that if stile is killed now, a new server waits until this
        // initdb has ended.
        .stdin(lock.handle()?)
        .output()
        .await;
    pwfile.remove(account).await;
    let output = run.map_err(|source| account.unusable("initdb", source))?;
    guard::append(&log, &[output.stdout.as_slice(), &output.stderr].concat())?;
    if output.status.success() {
        return Ok(());
    }
    let stderr = String::from_utf8_lossy(&output.stderr);
    let said = stderr.lines().rev().find(|line| !line.trim().is_empty());
    Err(ClusterError::InitFailed { line: said.map_or_else(|| output.status.to_string(), str::to_owned), log })
}

/// The password file for `initdb`, owned by the user that runs it.
struct PasswordFile {
    path: PathBuf,
}

impl PasswordFile {
    async fn write(account: &Account, home: &Path, password: &str) -> Result<Self, ClusterError> {
        let path = home.join("pwfile");
        let output = account
            .shell("umask 077; rm -f -- \"$1\" && cat > \"$1\"", [path.as_os_str()], password.as_bytes())
            .await?;
        if output.status.success() {
            return Ok(PasswordFile { path });
        }
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        Err(ClusterError::io("write", &path)(std::io::Error::other(said)))
    }

    async fn remove(self, account: &Account) {
        let removed = account.shell("rm -f -- \"$1\"", [self.path.as_os_str()], b"").await;
        if let Err(error) = removed {
            tracing::warn!(%error, "{} could not be removed", self.path.display());
        }
    }
}

/// Returns `C.UTF-8` if the system has it (case conversion beyond ASCII), otherwise `C`. Both sort by code point,
/// identically on every machine.
async fn locale(account: &Account) -> String {
    let known = match account.command("locale").arg("-a").output().await {
        Ok(output) => String::from_utf8_lossy(&output.stdout).into_owned(),
        // Some systems have no `locale` command.
        Err(_) => String::new(),
    };
    let same = |name: &&str| ["c.utf8", "c.utf-8"].contains(&name.to_ascii_lowercase().as_str());
    known.lines().find(same).unwrap_or("C").to_owned()
}
