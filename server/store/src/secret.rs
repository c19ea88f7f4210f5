//! Secrets that a person or a program presents: made here, stored only as their hash.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use std::fmt;

/// 256 random bits, as text for a cookie, a header or a form (ASVS 11.5.1). Never logged: `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// The SHA-256 of a secret: all that the database knows of it (the secrets are random, so no slow hash is needed).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SecretHash([u8; 32]);

/// The operating system gave no random bytes.
#[derive(Debug, thiserror::Error)]
#[error("no random bytes from the operating system")]
pub struct NoRandomness;

impl Secret {
    /// A fresh secret: 43 characters, with `prefix` before them.
    ///
    /// # Errors
    /// When the operating system has no randomness to give.
    pub fn generate(prefix: &str) -> Result<Self, NoRandomness> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|_| NoRandomness)?;
        Ok(Self(format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes))))
    }

    /// A secret as presented. Whether it is a good one, only the database knows; absurd lengths are cut short.
    pub fn presented(text: &str) -> Option<Self> {
        let plausible = (20..=200).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        plausible.then(|| Self(text.to_owned()))
    }

    /// What is stored and looked up.
    pub fn hash(&self) -> SecretHash {
        SecretHash(Sha256::digest(self.0.as_bytes()).into())
    }

    /// The secret itself, to be handed to its holder once.
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
