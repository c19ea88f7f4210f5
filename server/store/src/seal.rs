//! Encryption of values that the server must read again, but that must not be readable from the database alone.
//!
//! Uses XChaCha20-Poly1305 with a key derived from the server's secret (HKDF-SHA-256, RFC 5869), a random nonce, and
//! the owner's id as associated data: a value copied to another person's row can't be decrypted.

use crate::secret::NoRandomness;
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use hkdf::Hkdf;
use model::id::UserId;
use sha2::Sha256;
use std::fmt;

/// HKDF info that separates this key from keys for other purposes.
const PURPOSE: &[u8] = b"stile authenticator secret v1";
/// Length of a nonce in bytes: long enough for random nonces without collisions.
const NONCE: usize = 24;

/// Encryption key for TOTP secrets. Cheap to clone.
///
/// After a change of `STILE_SECRET`, existing TOTP secrets can't be decrypted. People then sign in with a passkey or
/// recovery code.
#[derive(Clone)]
pub struct EncryptionKey(XChaCha20Poly1305);

impl EncryptionKey {
    /// Derives the key from the server's secret, which all servers of an installation share.
    pub fn new(secret: &[u8]) -> Self {
        let mut key = [0; 32];
        // Fails only for more than 255 blocks; this is one.
        let _ = Hkdf::<Sha256>::new(None, secret).expand(PURPOSE, &mut key);
        Self(XChaCha20Poly1305::new(&key.into()))
    }

    /// Encrypts `text` for a person.
    ///
    /// # Errors
    /// [`NoRandomness`] if the operating system returns no random bytes.
    pub(crate) fn seal(&self, owner: UserId, text: &[u8]) -> Result<Vec<u8>, NoRandomness> {
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).map_err(|_| NoRandomness)?;
        let aad = owner.uuid();
        let payload = Payload { msg: text, aad: aad.as_bytes() };
        // Fails only for messages of many gigabytes.
        let sealed = self.0.encrypt(&XNonce::from(nonce), payload).map_err(|_| NoRandomness)?;
        Ok([&nonce[..], &sealed].concat())
    }

    /// Decrypts a value that was encrypted for this person with this key; `None` for anything else.
    pub(crate) fn open(&self, owner: UserId, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE)?;
        let nonce: [u8; NONCE] = nonce.try_into().ok()?;
        let aad = owner.uuid();
        self.0.decrypt(&XNonce::from(nonce), Payload { msg: sealed, aad: aad.as_bytes() }).ok()
    }
}

impl fmt::Debug for EncryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EncryptionKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::types::Uuid;

    #[test]
    fn decryption_requires_the_owner_the_key_and_an_unchanged_text() {
        let (key, other) = (EncryptionKey::new(&[7; 32]), EncryptionKey::new(&[8; 32]));
        let (ann, bob) = (UserId::from_uuid(Uuid::from_u128(1)), UserId::from_uuid(Uuid::from_u128(2)));
        let sealed = key.seal(ann, b"12345678901234567890").unwrap();
        assert_eq!(key.open(ann, &sealed).as_deref(), Some(&b"12345678901234567890"[..]));
        assert_eq!(key.open(bob, &sealed), None, "another person's row opens it");
        assert_eq!(other.open(ann, &sealed), None, "another installation opens it");
        for i in 0..sealed.len() {
            let mut spoilt = sealed.clone();
            spoilt[i] ^= 1;
            assert_eq!(key.open(ann, &spoilt), None, "byte {i} may be changed");
        }
        assert_eq!(key.open(ann, &sealed[..10]), None);
        assert_ne!(key.seal(ann, b"x").unwrap(), key.seal(ann, b"x").unwrap(), "a nonce came twice");
    }
}
