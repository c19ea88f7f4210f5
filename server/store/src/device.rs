//! Device cookies: signed names for devices from which an account has signed in (OWASP device cookies). Password
//! attempts from such a device are counted separately, so attempts made elsewhere do not lock the person out.
//!
//! The cookie does not grant access. It only allows password attempts for one account, with the same limit as for
//! everyone.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use model::Email;
use sha2::Sha256;
use std::sync::Arc;

/// Signing key for device names. Cheap to clone.
#[derive(Clone)]
pub struct DeviceKey(Arc<[u8]>);

/// Length of a device name in bytes.
const NAME_BYTES: usize = 16;

impl DeviceKey {
    /// Creates the key from the server's secret, which all servers of an installation share.
    pub fn new(secret: &[u8]) -> Self {
        Self(secret.into())
    }

    /// Returns the suffix of the cookie's name for an account. Each account on a device has its own cookie, and the
    /// name reveals nothing about the account.
    pub fn suffix(&self, email: &Email) -> String {
        let tag = self.tag("device cookie name", email, "");
        URL_SAFE_NO_PAD.encode(tag.get(..9).unwrap_or_default())
    }

    /// Generates the cookie value of a new device for an account.
    ///
    /// # Errors
    /// [`NoRandomness`](crate::secret::NoRandomness) if the operating system returns no random bytes.
    pub fn cookie(&self, email: &Email) -> Result<String, crate::secret::NoRandomness> {
        let mut bytes = [0; NAME_BYTES];
        getrandom::fill(&mut bytes).map_err(|_| crate::secret::NoRandomness)?;
        let name = URL_SAFE_NO_PAD.encode(bytes);
        let tag = URL_SAFE_NO_PAD.encode(self.tag("device cookie", email, &name));
        Ok(format!("{name}.{tag}"))
    }

    /// Returns the device name in a cookie for that account. Returns `None` if the signature is not valid or is for
    /// another account.
    pub fn read<'c>(&self, email: &Email, cookie: &'c str) -> Option<&'c str> {
        let (name, tag) = cookie.split_once('.')?;
        let tag = URL_SAFE_NO_PAD.decode(tag).ok()?;
        self.mac("device cookie", email, name)?.verify_slice(&tag).is_ok().then_some(name)
    }

    fn tag(&self, purpose: &str, email: &Email, name: &str) -> Vec<u8> {
        self.mac(purpose, email, name).map(|mac| mac.finalize().into_bytes().to_vec()).unwrap_or_default()
    }

    /// The encoding is unambiguous, since no part contains a line break.
    fn mac(&self, purpose: &str, email: &Email, name: &str) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        mac.update(format!("stile {purpose}\n{email}\n{name}").as_bytes());
        Some(mac)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_cookie_is_valid_only_for_its_account() {
        let (ours, theirs) = (DeviceKey::new(b"a secret of ours"), DeviceKey::new(b"another secret"));
        let (ada, mia) = (Email::parse("ada@x.example").unwrap(), Email::parse("mia@x.example").unwrap());
        let cookie = ours.cookie(&ada).unwrap();
        assert_eq!(ours.read(&ada, &cookie), cookie.split('.').next());
        assert_eq!(ours.read(&mia, &cookie), None, "it stands for another account, too");
        assert_eq!(theirs.read(&ada, &cookie), None, "anybody can make one");
        let (name, tag) = cookie.split_once('.').unwrap();
        assert_eq!(ours.read(&ada, &format!("{name}x.{tag}")), None, "a device can name itself");
        assert_eq!(ours.read(&ada, name), None);
        assert_ne!(ours.suffix(&ada), ours.suffix(&mia));
        assert_ne!(ours.suffix(&ada), theirs.suffix(&ada));
    }
}
