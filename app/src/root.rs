//! Root component, which maps the URL to a plane.

use crate::{
    account::AccountPlane,
    boot::{Content, InitialState},
    browser::{self, Navigator},
    chunk::{self, ChunkPage},
    console::{self, WorkspaceRoutes},
    layout::{Gone, NotFound, Toasts, Unavailable, UnsavedDialog},
    reactive,
    routes::{At, Route, view},
    session::{OfflineNotice, Session, use_session},
    ui::whole,
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::components::{Route as RouteView, Router, Routes};

/// Delay in milliseconds before the chunk is fetched, if no page has requested it before.
const CHUNK_MILLIS: u32 = 1_500;

/// Views that are rendered with a common key. Changing to another variant disposes everything that the old one owned.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Plane {
    /// Any workspace. The shell is kept, and each workspace has its own scope.
    Workspace,
    /// Account page.
    Account(AccountPlane),
    Absent,
    Gone,
    Unavailable,
}

impl Plane {
    /// Returns the plane that the server has decided on, regardless of the URL.
    const fn decided(content: &Content) -> Option<Self> {
        match content {
            Content::SignIn => Some(Self::Account(AccountPlane::SignIn)),
            Content::Absent => Some(Self::Absent),
            Content::AccessRequested(outcome) => Some(Self::Account(AccountPlane::AccessRequested(*outcome))),
            Content::Gone => Some(Self::Gone),
            Content::Unavailable => Some(Self::Unavailable),
            _ => None,
        }
    }

    fn of(route: Route) -> Self {
        match route {
            Route::Workspace(..) => Self::Workspace,
            Route::AuditExport(..) | Route::InvoiceFile(..) | Route::Unknown => Self::Absent,
            route => AccountPlane::of(route).map_or(Self::Absent, Self::Account),
        }
    }

    /// Returns the document title, or `None` for planes that set their own.
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

/// Returns `true` if hydrating the document needs the chunk.
pub fn needs_chunk(content: &Content, route: &Route) -> bool {
    match (Plane::decided(content).unwrap_or_else(|| Plane::of(route.clone())), route) {
        (Plane::Account(_), _) => true,
        (Plane::Workspace, Route::Workspace(_, page)) => !console::is_in_main_bundle(page),
        _ => false,
    }
}

/// Root component of the application.
#[component]
pub fn App(
    /// Data of the document.
    boot: InitialState,
) -> impl IntoView {
    #[cfg(not(feature = "hydrate"))]
    chunk::provide(crate::chunk_pages::draw);
    let navigator = StoredValue::new(None::<Navigator>);
    browser::listen(navigator);
    view! { <Router><Console boot navigator/></Router> }
}

#[component]
fn Console(boot: InitialState, navigator: StoredValue<Option<Navigator>>) -> impl IntoView {
    let session = Session::start(boot);
    navigator.set_value(Some(session.navigator));
    browser::on_start(move || {
        session.listen();
        browser::after(CHUNK_MILLIS, || {
            spawn_local(async {
                chunk::fetch().await;
            });
        });
    });
    let first = session.with_content(|content| content.and_then(Plane::decided));
    let at_first = session.navigator.route_now();
    // The server has decided on the content of the first URL, until the user navigates.
    let decided = Memo::new(move |before: Option<&Option<Plane>>| {
        let stays = session.navigator.route() == at_first && before.is_none_or(Option::is_some);
        first.clone().filter(|_| stays)
    });
    reactive::effect(move || {
        let plane = decided.get().unwrap_or_else(|| Plane::of(session.navigator.route()));
        if let Some(title) = plane.title() {
            browser::set_title(title);
        }
    });
    view! {
        // External, because the router would treat it as a page.
        <a class="skip" href="#main" rel="external">"Skip to content"</a>
        <div class="contents">{whole(move || match decided.get() {
            Some(Plane::Account(plane)) => chunk::render(ChunkPage::Account(plane)),
            Some(Plane::Gone) => view! { <Gone/> }.into_any(),
            Some(Plane::Unavailable) => view! { <Unavailable/> }.into_any(),
            Some(Plane::Absent | Plane::Workspace) => absent(),
            None => pages(),
        })}</div>
        <Toasts/>
        <UnsavedDialog/>
        <OfflineNotice/>
    }
}

fn absent() -> AnyView {
    view! { <NotFound/> }.into_any()
}

/// View of an account page.
macro_rules! own {
    ($plane:ident) => {
        view(|| chunk::render(ChunkPage::Account(AccountPlane::$plane)))
    };
}

/// Routes of all pages. Those of a workspace are in `console`.
fn pages() -> AnyView {
    view! {
        <Routes fallback=absent>
            <RouteView path=At("/") view=own!(Home)/>
            <RouteView path=At("/home") view=own!(Home)/>
            <RouteView path=At("/sign-in") view=own!(SignIn)/>
            <RouteView path=At("/sign-up") view=own!(Start)/>
            <RouteView path=At("/sign-up/:token") view=own!(Start)/>
            <RouteView path=At("/reset") view=own!(Start)/>
            <RouteView path=At("/reset/:token") view=own!(Start)/>
            <RouteView path=At("/welcome") view=own!(Start)/>
            <RouteView path=At("/new") view=own!(NewWorkspace)/>
            <RouteView path=At("/invite/:token") view=view(addressed)/>
            <RouteView path=At("/account/address/:token") view=own!(Start)/>
            <RouteView path=At("/account/profile") view=own!(Profile)/>
            <RouteView path=At("/account/preferences") view=own!(Preferences)/>
            <RouteView path=At("/account/tokens") view=own!(Tokens)/>
            <RouteView path=At("/account/sessions") view=own!(Sessions)/>
            <RouteView path=At("/account/security") view=own!(Security)/>
            <RouteView path=At("/account/factor") view=own!(Factor)/>
            <RouteView path=At("/org/:id") view=view(addressed)/>
            <RouteView path=At("/org/:id/audit") view=own!(OrganizationAudit)/>
            <RouteView path=At("/org/:id/:page") view=view(addressed)/>
            <WorkspaceRoutes/>
        </Routes>
    }
    .into_any()
}

/// Renders an account page that depends on more of its URL than the path pattern.
fn addressed() -> AnyView {
    let session = use_session();
    let plane = Memo::new(move |before: Option<&Option<AccountPlane>>| {
        // A URL outside of these pages belongs to another route, and this view is about to be disposed.
        AccountPlane::of(session.navigator.route()).or_else(|| before.cloned().flatten())
    });
    let page = whole(move || plane.get().map_or_else(absent, |plane| chunk::render(ChunkPage::Account(plane))));
    view! { <div class="contents">{page}</div> }.into_any()
}
