//! The root: from the address to the plane that shows it.

use crate::{
    account::{
        FactorPage, InvitePage, NewWorkspacePage, OrganizationAuditPage, OrganizationShell, PickerPage,
        PreferencesPage, ProfilePage, SecurityPage, SessionsPage, SignInPage, StartView, TokensPage,
    },
    boot::{Asking, Boot, Content},
    browser,
    console::WorkspacePlane,
    routes::{InviteToken, OrganizationPage, Route},
    session::Session,
    ui::{Asked, Gone, NotFound, Toasts, Unavailable},
};
use leptos::prelude::*;
use model::id::OrganizationId;

/// What is keyed as one view. Going from one to another disposes all that the old one owned.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Plane {
    SignIn,
    Home,
    Start,
    Profile,
    Preferences,
    Tokens,
    Invite(InviteToken),
    Organization(OrganizationId, OrganizationPage),
    Asked(Asking),
    Sessions,
    NewWorkspace,
    Security,
    Factor,
    OrganizationAudit,
    /// Whichever: it keeps its shell, and a scope for each.
    Workspace,
    Absent,
    Gone,
    Unavailable,
}

/// The whole application.
#[component]
pub fn App(
    /// What the document carries.
    boot: Boot,
    /// The address.
    route: Route,
) -> impl IntoView {
    let session = Session::start(boot, route.clone());
    Effect::new(move |_| session.listen());
    let first = session.with_content(|content| match content {
        Some(Content::SignIn) => Some(Plane::SignIn),
        Some(Content::Absent) => Some(Plane::Absent),
        Some(Content::Asked(asking)) => Some(Plane::Asked(*asking)),
        Some(Content::Gone) => Some(Plane::Gone),
        Some(Content::Unavailable) => Some(Plane::Unavailable),
        _ => None,
    });
    let plane = Memo::new(move |before: Option<&Plane>| {
        let now = session.navigator.route();
        // The server has decided what stands at the first address, until one goes elsewhere.
        let first = first.as_ref().filter(|first| now == route && before.is_none_or(|before| before == *first));
        match (first, now) {
            (Some(first), _) => first.clone(),
            (_, Route::Home { .. } | Route::Landing) => Plane::Home,
            (_, Route::Tokens) => Plane::Tokens,
            (_, Route::Start(_)) => Plane::Start,
            (_, Route::Profile { .. }) => Plane::Profile,
            (_, Route::Preferences { .. }) => Plane::Preferences,
            (_, Route::Invite(token)) => Plane::Invite(token),
            (_, Route::Organization(id, page)) => Plane::Organization(id, page),
            (_, Route::Sessions) => Plane::Sessions,
            (_, Route::NewWorkspace) => Plane::NewWorkspace,
            (_, Route::OrganizationAudit(..)) => Plane::OrganizationAudit,
            (_, Route::Workspace(..)) => Plane::Workspace,
            (_, Route::Security { .. }) => Plane::Security,
            (_, Route::Factor { .. }) => Plane::Factor,
            (_, Route::SignIn { .. }) => Plane::SignIn,
            (_, Route::AuditExport(..) | Route::Unknown) => Plane::Absent,
        }
    });
    Effect::new(move |_| {
        let title = match plane.get() {
            Plane::Profile => "Profile · Stile",
            Plane::Preferences => "Preferences · Stile",
            // They name themselves.
            Plane::Workspace | Plane::Start | Plane::Invite(_) | Plane::Organization(..) => return,
            Plane::SignIn => "Sign in · Stile",
            Plane::Home => "Workspaces · Stile",
            Plane::Tokens => "Tokens · Stile",
            Plane::Sessions => "Sessions · Stile",
            Plane::NewWorkspace => "New workspace · Stile",
            Plane::Security => "Security · Stile",
            Plane::Factor => "Second factor · Stile",
            // The document says whose.
            Plane::OrganizationAudit => return,
            Plane::Absent => "Not found · Stile",
            Plane::Asked(_) => "Asked · Stile",
            Plane::Gone => "Deleted · Stile",
            Plane::Unavailable => "Unavailable · Stile",
        };
        browser::set_title(title);
    });
    view! {
        <a class="skip" href="#main">"Skip to content"</a>
        // A view within a view: another plane is built anew, and never drawn into the elements of the former.
        {move || { let plane = plane.get(); move || match plane.clone() {
            Plane::SignIn => view! { <SignInPage/> }.into_any(),
            Plane::Home => view! { <PickerPage/> }.into_any(),
            Plane::Tokens => view! { <TokensPage/> }.into_any(),
            Plane::Start => view! { <StartView/> }.into_any(),
            Plane::Profile => view! { <ProfilePage/> }.into_any(),
            Plane::Preferences => view! { <PreferencesPage/> }.into_any(),
            Plane::Invite(token) => view! { <InvitePage token/> }.into_any(),
            Plane::Organization(id, page) => view! { <OrganizationShell id page/> }.into_any(),
            Plane::Asked(asking) => view! { <Asked asking/> }.into_any(),
            Plane::Sessions => view! { <SessionsPage/> }.into_any(),
            Plane::NewWorkspace => view! { <NewWorkspacePage/> }.into_any(),
            Plane::Security => view! { <SecurityPage/> }.into_any(),
            Plane::Factor => view! { <FactorPage/> }.into_any(),
            Plane::OrganizationAudit => view! { <OrganizationAuditPage/> }.into_any(),
            Plane::Workspace => view! { <WorkspacePlane/> }.into_any(),
            Plane::Absent => view! { <NotFound/> }.into_any(),
            Plane::Gone => view! { <Gone/> }.into_any(),
            Plane::Unavailable => view! { <Unavailable/> }.into_any(),
        }}}
        <Toasts/>
    }
}
