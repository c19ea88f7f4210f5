//! Secret settings: the signing secret and the token for `/metrics`.

use super::error::{ConfigError, invalid};
use sha2::{Digest as _, Sha256};
use std::fmt;

/// Minimum length in characters of a configured secret (`STILE_SECRET`).
const SECRET_MIN: usize = 32;

/// Minimum length in bytes of the token for `/metrics`.
const METRICS_TOKEN_MIN: usize = 16;

/// The secret that signs grants.
#[derive(Clone)]
pub(crate) struct SigningSecret(String);

impl SigningSecret {
    /// Creates a secret from generated text.
    pub(crate) const fn made(text: String) -> Self {
        Self(text)
    }

    /// Returns the secret as bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningSecret(…)")
    }
}

/// The token for `/metrics`. Not `Debug`, because it is a secret.
#[derive(Clone)]
pub(crate) struct MetricsToken(String);

impl MetricsToken {
    /// Returns `true` if the presented token is correct. Compares hashes, so that the timing reveals nothing about the
    /// token.
    pub(crate) fn is(&self, presented: &str) -> bool {
        Sha256::digest(presented) == Sha256::digest(&self.0)
    }
}

pub(super) fn secret(text: String) -> Result<SigningSecret, ConfigError> {
    if text.chars().count() < SECRET_MIN {
        return Err(invalid("STILE_SECRET", "is too short. Set it to at least 32 random characters."));
    }
    Ok(SigningSecret(text))
}

pub(super) fn metrics_token(text: String) -> Result<MetricsToken, ConfigError> {
    let plain = text.bytes().all(|b| b.is_ascii_graphic());
    if plain && text.len() >= METRICS_TOKEN_MIN {
        return Ok(MetricsToken(text));
    }
    Err(invalid("STILE_METRICS_TOKEN", "is no token. Set it to at least 16 random characters, without spaces."))
}
