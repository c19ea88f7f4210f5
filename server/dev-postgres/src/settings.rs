//! The PostgreSQL settings that stile needs, written at every start.
//!
//! The settings are in a separate file that `postgresql.conf` includes, so that a server started manually (`pg_ctl -D
//! ... start`) has the same configuration. An operator's own settings in `local.conf` beside it take precedence.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use super::launch::Launch;
use super::{ClusterError, files};

/// Port number, which only determines the name of the socket file. No other server shares the directory, so it can be
/// constant.
pub(super) const PORT: u16 = 5432;
/// Maximum length in bytes of a socket path on every system (macOS: 104 with the final NUL).
const SOCKET_PATH_LIMIT: usize = 103;

/// The preparation script, run as the cluster's user. `$1` is PGDATA, `$2` the socket directory, `$3` the last
/// postmaster's pid; standard input is the settings.
///
/// Removes the two files that name the last postmaster, because all of its processes are known to have exited. If they
/// remained, PostgreSQL could mistake an unrelated process with the same pid for the old server and refuse to start.
/// Files with any other pid are left to PostgreSQL.
const PREPARE: &str = r#"
umask 077
mkdir -p -- "$2" && cd -- "$1" || exit 1
cat > stile.conf.new && mv -f stile.conf.new stile.conf || exit 1
[ -e local.conf ] || : > local.conf
if ! grep -qx "include 'stile.conf'" postgresql.conf; then
    printf '\n# Added by stile, which writes stile.conf anew at every start. Your own settings: local.conf.\n%s\n' \
        "include 'stile.conf'" >> postgresql.conf || exit 1
fi
for file in postmaster.pid "$2"/.s.PGSQL.*.lock; do
    if [ -n "$3" ] && [ -f "$file" ] && read -r pid < "$file" && [ "$pid" = "$3" ]; then
        rm -f -- "$file" || exit 1
    fi
done
"#;

/// Returns the socket directory: in the cluster's home, unless that path is too long for a socket address or would need
/// escaping in the settings.
pub(super) fn socket_dir(data_dir: &Path, home: &Path) -> PathBuf {
    let dir = home.join("run");
    let length = dir.as_os_str().len() + format!("/.s.PGSQL.{PORT}").len();
    let plain = |text: &str| !text.chars().any(|c| c.is_control() || "'\"\\,".contains(c));
    if length <= SOCKET_PATH_LIMIT && dir.to_str().is_some_and(plain) {
        dir
    } else {
        // Not TMPDIR: on macOS it is long as well, and different for every user.
        Path::new("/tmp").join(format!("stile-{}", files::short_hash(data_dir)))
    }
}

/// Writes the settings, creates the socket directory, and removes the files that the last postmaster left behind.
pub(super) async fn prepare(launch: &Launch, last: Option<u32>) -> Result<(), ClusterError> {
    let last = last.map(|pid| pid.to_string()).unwrap_or_default();
    let arguments: [&OsStr; 3] =
        [launch.data.as_os_str(), launch.socket_dir.as_os_str(), OsStr::from_bytes(last.as_bytes())];
    let text = text(&launch.socket_dir, &launch.data_dir);
    let output = launch.account.shell(PREPARE, arguments, text.as_bytes()).await?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(ClusterError::io("write the settings of", &launch.data)(io::Error::other(said)));
    }
    check_socket_dir(launch)
}

/// Verifies the owner and mode of the socket directory. In `/tmp`, another user could have created it first, and would
/// then control our socket.
fn check_socket_dir(launch: &Launch) -> Result<(), ClusterError> {
    let path = &launch.socket_dir;
    let meta = fs::symlink_metadata(path).map_err(ClusterError::io("open", path))?;
    if meta.is_dir() && meta.uid() == launch.account.uid && meta.mode() & 0o077 == 0 {
        return Ok(());
    }
    Err(ClusterError::SocketDir { path: path.clone(), user: launch.account.name.clone() })
}

fn text(socket_dir: &Path, data_dir: &Path) -> String {
    format!(
        "# Written by stile at every start: do not edit. Your own settings: local.conf, in this directory.\n\
         # This cluster belongs to the data directory {data_dir:?}.\n\
         listen_addresses = ''\n\
         port = {PORT}\n\
         unix_socket_directories = '\"{}\"'\n\
         unix_socket_permissions = 0700\n\
         cluster_name = 'stile'\n\
         max_connections = 100\n\
         shared_buffers = '128MB'\n\
         password_encryption = 'scram-sha-256'\n\
         timezone = 'UTC'\n\
         log_timezone = 'UTC'\n\
         log_destination = 'stderr'\n\
         logging_collector = off\n\
         log_line_prefix = '%m [%p] '\n\
         include_if_exists 'local.conf'\n",
        socket_dir.display(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_does_not_fit_a_socket_address_is_replaced() {
        let data_dir = Path::new("/srv/stile");
        let fits = PathBuf::from(format!("/{}", "d".repeat(84)));
        assert_eq!(socket_dir(data_dir, &fits), fits.join("run"));
        let long = PathBuf::from(format!("/{}", "d".repeat(85)));
        for home in [long.as_path(), Path::new("/it's"), Path::new("/a,b")] {
            let dir = socket_dir(data_dir, home);
            assert!(dir.starts_with("/tmp") && dir.as_os_str().len() == 27, "{dir:?}");
        }
    }
}
