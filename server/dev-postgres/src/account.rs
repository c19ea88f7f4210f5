//! The operating system user PostgreSQL runs as, and commands run as that user.
//!
//! PostgreSQL refuses to run as root. Started as root, everything that touches the cluster runs as an
//! unprivileged user instead; otherwise it runs as whoever runs stile.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::chown;
use std::path::Path;
use std::process::{Output, Stdio};

use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use super::ClusterError;

/// The shell that every supported system has there.
pub(super) const SHELL: &str = "/bin/sh";
/// Who is tried, as root, if nobody is named. macOS has `_postgres`.
const USUAL: [&str; 3] = ["postgres", "_postgres", "nobody"];
const DEFAULT_PATH: &str = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";

/// The user PostgreSQL runs as.
#[derive(Debug, Clone)]
pub(super) struct Account {
    /// For messages.
    pub(super) name: String,
    pub(super) uid: u32,
    gid: u32,
    /// Whether commands have to become this user first.
    switch: bool,
}

impl Account {
    /// Whoever runs this process.
    pub(super) fn own(uid: u32) -> Account {
        Account {
            name: user_named(|user| user.uid == uid).map_or_else(|| format!("user {uid}"), |user| user.name),
            uid,
            gid: 0,
            switch: false,
        }
    }

    /// The user to make a new cluster as, when root: the one that is wanted, or a usual one.
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

    /// The owner of an existing cluster, when root.
    ///
    /// The owner stays the owner: to give the files to somebody else, as root and in a directory that the owner can
    /// write, would let it point root at files that are not its own. `Err` is (owner, who is wanted).
    pub(super) fn owner(uid: u32, gid: u32, wanted: Option<&str>) -> Result<Account, (String, String)> {
        if uid == 0 {
            return Err(("root".to_owned(), USUAL[0].to_owned()));
        }
        // A container's image may have changed under its volume: the owner need not have a name any more.
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

    /// A command that runs as this user, in `/`, without standard input and without this process's environment: it
    /// holds stile's secrets, and `PG*` variables that would change what PostgreSQL does.
    ///
    /// Groups: when `uid` is set and the process is root, std calls `setgroups(0, NULL)` before it changes
    /// the ids, so none of root's supplementary groups is kept (seen on Linux with `id`).
    pub(super) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_else(|| DEFAULT_PATH.into()))
            // On macOS PostgreSQL refuses to start without a locale in its environment.
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

    /// Runs a shell script as this user, with `$1`... and standard input, and returns how it went.
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
                // A script that ends without reading all of its input says why in its status.
                && error.kind() != std::io::ErrorKind::BrokenPipe
            {
                return Err(error);
            }
            child.wait_with_output().await
        };
        run.await.map_err(|source| self.unusable(SHELL, source))
    }

    /// Whether this user can enter the directory: not worked out from permissions, but tried.
    pub(super) async fn can_enter(&self, dir: &Path) -> Result<bool, ClusterError> {
        let output = self.shell("cd -- \"$1\" && test -x .", [dir.as_os_str()], b"").await?;
        Ok(output.status.success())
    }

    /// Gives this user a directory that was just made. Not for what others could have written to.
    pub(super) fn give(&self, dir: &Path) -> Result<(), ClusterError> {
        if !self.switch {
            return Ok(());
        }
        chown(dir, Some(self.uid), Some(self.gid)).map_err(ClusterError::io("chown", dir))
    }

    /// The error for a program that could not be started as this user.
    pub(super) fn unusable(&self, program: &str, source: std::io::Error) -> ClusterError {
        ClusterError::UserUnusable { user: self.name.clone(), program: program.to_owned(), source }
    }
}

/// The effective user id of this process. std has no call for it that is not `unsafe`, so `id` is asked.
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

/// The users of a passwd file, without root and its namesakes.
fn users(passwd: &str) -> impl Iterator<Item = Account> + '_ {
    passwd.lines().filter_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?.to_owned();
        let uid = id(fields.nth(1)?)?;
        let gid = id(fields.next()?)?;
        (uid != 0 && !name.starts_with('#')).then_some(Account { name, uid, gid, switch: true })
    })
}

/// Ids are unsigned, but macOS writes `nobody` as -2.
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
