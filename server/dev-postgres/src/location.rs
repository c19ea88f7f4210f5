//! Location of the cluster, and the user that runs it.
//!
//! Normally `STILE_DATA_DIR/postgres`. If stile runs as root with a data directory that the unprivileged user can't
//! reach (`/root`, a fresh `mktemp -d`), the cluster is under `/var/lib/stile`, and a file in the data directory
//! records the path.

use std::fs::{self, DirBuilder, Permissions};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use super::account::{self, Account};
use super::{ClusterError, files};

/// Parent directory of clusters that can't be in their data directory.
const ELSEWHERE: &str = "/var/lib/stile";

/// Location of a cluster.
#[derive(Debug)]
pub(super) struct Location {
    /// The user that runs the cluster.
    pub(super) account: Account,
    /// The directory that contains `data` and `run`; owned by `account`.
    pub(super) home: PathBuf,
    /// Major version that created the cluster; `None` if there is no cluster yet.
    pub(super) major: Option<u32>,
    /// The file that must record `home`, if `home` is outside the data directory.
    pub(super) record: Option<PathBuf>,
}

impl Location {
    /// Finds the location of the existing cluster, or chooses and prepares one for a new cluster.
    pub(super) async fn choose(data_dir: &Path, wanted: Option<&str>) -> Result<Location, ClusterError> {
        let uid = account::own_uid().await?;
        let record = data_dir.join("cluster.path");
        let recorded = files::read_optional(&record)?.map(|text| PathBuf::from(text.trim_end()));
        let home = recorded.clone().unwrap_or_else(|| data_dir.join("postgres"));
        let major = major(&home)?;
        // `data.new` without `data` is an interrupted initialization: there is no data that could be lost.
        if recorded.is_some() && major.is_none() && !home.join("data.new").exists() {
            return Err(ClusterError::Lost { record, home });
        }
        if uid != 0 {
            make_private(&home)?;
            return Ok(Location { account: Account::own(uid), home, major, record: recorded.map(|_| record) });
        }
        if major.is_some() {
            return Location::existing(home, major, wanted).await;
        }
        Location::new_as_root(data_dir, record, wanted).await
    }

    /// Returns the cluster's data directory, PostgreSQL's `PGDATA`.
    pub(super) fn data(&self) -> PathBuf {
        self.home.join("data")
    }

    async fn existing(home: PathBuf, major: Option<u32>, wanted: Option<&str>) -> Result<Location, ClusterError> {
        let data = home.join("data");
        let meta = fs::symlink_metadata(&data).map_err(ClusterError::io("open", &data))?;
        let account = match Account::owner(meta.uid(), meta.gid(), wanted) {
            Ok(account) => account,
            Err((owner, wanted)) => {
                return Err(ClusterError::WrongOwner { home, owner, wanted });
            }
        };
        // Never fall back to another location: an empty database in place of the existing one would look like data
        // loss.
        if !account.can_enter(&data).await? {
            return Err(ClusterError::Unreachable { data, user: account.name });
        }
        Ok(Location { account, home, major, record: None })
    }

    async fn new_as_root(data_dir: &Path, record: PathBuf, wanted: Option<&str>) -> Result<Location, ClusterError> {
        let account = Account::unprivileged(wanted)?;
        let here = account.can_enter(data_dir).await?;
        let home = if here {
            data_dir.join("postgres")
        } else {
            let home = Path::new(ELSEWHERE).join(files::short_hash(data_dir));
            tracing::info!(
                "the user {} can't reach {}, so the database is made in {}; {} says so",
                account.name,
                data_dir.display(),
                home.display(),
                record.display(),
            );
            make_passable(Path::new(ELSEWHERE))?;
            put_leftover_aside(&home)?;
            home
        };
        make_private(&home)?;
        account.give(&home)?;
        if !account.can_enter(&home).await? {
            return Err(ClusterError::Unreachable { data: home, user: account.name });
        }
        Ok(Location { account, home, major: None, record: (!here).then_some(record) })
    }
}

/// Returns the major version that created the cluster in `home`; `None` if there is no cluster.
fn major(home: &Path) -> Result<Option<u32>, ClusterError> {
    let path = home.join("data/PG_VERSION");
    match files::read_optional(&path)? {
        None => Ok(None),
        Some(text) => text
            .trim()
            .parse()
            .map(Some)
            .map_err(|_| ClusterError::io("understand", &path)(std::io::Error::other("it names no version"))),
    }
}

fn make_private(dir: &Path) -> Result<(), ClusterError> {
    DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(ClusterError::io("create", dir))
}

fn make_passable(dir: &Path) -> Result<(), ClusterError> {
    if dir.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(dir)
        // Set explicitly, because a strict umask would lock the unprivileged user out.
        .and_then(|()| fs::set_permissions(dir, Permissions::from_mode(0o755)))
        .map_err(ClusterError::io("create", dir))
}

/// Renames a cluster that no record refers to. It belonged to an earlier data directory of the same path, which was
/// removed together with the password, so it can't be used. It is not deleted, because it may hold somebody's data.
fn put_leftover_aside(home: &Path) -> Result<(), ClusterError> {
    if !home.join("data").exists() {
        return Ok(());
    }
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let aside = home.with_added_extension(format!("old-{seconds}"));
    fs::rename(home, &aside).map_err(ClusterError::io("rename", home))?;
    tracing::warn!(
        "{} held the database of a data directory that is gone; it is now {}, delete it if nobody needs it",
        home.display(),
        aside.display(),
    );
    Ok(())
}
