//! Typed URLs. Every URL of the console is a [`Route`]; views never build URLs from strings.

mod at;
mod organization;
mod page;
mod settings;
mod spelling;
mod start;

pub use at::At;
pub use organization::OrganizationPage;
pub use page::Page;
pub use settings::SettingsPage;
pub use start::{AccountPage, LinkToken, Saved, Start};

use self::spelling::spelled_out;
use crate::error::Refusal;
use model::{Slug, audit::AuditQuery, id::OrganizationId};
use std::fmt;

/// Path of the audit log export below the workspace's slug.
const AUDIT_EXPORT: &str = "settings/audit/export";

/// Notice on the sign-in page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInNotice {
    /// The person signed out in this tab.
    SignedOut,
    /// The person signed out in another tab, or the session was ended elsewhere.
    Elsewhere,
    /// The password was reset by an emailed link.
    PasswordReset,
    /// First request after a session was created. If the person is not signed in, the browser did not keep the cookie.
    Arriving,
}

impl SignInNotice {
    const ALL: [Self; 4] = [Self::SignedOut, Self::Elsewhere, Self::PasswordReset, Self::Arriving];

    const fn as_str(self) -> &'static str {
        match self {
            Self::SignedOut => "signed-out",
            Self::Elsewhere => "ended",
            Self::PasswordReset => "password-reset",
            Self::Arriving => "arriving",
        }
    }

    /// Returns the text of the notice.
    pub const fn message(self) -> &'static str {
        match self {
            Self::SignedOut => "You’re signed out.",
            Self::Elsewhere => "You were signed out in another tab or on another device.",
            Self::PasswordReset => {
                "Your password was changed. All devices were signed out and all operator tokens revoked. Sign in with \
                 your new password."
            }
            Self::Arriving => {
                "Your browser blocks the cookie that keeps you signed in. Allow cookies for this site, then sign in \
                 again."
            }
        }
    }
}

/// URL of the console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// `/`: the last active workspace, the picker, or sign-in.
    Landing,
    /// `/sign-in`.
    SignIn {
        /// Path to redirect to afterwards, see [`ReturnTo`].
        next: Option<ReturnTo>,
        /// Reason why the person is here.
        notice: Option<SignInNotice>,
    },
    /// `/home`, the picker.
    Home {
        /// Reason why the person is here instead of in a workspace.
        refused: Option<Refusal>,
    },
    /// Sign-up, password reset, emailed links and the first workspace.
    Start(Start),
    /// `/account/profile`.
    Profile {
        /// Setting that was just saved.
        saved: Option<Saved>,
    },
    /// `/account/preferences`.
    Preferences {
        /// Setting that was just saved.
        saved: Option<Saved>,
    },
    /// `/account/tokens`.
    Tokens,
    /// `/invite/{token}`.
    Invite(InviteToken),
    /// `/org/{id}/...`.
    Organization(OrganizationId, OrganizationPage),
    /// `/account/sessions`.
    Sessions,
    /// `/new`.
    NewWorkspace,
    /// `/org/{id}/audit`.
    OrganizationAudit(OrganizationId, AuditQuery),
    /// `/{slug}/settings/audit/export`: audit log as a file.
    AuditExport(Slug, AuditQuery),
    /// `/account/security`: second factors and passkeys.
    Security {
        /// Path to redirect to once a factor is set up.
        next: Option<ReturnTo>,
    },
    /// `/account/factor`: second-factor prompt.
    Factor {
        /// Path to redirect to afterwards.
        next: Option<ReturnTo>,
    },
    /// `/{slug}/...`.
    Workspace(Slug, Page),
    /// Anything else.
    Unknown,
}

impl Route {
    /// Parses a path and query string (without the `?`). Accepts percent-encoded characters, and uppercase letters in
    /// the first segment and in the names of workspace pages. [`Route::respelled`] returns the canonical path.
    pub fn parse(path: &str, query: &str) -> Self {
        let pairs = pairs(query);
        let value = |name: &str| pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
        let asked = path.strip_prefix('/').unwrap_or(path);
        let (asked_first, asked_rest) = asked.split_once('/').unwrap_or((asked, ""));
        let Some(path) = spelled_out(path) else {
            // An invalid page name may also follow a workspace's slug.
            let slug = spelled_out(asked_first).and_then(|first| Slug::parse(&first.to_ascii_lowercase()).ok());
            return slug.map_or(Self::Unknown, |slug| Self::Workspace(slug, Page::unknown(asked_rest)));
        };
        let path = path.strip_prefix('/').unwrap_or(&path);
        let path = path.strip_suffix('/').unwrap_or(path);
        let (first, rest) = path.split_once('/').unwrap_or((path, ""));
        let first = first.to_ascii_lowercase();
        match (first.as_str(), rest) {
            ("", "") => Self::Landing,
            ("sign-in", "") => Self::SignIn {
                next: value("next").and_then(ReturnTo::parse),
                notice: SignInNotice::ALL.into_iter().find(|n| Some(n.as_str()) == value("notice")),
            },
            ("home", "") => {
                Self::Home { refused: Refusal::ALL.into_iter().find(|r| Some(r.as_str()) == value("refused")) }
            }
            ("account", "tokens") => Self::Tokens,
            ("account", "profile") => Self::Profile { saved: value("saved").and_then(Saved::from_word) },
            ("account", "preferences") => Self::Preferences { saved: value("saved").and_then(Saved::from_word) },
            ("invite", token) => InviteToken::parse(token).map_or(Self::Unknown, Self::Invite),
            ("org", rest) if rest.strip_suffix("/audit").is_some_and(|id| id.parse::<OrganizationId>().is_ok()) => {
                let query = AuditQuery::from_pairs(pairs.iter().map(|(k, v)| (k.as_str(), v.as_str())));
                rest.strip_suffix("/audit")
                    .and_then(|id| id.parse().ok())
                    .map_or(Self::Unknown, |id| Self::OrganizationAudit(id, query))
            }
            ("org", rest) => {
                let (id, page) = rest.split_once('/').unwrap_or((rest, ""));
                match (id.parse(), OrganizationPage::parse(page)) {
                    (Ok(id), Some(page)) => Self::Organization(id, page),
                    _ => Self::Unknown,
                }
            }
            ("account", "sessions") => Self::Sessions,
            ("account", "security") => Self::Security { next: value("next").and_then(ReturnTo::parse) },
            ("account", "factor") => Self::Factor { next: value("next").and_then(ReturnTo::parse) },
            (first @ ("sign-up" | "reset" | "account" | "welcome"), rest) => {
                Start::parse(first, rest, value("next")).map_or(Self::Unknown, Self::Start)
            }
            ("new", "") => Self::NewWorkspace,
            (first, rest) => match Slug::parse(first) {
                Ok(slug) if rest.eq_ignore_ascii_case(AUDIT_EXPORT) => {
                    Self::AuditExport(slug, AuditQuery::from_pairs(pairs.iter().map(|(k, v)| (k.as_str(), v.as_str()))))
                }
                // Page paths consist of ids and lowercase words.
                Ok(slug) => Self::Workspace(
                    slug,
                    match Page::parse(&rest.to_ascii_lowercase(), &pairs) {
                        Page::Unknown(_) => Page::unknown(asked_rest),
                        known => known,
                    },
                ),
                Err(_) => Self::Unknown,
            },
        }
    }

    /// Parses a path with its query string: `/a/customers?q=x`.
    pub fn parse_url(url: &str) -> Self {
        let (path, query) = url.split_once('?').unwrap_or((url, ""));
        Self::parse(path, query)
    }

    /// Returns the URL with its query string.
    pub fn url(&self) -> String {
        match self {
            Self::Landing => "/".to_owned(),
            Self::SignIn { next, notice } => with_query(
                "/sign-in",
                [next.as_ref().map(|n| ("next", n.as_str())), notice.map(|n| ("notice", n.as_str()))],
            ),
            Self::Home { refused } => with_query("/home", [refused.map(|r| ("refused", r.as_str()))]),
            Self::Tokens => AccountPage::Tokens.path().to_owned(),
            Self::Start(start) => start.url(),
            Self::Profile { saved } => {
                with_query(AccountPage::Profile.path(), [saved.map(|saved| ("saved", saved.as_str()))])
            }
            Self::Preferences { saved } => {
                with_query(AccountPage::Preferences.path(), [saved.map(|saved| ("saved", saved.as_str()))])
            }
            Self::Invite(token) => format!("/invite/{}", token.reveal()),
            Self::Organization(id, page) => page.url(*id),
            Self::Sessions => AccountPage::Sessions.path().to_owned(),
            Self::NewWorkspace => "/new".to_owned(),
            Self::OrganizationAudit(id, query) => {
                let path = format!("/org/{id}/audit");
                with_query(&path, query.pairs().iter().map(|(name, value)| Some((*name, value.as_str()))))
            }
            Self::AuditExport(slug, query) => {
                let path = format!("/{slug}/{AUDIT_EXPORT}");
                with_query(&path, query.pairs().iter().map(|(name, value)| Some((*name, value.as_str()))))
            }
            Self::Security { next } => with_query("/account/security", [next.as_ref().map(|n| ("next", n.as_str()))]),
            Self::Factor { next } => with_query("/account/factor", [next.as_ref().map(|n| ("next", n.as_str()))]),
            Self::Workspace(slug, page) => page.url(slug),
            Self::Unknown => "/home".to_owned(),
        }
    }

    /// Returns the canonical form of `path` if it differs. Use it only for people who may know of the target: a
    /// redirect must not reveal to others if it exists.
    pub fn respelled(&self, path: &str) -> Option<String> {
        let url = match self {
            Self::Unknown | Self::Landing | Self::Workspace(_, Page::Unknown(_)) => return None,
            known => known.url(),
        };
        let one = url.split_once('?').map_or(url.as_str(), |(path, _)| path);
        // The URL of a workspace without a page is also canonical.
        let short =
            matches!(self, Self::Workspace(slug, Page::Overview) if path.strip_prefix('/') == Some(slug.as_str()));
        (path != one && !short).then(|| one.to_owned())
    }

    /// Returns the URL to redirect to after a session was created, on the way to `path`. It checks if the browser keeps
    /// cookies.
    pub fn arrival(path: &str) -> String {
        let next = match Self::parse_url(path) {
            Self::Factor { next } => next,
            _ => ReturnTo::parse(path),
        };
        Self::SignIn { next, notice: Some(SignInNotice::Arriving) }.url()
    }

    /// Returns the route of the document shown at this URL. For a file, this is the page that shows why it is not
    /// available.
    pub fn shown(self) -> Self {
        match self {
            Self::AuditExport(slug, query) => Self::Workspace(slug, Page::Settings(SettingsPage::Audit(query))),
            other => other,
        }
    }

    /// Returns the route of the picker.
    pub const fn home() -> Self {
        Self::Home { refused: None }
    }
}

/// Invite token from a URL. It occurs only in the path; `Debug` redacts it.
#[derive(Clone, PartialEq, Eq)]
pub struct InviteToken(String);

impl InviteToken {
    /// Accepts every text that could be a token, so that the invite page can report an incomplete link.
    pub fn parse(text: &str) -> Option<Self> {
        let plausible = (1..=200).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~'));
        plausible.then(|| Self(text.to_owned()))
    }

    /// Returns the token in plain text.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for InviteToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InviteToken(…)")
    }
}

/// Parses a query string into pairs. Returns none if it is malformed.
pub fn pairs(query: &str) -> Vec<(String, String)> {
    serde_urlencoded::from_str(query).unwrap_or_default()
}

fn with_query<'a>(path: &str, pairs: impl IntoIterator<Item = Option<(&'a str, &'a str)>>) -> String {
    let pairs: Vec<_> = pairs.into_iter().flatten().collect();
    match serde_urlencoded::to_string(&pairs) {
        Ok(query) if !query.is_empty() => format!("{path}?{query}"),
        _ => path.to_owned(),
    }
}

/// Path to redirect to after sign-in. Always within this console, never another site (ASVS 3.7.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnTo(String);

impl ReturnTo {
    /// Accepts a path that starts with exactly one slash, contains no backslash or control character, is at most 2,000
    /// bytes long, and leads to a page that can be returned to.
    pub fn parse(text: &str) -> Option<Self> {
        let local = text.starts_with('/') && !text.starts_with("//") && text.len() <= 2_000;
        let plain = text.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
        let known = match Route::parse_url(text) {
            Route::Unknown | Route::Landing | Route::SignIn { .. } | Route::Factor { .. } => false,
            Route::Start(start) => start.is_return(),
            _ => true,
        };
        (local && plain && known).then(|| Self(text.to_owned()))
    }

    /// Returns the path with its query string.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Canonical URLs: at least one of each page. The test of the route table (`documents::shell`) uses them, too.
#[cfg(test)]
pub(crate) const SAMPLES: &[&str] = &[
    "/",
    "/sign-in",
    "/sign-in?next=%2Fsmartai-it%2Fcustomers%3Fq%3Dx",
    "/home",
    "/home?refused=used",
    "/account/tokens",
    "/account/profile",
    "/account/profile?saved=name",
    "/account/preferences",
    "/sign-up",
    "/sign-up?next=%2Fwelcome",
    "/sign-up/abcdefghijklmnopqrstuvwxyz0123456789-_ABCDE",
    "/reset",
    "/reset/abcdefghijklmnopqrstuvwxyz0123456789-_ABCDE",
    "/account/address/abcdefghijklmnopqrstuvwxyz0123456789-_ABCDE",
    "/welcome",
    "/invite/Zm9vYmFy-_",
    "/org/018f4d9e-0000-7000-8000-000000000000/members",
    "/org/018f4d9e-0000-7000-8000-000000000000/invites",
    "/org/018f4d9e-0000-7000-8000-000000000000/workspaces",
    "/org/018f4d9e-0000-7000-8000-000000000000/domains",
    "/account/sessions",
    "/new",
    "/org/018f4d9e-0000-7000-8000-000000000000/audit?period=7d",
    "/smartai-it/settings/audit/export?kind=settings",
    "/account/security?next=%2Fsmartai-it%2Fcustomers",
    "/account/factor?next=%2Faccount%2Fsecurity",
    "/smartai-it/overview",
    "/smartai-it/products",
    "/smartai-it/products/new",
    "/smartai-it/products/018f4d9e-0000-7000-8000-000000000000",
    "/smartai-it/products/018f4d9e-0000-7000-8000-000000000000/edit",
    "/smartai-it/rate-plans",
    "/smartai-it/rate-plans/018f4d9e-0000-7000-8000-000000000000",
    "/smartai-it/customers",
    "/smartai-it/customers?q=acme&sort=created&dir=desc",
    "/smartai-it/customers/new",
    "/smartai-it/customers/018f4d9e-0000-7000-8000-000000000000",
    "/smartai-it/customers/018f4d9e-0000-7000-8000-000000000000/edit",
    "/smartai-it/usage",
    "/smartai-it/usage/018f4d9e-0000-7000-8000-000000000000",
    "/smartai-it/invoices",
    "/smartai-it/invoices/018f4d9e-0000-7000-8000-000000000000",
    "/smartai-it/settings/general",
    "/smartai-it/settings/branding",
    "/smartai-it/settings/members",
    "/smartai-it/settings/security",
    "/smartai-it/settings/audit?kind=people&period=7d",
    "/smartai-it/settings/danger",
    "/smartai-it/nope",
    "/smartai-it/customers/new/x",
    "/smartai-it/a%20b//c",
    "/smartai-it/Ca%66%C3%A9",
];

/// Shorter URLs of pages, with the canonical ones.
#[cfg(test)]
pub(crate) const ALIASES: &[(&str, &str)] = &[
    ("/smartai-it", "/smartai-it/overview"),
    ("/smartai-it/settings", "/smartai-it/settings/general"),
    ("/org/018f4d9e-0000-7000-8000-000000000000", "/org/018f4d9e-0000-7000-8000-000000000000/members"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use model::list::Noun;
    use std::collections::BTreeSet;

    /// Panics if one of the patterns matches none of the values. Does not compile if a variant has no pattern.
    macro_rules! assert_each {
        ($values:expr, $($pattern:pat),* $(,)?) => {{
            let found: BTreeSet<&str> = $values
                .iter()
                .map(|value| match value { $($pattern => stringify!($pattern)),* })
                .collect();
            for pattern in [$(stringify!($pattern)),*] {
                assert!(found.contains(pattern), "no sample of {pattern}");
            }
        }};
    }

    #[test]
    fn there_is_a_sample_of_each_page() {
        // `Unknown` has no URL of its own.
        let routes: Vec<Route> = SAMPLES.iter().map(|url| Route::parse_url(url)).chain([Route::Unknown]).collect();
        assert_each!(
            routes,
            Route::Landing,
            Route::SignIn { .. },
            Route::Home { .. },
            Route::Start(_),
            Route::Profile { .. },
            Route::Preferences { .. },
            Route::Tokens,
            Route::Invite(_),
            Route::Organization(..),
            Route::Sessions,
            Route::NewWorkspace,
            Route::OrganizationAudit(..),
            Route::AuditExport(..),
            Route::Security { .. },
            Route::Factor { .. },
            Route::Workspace(..),
            Route::Unknown,
        );
        let (mut starts, mut organizations, mut pages, mut settings) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for route in &routes {
            match route {
                Route::Start(start) => starts.push(start),
                Route::Organization(_, page) => organizations.push(page),
                Route::Workspace(_, page) => pages.push(page),
                _ => {}
            }
            if let Route::Workspace(_, Page::Settings(page)) = route {
                settings.push(page);
            }
        }
        assert_each!(
            starts,
            Start::SignUp { .. },
            Start::SignUpLink(_),
            Start::Reset,
            Start::ResetLink(_),
            Start::AddressLink(_),
            Start::Welcome,
        );
        assert_each!(
            organizations,
            OrganizationPage::Members,
            OrganizationPage::Invites,
            OrganizationPage::Workspaces,
            OrganizationPage::Domains,
        );
        assert_each!(
            pages,
            Page::Overview,
            Page::List(_),
            Page::Product(_),
            Page::NewProduct,
            Page::EditProduct(_),
            Page::RatePlan(_),
            Page::Customer(_),
            Page::NewCustomer,
            Page::EditCustomer(_),
            Page::UsageRecord(_),
            Page::Invoice(_),
            Page::Settings(_),
            Page::Unknown(_),
        );
        assert_each!(
            settings,
            SettingsPage::General,
            SettingsPage::Branding,
            SettingsPage::Members,
            SettingsPage::Security,
            SettingsPage::Audit(_),
            SettingsPage::Danger,
        );
        for noun in Noun::ALL {
            let listed = pages.iter().any(|page| matches!(page, Page::List(query) if query.noun == noun));
            assert!(listed, "no sample of the list {noun:?}");
        }
    }

    #[test]
    fn routes_round_trip() {
        for url in SAMPLES {
            assert_eq!(Route::parse_url(url).url(), *url);
        }
        for (alias, url) in ALIASES {
            assert_eq!(Route::parse_url(alias).url(), *url);
        }
        assert_eq!(Route::parse_url("/smartai-it/nope//").url(), "/smartai-it/nope");
        assert_eq!(Route::parse_url("/smartai-it//").url(), "/smartai-it/overview");
        for unknown in
            ["/admin", "/sign-up/short", "/reset/a b", "/reset/%2e%2e%2f%2e%2e%2f%2e%2e%2fx", "/account", "/account/x"]
        {
            assert_eq!(Route::parse_url(unknown), Route::Unknown, "{unknown}");
        }
    }

    /// All spellings of a URL lead to the same page and have the same canonical form.
    #[test]
    fn every_spelling_of_an_address_is_told_the_one() {
        for (path, one) in [
            ("/SmartAI-IT/customers", "/smartai-it/customers"),
            ("/smartai%2Dit/customers", "/smartai-it/customers"),
            ("/smartai%2dit/%63ustomers", "/smartai-it/customers"),
            ("/smartai-it/Customers", "/smartai-it/customers"),
            ("/smartai-it/customers/", "/smartai-it/customers"),
            ("/SMARTAI-IT", "/smartai-it/overview"),
            ("/SmartAI-IT/Settings/General", "/smartai-it/settings/general"),
            (
                "/smartai-it/products/018F4D9E-0000-7000-8000-000000000000",
                "/smartai-it/products/018f4d9e-0000-7000-8000-000000000000",
            ),
            ("/SmartAI-IT/settings/audit/export", "/smartai-it/settings/audit/export"),
            ("/Home", "/home"),
            ("/Account/tokens", "/account/tokens"),
        ] {
            let route = Route::parse(path, "q=x");
            assert_eq!(route, Route::parse(one, "q=x"), "{path}");
            assert_eq!(route.respelled(path).as_deref(), Some(one), "{path}");
            assert!(ReturnTo::parse(path).is_some(), "sign-in forgets {path}");
            assert_eq!(route.respelled(one), None, "{one} leads in a circle");
        }
        for path in [
            "/smartai-it", "/", "/invite/Zm9vYmFy-_", "/smartai-it/nope", "/smartai%2Fit", "/%00", "/smartai%2",
            "/%ff", "/smartai-it%20",
        ] {
            assert_eq!(Route::parse(path, "").respelled(path), None, "{path}");
        }
        assert_eq!(Route::parse("/smartai-it%2Fcustomers", ""), Route::Unknown);
    }

    #[test]
    fn arriving_keeps_where_one_wanted_to_go() {
        for (path, url) in [
            ("/", "/sign-in?notice=arriving"),
            ("/smartai-it/customers?q=x", "/sign-in?next=%2Fsmartai-it%2Fcustomers%3Fq%3Dx&notice=arriving"),
            ("/account/factor?next=%2Fhome", "/sign-in?next=%2Fhome&notice=arriving"),
            ("/account/factor", "/sign-in?notice=arriving"),
            ("//evil.example", "/sign-in?notice=arriving"),
        ] {
            assert_eq!(Route::arrival(path), url);
        }
    }

    #[test]
    fn return_to_never_leaves_the_site() {
        for bad in [
            "//evil.example", "/\\evil.example", "https://evil.example", "/%0d%0aSet-Cookie", "javascript:alert(1)",
            "", "/", "/sign-in", "/sign-up", "/reset", "/home\n", "/account/factor?next=%2Fhome",
        ] {
            let parsed = ReturnTo::parse(bad);
            assert!(parsed.is_none() || bad == "/%0d%0aSet-Cookie", "{bad:?} was accepted");
        }
        assert!(ReturnTo::parse("/%0d%0aSet-Cookie").is_none(), "no slug is spelled like that");
        assert!(ReturnTo::parse("/smartai-it/customers?q=%2F%2F").is_some());
    }
}
