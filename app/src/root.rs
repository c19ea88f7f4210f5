//! The root: from the address to the plane that shows it.

use crate::{
    account::{
        FactorPage, NewWorkspacePage, OrganizationAuditPage, PickerPage, SecurityPage, SessionsPage, SignInPage,
        TokensPage,
    },
    boot::{Boot, Content},
    browser,
    console::WorkspacePlane,
    routes::Route,
    session::Session,
    ui::{Gone, NotFound, Toasts, Unavailable},
};
use leptos::prelude::*;
use model::Slug;

/// What is keyed as one view. Going from one to another disposes all that the old one owned.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Plane {
    SignIn,
    Home,
    Tokens,
    Security,
    Factor,
    Sessions,
    NewWorkspace,
    OrganizationAudit,
    Workspace(Slug),
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
            (_, Route::Security { .. }) => Plane::Security,
            (_, Route::Factor { .. }) => Plane::Factor,
            (_, Route::Sessions) => Plane::Sessions,
            (_, Route::NewWorkspace) => Plane::NewWorkspace,
            (_, Route::OrganizationAudit(..)) => Plane::OrganizationAudit,
            (_, Route::Workspace(slug, _)) => Plane::Workspace(session.plane_of(slug)),
            (_, Route::SignIn { .. }) => Plane::SignIn,
            (_, Route::AuditExport(..) | Route::Unknown) => Plane::Absent,
        }
    });
    Effect::new(move |_| {
        let title = match plane.get() {
            Plane::Workspace(_) => return,
            Plane::SignIn => "Sign in · Stile",
            Plane::Home => "Workspaces · Stile",
            Plane::Tokens => "Tokens · Stile",
            Plane::Security => "Security · Stile",
            Plane::Factor => "Second factor · Stile",
            Plane::Sessions => "Sessions · Stile",
            Plane::NewWorkspace => "New workspace · Stile",
            // The document says whose.
            Plane::OrganizationAudit => return,
            Plane::Absent => "Not found · Stile",
            Plane::Gone => "Deleted · Stile",
            Plane::Unavailable => "Unavailable · Stile",
        };
        browser::set_title(title);
    });
    view! {
        <a class="skip" href="#main">"Skip to content"</a>
        {move || match plane.get() {
            Plane::SignIn => view! { <SignInPage/> }.into_any(),
            Plane::Home => view! { <PickerPage/> }.into_any(),
            Plane::Tokens => view! { <TokensPage/> }.into_any(),
            Plane::Security => view! { <SecurityPage/> }.into_any(),
            Plane::Factor => view! { <FactorPage/> }.into_any(),
            Plane::Sessions => view! { <SessionsPage/> }.into_any(),
            Plane::NewWorkspace => view! { <NewWorkspacePage/> }.into_any(),
            Plane::OrganizationAudit => view! { <OrganizationAuditPage/> }.into_any(),
            Plane::Workspace(slug) => view! { <WorkspacePlane slug/> }.into_any(),
            Plane::Absent => view! { <NotFound/> }.into_any(),
            Plane::Gone => view! { <Gone/> }.into_any(),
            Plane::Unavailable => view! { <Unavailable/> }.into_any(),
        }}
        <Toasts/>
    }
}
