//! Secrets of webhooks, and signatures by them (Standard Webhooks, section "Signature scheme").

use crate::secret::NoRandomness;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use model::webhook::SECRET_PREFIX;
use sha2::Sha256;
use std::fmt;

/// Secret that signs the messages of a webhook: 32 random bytes. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookSecret(Vec<u8>);

impl WebhookSecret {
    /// Generates a secret.
    ///
    /// # Errors
    /// [`NoRandomness`] if the operating system returns no random bytes.
    pub(super) fn generate() -> Result<Self, NoRandomness> {
        let mut bytes = vec![0; 32];
        getrandom::fill(&mut bytes).map_err(|_| NoRandomness)?;
        Ok(Self(bytes))
    }

    /// Wraps the bytes of a stored secret.
    pub(super) const fn stored(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Returns the secret as text, to be given to the receiver once: `whsec_` and base64.
    pub fn reveal(&self) -> String {
        format!("{SECRET_PREFIX}{}", STANDARD.encode(&self.0))
    }

    /// Returns the signature of a message: `v1,` and the base64 of HMAC-SHA-256 over id, time and body. `timestamp` is in
    /// seconds since 1970.
    fn signature(&self, id: &str, timestamp: i64, body: &str) -> String {
        // HMAC accepts keys of any length.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return String::new() };
        mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

/// Returns the value of the header `webhook-signature`: a signature by each secret, divided by spaces.
pub fn signatures(secrets: &[WebhookSecret], id: &str, timestamp: i64, body: &str) -> String {
    let all: Vec<String> = secrets.iter().map(|secret| secret.signature(id, timestamp, body)).collect();
    all.join(" ")
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> WebhookSecret {
        WebhookSecret(STANDARD.decode(text.strip_prefix(SECRET_PREFIX).unwrap()).unwrap())
    }

    /// The example of the specification's libraries.
    #[test]
    fn the_signature_is_that_of_the_specification() {
        let secret = secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let signature = signatures(
            std::slice::from_ref(&secret),
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            r#"{"test": 2432232314}"#,
        );
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn both_secrets_sign_while_one_replaces_the_other() {
        let (new, old) = (WebhookSecret::generate().unwrap(), WebhookSecret::generate().unwrap());
        assert_ne!(new, old);
        let both = signatures(&[new.clone(), old.clone()], "msg_1", 1, "{}");
        let each = [signatures(&[new], "msg_1", 1, "{}"), signatures(&[old], "msg_1", 1, "{}")];
        assert_eq!(both, each.join(" "));
    }

    #[test]
    fn a_secret_is_shown_as_the_specification_writes_it_and_never_logged() {
        let secret = WebhookSecret::generate().unwrap();
        assert!(secret.reveal().starts_with("whsec_"));
        assert_eq!(STANDARD.decode(&secret.reveal()[6..]).unwrap(), secret.bytes());
        assert_eq!(format!("{secret:?}"), "WebhookSecret(…)");
    }
}
