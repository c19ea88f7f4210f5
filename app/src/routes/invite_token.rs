//! Invite token in a URL.

use std::fmt;

/// Invite token from a URL. It occurs only in the path; `Debug` redacts it.
#[derive(Clone, PartialEq, Eq)]
pub struct InviteToken(String);

impl InviteToken {
    /// Accepts every text that could be a token, so that the invite page can report an incomplete link.
    pub fn parse(text: &str) -> Option<Self> {
        let plausible = (1..=200).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~'));
        plausible.then(|| Self(text.to_owned()))
    }

    /// Returns the token in plain text.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for InviteToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InviteToken(…)")
    }
}
