//! The root: from the address to the plane that shows it.

use crate::{
    account::{PickerPage, PreferencesPage, ProfilePage, SignInPage, StartView, TokensPage},
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
    Start,
    Profile,
    Preferences,
    Tokens,
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
            (_, Route::Start(_)) => Plane::Start,
            (_, Route::Profile { .. }) => Plane::Profile,
            (_, Route::Preferences { .. }) => Plane::Preferences,
            (_, Route::Workspace(slug, _)) => Plane::Workspace(slug),
            (_, Route::SignIn { .. }) => Plane::SignIn,
            (_, Route::Unknown) => Plane::Absent,
        }
    });
    Effect::new(move |_| {
        let title = match plane.get() {
            // They name themselves.
            Plane::Workspace(_) | Plane::Start => return,
            Plane::Profile => "Profile · Stile",
            Plane::Preferences => "Preferences · Stile",
            Plane::SignIn => "Sign in · Stile",
            Plane::Home => "Workspaces · Stile",
            Plane::Tokens => "Tokens · Stile",
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
            Plane::Start => view! { <StartView/> }.into_any(),
            Plane::Profile => view! { <ProfilePage/> }.into_any(),
            Plane::Preferences => view! { <PreferencesPage/> }.into_any(),
            Plane::Workspace(slug) => view! { <WorkspacePlane slug/> }.into_any(),
            Plane::Absent => view! { <NotFound/> }.into_any(),
            Plane::Gone => view! { <Gone/> }.into_any(),
            Plane::Unavailable => view! { <Unavailable/> }.into_any(),
        }}
        <Toasts/>
    }
}
