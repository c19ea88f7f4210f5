//! A person's account as they see it themselves.

use serde::{Deserialize, Serialize};

/// Longest name of a person, in characters.
pub const NAME_MAX: usize = 120;

/// What `/account/profile` shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Their name.
    pub name: String,
    /// Their verified address.
    pub email: String,
    /// The address that waits for its link to be opened.
    pub pending_email: Option<String>,
    /// The names of the valid operator tokens. A new password revokes them.
    pub tokens: Vec<String>,
}

/// Whether an address can be had for a workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SlugCheck {
    /// It can.
    Free,
    /// It can't, and why; with one like it that can, if one was found.
    Not {
        /// A sentence for the field.
        reason: String,
        /// A free one like it.
        instead: Option<String>,
    },
}
