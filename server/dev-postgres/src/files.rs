//! Small files and directories of the data directory: how they are made, read and replaced.
//!
//! Only for paths that belong to whoever runs stile. What lies in the cluster's own directories belongs to
//! the user PostgreSQL runs as, and is written as that user (see `account`): were root to write there, that user
//! could lead it astray with a symbolic link.

use std::fmt::Write as _;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::ClusterError;

/// Makes the data directory if need be, and returns its canonical path.
pub(super) fn data_dir(path: &Path) -> Result<PathBuf, ClusterError> {
    // 0711: nobody else can list it, but the user PostgreSQL runs as can pass through.
    DirBuilder::new().recursive(true).mode(0o711).create(path).map_err(ClusterError::io("create", path))?;
    fs::canonicalize(path).map_err(ClusterError::io("open", path))
}

/// The file's text, or nothing if there is no such file.
pub(super) fn read_optional(path: &Path) -> Result<Option<String>, ClusterError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(ClusterError::io("read", path)(error)),
    }
}

/// Replaces the file as a whole, readable only by its owner, and on disk when this returns.
pub(super) fn replace_private(path: &Path, content: &[u8]) -> Result<(), ClusterError> {
    let new = path.with_added_extension("new");
    let write = || -> io::Result<()> {
        remove_if_there(fs::remove_file(&new))?;
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(&new, path)?;
        sync_parent(path)
    };
    write().map_err(ClusterError::io("write", path))
}

/// Makes a rename, creation or removal of `path` survive a power loss.
pub(super) fn sync_parent(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(parent) => File::open(parent)?.sync_all(),
        None => Ok(()),
    }
}

/// The result of a removal, where nothing to remove is as good.
pub(super) fn remove_if_there(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// A short name for a data directory that is the same at every start: 16 hexadecimal digits.
pub(super) fn short_hash(data_dir: &Path) -> String {
    hex(&Sha256::digest(data_dir.as_os_str().as_bytes())[..8])
}

/// Lower case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
