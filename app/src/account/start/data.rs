//! Data of the sign-up, password reset and first-workspace pages.

use model::link::DeadLink;
use serde::{Deserialize, Serialize};

/// Page and its data, as contained in the document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StartPage {
    /// Asks for an email address to sign up with.
    SignUp {
        /// Address to which an email was just sent.
        sent_to: Option<String>,
    },
    /// Asks for name and password, after the link in the email.
    SignUpForm {
        /// Verified email address.
        email: String,
    },
    /// Asks for the email address of the account whose password is forgotten.
    Reset {
        /// Address to which an email was just sent.
        sent_to: Option<String>,
    },
    /// Asks for a new password, after the link in the email.
    ResetForm {
        /// Email address of the account.
        email: String,
    },
    /// Asks to confirm the change of address.
    Address {
        /// New email address.
        email: String,
    },
    /// Asks for the first organization and workspace.
    Welcome {
        /// Prefix of workspace URLs: `stile.example/`.
        host: String,
    },
    /// An invalid link.
    Dead {
        /// Purpose of the link.
        of: Purpose,
        /// Reason why the link is invalid.
        why: DeadLink,
    },
}

/// Purpose of an emailed link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Sign-up.
    SignUp,
    /// Password reset.
    Reset,
    /// Change of address.
    Address,
}

impl StartPage {
    /// Returns the document title.
    pub const fn title(&self) -> &'static str {
        match self {
            Self::SignUp { .. } | Self::SignUpForm { .. } => "Create an account",
            Self::Reset { .. } | Self::ResetForm { .. } => "Reset your password",
            Self::Address { .. } => "Confirm your email",
            Self::Welcome { .. } => "Create your organization",
            Self::Dead { .. } => "Link not valid",
        }
    }
}
