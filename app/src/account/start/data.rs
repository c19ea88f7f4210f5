//! What a page of the way in shows.

use model::link::DeadLink;
use serde::{Deserialize, Serialize};

/// What a document of the way in shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StartPage {
    /// Asks for an address to sign up with.
    SignUp {
        /// Where a mail was just sent to.
        sent_to: Option<String>,
    },
    /// Asks whoever opened the mail for name and password.
    SignUpForm {
        /// The address that the link proves.
        email: String,
    },
    /// Asks for the address whose password is to be set anew.
    Reset {
        /// Where a mail was just sent to.
        sent_to: Option<String>,
    },
    /// Asks whoever opened the mail for a new password.
    ResetForm {
        /// Whose.
        email: String,
    },
    /// Asks whether the account shall move to the address that the link was sent to.
    Address {
        /// The new address.
        email: String,
    },
    /// Asks for the first organization and workspace.
    Welcome {
        /// What stands before a workspace's address: `stile.example/`.
        host: String,
    },
    /// A link that does not work.
    Dead {
        /// Of which page.
        of: Purpose,
        /// Why.
        why: DeadLink,
    },
}

/// What a link was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To sign up.
    SignUp,
    /// To set a new password.
    Reset,
    /// To move the account to another address.
    Address,
}

impl StartPage {
    /// The title in the browser's tab.
    pub const fn title(&self) -> &'static str {
        match self {
            Self::SignUp { .. } | Self::SignUpForm { .. } => "Create an account",
            Self::Reset { .. } | Self::ResetForm { .. } => "Reset your password",
            Self::Address { .. } => "Confirm your address",
            Self::Welcome { .. } => "Create your organization",
            Self::Dead { .. } => "Link not valid",
        }
    }
}
