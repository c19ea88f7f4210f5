//! Email addresses, stored and compared in normalized form.

use crate::idn::ascii_host;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A normalized email address: trimmed, ASCII, lowercase.
///
/// A domain with letters outside ASCII is stored in its `xn--` form. It is found by either spelling, and look-alike
/// domains stay different. Letters outside ASCII before the `@` are rejected: they would allow look-alike accounts, and
/// few mail servers accept them. There is no further normalization: `ada+x@` and `ada@` are different addresses.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

/// Error returned for a text that is not an accepted email address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Enter a valid email, like name@example.com.")]
pub struct EmailError;

impl Email {
    /// Parses and normalizes an email address.
    ///
    /// # Errors
    /// [`EmailError`] if the normalized text is not `local@domain.tld` in ASCII with at most 254 characters (RFC 5321).
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        let (local, domain) = text.trim().rsplit_once('@').ok_or(EmailError)?;
        let (local, domain) = (local.to_ascii_lowercase(), ascii_host(domain).ok_or(EmailError)?);
        let local_ok = (1..=64).contains(&local.len())
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..")
            && local.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~.-".contains(&b));
        let label_ok = |label: &str| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        let domain_ok = domain.contains('.') && domain.split('.').all(label_ok);
        let text = format!("{local}@{domain}");
        if text.len() <= 254 && local_ok && domain_ok { Ok(Self(text)) } else { Err(EmailError) }
    }

    /// Returns the normalized address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the domain, the part after the `@`.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Email({})", self.0)
    }
}

impl TryFrom<String> for Email {
    type Error = EmailError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn normalization_is_idempotent(text in "[ ]{0,2}[a-zA-Z0-9.+]{1,10}@[a-zA-Z0-9-]{1,8}\\.[a-zA-Z]{2,4}[ ]{0,2}") {
            if let Ok(email) = Email::parse(&text) {
                prop_assert_eq!(Email::parse(email.as_str()), Ok(email.clone()));
                prop_assert!(email.as_str().bytes().all(|b| !b.is_ascii_uppercase() && b != b' '));
            }
        }
    }

    #[test]
    fn look_alike_and_malformed_addresses_are_rejected() {
        for bad in [
            "", "ada", "ada@", "@x.example", "ada@localhost", "ad a@x.example", "аda@x.example", "ada@x.example.",
            "a..b@x.example", "ada@-x.example", "a@b@",
        ] {
            assert!(Email::parse(bad).is_err(), "{bad:?} was accepted");
        }
        let accepted = Email::parse("Ada@Bücher.example").map(|e| e.to_string());
        assert_eq!(accepted, Ok("ada@xn--bcher-kva.example".into()), "a domain may have any letters");
        for spelling in ["ada@xn--bcher-kva.example", "ADA@BU\u{308}CHER.EXAMPLE", " ada@bücher.example\n"] {
            assert_eq!(Email::parse(spelling).map(|e| e.to_string()), accepted, "{spelling:?} is another account");
        }
        assert_ne!(
            Email::parse("ada@smartаi.example"),
            Email::parse("ada@smartai.example"),
            "a Cyrillic letter makes another domain"
        );
        for bad in ["ädä@x.example", "ada@bü cher.example", "ada@bücher", "ada@ü..example", "ada@xn--.example"] {
            assert!(Email::parse(bad).is_err(), "{bad:?} was accepted");
        }
        assert_eq!(Email::parse(" Ada@SmartAI.example ").map(|e| e.to_string()), Ok("ada@smartai.example".into()));
    }
}
