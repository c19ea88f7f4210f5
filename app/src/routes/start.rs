//! The addresses of the way in: sign-up, password reset, links from mails, the first organization.

use super::{ReturnTo, with_query};
use std::fmt;

/// A secret from a mail, as it stands in an address. Whether it is a good one, only the database knows.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkToken(String);

impl LinkToken {
    /// Accepts what the server's secrets are made of; anything else was never one.
    pub fn parse(text: &str) -> Option<Self> {
        let plausible =
            (20..=200).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
        plausible.then(|| Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for LinkToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkToken(…)")
    }
}

/// A page of the way in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// `/sign-up`: asks for an address.
    SignUp {
        /// Where to go afterwards.
        next: Option<ReturnTo>,
    },
    /// `/sign-up/{token}`: asks for name and password.
    SignUpLink(LinkToken),
    /// `/reset`: asks for an address.
    Reset,
    /// `/reset/{token}`: asks for a new password.
    ResetLink(LinkToken),
    /// `/account/address/{token}`: moves the account to the address that the link was sent to.
    AddressLink(LinkToken),
    /// `/welcome`: the first organization and workspace.
    Welcome,
}

impl Start {
    /// Reads a path; `next` as in the query.
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

    /// Whether one may be led here after sign-in.
    pub(super) const fn is_return(&self) -> bool {
        matches!(self, Self::AddressLink(_) | Self::Welcome)
    }
}

/// A page of the person's own account, as its navigation lists them.
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
    /// All of them, in the order of the navigation.
    pub const ALL: [Self; 5] = [Self::Profile, Self::Preferences, Self::Sessions, Self::Security, Self::Tokens];

    /// Its address.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Profile => "/account/profile",
            Self::Preferences => "/account/preferences",
            Self::Sessions => "/account/sessions",
            Self::Security => "/account/security",
            Self::Tokens => "/account/tokens",
        }
    }

    /// Its title.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Profile => "Profile",
            Self::Preferences => "Preferences",
            Self::Sessions => "Sessions",
            Self::Security => "Security",
            Self::Tokens => "Tokens",
        }
    }

    /// Its icon.
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

/// What was just saved, said by the page that a form without JavaScript leads back to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// The name.
    Name,
    /// The password.
    Password,
    /// A link to the new address was sent.
    LinkSent,
    /// The address.
    Address,
    /// The address that waited was taken back.
    Withdrawn,
    /// The preferences.
    Preferences,
    /// The portrait.
    Portrait,
    /// The portrait was taken away.
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

    /// The word in the address.
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

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|saved| saved.as_str() == word)
    }

    /// What the page says.
    pub const fn message(self) -> &'static str {
        match self {
            Self::Portrait => "Your picture is saved.",
            Self::NoPortrait => "Your picture is removed.",
            Self::Name => "Your name is saved.",
            Self::Password => "Your password is changed. All other devices are signed out.",
            Self::LinkSent => "We sent a link to the new address. Your account moves there when you open it.",
            Self::Address => "Your account has the new address now. Use it to sign in.",
            Self::Withdrawn => "Your account stays at the address it has.",
            Self::Preferences => "Your preferences are saved.",
        }
    }
}
