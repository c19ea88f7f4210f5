//! Which page of the person's own stands at which address: the picker, the way in, the account, invites, organizations.
//! None of them is in the program's first part (`chunk`).

use crate::{
    boot::Asking,
    routes::{InviteToken, OrganizationPage, Route},
};
use model::id::OrganizationId;

/// One of them, as it is keyed as one view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountPlane {
    /// The picker.
    Home,
    /// The sign-in page.
    SignIn,
    /// A page of the way in.
    Start,
    /// The profile.
    Profile,
    /// The preferences.
    Preferences,
    /// The operator tokens.
    Tokens,
    /// An invite.
    Invite(InviteToken),
    /// A page of an organization.
    Organization(OrganizationId, OrganizationPage),
    /// The audit log of an organization.
    OrganizationAudit,
    /// The answer to asking for a seat.
    Asked(Asking),
    /// The sessions.
    Sessions,
    /// The form of a new workspace.
    NewWorkspace,
    /// Second factors and passkeys.
    Security,
    /// Asking for a second factor.
    Factor,
}

impl AccountPlane {
    /// What stands at an address; `None` where none of these does.
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
            Route::Workspace(..) | Route::AuditExport(..) | Route::Unknown => return None,
        })
    }

    /// What the tab is called; `None` for what names itself, or is named by the document.
    pub const fn title(&self) -> Option<&'static str> {
        Some(match self {
            Self::Start | Self::Invite(_) | Self::Organization(..) | Self::OrganizationAudit => return None,
            Self::Home => "Workspaces · Stile",
            Self::SignIn => "Sign in · Stile",
            Self::Profile => "Profile · Stile",
            Self::Preferences => "Preferences · Stile",
            Self::Tokens => "Tokens · Stile",
            Self::Asked(_) => "Asked · Stile",
            Self::Sessions => "Sessions · Stile",
            Self::NewWorkspace => "New workspace · Stile",
            Self::Security => "Security · Stile",
            Self::Factor => "Second factor · Stile",
        })
    }
}
