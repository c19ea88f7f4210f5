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

    /// What an address could be for something called `name`, behind its organization's name if that fits: lowercase, with
    /// hyphens, without a word twice. Empty when nothing of the name can stand in one. Whether it is a slug, and free,
    /// shows like for any that is typed.
    pub fn proposed(organization: &str, name: &str) -> String {
        let words = |text: &str| -> Vec<String> {
            let plain: String = text.chars().flat_map(plain).collect();
            plain.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_owned).collect()
        };
        let own = words(name);
        if own.is_empty() {
            return String::new();
        }
        let before = words(organization);
        let mut all: Vec<String> = before.into_iter().filter(|w| !own.contains(w)).collect();
        all.extend(own.iter().cloned());
        let mut text = all.join("-");
        if text.len() > MAX_LENGTH {
            text = own.join("-");
        }
        text.truncate(MAX_LENGTH);
        text.trim_end_matches('-').to_owned()
    }

    /// A taken address with a number behind it: `acme` gives `acme-2`. `None` when that is no slug either.
    pub fn numbered(taken: &str, number: u32) -> Option<Self> {
        let tail = format!("-{number}");
        let room = MAX_LENGTH.saturating_sub(tail.len());
        let front = taken.get(..taken.len().min(room)).unwrap_or_default().trim_end_matches('-');
        Self::parse(&format!("{front}{tail}")).ok()
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A letter as it can stand in an address; anything else parts words.
fn plain(c: char) -> impl Iterator<Item = char> {
    let text = match c {
        'ä' | 'Ä' => "ae",
        'ö' | 'Ö' => "oe",
        'ü' | 'Ü' => "ue",
        'ß' => "ss",
        'à' | 'á' | 'â' | 'ã' | 'å' | 'À' | 'Á' | 'Â' | 'Å' => "a",
        'è' | 'é' | 'ê' | 'ë' | 'È' | 'É' | 'Ê' => "e",
        'ì' | 'í' | 'î' | 'ï' => "i",
        'ò' | 'ó' | 'ô' | 'õ' | 'ø' | 'Ø' => "o",
        'ù' | 'ú' | 'û' => "u",
        'ç' | 'Ç' => "c",
        'ñ' | 'Ñ' => "n",
        '’' | '\'' => "",
        _ => return [Some(c.to_ascii_lowercase()), None].into_iter().flatten(),
    };
    let mut letters = text.chars();
    [letters.next(), letters.next()].into_iter().flatten()
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
        fn survives_the_wire(text in "[a-z0-9]{2,8}-[a-z0-9]{1,8}") {
            let slug = Slug::parse(&text);
            prop_assume!(slug.is_ok());
            let json = serde_json::to_string(&slug.clone().ok()).unwrap_or_default();
            prop_assert_eq!(serde_json::from_str::<Slug>(&json).ok(), slug.ok());
        }
    }

    proptest! {
        #[test]
        fn a_proposal_is_a_slug_or_short_or_reserved(organization in ".{0,20}", name in ".{0,40}") {
            let text = Slug::proposed(&organization, &name);
            let parsed = Slug::parse(&text);
            prop_assert!(matches!(parsed, Ok(_) | Err(SlugError::TooShort | SlugError::Reserved)), "{:?}: {:?}", text, parsed);
        }
    }

    proptest! {
        #[test]
        fn a_number_gives_another_slug(text in "[a-z0-9]{3,30}", number in 2_u32..100_000) {
            let slug = Slug::parse(&text);
            prop_assume!(slug.is_ok());
            let numbered = Slug::numbered(&text, number);
            prop_assert!(numbered.is_some() && numbered != slug.ok());
        }
    }

    #[test]
    fn a_proposal_says_organization_and_name_once() {
        assert_eq!(Slug::proposed("SmartAI", "Product Eng"), "smartai-product-eng");
        assert_eq!(Slug::proposed("SmartAI", "SmartAI IT"), "smartai-it");
        assert_eq!(Slug::proposed("Löwe & Söhne", "Büro Köln"), "loewe-soehne-buero-koeln");
        assert_eq!(Slug::proposed("A very long organization name", "Finance"), "finance");
        assert_eq!(Slug::proposed("X", "日本"), "");
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
