//! Workspace scope: all state of the current workspace, in one reactive owner keyed by its slug.
//!
//! Leaving the workspace disposes that owner with the grant, the page's data, the cached data of other pages, and every
//! pending task; a late response has nothing to write to. There is no list of things to clear, so none can be forgotten
//! (docs/SECURITY.md, I-10).

use super::{AccessLost, PageData};
use crate::{
    boot::Content,
    browser,
    error::AppError,
    reactive,
    routes::{Page, Route},
    session::{Session, use_session},
};
use leptos::{prelude::*, reactive::traits::IsDisposed};
use model::{Capability, CapabilitySet, Slug, workspace::Entry};
use std::collections::HashMap;

/// Page on screen with its data.
#[derive(Clone)]
pub struct CurrentPage {
    /// Page on screen.
    pub page: Page,
    /// Data of the page, or `None` while it loads.
    pub data: Option<PageData>,
}

/// Context of the current workspace.
#[derive(Clone, Copy)]
pub struct Scope {
    /// Session context.
    pub session: Session,
    /// Workspace, seat and grant, or `None` while the workspace is being entered.
    pub entry: RwSignal<Option<Entry>>,
    /// Page in the URL.
    pub page: Memo<Page>,
    /// Page on screen.
    pub current: RwSignal<CurrentPage>,
    /// Error that prevented the page from loading.
    pub failed: RwSignal<Option<AppError>>,
    /// Error that prevented the workspace from opening.
    pub refused: RwSignal<Option<AppError>>,
    /// Details of the workspace after the user lost access to it.
    pub lost: RwSignal<Option<AccessLost>>,
    /// `true` while a response is pending.
    pub loading: RwSignal<bool>,
    pub(super) slug: StoredValue<Slug>,
    pub(super) page_cache: StoredValue<HashMap<Page, PageData>>,
    /// `true` while this tab itself changes the workspace, so that notifications of the change are ignored.
    pub(super) suppress_events: StoredValue<bool>,
    generation: StoredValue<u32>,
}

/// Two scopes are equal if they are the same visit of a workspace, even if it was renamed since.
impl PartialEq for Scope {
    fn eq(&self, other: &Self) -> bool {
        self.entry == other.entry
    }
}

impl Scope {
    /// Opens a scope for `slug` in the current reactive owner, with the data of the document or by entering the
    /// workspace.
    pub fn open(slug: Slug) -> Self {
        let session = use_session();
        let own = StoredValue::new(slug.clone());
        let page = Memo::new(move |before: Option<&Page>| match session.navigator.route() {
            Route::Workspace(now, page) if own.with_value(|own| now == *own) => page,
            // The URL has changed; this scope is about to be disposed.
            _ => before.cloned().unwrap_or(Page::Overview),
        });
        let embedded = match session.take_content() {
            Some(Content::Workspace { entry, data }) if entry.workspace.slug == slug => Some((entry, data)),
            _ => None,
        };
        let (entry, data) = embedded.map_or((None, None), |(entry, data)| (Some(*entry), Some(*data)));
        let scope = Self {
            session,
            entry: RwSignal::new(entry),
            page,
            current: RwSignal::new(CurrentPage { page: page.get_untracked(), data }),
            failed: RwSignal::new(None),
            refused: RwSignal::new(None),
            loading: RwSignal::new(false),
            lost: RwSignal::new(None),
            slug: own,
            page_cache: StoredValue::new(HashMap::new()),
            suppress_events: StoredValue::new(false),
            generation: StoredValue::new(0),
        };
        session.on_access_changed(&slug, Callback::new(move |(at, access)| scope.on_access_changed(&at, access)));
        // Before the view is built, so that staged data is in its first frame.
        if cfg!(feature = "hydrate") && scope.entry.with_untracked(Option::is_none) {
            scope.session.section.set_value(scope.page.get_untracked().in_another_workspace(CapabilitySet::ALL));
            scope.enter();
        }
        reactive::effect(move || scope.follow(scope.page.get()));
        session.connection.on_retry(Box::new(move || scope.reload_failed()));
        scope
    }

    /// Returns the workspace's slug.
    pub fn slug(self) -> Slug {
        self.slug.get_value()
    }

    /// Returns the URL of a page of this workspace.
    pub fn url(self, page: &Page) -> String {
        self.slug.with_value(|slug| page.url(slug))
    }

    /// Returns the hue of this workspace, once it is entered.
    pub fn hue(self) -> Option<u8> {
        self.entry.with(|e| e.as_ref().map(|e| e.workspace.brand.hue()))
    }

    /// Navigates to a page of this workspace, unless the user has navigated elsewhere.
    pub fn go(self, page: Page) {
        if self.is_addressed() {
            self.session.navigator.push(Route::Workspace(self.slug(), page));
        }
    }

    /// Replaces the current history entry with a page, unless the user has navigated elsewhere.
    pub fn replace(self, page: Page) {
        if self.is_addressed() {
            self.session.navigator.replace(Route::Workspace(self.slug(), page));
        }
    }

    /// Returns `true` if the URL belongs to this workspace. While the next workspace is loading, this one is still on
    /// screen and must not navigate back to itself.
    pub(super) fn is_addressed(self) -> bool {
        match self.session.navigator.route_now() {
            Route::Workspace(now, _) => self.slug.with_value(|own| now == *own),
            _ => false,
        }
    }

    /// Returns `true` if the seat had `capability` on entering. For display only; the server checks the database.
    pub fn may(self, capability: Capability) -> bool {
        self.entry.with(|entry| entry.as_ref().is_some_and(|e| e.may(capability)))
    }

    /// Reloads the page on screen and clears the cache of other pages, after a change.
    pub fn reload(self) {
        self.page_cache.update_value(HashMap::clear);
        self.load(self.page.get_untracked());
    }

    /// Shows `page` after a change, instead of the form on screen, and clears the cache of other pages. Loads the
    /// page's data even if it is on screen already, because the response to a change does not contain it.
    pub fn changed(self, page: Page) {
        self.page_cache.update_value(HashMap::clear);
        if self.page.with_untracked(|here| *here == page) {
            self.load(page);
        } else {
            self.replace(page);
        }
    }

    /// Retries after a failure. If the server runs another version than the document's, the document is reloaded.
    pub fn retry(self) {
        if self.failed.with_untracked(|failed| *failed == Some(AppError::Outdated)) {
            return browser::reload_document();
        }
        self.failed.set(None);
        if self.entry.with_untracked(Option::is_some) { self.load(self.page.get_untracked()) } else { self.enter() }
    }

    /// Reloads data that failed to reload while the connection was lost. A page that could not be shown at all retries
    /// by itself, and forms keep their typed input.
    fn reload_failed(self) {
        let failed = self.failed.try_get_untracked().flatten().is_some();
        if failed && self.current.with_untracked(|s| s.data.is_some() && !s.page.is_form()) {
            self.load(self.page.get_untracked());
        }
    }

    /// Follows the URL.
    fn follow(self, page: Page) {
        self.session.section.set_value(page.in_another_workspace(CapabilitySet::ALL));
        let (same, has_data) = self.current.with_untracked(|s| (s.page == page, s.data.is_some()));
        if same && has_data {
            return;
        }
        if self.entry.with_untracked(Option::is_none) {
            // The data is loading already.
            if !(same && self.loading.get_untracked()) {
                self.current.set(CurrentPage { page, data: None });
                self.enter();
            }
            return;
        }
        let kept = self.page_cache.with_value(|page_cache| page_cache.get(&page).cloned());
        self.current.update(|current| {
            // A list with a changed query keeps its rows until the new ones are loaded.
            let keeps_place = current.page.key() == page.key();
            current.page = page.clone();
            if kept.is_some() || !keeps_place {
                current.data = kept;
            }
        });
        if self.current.with_untracked(|s| s.data.is_some()) {
            self.session.navigator.settle();
        }
        self.load(page);
    }

    pub(super) fn next_generation(self) -> u32 {
        self.generation
            .try_update_value(|generation| {
                *generation += 1;
                *generation
            })
            .unwrap_or_default()
    }

    /// Returns `true` if the response to request number `generation` is still needed.
    pub(super) fn is_current(self, generation: u32) -> bool {
        !self.current.is_disposed() && self.generation.try_get_value() == Some(generation)
    }
}
