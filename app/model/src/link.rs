//! Links in mails, as their holder meets them.

use serde::{Deserialize, Serialize};

/// Why a link from a mail does not work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeadLink {
    /// It was used, or a later one was.
    Used,
    /// Its time is over.
    Expired,
    /// There is no such link, or it is somebody else's.
    Unknown,
}

impl DeadLink {
    /// What happened, a sentence.
    pub const fn message(self) -> &'static str {
        match self {
            Self::Used => "This link was used already, or a newer one was sent after it. Each works once.",
            Self::Expired => "This link was valid for a limited time, and that is over.",
            Self::Unknown => "This link is not complete, or it is not yours. Copy it from the mail once more, whole.",
        }
    }
}
