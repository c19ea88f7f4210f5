//! Locates the installed PostgreSQL: `initdb` and `postgres` of a suitable version in one directory.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::account::Account;
use super::error::{ClusterError, OLDEST};
use super::location::Location;

/// Directories where packages install versions side by side: (parent directory, prefix of the entry name,
/// subdirectory).
const PLACES: [(&str, &str, &str); 9] = [
    ("/usr/lib/postgresql", "", "bin"),
    ("/opt/homebrew/opt", "postgresql", "bin"),
    ("/usr/local/opt", "postgresql", "bin"),
    ("/home/linuxbrew/.linuxbrew/opt", "postgresql", "bin"),
    ("/Applications/Postgres.app/Contents/Versions", "", "bin"),
    ("/usr", "pgsql-", "bin"),
    ("/usr/local", "pgsql", "bin"),
    ("/usr/libexec", "postgresql", ""),
    ("/opt/local/lib", "postgresql", "bin"),
];

/// A usable PostgreSQL installation.
#[derive(Debug)]
pub(super) struct Binaries {
    pub(super) initdb: PathBuf,
    pub(super) postgres: PathBuf,
    pub(super) major: u32,
}

/// Finds the installation to use: the exact version that created the cluster or, for a new cluster, the first one that
/// is at least [`OLDEST`]. Searches `PATH`, then the directory that `pg_config` reports, then the directories of
/// [`PLACES`], newest first.
///
/// # Errors
/// `ClusterError::VersionMismatch` if the version that created the cluster is not installed; `ClusterError::Missing` if
/// there is no cluster yet and no installation is new enough.
pub(super) async fn find(place: &Location) -> Result<Binaries, ClusterError> {
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for dir in candidates(&place.account).await {
        let (initdb, postgres) = (dir.join("initdb"), dir.join("postgres"));
        // Deduplicates by real path: PATH often lists a directory twice, or a link to a versioned directory.
        let Ok(real) = fs::canonicalize(&postgres) else {
            continue;
        };
        if !initdb.is_file() || !seen.insert(real) {
            continue;
        }
        let Some(major) = version(&place.account, &postgres).await else {
            continue;
        };
        if place.major.map_or(major >= OLDEST, |made| made == major) {
            return Ok(Binaries { initdb, postgres, major });
        }
        if !found.contains(&major) {
            found.push(major);
        }
    }
    Err(match place.major {
        Some(major) => ClusterError::VersionMismatch { data: place.data(), major, found },
        None => ClusterError::Missing { found },
    })
}

async fn candidates(account: &Account) -> Vec<PathBuf> {
    let mut dirs: Vec<PathBuf> = std::env::var_os("PATH")
        .map(|path| std::env::split_paths(&path).filter(|dir| dir.is_absolute()).collect())
        .unwrap_or_default();
    if let Ok(output) = account.command("pg_config").arg("--bindir").output().await
        && let Ok(dir) = String::from_utf8(output.stdout)
        && Path::new(dir.trim()).is_absolute()
    {
        dirs.push(dir.trim().into());
    }
    for (parent, prefix, suffix) in PLACES {
        dirs.extend(versions_in(Path::new(parent), prefix, suffix));
    }
    dirs
}

/// Lists the directories `parent/prefix*/suffix`, highest version number first.
fn versions_in(parent: &Path, prefix: &str, suffix: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(parent) else {
        return Vec::new();
    };
    let mut found: Vec<(u32, PathBuf)> = entries
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let number = name.strip_prefix(prefix)?.trim_start_matches(|c: char| !c.is_ascii_digit());
            Some((leading_number(number).unwrap_or(0), parent.join(name)))
        })
        .collect();
    found.sort_by(|a, b| b.cmp(a));
    found.into_iter().map(|(_, dir)| dir.join(suffix)).collect()
}

/// Runs `postgres --version` as the user who will run the server, so that an installation this user can't execute is
/// skipped.
async fn version(account: &Account, postgres: &Path) -> Option<u32> {
    let output = account.command(postgres).arg("--version").output().await.ok()?;
    major_of(&String::from_utf8(output.stdout).ok()?)
}

/// Parses the major version from `postgres (PostgreSQL) 15.13 (Debian 15.13-0+deb12u1)`; also from `18beta1` and
/// `17devel`.
fn major_of(line: &str) -> Option<u32> {
    leading_number(line.split_once("(PostgreSQL) ")?.1)
}

fn leading_number(text: &str) -> Option<u32> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_version_that_postgres_prints() {
        assert_eq!(major_of("postgres (PostgreSQL) 15.13 (Debian 15.13-0+deb12u1)\n"), Some(15));
        assert_eq!(major_of("postgres (PostgreSQL) 18beta1\n"), Some(18));
        assert_eq!(major_of("something else 15\n"), None);
    }

    #[test]
    fn the_newest_of_several_versions_comes_first() -> std::io::Result<()> {
        let dir = crate::tests::Scratch::new("versions")?;
        for name in ["postgresql@9.6", "postgresql@16", "postgresql", "postgresql@17", "other"] {
            fs::create_dir(dir.path().join(name))?;
        }
        let found = versions_in(dir.path(), "postgresql", "bin");
        let names: Vec<_> = found.iter().filter_map(|path| path.strip_prefix(dir.path()).ok()?.to_str()).collect();
        assert_eq!(names, ["postgresql@17/bin", "postgresql@16/bin", "postgresql@9.6/bin", "postgresql/bin"]);
        Ok(())
    }
}
