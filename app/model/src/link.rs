//! Single-use links sent by email, as seen by the recipient.

use serde::{Deserialize, Serialize};

/// Reason why an emailed link is rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeadLink {
    /// The link was already used, or a newer link replaced it.
    Used,
    /// The link has expired.
    Expired,
    /// The link does not exist, or it belongs to another user.
    Unknown,
}

impl DeadLink {
    /// Returns the error message shown to the user.
    pub const fn message(self) -> &'static str {
        match self {
            Self::Used => "This link was already used, or a newer one was sent. Each link works once.",
            Self::Expired => "This link has expired.",
            Self::Unknown => "This link is incomplete or has expired.",
        }
    }
}
