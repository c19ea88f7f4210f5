//! Typed URLs. Every URL of the console is a [`Route`]; views never build URLs from strings.

mod at;
mod import_layout;
mod invoice_file;
mod invite_token;
mod notice;
mod organization;
mod page;
mod query;
#[cfg(test)]
pub(crate) mod samples;
mod settings;
mod spelling;
mod start;
mod visit_data;

pub use at::{At, view};
pub use import_layout::ImportLayout;
pub use invoice_file::InvoiceFile;
pub use invite_token::InviteToken;
pub use notice::SignInNotice;
pub use organization::OrganizationPage;
pub use page::Page;
pub use query::pairs;
pub use settings::SettingsPage;
pub use start::{AccountPage, LinkToken, Saved, Start};
pub use visit_data::VisitData;

use self::{query::with_query, spelling::spelled_out};
use crate::error::Refusal;
use model::{
    Slug,
    audit::AuditQuery,
    id::{InvoiceId, OrganizationId},
};

/// Path of the audit log export below the workspace's slug.
const AUDIT_EXPORT: &str = "settings/audit/export";

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
    /// `/{slug}/invoices/{id}/pdf` and `/{slug}/invoices/{id}/lines.csv`: a document as a file.
    InvoiceFile(Slug, InvoiceId, InvoiceFile),
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
                Ok(slug) => match InvoiceFile::parse(rest) {
                    Some((id, file)) => Self::InvoiceFile(slug, id, file),
                    // Page paths consist of ids and lowercase words.
                    None => Self::Workspace(
                        slug,
                        match Page::parse(&rest.to_ascii_lowercase(), &pairs) {
                            Page::Unknown(_) => Page::unknown(asked_rest),
                            known => known,
                        },
                    ),
                },
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
            Self::InvoiceFile(slug, id, file) => format!("/{slug}/invoices/{id}/{}", file.as_str()),
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
            Self::InvoiceFile(slug, id, _) => Self::Workspace(slug, Page::Invoice(id)),
            other => other,
        }
    }

    /// Returns the route of the picker.
    pub const fn home() -> Self {
        Self::Home { refused: None }
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

#[cfg(test)]
mod tests;
