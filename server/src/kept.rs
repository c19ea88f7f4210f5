//! Secrets that are made once and kept in the data directory, readable by their owner only.

use std::{
    fs::{self, OpenOptions, Permissions},
    io::{self, Write as _},
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};
use store::secret::Secret;

/// A file of the data directory can't be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeptError {
    /// The system refused it.
    #[error("{} can't be read or written: {source}. Give it to the user that runs stile.", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// There is no randomness.
    #[error(transparent)]
    NoRandomness(#[from] store::secret::NoRandomness),
}

/// The secret in the file `name` of `dir`, made on the first call: 256 random bits in 43 characters that need no
/// escaping anywhere. A file that others can read is closed to them.
///
/// # Errors
/// When the file can't be read, or not written whole.
pub(crate) fn secret(dir: &Path, name: &str) -> Result<String, KeptError> {
    let path = dir.join(name);
    if let Some(text) = read(&path)? {
        let mode = fs::metadata(&path).map_err(|source| KeptError::Io { path: path.clone(), source })?.permissions();
        if mode.mode() & 0o077 != 0 {
            tracing::warn!("{} was open to others; closing it", path.display());
            fs::set_permissions(&path, Permissions::from_mode(0o600))
                .map_err(|source| KeptError::Io { path: path.clone(), source })?;
        }
        return Ok(text);
    }
    let made = Secret::generate("")?.reveal().to_owned();
    write(&path, &made)?;
    Ok(made)
}

/// The trimmed text of a file; `None` when there is none or it is empty.
///
/// # Errors
/// When it is there and can't be read.
pub(crate) fn read(path: &Path) -> Result<Option<String>, KeptError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(KeptError::Io { path: path.to_owned(), source }),
    }
}

/// Replaces a file as a whole, with 0600 from its first byte on.
///
/// # Errors
/// When it can't be written; then the old one is still there.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), KeptError> {
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
    replace().map_err(|source| KeptError::Io { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_made_once_and_closed_to_others() {
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
