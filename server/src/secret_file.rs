//! Generated secrets, stored in the data directory and readable only by their owner.

use std::{
    fs::{self, OpenOptions, Permissions},
    io::{self, Write as _},
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};
use store::secret::Secret;

/// A file in the data directory can't be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SecretFileError {
    /// The file can't be read or written.
    #[error("{} can't be read or written: {source}. Give it to the user that runs stile.", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The underlying I/O error.
        source: io::Error,
    },
    /// The operating system's random number generator failed.
    #[error(transparent)]
    NoRandomness(#[from] store::secret::NoRandomness),
}

/// Returns the secret in the file `name` of `dir`, generated on the first call: 256 random bits as 43 characters that
/// need no escaping. A file readable by others is restricted to its owner.
///
/// # Errors
/// `SecretFileError::Io` if the file can't be read or written; `SecretFileError::NoRandomness` if no secret could be
/// generated.
pub(crate) fn secret(dir: &Path, name: &str) -> Result<String, SecretFileError> {
    let path = dir.join(name);
    if let Some(text) = read(&path)? {
        let mode =
            fs::metadata(&path).map_err(|source| SecretFileError::Io { path: path.clone(), source })?.permissions();
        if mode.mode() & 0o077 != 0 {
            tracing::warn!("{} was open to others; closing it", path.display());
            fs::set_permissions(&path, Permissions::from_mode(0o600))
                .map_err(|source| SecretFileError::Io { path: path.clone(), source })?;
        }
        return Ok(text);
    }
    let made = Secret::generate("")?.reveal().to_owned();
    write(&path, &made)?;
    Ok(made)
}

/// Reads a file and trims its text; `None` if the file is missing or empty.
///
/// # Errors
/// `SecretFileError::Io` if the file exists, but can't be read.
pub(crate) fn read(path: &Path) -> Result<Option<String>, SecretFileError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(SecretFileError::Io { path: path.to_owned(), source }),
    }
}

/// Replaces a file atomically. The new file is created with mode 0600.
///
/// # Errors
/// `SecretFileError::Io` if the file can't be written; the old file is then unchanged.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), SecretFileError> {
    let new = path.with_added_extension("new");
    let replace = || -> io::Result<()> {
        match fs::remove_file(&new) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
        writeln!(file, "{text}")?;
        file.sync_all()?;
        fs::rename(&new, path)
    };
    replace().map_err(|source| SecretFileError::Io { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_file_is_created_once_with_owner_only_permissions() {
        let dir = std::env::temp_dir().join(format!("stile-kept-{}", std::process::id()));
        fs::create_dir_all(&dir).expect("a directory");
        let first = secret(&dir, "secret").expect("a secret");
        assert_eq!(first.len(), 43);
        let path = dir.join("secret");
        fs::set_permissions(&path, Permissions::from_mode(0o644)).expect("its mode changed");
        assert_eq!(secret(&dir, "secret").expect("the secret again"), first);
        assert_eq!(fs::metadata(&path).expect("the file").permissions().mode() & 0o777, 0o600);
        fs::remove_dir_all(dir).expect("it removed");
    }
}
