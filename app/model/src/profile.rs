//! The user's own account profile.

use serde::{Deserialize, Serialize};

/// Maximum length of a user's name, in characters.
pub const NAME_MAX: usize = 120;

/// Data of the `/account/profile` page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Display name.
    pub name: String,
    /// Verified email address.
    pub email: String,
    /// New email address that has not been verified yet.
    pub pending_email: Option<String>,
    /// Names of the valid operator tokens, which are revoked by default when the password changes.
    pub tokens: Vec<String>,
}

/// Result of a slug availability check for a workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SlugCheck {
    /// The slug is available.
    Free,
    /// The slug is not available.
    Not {
        /// Error message for the field.
        reason: String,
        /// An available alternative, if one was found.
        instead: Option<String>,
    },
}
