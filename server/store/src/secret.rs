//! Random secrets for people and programs, stored only as hashes.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use std::fmt;

/// Secret with 256 random bits, as text for a cookie, a header or a form (ASVS 11.5.1). `Debug` hides it, so it is
/// never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// SHA-256 of a secret. The database stores only this; a slow hash is not needed because the secrets are random.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SecretHash([u8; 32]);

/// Error: the operating system returned no random bytes.
#[derive(Debug, thiserror::Error)]
#[error("no random bytes from the operating system")]
pub struct NoRandomness;

impl Secret {
    /// Generates a secret: `prefix` and 43 random characters.
    ///
    /// # Errors
    /// [`NoRandomness`] if the operating system returns no random bytes.
    pub fn generate(prefix: &str) -> Result<Self, NoRandomness> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|_| NoRandomness)?;
        Ok(Self(format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes))))
    }

    /// Parses a secret from a client. Returns `None` unless it has 20 to 200 printable ASCII characters. Only the
    /// database can tell if it is valid.
    pub fn presented(text: &str) -> Option<Self> {
        let plausible = (20..=200).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        plausible.then(|| Self(text.to_owned()))
    }

    /// Returns the hash that is stored and looked up.
    pub fn hash(&self) -> SecretHash {
        SecretHash(Sha256::digest(self.0.as_bytes()).into())
    }

    /// Returns the secret as text, to be given to its holder once.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl SecretHash {
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretHash(…)")
    }
}
