//! Creating, reading and replacing small files and directories in the data directory.
//!
//! Only for paths owned by the user that runs stile. Files in the cluster's own directories belong to the user that
//! runs PostgreSQL and are written as that user (see `account`): if root wrote there, that user could redirect the
//! write with a symbolic link.

use std::fmt::Write as _;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::ClusterError;

/// Creates the data directory if it does not exist, and returns its canonical path.
pub(super) fn data_dir(path: &Path) -> Result<PathBuf, ClusterError> {
    // Mode 0711: other users can't list it, but the user that runs PostgreSQL can traverse it.
    DirBuilder::new().recursive(true).mode(0o711).create(path).map_err(ClusterError::io("create", path))?;
    fs::canonicalize(path).map_err(ClusterError::io("open", path))
}

/// Reads the file's text; `None` if the file does not exist.
pub(super) fn read_optional(path: &Path) -> Result<Option<String>, ClusterError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(ClusterError::io("read", path)(error)),
    }
}

/// Replaces the file atomically, readable only by its owner. The new content is on disk when this returns.
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

/// Syncs the parent directory, so that a rename, creation or removal of `path` survives a power loss.
pub(super) fn sync_parent(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(parent) => File::open(parent)?.sync_all(),
        None => Ok(()),
    }
}

/// Treats the removal of a file that does not exist as success.
pub(super) fn remove_if_there(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Hashes the path of a data directory to 16 hexadecimal digits. Stable across restarts.
pub(super) fn short_hash(data_dir: &Path) -> String {
    hex(&Sha256::digest(data_dir.as_os_str().as_bytes())[..8])
}

/// Encodes bytes as lower case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
