//! Current workspace: its URL, and the scope that holds its state.

use super::{PageData, scope::Scope, shell::ShellInfo};
use crate::{
    browser,
    error::AppError,
    reactive,
    routes::{Page, Route},
    session::{Session, use_session},
};
use leptos::prelude::*;
use model::Slug;

/// State of the workspace that the shell shows.
#[derive(Clone, Copy)]
pub struct CurrentWorkspace {
    /// Session context.
    pub session: Session,
    /// Slug in the URL.
    pub slug: Memo<Slug>,
    /// Page in the URL.
    pub page: Memo<Page>,
    /// Workspace data that the shell shows.
    pub info: Memo<ShellInfo>,
    pub(super) scope: RwSignal<Option<(Slug, Scope)>>,
    owner: StoredValue<Option<Owner>>,
}

impl CurrentWorkspace {
    /// Creates the state for the current URL. Returns `None` if the URL does not belong to a workspace.
    pub(super) fn open() -> Option<Self> {
        let session = use_session();
        let Route::Workspace(first, first_page) = session.navigator.route_now() else { return None };
        let at = RwSignal::new((first, first_page));
        on_cleanup(browser::show_address);
        // Once the URL belongs to another plane, this one is about to be disposed.
        reactive::effect(move || {
            if let Route::Workspace(slug, page) = session.navigator.route() {
                follow(session, at, slug, page);
            }
        });
        let slug = Memo::new(move |_| at.with(|(slug, _)| slug.clone()));
        let page = Memo::new(move |_| at.with(|(_, page)| page.clone()));
        let scope = RwSignal::new(None::<(Slug, Scope)>);
        let info = Memo::new(move |_| {
            let slug = slug.get();
            let of = scope.get().filter(|(key, _)| *key == session.plane_of(slug.clone()));
            let entered = of.and_then(|(_, scope)| scope.entry.with(|entry| entry.as_ref().map(ShellInfo::entered)));
            entered.unwrap_or_else(|| session.picker.with(|picker| ShellInfo::listed(slug, picker.as_deref())))
        });
        Some(Self { session, slug, page, info, scope, owner: StoredValue::new(None) })
    }

    /// Returns the scope of the current workspace, once it is open.
    pub fn scope(self) -> Option<Scope> {
        self.scope.with(|scope| scope.as_ref().map(|(_, scope)| *scope))
    }

    /// Returns the name of the record on screen, if the page has one and it is loaded.
    pub fn record(self) -> Option<String> {
        let scope = self.scope()?;
        let page = self.page.get();
        scope.current.with(|current| {
            let data = current.data.as_ref().filter(|_| current.page == page);
            data.and_then(PageData::record).map(str::to_owned)
        })
    }

    pub(super) fn scope_now(self) -> Option<Scope> {
        self.scope.with_untracked(|scope| scope.as_ref().map(|(_, scope)| *scope))
    }

    /// Returns the URL of a page of the current workspace.
    pub fn url(self, page: &Page) -> String {
        self.slug.with(|slug| page.url(slug))
    }

    /// Returns the slug of the workspace that is loading, if any.
    pub fn entering(self) -> Option<Slug> {
        let (key, scope) = self.scope.get()?;
        (scope.entry.with(Option::is_none) && scope.failed.with(Option::is_none)).then_some(key)
    }

    /// Opens a scope for the workspace `key` in a child of the owner `home`, unless it is open already. Returns the
    /// scope, and `true` if it replaced the scope of another workspace. The replaced scope is disposed last, so that
    /// nothing reads disposed signals.
    pub(super) fn enter(self, key: &Slug, home: StoredValue<Owner>) -> (Scope, bool) {
        let now = self.scope.get_untracked();
        if let Some((_, scope)) = now.as_ref().filter(|(open, _)| open == key) {
            return (*scope, false);
        }
        if now.is_some() {
            // Messages about the previous workspace are dropped now, because the next one may add messages at once.
            self.session.toasts.set(Vec::new());
        }
        let owner = home.with_value(Owner::child);
        let scope = owner.with(|| Scope::open(key.clone()));
        self.scope.set(Some((key.clone(), scope)));
        if let Some(former) = self.owner.try_update_value(|held| held.replace(owner)).flatten() {
            former.cleanup();
        }
        (scope, now.is_some())
    }

    /// Returns the reason why the workspace at the URL can't be shown, if there is one.
    pub(super) fn refused(self) -> Option<AppError> {
        let key = self.session.plane_of(self.slug.get());
        self.scope.get().filter(|(open, _)| *open == key).and_then(|(_, scope)| scope.refused.get())
    }
}

/// Follows the URL: at once within a workspace; to another workspace when it is loaded or a short timeout has passed.
fn follow(session: Session, at: RwSignal<(Slug, Page)>, slug: Slug, page: Page) {
    let (same, changed) = at.with_untracked(|(now, here)| {
        (session.plane_of(now.clone()) == session.plane_of(slug.clone()), *now != slug || *here != page)
    });
    if same {
        // A switch to another workspace may have been pending.
        browser::show_address();
        if changed {
            at.set((slug, page));
        }
    } else {
        let to = slug.clone();
        let show = move |()| {
            browser::show_address();
            match session.navigator.route_now() {
                Route::Workspace(now, page) if now == slug => {
                    at.try_set((now, page));
                }
                // The user has navigated elsewhere in the meantime.
                _ => {}
            }
        };
        browser::hold_address();
        session.prefetcher.before_switch(to, page, Callback::new(show));
    }
}
