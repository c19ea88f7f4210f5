//! Slugs: names of workspaces in URLs.

use crate::text::{is_mark, nfd, nfkc};
use nucleo_matcher::chars;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Minimum length of a slug, in characters.
pub const MIN_LENGTH: usize = 3;
/// Maximum length of a slug, in characters.
pub const MAX_LENGTH: usize = 30;

/// Reserved words: current or possible top-level paths, and names that could impersonate the service. Must be sorted,
/// because lookups use binary search.
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

/// A valid slug: 3 to 30 lowercase ASCII letters, digits and single inner hyphens, and not a reserved word.
///
/// A valid slug does not imply that the workspace exists.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slug(String);

/// Reason why a text is not a valid slug. `Display` returns the error message for the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SlugError {
    /// Fewer than [`MIN_LENGTH`] characters.
    #[error("Use at least 3 characters.")]
    TooShort,
    /// More than [`MAX_LENGTH`] characters.
    #[error("Use at most 30 characters.")]
    TooLong,
    /// A character outside `a-z`, `0-9` and `-`.
    #[error("Use only lowercase letters, numbers and hyphens.")]
    Character,
    /// A hyphen at the start or end, or two in a row.
    #[error("Use single hyphens, between letters or numbers.")]
    Hyphen,
    /// Reserved word.
    #[error("That URL is taken. Try another.")]
    Reserved,
}

impl Slug {
    /// Parses a slug. The text is neither trimmed nor lowercased, so that each slug has one spelling.
    ///
    /// # Errors
    /// [`SlugError`] with the first rule that is violated.
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

    /// Proposes a slug for a workspace `name` in an organization, prefixed with the organization's name if that fits.
    ///
    /// The slug is lowercase and hyphenated, without repeated words. Returns an empty text if the names do not result
    /// in a valid slug. The caller must check that the slug is available.
    pub fn proposed(organization: &str, name: &str) -> String {
        let (before, own) = words_apart(organization, name);
        let together = joined(&before, before.len(), &own);
        let alone = own.join("-");
        first_slug([together].into_iter().filter(|text| text.len() <= MAX_LENGTH).chain([alone]), &before, &own)
    }

    /// As [`Slug::proposed`], for the first workspace of an organization: uses the workspace's name alone if that is a
    /// valid slug, otherwise both names.
    pub fn proposed_alone(organization: &str, name: &str) -> String {
        let (before, own) = words_apart(organization, name);
        first_slug([own.join("-")].into_iter(), &before, &own)
    }

    /// Appends a number to a taken slug, shortening it if necessary: `acme` becomes `acme-2`. Returns `None` if the
    /// result is not a valid slug.
    pub fn numbered(taken: &str, number: u32) -> Option<Self> {
        let tail = format!("-{number}");
        let room = MAX_LENGTH.saturating_sub(tail.len());
        let front = taken.get(..taken.len().min(room)).unwrap_or_default().trim_end_matches('-');
        Self::parse(&format!("{front}{tail}")).ok()
    }

    /// Returns the slug as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Splits both names into words of a slug. Words of the organization's name that the other name contains are omitted.
fn words_apart(organization: &str, name: &str) -> (Vec<String>, Vec<String>) {
    let words = |text: &str| -> Vec<String> {
        let plain = romanized(text);
        plain.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_owned).collect()
    };
    let own = words(name);
    let before = words(organization).into_iter().filter(|word| !own.contains(word)).collect();
    (before, own)
}

/// Joins the first `many` words of the organization's name and the words of the other name with hyphens.
fn joined(before: &[String], many: usize, own: &[String]) -> String {
    before.iter().take(many).chain(own).map(String::as_str).collect::<Vec<_>>().join("-")
}

/// Returns the first candidate that is a valid slug. Otherwise combines both names, with as many words of the
/// organization's name as fit.
fn first_slug(wanted: impl Iterator<Item = String>, before: &[String], own: &[String]) -> String {
    let shorter =
        (1..=before.len()).rev().map(|many| joined(before, many, own)).filter(|text| text.len() <= MAX_LENGTH);
    // If a single long word does not fit, it is truncated, so that the workspace's name stays complete.
    let (front, end) = (before.join("-"), own.join("-"));
    let room = MAX_LENGTH.saturating_sub(end.len() + 1);
    let fallback = [format!("{}-{end}", cut(&front, room)), front, end];
    let mut all = wanted.chain(shorter).chain(fallback).map(|text| cut(&text, MAX_LENGTH).to_owned());
    all.find(|text| Slug::parse(text).is_ok()).unwrap_or_default()
}

/// Truncates an ASCII text to `most` characters and trims hyphens.
fn cut(text: &str, most: usize) -> &str {
    text.get(..most).unwrap_or(text).trim_matches('-')
}

/// Transliterates a name to the letters a to z, as far as possible. Accents are removed, and other letters are replaced
/// with their usual transcription.
fn romanized(text: &str) -> String {
    let mut latin = String::with_capacity(text.len());
    for c in nfkc(text).chars().map(chars::to_lower_case) {
        match LETTERS.iter().find(|(letter, _)| *letter == c) {
            Some((_, letters)) => latin.push_str(letters),
            None => latin.push(c),
        }
    }
    nfd(&latin).chars().filter(|c| !is_mark(*c)).map(|c| c.to_ascii_lowercase()).collect()
}

/// Transcriptions of letters that are not a Latin letter with an accent, and of German umlauts.
#[rustfmt::skip]
const LETTERS: &[(char, &str)] = &[
    ('ä', "ae"), ('ö', "oe"), ('ü', "ue"), ('ß', "ss"), ('æ', "ae"), ('œ', "oe"), ('ø', "o"), ('đ', "d"), ('ð', "d"), ('þ', "th"),
    ('ł', "l"), ('ħ', "h"), ('ı', "i"), ('ŋ', "n"), ('ŧ', "t"), ('ə', "e"), ('ɓ', "b"), ('ɗ', "d"), ('ƙ', "k"), ('ɛ', "e"), ('ɔ', "o"),
    ('\'', ""), ('’', ""), ('‘', ""), ('ʼ', ""), ('ʻ', ""), ('`', ""), ('´', ""), ('·', ""),
    ('а', "a"), ('б', "b"), ('в', "v"), ('г', "g"), ('д', "d"), ('е', "e"), ('ё', "e"), ('ж', "zh"), ('з', "z"), ('и', "i"), ('й', "y"),
    ('к', "k"), ('л', "l"), ('м', "m"), ('н', "n"), ('о', "o"), ('п', "p"), ('р', "r"), ('с', "s"), ('т', "t"), ('у', "u"), ('ф', "f"),
    ('х', "kh"), ('ц', "ts"), ('ч', "ch"), ('ш', "sh"), ('щ', "shch"), ('ъ', ""), ('ы', "y"), ('ь', ""), ('э', "e"), ('ю', "yu"),
    ('я', "ya"), ('і', "i"), ('ї', "i"), ('є', "ie"), ('ґ', "g"), ('ў', "u"), ('ђ', "dj"), ('ј', "j"), ('љ', "lj"), ('њ', "nj"),
    ('ћ', "c"), ('џ', "dz"), ('ѕ', "dz"),
    ('α', "a"), ('β', "v"), ('γ', "g"), ('δ', "d"), ('ε', "e"), ('ζ', "z"), ('η', "i"), ('θ', "th"), ('ι', "i"), ('κ', "k"), ('λ', "l"),
    ('μ', "m"), ('ν', "n"), ('ξ', "x"), ('ο', "o"), ('π', "p"), ('ρ', "r"), ('σ', "s"), ('ς', "s"), ('τ', "t"), ('υ', "y"), ('φ', "f"),
    ('χ', "ch"), ('ψ', "ps"), ('ω', "o"), ('ά', "a"), ('έ', "e"), ('ή', "i"), ('ί', "i"), ('ό', "o"), ('ύ', "y"), ('ώ', "o"),
];

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

    /// Reference implementation of the rule, as a state machine over characters.
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
        fn parse_agrees_with_the_reference(text in "[a-zA-Z0-9\\-éß ]{0,34}") {
            prop_assert_eq!(Slug::parse(&text).is_ok(), reference(&text));
        }

        #[test]
        fn slugs_round_trip_through_json(text in "[a-z0-9]{2,8}-[a-z0-9]{1,8}") {
            let slug = Slug::parse(&text);
            prop_assume!(slug.is_ok());
            let json = serde_json::to_string(&slug.clone().ok()).unwrap_or_default();
            prop_assert_eq!(serde_json::from_str::<Slug>(&json).ok(), slug.ok());
        }
    }

    proptest! {
        /// Each proposal is empty or a valid slug, and is the same for every Unicode spelling of the name.
        #[test]
        fn a_proposal_is_a_valid_slug_or_empty(organization in ".{0,20}|[A-Za-z ]{0,40}", name in ".{0,40}|[A-Za-zäéß ]{0,40}|it|admin") {
            for text in [Slug::proposed(&organization, &name), Slug::proposed_alone(&organization, &name)] {
                prop_assert!(text.is_empty() || Slug::parse(&text).is_ok(), "{text:?}");
            }
            let apart: String = unicode_normalization::UnicodeNormalization::nfd(name.as_str()).collect();
            prop_assert_eq!(Slug::proposed(&organization, &apart), Slug::proposed(&organization, &name));
            let letters = |text: &str| text.chars().filter(char::is_ascii_alphabetic).count();
            if name.is_ascii() && letters(&name) >= 3 && letters(&name) == name.len() && Slug::parse(&name.to_lowercase()).is_ok() {
                prop_assert_eq!(Slug::proposed_alone("", &name), name.to_lowercase());
            }
        }
    }

    proptest! {
        #[test]
        fn numbered_returns_another_valid_slug(text in "[a-z0-9]{3,30}", number in 2_u32..100_000) {
            let slug = Slug::parse(&text);
            prop_assume!(slug.is_ok());
            let numbered = Slug::numbered(&text, number);
            prop_assert!(numbered.is_some() && numbered != slug.ok());
        }
    }

    #[test]
    fn a_proposal_does_not_repeat_words() {
        assert_eq!(Slug::proposed("SmartAI", "Product Eng"), "smartai-product-eng");
        assert_eq!(Slug::proposed("SmartAI", "SmartAI IT"), "smartai-it");
        assert_eq!(Slug::proposed("Löwe & Söhne", "Büro Köln"), "loewe-soehne-buero-koeln");
        assert_eq!(Slug::proposed("A very long organization name", "Finance"), "finance");
        assert_eq!(Slug::proposed("X", "日本"), "");
    }

    #[test]
    fn a_proposal_transliterates_every_letter() {
        for (name, slug) in [
            ("Łódź", "lodz"),
            ("Łódz\u{301}", "lodz"),
            ("Škoda Plzeň", "skoda-plzen"),
            ("S\u{30c}koda Plzen\u{30c}", "skoda-plzen"),
            ("Zürich", "zuerich"),
            ("Zu\u{308}rich", "zuerich"),
            ("Đà Nẵng", "da-nang"),
            ("Straße", "strasse"),
            ("STRAẞE", "strasse"),
            ("Ærø Bygning", "aero-bygning"),
            ("Œuvre", "oeuvre"),
            ("Þingvellir", "thingvellir"),
            ("İstanbul Şişli", "istanbul-sisli"),
            ("Iași Brașov", "iasi-brasov"),
            ("Győr", "gyor"),
            ("Reykjavík", "reykjavik"),
            ("São Paulo", "sao-paulo"),
            ("L’Oréal", "loreal"),
            ("Москва", "moskva"),
            ("Київ", "kiiv"),
            ("Αθήνα", "athina"),
            ("ＡＢＣ １２", "abc-12"),
            ("Nguyễn Văn", "nguyen-van"),
            ("ÅÄÖ", "aaeoe"),
            ("Čačak Đorđe", "cacak-dorde"),
            ("Hawaiʻi", "hawaii"),
            ("ﬁnance", "finance"),
            ("Nº 5 Chanel", "no-5-chanel"),
        ] {
            assert_eq!(Slug::proposed("", name), slug, "{name}");
            assert_eq!(Slug::proposed_alone("Northwind", name), slug, "{name}");
        }
    }

    #[test]
    fn proposed_alone_adds_the_organization_if_the_name_is_no_slug() {
        for (organization, name, slug) in [
            ("Northwind", "IT", "northwind-it"),
            ("Northwind", "Admin", "northwind-admin"),
            ("Nörthwind & Söhne", "IT", "noerthwind-soehne-it"),
            ("A very long organization name of many words", "IT", "a-very-long-organization-it"),
            ("Northwind", "日本", "northwind"),
            ("Northwind", "Finance", "finance"),
            ("", "IT", ""),
            ("IT", "IT", ""),
            ("Api", "Api", ""),
            ("", "", ""),
            ("Donaudampfschifffahrtsgesellschaft", "IT", "donaudampfschifffahrtsgesel-it"),
        ] {
            assert_eq!(Slug::proposed_alone(organization, name), slug, "{name} of {organization}");
        }
        assert_eq!(Slug::proposed("A very long organization name of many words", "IT"), "a-very-long-organization-it");
    }

    #[test]
    fn reserved_words_are_sorted_and_rejected() {
        assert!(RESERVED.is_sorted(), "bisection needs order");
        for word in RESERVED {
            assert!(Slug::parse(word).is_err(), "{word} could be claimed as a workspace");
        }
        assert!(serde_json::from_str::<Slug>("\"admin\"").is_err(), "the wire let a reserved word through");
    }
}
