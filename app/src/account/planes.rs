//! Which page of the person's own stands at which address: the picker, the way in, the account, invites, organizations.
//! None of them is in the program's first part (`chunk`).

use super::{
    FactorPage, InvitePage, NewWorkspacePage, OrganizationAuditPage, OrganizationShell, PickerPage, PreferencesPage,
    ProfilePage, SecurityPage, SessionsPage, SignInPage, StartView, TokensPage,
};
use crate::{
    boot::Asking,
    routes::{InviteToken, OrganizationPage, Route},
    ui::Asked,
};
use leptos::prelude::*;
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

    /// The page.
    pub fn view(self) -> AnyView {
        match self {
            Self::Home => view! { <PickerPage/> }.into_any(),
            Self::SignIn => view! { <SignInPage/> }.into_any(),
            Self::Start => view! { <StartView/> }.into_any(),
            Self::Profile => view! { <ProfilePage/> }.into_any(),
            Self::Preferences => view! { <PreferencesPage/> }.into_any(),
            Self::Tokens => view! { <TokensPage/> }.into_any(),
            Self::Invite(token) => view! { <InvitePage token/> }.into_any(),
            Self::Organization(id, page) => view! { <OrganizationShell id page/> }.into_any(),
            Self::OrganizationAudit => view! { <OrganizationAuditPage/> }.into_any(),
            Self::Asked(asking) => view! { <Asked asking/> }.into_any(),
            Self::Sessions => view! { <SessionsPage/> }.into_any(),
            Self::NewWorkspace => view! { <NewWorkspacePage/> }.into_any(),
            Self::Security => view! { <SecurityPage/> }.into_any(),
            Self::Factor => view! { <FactorPage/> }.into_any(),
        }
    }
}
