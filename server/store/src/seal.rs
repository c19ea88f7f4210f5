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
use model::id::{UserId, WebhookId, WorkspaceId};
use sha2::Sha256;
use std::fmt;

/// HKDF info that separates this key from keys for other purposes.
const PURPOSE: &[u8] = b"stile authenticator secret v1";
/// The same for secrets of webhooks.
const WEBHOOKS: &[u8] = b"stile webhook secret v1";
/// Length of a nonce in bytes: long enough for random nonces without collisions.
const NONCE: usize = 24;

/// Encryption keys for TOTP secrets and for secrets of webhooks. Cheap to clone.
///
/// After a change of `STILE_SECRET`, existing secrets can't be decrypted. People then sign in with a passkey or recovery
/// code, and webhooks need new secrets.
#[derive(Clone)]
pub struct EncryptionKey {
    people: XChaCha20Poly1305,
    webhooks: XChaCha20Poly1305,
}

impl EncryptionKey {
    /// Derives the keys from the server's secret, which all servers of an installation share.
    pub fn new(secret: &[u8]) -> Self {
        Self { people: derived(secret, PURPOSE), webhooks: derived(secret, WEBHOOKS) }
    }

    /// Encrypts `text` for a person.
    ///
    /// # Errors
    /// [`NoRandomness`] if the operating system returns no random bytes.
    pub(crate) fn seal(&self, owner: UserId, text: &[u8]) -> Result<Vec<u8>, NoRandomness> {
        sealed(&self.people, owner.uuid().as_bytes(), text)
    }

    /// Decrypts a value that was encrypted for this person with this key; `None` for anything else.
    pub(crate) fn open(&self, owner: UserId, sealed: &[u8]) -> Option<Vec<u8>> {
        opened(&self.people, owner.uuid().as_bytes(), sealed)
    }

    /// Encrypts the secret of a webhook.
    ///
    /// # Errors
    /// [`NoRandomness`] if the operating system returns no random bytes.
    pub(crate) fn seal_webhook(
        &self,
        workspace: WorkspaceId,
        webhook: WebhookId,
        secret: &[u8],
    ) -> Result<Vec<u8>, NoRandomness> {
        sealed(&self.webhooks, &row(workspace, webhook), secret)
    }

    /// Decrypts the secret of a webhook; `None` for anything that was not encrypted for it with this key.
    pub(crate) fn open_webhook(&self, workspace: WorkspaceId, webhook: WebhookId, sealed: &[u8]) -> Option<Vec<u8>> {
        opened(&self.webhooks, &row(workspace, webhook), sealed)
    }
}

/// Derives the key for a purpose.
fn derived(secret: &[u8], purpose: &[u8]) -> XChaCha20Poly1305 {
    let mut key = [0; 32];
    // Fails only for more than 255 blocks; this is one.
    let _ = Hkdf::<Sha256>::new(None, secret).expand(purpose, &mut key);
    XChaCha20Poly1305::new(&key.into())
}

/// Associated data of a webhook's row.
fn row(workspace: WorkspaceId, webhook: WebhookId) -> Vec<u8> {
    [*workspace.uuid().as_bytes(), *webhook.uuid().as_bytes()].concat()
}

fn sealed(key: &XChaCha20Poly1305, aad: &[u8], text: &[u8]) -> Result<Vec<u8>, NoRandomness> {
    let mut nonce = [0; NONCE];
    getrandom::fill(&mut nonce).map_err(|_| NoRandomness)?;
    let payload = Payload { msg: text, aad };
    // Fails only for messages of many gigabytes.
    let sealed = key.encrypt(&XNonce::from(nonce), payload).map_err(|_| NoRandomness)?;
    Ok([&nonce[..], &sealed].concat())
}

fn opened(key: &XChaCha20Poly1305, aad: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, sealed) = sealed.split_at_checked(NONCE)?;
    let nonce: [u8; NONCE] = nonce.try_into().ok()?;
    key.decrypt(&XNonce::from(nonce), Payload { msg: sealed, aad }).ok()
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

    #[test]
    fn the_secret_of_a_webhook_opens_only_in_its_row() {
        let key = EncryptionKey::new(&[7; 32]);
        let workspace = |n| WorkspaceId::from_uuid(Uuid::from_u128(n));
        let webhook = |n| WebhookId::from_uuid(Uuid::from_u128(n));
        let sealed = key.seal_webhook(workspace(1), webhook(2), b"secret").unwrap();
        assert_eq!(key.open_webhook(workspace(1), webhook(2), &sealed).as_deref(), Some(&b"secret"[..]));
        assert_eq!(key.open_webhook(workspace(3), webhook(2), &sealed), None);
        assert_eq!(key.open_webhook(workspace(1), webhook(3), &sealed), None);
        let same = UserId::from_uuid(Uuid::from_u128(2));
        assert_eq!(key.open(same, &sealed), None, "a key for another purpose opens it");
    }
}
