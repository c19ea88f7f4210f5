//! The root: from the address to the plane that shows it.

use crate::{
    account::AccountPlane,
    boot::{Boot, Content},
    browser,
    chunk::{self, Part},
    console::{self, WorkspacePlane},
    reactive,
    routes::Route,
    session::{OfflineNotice, Session},
    ui::{Gone, NotFound, Toasts, Unavailable, UnsavedDialog, whole},
};
use leptos::prelude::*;

/// What is keyed as one view. Going from one to another disposes all that the old one owned.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Plane {
    /// Whichever: it keeps its shell, and a scope for each.
    Workspace,
    /// A page of the person's own.
    Account(AccountPlane),
    Absent,
    Gone,
    Unavailable,
}

impl Plane {
    /// What the server decided to show, whatever the address says.
    const fn decided(content: &Content) -> Option<Self> {
        match content {
            Content::SignIn => Some(Self::Account(AccountPlane::SignIn)),
            Content::Absent => Some(Self::Absent),
            Content::Asked(asking) => Some(Self::Account(AccountPlane::Asked(*asking))),
            Content::Gone => Some(Self::Gone),
            Content::Unavailable => Some(Self::Unavailable),
            _ => None,
        }
    }

    fn of(route: Route) -> Self {
        match route {
            Route::Workspace(..) => Self::Workspace,
            Route::AuditExport(..) | Route::Unknown => Self::Absent,
            route => AccountPlane::of(route).map_or(Self::Absent, Self::Account),
        }
    }

    /// What the tab is called; `None` for what names itself.
    const fn title(&self) -> Option<&'static str> {
        match self {
            Self::Workspace => None,
            Self::Account(plane) => plane.title(),
            Self::Absent => Some("Not found · Stile"),
            Self::Gone => Some("Deleted · Stile"),
            Self::Unavailable => Some("Unavailable · Stile"),
        }
    }
}

/// Whether taking a document over needs what the program does not carry at first.
pub fn needs_chunk(content: &Content, route: &Route) -> bool {
    match (Plane::decided(content).unwrap_or_else(|| Plane::of(route.clone())), route) {
        (Plane::Account(_), _) => true,
        (Plane::Workspace, Route::Workspace(_, page)) => !console::is_carried(page),
        _ => false,
    }
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
    reactive::effect(move || session.listen());
    let first = session.with_content(|content| content.and_then(Plane::decided));
    let plane = Memo::new(move |before: Option<&Plane>| {
        let now = session.navigator.route();
        // The server has decided what stands at the first address, until one goes elsewhere.
        let first = first.as_ref().filter(|first| now == route && before.is_none_or(|before| before == *first));
        first.cloned().unwrap_or_else(|| Plane::of(now))
    });
    reactive::effect(move || {
        if let Some(title) = plane.with(Plane::title) {
            browser::set_title(title);
        }
    });
    view! {
        <a class="skip" href="#main">"Skip to content"</a>
        <div class="contents">{whole(move || match plane.get() {
            Plane::Account(plane) => chunk::later(Part::Account(plane)),
            Plane::Workspace => view! { <WorkspacePlane/> }.into_any(),
            Plane::Absent => view! { <NotFound/> }.into_any(),
            Plane::Gone => view! { <Gone/> }.into_any(),
            Plane::Unavailable => view! { <Unavailable/> }.into_any(),
        })}</div>
        <Toasts/>
        <UnsavedDialog/>
        <OfflineNotice/>
    }
}
