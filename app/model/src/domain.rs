//! Email domains whose users may join a workspace without an invite.

use crate::Email;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A company-owned email domain, normalized. Public email providers are rejected.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Domain(String);

/// Error returned for a text that is not an accepted email domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DomainError {
    /// The text is not a domain name.
    #[error("Enter a domain like example.com.")]
    Malformed,
    /// The domain belongs to a public email provider.
    #[error("Anyone can get an email at this domain, so it can’t be used for joining.")]
    Public,
}

/// Domains of the largest public and disposable email providers. Must be sorted, because lookups use binary search.
const PUBLIC: &[&str] = &[
    "126.com", "163.com", "aim.com", "alice.it", "aol.com", "arcor.de", "att.net", "bellsouth.net", "bigpond.com",
    "bk.ru", "bluewin.ch", "btinternet.com", "centurylink.net", "charter.net", "comcast.net", "cox.net", "daum.net",
    "disroot.org", "duck.com", "earthlink.net", "email.com", "email.cz", "fastmail.com", "fastmail.fm", "foxmail.com",
    "free.fr", "freenet.de", "gmail.com", "gmx.at", "gmx.ch", "gmx.com", "gmx.de", "gmx.net", "googlemail.com",
    "guerrillamail.com", "hanmail.net", "hey.com", "hotmail.co.uk", "hotmail.com", "hotmail.de", "hotmail.es",
    "hotmail.fr", "hotmail.it", "hushmail.com", "icloud.com", "inbox.lv", "inbox.ru", "interia.pl", "juno.com",
    "laposte.net", "libero.it", "list.ru", "live.co.uk", "live.com", "live.fr", "live.nl", "mac.com", "mail.com",
    "mail.de", "mail.ru", "mailbox.org", "mailinator.com", "me.com", "msn.com", "naver.com", "ntlworld.com", "o2.pl",
    "onet.pl", "online.de", "op.pl", "orange.fr", "outlook.com", "outlook.de", "outlook.es", "outlook.fr", "pm.me",
    "posteo.de", "posteo.net", "proton.me", "protonmail.ch", "protonmail.com", "qq.com", "rambler.ru",
    "rediffmail.com", "riseup.net", "rocketmail.com", "runbox.com", "sbcglobal.net", "seznam.cz", "sfr.fr", "shaw.ca",
    "sina.com", "sky.com", "sohu.com", "t-online.de", "tempmail.com", "tiscali.it", "tuta.com", "tuta.io",
    "tutanota.com", "uol.com.br", "verizon.net", "virgilio.it", "virginmedia.com", "vk.com", "wanadoo.fr", "web.de",
    "wp.pl", "xtra.co.nz", "ya.ru", "yahoo.ca", "yahoo.co.in", "yahoo.co.jp", "yahoo.co.uk", "yahoo.com",
    "yahoo.com.br", "yahoo.de", "yahoo.es", "yahoo.fr", "yahoo.it", "yandex.com", "yandex.ru", "yeah.net", "ymail.com",
    "yopmail.com", "zoho.com",
];

impl Domain {
    /// Parses and normalizes a domain. A leading `@` is ignored.
    ///
    /// # Errors
    /// [`DomainError::Malformed`] if the text is not a domain name. [`DomainError::Public`] if it belongs to a public
    /// email provider.
    pub fn parse(text: &str) -> Result<Self, DomainError> {
        let text = text.trim();
        let text = text.strip_prefix('@').unwrap_or(text);
        // Reuses the email parser: a valid domain is whatever it accepts after the `@`.
        let email = Email::parse(&format!("a@{text}")).map_err(|_| DomainError::Malformed)?;
        let domain = email.domain();
        if PUBLIC.binary_search(&domain).is_ok() { Err(DomainError::Public) } else { Ok(Self(domain.to_owned())) }
    }

    /// Returns the domain in lowercase ASCII.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Domain {
    type Error = DomainError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Domain> for String {
    fn from(domain: Domain) -> Self {
        domain.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_are_normalized_and_public_providers_rejected() {
        assert!(PUBLIC.is_sorted(), "the search needs them sorted");
        for public in ["gmail.com", "@GMail.com", " outlook.com "] {
            assert_eq!(Domain::parse(public), Err(DomainError::Public), "{public}");
        }
        for bad in ["", "@", "smartai", "a@b@c.example", "sma rtai.example", "x@smartai.example"] {
            assert_eq!(Domain::parse(bad), Err(DomainError::Malformed), "{bad}");
        }
        for spelling in ["@Bücher.example", "bu\u{308}cher.example", "xn--bcher-kva.example"] {
            let domain = Domain::parse(spelling).map(String::from);
            assert_eq!(domain, Ok("xn--bcher-kva.example".to_owned()), "{spelling}");
        }
        // A look-alike with a Cyrillic letter is another domain, and its `xn--` form makes this visible.
        let alike = Domain::parse("smartаi.example").map(String::from).unwrap();
        assert!(alike.starts_with("xn--"), "{alike}");
        assert_eq!(Domain::parse("ｇｍａｉｌ.com"), Err(DomainError::Public));
        assert_eq!(Domain::parse("@SmartAI.example").map(String::from), Ok("smartai.example".to_owned()));
    }
}
