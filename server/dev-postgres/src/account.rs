//! The operating system user that runs PostgreSQL, and running commands as that user.
//!
//! PostgreSQL refuses to run as root. When stile is started as root, every command on the cluster runs as an
//! unprivileged user; otherwise it runs as the current user.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::chown;
use std::path::Path;
use std::process::{Output, Stdio};

use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use super::ClusterError;

/// Path of the POSIX shell, present on every supported system.
pub(super) const SHELL: &str = "/bin/sh";
/// User names tried in order when stile runs as root and no user is configured. macOS has `_postgres`.
const USUAL: [&str; 3] = ["postgres", "_postgres", "nobody"];
const DEFAULT_PATH: &str = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";

/// The operating system user that runs PostgreSQL.
#[derive(Debug, Clone)]
pub(super) struct Account {
    /// User name, used in error messages.
    pub(super) name: String,
    pub(super) uid: u32,
    gid: u32,
    /// `true` if commands must switch to this user, that is, if this process runs as root.
    switch: bool,
}

impl Account {
    /// Returns the current user of this process, for which no switch is needed.
    pub(super) fn own(uid: u32) -> Account {
        Account {
            name: user_named(|user| user.uid == uid).map_or_else(|| format!("user {uid}"), |user| user.name),
            uid,
            gid: 0,
            switch: false,
        }
    }

    /// Returns the user that creates a new cluster when stile runs as root: `wanted`, or the first of [`USUAL`] that
    /// exists.
    pub(super) fn unprivileged(wanted: Option<&str>) -> Result<Account, ClusterError> {
        if let Some(wanted) = wanted {
            return user_named(|user| user.name == wanted)
                .ok_or(ClusterError::NoUnprivilegedUser { wanted: Some(wanted.to_owned()) });
        }
        USUAL
            .iter()
            .find_map(|name| user_named(|user| user.name == *name))
            .ok_or(ClusterError::NoUnprivilegedUser { wanted: None })
    }

    /// Returns the owner of an existing cluster when stile runs as root.
    ///
    /// Ownership never changes: a `chown` as root in a directory that the owner can write to would let the owner
    /// redirect root, through a link, to files it does not own. `Err` is (owner, wanted user).
    pub(super) fn owner(uid: u32, gid: u32, wanted: Option<&str>) -> Result<Account, (String, String)> {
        if uid == 0 {
            return Err(("root".to_owned(), USUAL[0].to_owned()));
        }
        // The container image may have changed under its volume, so the owner may no longer have a name.
        let account = user_named(|user| user.uid == uid).unwrap_or_else(|| Account {
            name: format!("user {uid}"),
            uid,
            gid,
            switch: true,
        });
        match wanted {
            Some(wanted) if wanted != account.name => Err((account.name, wanted.to_owned())),
            _ => Ok(account),
        }
    }

    /// Creates a command that runs as this user, in `/`, without standard input and without this process's environment,
    /// which holds stile's secrets and possibly `PG*` variables that would change PostgreSQL's behavior.
    ///
    /// Groups: when `uid` is set and the process is root, std calls `setgroups(0, NULL)` before it changes the ids, so
    /// none of root's supplementary groups is kept (verified on Linux with `id`).
    pub(super) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_else(|| DEFAULT_PATH.into()))
            // PostgreSQL on macOS refuses to start without a locale in its environment.
            .env("LC_ALL", "C")
            .current_dir("/")
            .stdin(Stdio::null());
        if let Some(libraries) = std::env::var_os("LD_LIBRARY_PATH") {
            command.env("LD_LIBRARY_PATH", libraries);
        }
        if self.switch {
            command.uid(self.uid).gid(self.gid);
        }
        command
    }

    /// Runs a shell script as this user, with `arguments` as `$1`... and `input` as standard input, and returns its
    /// output.
    pub(super) async fn shell<S: AsRef<OsStr>>(
        &self,
        script: &str,
        arguments: impl IntoIterator<Item = S>,
        input: &[u8],
    ) -> Result<Output, ClusterError> {
        let mut command = self.command(SHELL);
        command
            .args(["-c", script, "stile"])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let run = async {
            let mut child = command.spawn()?;
            if let Some(mut stdin) = child.stdin.take()
                && let Err(error) = stdin.write_all(input).await
                // A script that exits before reading all of its input reports the reason in its exit status.
                && error.kind() != std::io::ErrorKind::BrokenPipe
            {
                return Err(error);
            }
            child.wait_with_output().await
        };
        run.await.map_err(|source| self.unusable(SHELL, source))
    }

    /// Returns `true` if this user can enter the directory. Tries it instead of evaluating permission bits.
    pub(super) async fn can_enter(&self, dir: &Path) -> Result<bool, ClusterError> {
        let output = self.shell("cd -- \"$1\" && test -x .", [dir.as_os_str()], b"").await?;
        Ok(output.status.success())
    }

    /// Changes the owner of a newly created directory to this user. Not safe for a path that other users could have
    /// written to.
    pub(super) fn give(&self, dir: &Path) -> Result<(), ClusterError> {
        if !self.switch {
            return Ok(());
        }
        chown(dir, Some(self.uid), Some(self.gid)).map_err(ClusterError::io("chown", dir))
    }

    /// Creates the error for a program that could not be started as this user.
    pub(super) fn unusable(&self, program: &str, source: std::io::Error) -> ClusterError {
        ClusterError::UserUnusable { user: self.name.clone(), program: program.to_owned(), source }
    }
}

/// Returns the effective user id of this process. Runs `id -u`, because std has no safe API for it.
pub(super) async fn own_uid() -> Result<u32, ClusterError> {
    let failed = |source| ClusterError::Io { action: "run", path: "id".into(), source };
    let output = Command::new("id").arg("-u").stdin(Stdio::null()).output().await.map_err(failed)?;
    String::from_utf8_lossy(&output.stdout)
        .trim()
        .parse()
        .map_err(|_| failed(std::io::Error::other("it did not print a user id")))
}

fn user_named(matches: impl Fn(&Account) -> bool) -> Option<Account> {
    users(&fs::read_to_string("/etc/passwd").ok()?).find(|user| matches(user))
}

/// Parses the users of a passwd file, except those with uid 0.
fn users(passwd: &str) -> impl Iterator<Item = Account> + '_ {
    passwd.lines().filter_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?.to_owned();
        let uid = id(fields.nth(1)?)?;
        let gid = id(fields.next()?)?;
        (uid != 0 && !name.starts_with('#')).then_some(Account { name, uid, gid, switch: true })
    })
}

/// Parses a numeric id. Ids are unsigned, but macOS writes the id of `nobody` as -2.
fn id(text: &str) -> Option<u32> {
    text.parse::<u32>().ok().or_else(|| text.parse::<i32>().ok().map(|negative| negative.cast_unsigned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_passwd_files_of_linux_and_macos() {
        let passwd = "# comment:*:1:1\nroot:x:0:0:root:/root:/bin/sh\nnobody:*:-2:-2::/:/usr/bin/false\n\
                      postgres:x:101:104:,,,:/var/lib/postgresql:/bin/bash\nbroken:x\n";
        let found: Vec<_> = users(passwd).map(|user| (user.name, user.uid, user.gid)).collect();
        assert_eq!(found, [("nobody".to_owned(), 4_294_967_294, 4_294_967_294), ("postgres".to_owned(), 101, 104),]);
    }
}
