//! The slug: a workspace's name in URLs (blueprint section 5).

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Shortest slug, in characters.
pub const MIN_LENGTH: usize = 3;
/// Longest slug, in characters.
pub const MAX_LENGTH: usize = 30;

/// Words that are or may become top-level paths, or that a stranger could pass off as the house itself.
/// Sorted, because it is searched by bisection.
const RESERVED: &[&str] = &[
    "about", "abuse", "access", "account", "accounts", "activate", "admin", "administrator", "alerts", "api", "app",
    "apps", "assets", "audit", "auth", "authorize", "billing", "blog", "callback", "cdn", "changelog", "checkout",
    "config", "console", "contact", "create", "dashboard", "delete", "demo", "dev", "developer", "developers", "docs",
    "domains", "download", "downloads", "email", "embed", "error", "events", "explore", "export", "favicon",
    "feedback", "files", "fonts", "forgot", "ftp", "gallery", "graphql", "guest", "healthz", "help", "home", "hooks",
    "hostmaster", "icons", "images", "import", "index", "info", "invite", "invites", "invoice", "invoices", "jobs",
    "join", "legal", "live", "livez", "local", "localhost", "login", "logout", "logs", "mail", "me", "members",
    "metrics", "mta", "new", "news", "noreply", "notifications", "null", "oauth", "oidc", "openapi", "org",
    "organization", "organizations", "orgs", "owner", "passkeys", "password", "pay", "payments", "picker", "pkg",
    "postmaster", "pricing", "privacy", "profile", "public", "readyz", "redirect", "register", "reset", "robots",
    "root", "rss", "saml", "scim", "search", "security", "select", "server", "session", "sessions", "settings",
    "setup", "share", "shop", "sign-in", "sign-out", "sign-up", "signin", "signout", "signup", "site", "sitemap",
    "smtp", "sso", "staff", "static", "status", "stile", "store", "style", "support", "switch", "system", "team",
    "teams", "terms", "test", "token", "tokens", "undefined", "unsubscribe", "upload", "uploads", "user", "users",
    "verify", "webhook", "webhooks", "webmaster", "welcome", "well-known", "workspace", "workspaces", "www",
];

/// A well-formed slug: 3 to 30 lowercase ASCII letters, digits and single inner hyphens, and not a reserved word.
///
/// That it is well-formed says nothing about whether such a workspace exists.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slug(String);

/// Why a text is not a slug. `Display` is what a person reads at the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SlugError {
    /// Fewer than [`MIN_LENGTH`] characters.
    #[error("Use at least 3 characters.")]
    TooShort,
    /// More than [`MAX_LENGTH`] characters.
    #[error("Use at most 30 characters.")]
    TooLong,
    /// A character outside `a-z`, `0-9` and `-`.
    #[error("Use lowercase letters, digits and hyphens only.")]
    Character,
    /// A hyphen at an end, or two in a row.
    #[error("Hyphens go between letters or digits, one at a time.")]
    Hyphen,
    /// A word of the house.
    #[error("That address is taken. Try another.")]
    Reserved,
}

impl Slug {
    /// Parses a slug as it stands; nothing is trimmed or lowered, so that each slug has one spelling.
    ///
    /// # Errors
    /// The first rule it breaks.
    pub fn parse(text: &str) -> Result<Self, SlugError> {
        if text.chars().count() > MAX_LENGTH {
            return Err(SlugError::TooLong);
        }
        if !text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
            return Err(SlugError::Character);
        }
        if text.len() < MIN_LENGTH {
            return Err(SlugError::TooShort);
        }
        if text.starts_with('-') || text.ends_with('-') || text.contains("--") {
            return Err(SlugError::Hyphen);
        }
        if RESERVED.binary_search(&text).is_ok() {
            return Err(SlugError::Reserved);
        }
        Ok(Self(text.to_owned()))
    }

    /// The slug that a name suggests: `Müller & Söhne` gives `mueller-soehne`. `None` when nothing of it can stay.
    /// Whether it is free, only the database knows.
    pub fn propose(name: &str) -> Option<Self> {
        let mut text = String::new();
        for c in name.chars().flat_map(char::to_lowercase) {
            match c {
                'a'..='z' | '0'..='9' => text.push(c),
                '\'' | '’' => {}
                _ => match latin(c) {
                    Some(letters) => text.push_str(letters),
                    None if text.is_empty() || text.ends_with('-') => {}
                    None => text.push('-'),
                },
            }
        }
        let cut = text.get(..MAX_LENGTH.min(text.len())).unwrap_or_default().trim_end_matches('-');
        // A word of the house, or too short a one, is no slug by itself.
        Self::parse(cut).ok().or_else(|| (!cut.is_empty()).then(|| Self::parse(&format!("{cut}-hq")).ok()).flatten())
    }

    /// The same with a number, for when it is taken: `acme` gives `acme-2`.
    pub fn numbered(&self, number: u32) -> Option<Self> {
        let tail = format!("-{number}");
        let front = self.0.get(..self.0.len().min(MAX_LENGTH - tail.len())).unwrap_or_default().trim_end_matches('-');
        Self::parse(&format!("{front}{tail}")).ok()
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How a letter of a European language is written without its marks.
const fn latin(c: char) -> Option<&'static str> {
    Some(match c {
        'à' | 'á' | 'â' | 'ã' | 'å' | 'ā' | 'ă' | 'ą' => "a",
        'ä' | 'æ' => "ae",
        'ç' | 'ć' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ė' | 'ę' | 'ě' => "e",
        'ğ' => "g",
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'į' | 'ı' => "i",
        'ł' | 'ļ' | 'ľ' => "l",
        'ñ' | 'ń' | 'ň' | 'ņ' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ō' | 'ő' => "o",
        'ö' | 'ø' | 'œ' => "oe",
        'ř' => "r",
        'ś' | 'š' | 'ş' | 'ș' => "s",
        'ß' => "ss",
        'ť' | 'ț' | 'ţ' => "t",
        'þ' => "th",
        'ù' | 'ú' | 'û' | 'ū' | 'ů' | 'ű' => "u",
        'ü' => "ue",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        _ => return None,
    })
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Slug({})", self.0)
    }
}

impl FromStr for Slug {
    type Err = SlugError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Slug {
    type Error = SlugError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Slug> for String {
    fn from(slug: Slug) -> Self {
        slug.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The rule once more, by a state machine over characters instead of searches.
    fn reference(text: &str) -> bool {
        let mut previous = '-';
        for c in text.chars() {
            match c {
                'a'..='z' | '0'..='9' => {}
                '-' if previous != '-' => {}
                _ => return false,
            }
            previous = c;
        }
        (3..=30).contains(&text.len()) && previous != '-' && !RESERVED.contains(&text)
    }

    proptest! {
        #[test]
        fn agrees_with_the_reference(text in "[a-zA-Z0-9\\-éß ]{0,34}") {
            prop_assert_eq!(Slug::parse(&text).is_ok(), reference(&text));
        }

        #[test]
        fn what_is_proposed_is_a_slug_and_its_own_proposal(name in ".{0,60}", number in 2_u32..10_000) {
            if let Some(slug) = Slug::propose(&name) {
                prop_assert!(reference(slug.as_str()), "{:?}", slug);
                prop_assert_eq!(Slug::propose(slug.as_str()), Some(slug.clone()));
                let numbered = slug.numbered(number);
                prop_assert!(numbered.is_some_and(|n| reference(n.as_str()) && n != slug));
            }
        }

        #[test]
        fn survives_the_wire(text in "[a-z0-9]{2,8}-[a-z0-9]{1,8}") {
            let slug = Slug::parse(&text);
            prop_assume!(slug.is_ok());
            let json = serde_json::to_string(&slug.clone().ok()).unwrap_or_default();
            prop_assert_eq!(serde_json::from_str::<Slug>(&json).ok(), slug.ok());
        }
    }

    #[test]
    fn names_suggest_slugs() {
        for (name, slug) in [
            ("Acme", "acme"),
            ("Müller & Söhne GmbH", "mueller-soehne-gmbh"),
            ("Ada’s  Shop!", "adas-shop"),
            ("IT", "it-hq"),
            ("Demo", "demo-hq"),
            ("A very long name that goes on and on", "a-very-long-name-that-goes-on"),
        ] {
            assert_eq!(Slug::propose(name).map(|s| s.to_string()).as_deref(), Some(slug), "{name}");
        }
        assert_eq!(Slug::propose("東京"), None);
        assert_eq!(Slug::propose(" - "), None);
    }

    #[test]
    fn reserved_words_are_sorted_and_refused() {
        assert!(RESERVED.is_sorted(), "bisection needs order");
        for word in RESERVED {
            assert!(Slug::parse(word).is_err(), "{word} could be claimed as a workspace");
        }
        assert!(serde_json::from_str::<Slug>("\"admin\"").is_err(), "the wire let a reserved word through");
    }
}
