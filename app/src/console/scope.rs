//! Workspace scope: all state of the current workspace, in one reactive owner keyed by its slug.
//!
//! Leaving the workspace disposes that owner with the grant, the page's data, the cached data of other pages, and every
//! pending task; a late response has nothing to write to. There is no list of things to clear, so none can be forgotten
//! (docs/SECURITY.md, I-10).

use super::{Entered, Lost, PageData, Scoped, arrive_in_workspace, load_page, open_workspace, prefetch::Taken};
use crate::session::Toast;
use crate::{
    boot::Content,
    browser,
    error::AppError,
    reactive,
    routes::{Page, Route},
    session::{Session, use_session},
};
use leptos::{prelude::*, reactive::traits::IsDisposed, task::spawn_local};
use model::{Capability, CapabilitySet, Slug, workspace::Entry};
use std::{collections::HashMap, sync::Arc};

/// Page on screen with its data.
#[derive(Clone)]
pub struct Shown {
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
    pub shown: RwSignal<Shown>,
    /// Error that prevented the page from loading.
    pub failed: RwSignal<Option<AppError>>,
    /// Error that prevented the workspace from opening.
    pub refused: RwSignal<Option<AppError>>,
    /// Details of the workspace after the user lost access to it.
    pub lost: RwSignal<Option<Lost>>,
    /// `true` while a response is pending.
    pub loading: RwSignal<bool>,
    pub(super) slug: StoredValue<Slug>,
    pub(super) seen: StoredValue<HashMap<String, PageData>>,
    /// `true` while this tab itself changes the workspace, so that notifications of the change are ignored.
    pub(super) quiet: StoredValue<bool>,
    run: StoredValue<u32>,
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
        let carried = match session.take_content() {
            Some(Content::Workspace { entry, data }) if entry.workspace.slug == slug => Some((entry, data)),
            _ => None,
        };
        let (entry, data) = carried.map_or((None, None), |(entry, data)| (Some(*entry), Some(*data)));
        let scope = Self {
            session,
            entry: RwSignal::new(entry),
            page,
            shown: RwSignal::new(Shown { page: page.get_untracked(), data }),
            failed: RwSignal::new(None),
            refused: RwSignal::new(None),
            loading: RwSignal::new(false),
            lost: RwSignal::new(None),
            slug: own,
            seen: StoredValue::new(HashMap::new()),
            quiet: StoredValue::new(false),
            run: StoredValue::new(0),
        };
        session.hear_standing(&slug, Callback::new(move |(at, standing)| scope.stands(&at, standing)));
        // Before the view is built, so that staged data is in its first frame.
        if cfg!(feature = "hydrate") && scope.entry.with_untracked(Option::is_none) {
            scope.session.section.set_value(scope.page.get_untracked().in_another_workspace(CapabilitySet::ALL));
            scope.enter();
        }
        reactive::effect(move || scope.follow(scope.page.get()));
        session.connection.on_again(Box::new(move || scope.try_again()));
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
        self.seen.update_value(HashMap::clear);
        self.load(self.page.get_untracked());
    }

    /// Replaces a form with `page` after a change, and clears the cache of other pages.
    pub fn changed(self, page: Page) {
        self.seen.update_value(HashMap::clear);
        self.replace(page);
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
    fn try_again(self) {
        let failed = self.failed.try_get_untracked().flatten().is_some();
        if failed && self.shown.with_untracked(|s| s.data.is_some() && !s.page.is_form()) {
            self.load(self.page.get_untracked());
        }
    }

    /// Follows the URL.
    fn follow(self, page: Page) {
        self.session.section.set_value(page.in_another_workspace(CapabilitySet::ALL));
        let (same, has_data) = self.shown.with_untracked(|s| (s.page == page, s.data.is_some()));
        if same && has_data {
            return;
        }
        if self.entry.with_untracked(Option::is_none) {
            // The data is loading already.
            if !(same && self.loading.get_untracked()) {
                self.shown.set(Shown { page, data: None });
                self.enter();
            }
            return;
        }
        let kept = self.seen.with_value(|seen| seen.get(&self.url(&page)).cloned());
        self.shown.update(|shown| {
            // A list with a changed query keeps its rows until the new ones are loaded.
            let keeps_place = shown.page.key() == page.key();
            shown.page = page.clone();
            if kept.is_some() || !keeps_place {
                shown.data = kept;
            }
        });
        if self.shown.with_untracked(|s| s.data.is_some()) {
            self.session.navigator.settle();
        }
        self.load(page);
    }

    pub(super) fn next_run(self) -> u32 {
        self.run
            .try_update_value(|run| {
                *run += 1;
                *run
            })
            .unwrap_or_default()
    }

    /// Returns `true` if the response to request number `run` is still needed.
    fn is_current(self, run: u32) -> bool {
        !self.shown.is_disposed() && self.run.try_get_value() == Some(run)
    }

    /// Enters the workspace: at once if it was staged, otherwise in one round trip.
    pub(super) fn enter(self) {
        let (run, slug, url) = (self.next_run(), self.slug(), self.url(&self.page.get_untracked()));
        let heir = Callback::new(move |(answer,)| self.take(run, answer));
        match self.session.prefetcher.take(&slug, &url, heir) {
            Taken::Here(entered) => self.take(run, Ok(*entered)),
            Taken::Awaited => self.loading.set(true),
            Taken::Nothing => {
                self.loading.set(true);
                spawn_local(async move {
                    let answer = open_workspace(slug, url).await;
                    self.hear(run, answer);
                });
            }
        }
    }

    /// Applies a staged entry. It is up to a few seconds old, so it is revalidated at once.
    fn take(self, run: u32, answer: Result<Entered, AppError>) {
        self.hear(run, answer);
        browser::after_paint(move || {
            let still = self.entry.try_with_untracked(Option::is_some) == Some(true);
            if still && let Some(page) = self.page.try_get_untracked() {
                self.read(page, async |slug, grant, url| arrive_in_workspace(slug, grant, url).await);
            }
        });
    }

    /// Applies the response to entering, unless it is outdated.
    fn hear(self, run: u32, answer: Result<Entered, AppError>) {
        if !self.is_current(run) {
            return;
        }
        self.loading.set(false);
        match answer {
            Ok(entered) if entered.entry.workspace.slug == self.slug() => self.entered(entered),
            Ok(_) => self.failed.set(Some(AppError::Mismatch)),
            Err(error) => self.stopped(error),
        }
    }

    fn entered(self, entered: Entered) {
        let Entered { entry, url, data } = entered;
        let id = entry.workspace.id;
        self.entry.set(Some(entry));
        let page = match Route::parse_url(&url) {
            Route::Workspace(_, page) => page,
            _ => self.page.get_untracked(),
        };
        self.keep(&page, &data);
        let asked = self.page.get_untracked();
        self.shown.set(Shown { page: page.clone(), data: Some(data) });
        if asked != page {
            // The overview is the entry page; any other page was requested explicitly.
            if asked != Page::Overview
                && let Some(entry) = self.entry.get_untracked()
            {
                let (title, role) = (asked.title(), entry.seat.role().label());
                let name = &entry.workspace.name;
                self.session
                    .toast(Toast::failed(format!("You don’t have access to {title}. Your role in {name} is {role}.")));
            }
            self.replace(page);
        }
        self.session.navigator.settle();
        let session = self.session;
        browser::after_paint(move || {
            session.picker.try_update(|picker| {
                let Some(picker) = picker else { return };
                let picker = Arc::make_mut(picker);
                let rows = picker.organizations.iter_mut().flat_map(|o| o.workspaces.iter_mut());
                rows.filter(|w| w.id == id).for_each(|w| w.opened = browser::now());
            });
        });
    }

    /// Caches a page's data for returning to it within this workspace. Forms are always reloaded.
    fn keep(self, page: &Page, data: &PageData) {
        if !page.is_form() {
            self.seen.update_value(|seen| {
                seen.insert(self.url(page), data.clone());
            });
        }
    }

    fn load(self, page: Page) {
        self.read(page, async |slug, grant, url| load_page(slug, grant, url).await);
    }

    fn read(
        self,
        page: Page,
        call: impl AsyncFn(Slug, String, String) -> Result<Scoped<PageData>, AppError> + 'static,
    ) {
        let run = self.next_run();
        let url = self.url(&page);
        self.loading.set(true);
        spawn_local(async move {
            let answer = self.ask(async |slug, grant| call(slug, grant, url.clone()).await).await;
            if !self.is_current(run) {
                return;
            }
            self.loading.set(false);
            if answer.as_ref().err() != Some(&AppError::Offline) {
                self.session.connection.works();
            }
            let here = self.entry.with_untracked(|e| e.as_ref().map(|e| e.workspace.id));
            match answer {
                Ok(answer) if Some(answer.workspace) == here => {
                    self.failed.set(None);
                    self.keep(&page, &answer.value);
                    let fresh = self.shown.with_untracked(|s| s.data.is_none());
                    let same = self.shown.with_untracked(|s| s.page == page && s.data.as_ref() == Some(&answer.value));
                    if !same {
                        self.shown.set(Shown { page, data: Some(answer.value) });
                    }
                    if fresh {
                        self.session.navigator.settle();
                    }
                }
                // A response from another workspace is discarded.
                Ok(_) => self.failed.set(Some(AppError::Mismatch)),
                Err(error) => self.stopped(error),
            }
        });
    }

    /// Calls the server with this scope's grant. An expired grant is renewed once by entering again, and a call to a
    /// renamed workspace is repeated once under its current slug.
    ///
    /// # Errors
    /// The error of the call or of entering again; [`AppError::Mismatch`] if the scope is gone or another workspace
    /// answers.
    pub async fn ask<T>(self, call: impl AsyncFn(Slug, String) -> Result<T, AppError>) -> Result<T, AppError> {
        // The scope may be gone by the time the task runs.
        let (Some(slug), Some(entry)) = (self.slug.try_get_value(), self.entry.try_get_untracked()) else {
            return Err(AppError::Mismatch);
        };
        let grant = entry.map(|e| e.grant).unwrap_or_default();
        match call(slug.clone(), grant).await {
            Err(AppError::GrantExpired) => {
                let entered = open_workspace(slug.clone(), self.url(&Page::Overview)).await?;
                if self.entry.is_disposed() || entered.entry.workspace.slug != slug {
                    return Err(AppError::Mismatch);
                }
                let grant = entered.entry.grant.clone();
                self.entry.set(Some(entered.entry));
                call(slug, grant).await
            }
            // The workspace was renamed. The call is repeated once under its current slug.
            Err(AppError::Moved(to)) if !self.entry.is_disposed() => {
                self.moved(to.clone());
                let grant = self.entry.with_untracked(|e| e.as_ref().map(|e| e.grant.clone())).unwrap_or_default();
                call(to, grant).await
            }
            answer => answer,
        }
    }

    /// Handles an error: navigates to the page where the user can continue, or shows a message.
    pub fn stopped(self, error: AppError) {
        match error {
            AppError::SignedOut => self.session.sign_in_again(),
            AppError::Factor => self.session.prove_factor(),
            AppError::Refused(refusal) => self.session.navigator.replace(Route::Home { refused: Some(refusal) }),
            AppError::Moved(slug) if self.entry.with_untracked(Option::is_some) => self.moved(slug),
            AppError::Moved(slug) => {
                self.session.navigator.replace(Route::Workspace(slug, self.page.get_untracked()));
                self.session.refresh_picker(true);
            }
            AppError::Absent | AppError::Gone if self.entry.with_untracked(Option::is_some) => self.lose(error),
            AppError::Absent | AppError::Gone => {
                self.refused.set(Some(error));
                self.session.refresh_picker(true);
            }
            error => {
                if self.shown.with_untracked(|s| s.data.is_some()) {
                    self.session.toast(Toast::failed(error.message()));
                }
                self.failed.set(Some(error));
            }
        }
    }
}
