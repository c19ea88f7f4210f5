//! Maps routes to the person's own pages: picker, sign-in and sign-up, account, invites and organizations. The views
//! are in a lazily loaded chunk (`chunk`).

use crate::{
    boot::AccessRequestOutcome,
    routes::{InviteToken, OrganizationPage, Route},
};
use model::id::OrganizationId;

/// One of the person's own pages. Used as the key of the view: an equal value keeps the view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountPlane {
    /// Workspace picker.
    Home,
    /// Sign-in page.
    SignIn,
    /// Sign-up, password reset or another page of `account::start`.
    Start,
    /// Profile.
    Profile,
    /// Preferences.
    Preferences,
    /// Operator tokens.
    Tokens,
    /// Invite.
    Invite(InviteToken),
    /// Organization page.
    Organization(OrganizationId, OrganizationPage),
    /// Audit log of an organization.
    OrganizationAudit,
    /// Confirmation of a request for access to a workspace.
    AccessRequested(AccessRequestOutcome),
    /// Sessions.
    Sessions,
    /// Form to create a workspace.
    NewWorkspace,
    /// Second factors and passkeys.
    Security,
    /// Second-factor prompt.
    Factor,
}

impl AccountPlane {
    /// Returns the page for a route, or `None` for routes outside the account pages.
    pub fn of(route: Route) -> Option<Self> {
        Some(match route {
            Route::Landing | Route::Home { .. } => Self::Home,
            Route::SignIn { .. } => Self::SignIn,
            Route::Start(_) => Self::Start,
            Route::Profile { .. } => Self::Profile,
            Route::Preferences { .. } => Self::Preferences,
            Route::Tokens => Self::Tokens,
            Route::Invite(token) => Self::Invite(token),
            Route::Organization(id, page) => Self::Organization(id, page),
            Route::OrganizationAudit(..) => Self::OrganizationAudit,
            Route::Sessions => Self::Sessions,
            Route::NewWorkspace => Self::NewWorkspace,
            Route::Security { .. } => Self::Security,
            Route::Factor { .. } => Self::Factor,
            Route::Workspace(..) | Route::AuditExport(..) | Route::InvoiceFile(..) | Route::Unknown => return None,
        })
    }

    /// Returns the document title, or `None` if the page or the document sets its own.
    pub const fn title(&self) -> Option<&'static str> {
        Some(match self {
            Self::Start | Self::Invite(_) | Self::Organization(..) | Self::OrganizationAudit => return None,
            Self::Home => "Workspaces · Stile",
            Self::SignIn => "Sign in · Stile",
            Self::Profile => "Profile · Stile",
            Self::Preferences => "Preferences · Stile",
            Self::Tokens => "Tokens · Stile",
            Self::AccessRequested(_) => "Access request · Stile",
            Self::Sessions => "Sessions · Stile",
            Self::NewWorkspace => "New workspace · Stile",
            Self::Security => "Security · Stile",
            Self::Factor => "Two-factor authentication · Stile",
        })
    }
}
