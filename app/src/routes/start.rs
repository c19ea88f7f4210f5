//! URLs of sign-up, password reset, emailed links and the first organization.

use super::{ReturnTo, with_query};
use std::fmt;

/// Secret from an emailed link, as it appears in the URL. Only the database decides if it is valid.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkToken(String);

impl LinkToken {
    /// Accepts the characters that the server's secrets consist of.
    pub fn parse(text: &str) -> Option<Self> {
        let plausible =
            (20..=200).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
        plausible.then(|| Self(text.to_owned()))
    }

    /// Returns the secret as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for LinkToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkToken(…)")
    }
}

/// Page for people without an account or session, or without a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// `/sign-up`: asks for an email address.
    SignUp {
        /// Path to redirect to afterwards.
        next: Option<ReturnTo>,
    },
    /// `/sign-up/{token}`: asks for name and password.
    SignUpLink(LinkToken),
    /// `/reset`: asks for an email address.
    Reset,
    /// `/reset/{token}`: asks for a new password.
    ResetLink(LinkToken),
    /// `/account/address/{token}`: changes the account's address to the one that the link was sent to.
    AddressLink(LinkToken),
    /// `/welcome`: creates the first organization and workspace.
    Welcome,
}

impl Start {
    /// Parses a path. `next` is from the query string.
    pub(super) fn parse(first: &str, rest: &str, next: Option<&str>) -> Option<Self> {
        Some(match (first, rest) {
            ("sign-up", "") => Self::SignUp { next: next.and_then(ReturnTo::parse) },
            ("sign-up", token) => Self::SignUpLink(LinkToken::parse(token)?),
            ("reset", "") => Self::Reset,
            ("reset", token) => Self::ResetLink(LinkToken::parse(token)?),
            ("account", rest) => Self::AddressLink(LinkToken::parse(rest.strip_prefix("address/")?)?),
            ("welcome", "") => Self::Welcome,
            _ => return None,
        })
    }

    pub(super) fn url(&self) -> String {
        match self {
            Self::SignUp { next } => with_query("/sign-up", [next.as_ref().map(|n| ("next", n.as_str()))]),
            Self::SignUpLink(token) => format!("/sign-up/{}", token.as_str()),
            Self::Reset => "/reset".to_owned(),
            Self::ResetLink(token) => format!("/reset/{}", token.as_str()),
            Self::AddressLink(token) => format!("/account/address/{}", token.as_str()),
            Self::Welcome => "/welcome".to_owned(),
        }
    }

    /// Returns `true` if the page is a valid return path after sign-in.
    pub(super) const fn is_return(&self) -> bool {
        matches!(self, Self::AddressLink(_) | Self::Welcome)
    }
}

/// Page of the person's own account, as listed in its navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountPage {
    /// `/account/profile`.
    Profile,
    /// `/account/preferences`.
    Preferences,
    /// `/account/sessions`.
    Sessions,
    /// `/account/security`.
    Security,
    /// `/account/tokens`.
    Tokens,
}

impl AccountPage {
    /// All pages, in the order of the navigation.
    pub const ALL: [Self; 5] = [Self::Profile, Self::Preferences, Self::Sessions, Self::Security, Self::Tokens];

    /// Returns the path.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Profile => "/account/profile",
            Self::Preferences => "/account/preferences",
            Self::Sessions => "/account/sessions",
            Self::Security => "/account/security",
            Self::Tokens => "/account/tokens",
        }
    }

    /// Returns the title.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Profile => "Profile",
            Self::Preferences => "Preferences",
            Self::Sessions => "Sessions",
            Self::Security => "Security",
            Self::Tokens => "Tokens",
        }
    }

    /// Returns the icon name.
    pub const fn icon(self) -> &'static str {
        match self {
            Self::Profile => "user",
            Self::Preferences => "settings",
            Self::Sessions => "monitor",
            Self::Security => "shield",
            Self::Tokens => "key",
        }
    }
}

/// Setting that was just saved. Shown by the page to which a form redirects without JavaScript.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// Name was changed.
    Name,
    /// Password was changed.
    Password,
    /// Confirmation link was sent to the new address.
    LinkSent,
    /// Email address was changed.
    Address,
    /// Pending change of address was cancelled.
    Withdrawn,
    /// Preferences were changed.
    Preferences,
    /// Portrait was changed.
    Portrait,
    /// Portrait was removed.
    NoPortrait,
}

impl Saved {
    const ALL: [Self; 8] = [
        Self::Name,
        Self::Password,
        Self::LinkSent,
        Self::Address,
        Self::Withdrawn,
        Self::Preferences,
        Self::Portrait,
        Self::NoPortrait,
    ];

    /// Returns the value in the query string.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Password => "password",
            Self::LinkSent => "link",
            Self::Address => "address",
            Self::Withdrawn => "withdrawn",
            Self::Preferences => "preferences",
            Self::Portrait => "picture",
            Self::NoPortrait => "no-picture",
        }
    }

    /// Parses the value in the query string.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|saved| saved.as_str() == word)
    }

    /// Returns the confirmation message.
    pub const fn message(self) -> &'static str {
        match self {
            Self::Portrait => "Picture saved",
            Self::NoPortrait => "Picture removed",
            Self::Name => "Name saved",
            Self::Password => "Password changed. All other devices were signed out.",
            Self::LinkSent => "We sent a link to your new email. Open it to confirm the change.",
            Self::Address => "Email changed. Use the new one to sign in.",
            Self::Withdrawn => "Email change cancelled",
            Self::Preferences => "Preferences saved",
        }
    }
}
