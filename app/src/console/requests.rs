//! Requests of a workspace scope: entering the workspace, loading its pages, and calls with its grant.

use super::{
    Entered, PageData, Scoped, arrive_in_workspace, load_page, open_workspace,
    prefetch::Taken,
    scope::{CurrentPage, Scope},
};
use crate::{
    browser,
    error::AppError,
    routes::{Page, Route},
    session::Toast,
};
use leptos::{prelude::*, reactive::traits::IsDisposed, task::spawn_local};
use model::Slug;
use std::sync::Arc;

impl Scope {
    /// Enters the workspace: at once if it was staged, otherwise in one round trip.
    pub(super) fn enter(self) {
        let (generation, slug, page) = (self.next_generation(), self.slug(), self.page.get_untracked());
        let waiter = Callback::new(move |(answer,)| self.apply_staged(generation, answer));
        match self.session.prefetcher.take(&slug, &page, waiter) {
            Taken::Loaded(entered) => self.apply_staged(generation, Ok(*entered)),
            Taken::Pending => self.loading.set(true),
            Taken::Missing => {
                self.loading.set(true);
                spawn_local(async move {
                    let answer = open_workspace(slug, page).await;
                    self.on_response(generation, answer);
                });
            }
        }
    }

    /// Applies a staged entry. It is up to a few seconds old, so it is revalidated at once.
    fn apply_staged(self, generation: u32, answer: Result<Entered, AppError>) {
        self.on_response(generation, answer);
        browser::after_paint(move || {
            let still = self.entry.try_with_untracked(Option::is_some) == Some(true);
            if still && let Some(page) = self.page.try_get_untracked() {
                self.read(page, async |slug, grant, page| arrive_in_workspace(slug, grant, page).await);
            }
        });
    }

    /// Applies the response to entering, unless it is outdated.
    fn on_response(self, generation: u32, answer: Result<Entered, AppError>) {
        if !self.is_current(generation) {
            return;
        }
        self.loading.set(false);
        match answer {
            Ok(entered) if entered.entry.workspace.slug == self.slug() => self.entered(entered),
            Ok(_) => self.failed.set(Some(AppError::Mismatch)),
            Err(error) => self.handle_error(error),
        }
    }

    fn entered(self, entered: Entered) {
        let Entered { entry, page, data } = entered;
        let id = entry.workspace.id;
        self.entry.set(Some(entry));
        self.keep(&page, &data);
        let asked = self.page.get_untracked();
        self.current.set(CurrentPage { page: page.clone(), data: Some(data) });
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
            self.page_cache.update_value(|page_cache| {
                page_cache.insert(page.clone(), data.clone());
            });
        }
    }

    pub(super) fn load(self, page: Page) {
        self.read(page, async |slug, grant, page| load_page(slug, grant, page).await);
    }

    fn read(self, page: Page, call: impl AsyncFn(Slug, String, Page) -> Result<Scoped<PageData>, AppError> + 'static) {
        let generation = self.next_generation();
        self.loading.set(true);
        spawn_local(async move {
            let answer = self.ask(async |slug, grant| call(slug, grant, page.clone()).await).await;
            if !self.is_current(generation) {
                return;
            }
            self.loading.set(false);
            if answer.as_ref().err() != Some(&AppError::Offline) {
                self.session.connection.on_success();
            }
            let here = self.entry.with_untracked(|e| e.as_ref().map(|e| e.workspace.id));
            match answer {
                Ok(answer) if Some(answer.workspace) == here => {
                    self.failed.set(None);
                    self.keep(&page, &answer.value);
                    let fresh = self.current.with_untracked(|s| s.data.is_none());
                    let same =
                        self.current.with_untracked(|s| s.page == page && s.data.as_ref() == Some(&answer.value));
                    if !same {
                        self.current.set(CurrentPage { page, data: Some(answer.value) });
                    }
                    if fresh {
                        self.session.navigator.settle();
                    }
                }
                // A response from another workspace is discarded.
                Ok(_) => self.failed.set(Some(AppError::Mismatch)),
                Err(error) => self.handle_error(error),
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
                let entered = open_workspace(slug.clone(), Page::Overview).await?;
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

    /// Returns the errors that a form shows, and handles all others. The typed input then stays in its fields.
    pub fn form_error(self, error: AppError) -> Option<AppError> {
        match error {
            AppError::Invalid(_)
            | AppError::Denied(_)
            | AppError::Factor
            | AppError::Limited(_)
            | AppError::Unavailable
            | AppError::ReadOnly
            | AppError::Offline
            | AppError::Internal => Some(error),
            error => {
                self.handle_error(error);
                None
            }
        }
    }

    /// Handles an error: navigates to the page where the user can continue, or shows a message.
    pub fn handle_error(self, error: AppError) {
        match error {
            AppError::SignedOut => self.session.sign_in_again(),
            AppError::Factor => self.session.prove_factor(),
            AppError::Refused(refusal) => self.session.navigator.replace(Route::Home { refused: Some(refusal) }),
            AppError::Moved(slug) if self.entry.with_untracked(Option::is_some) => self.moved(slug),
            AppError::Moved(slug) => {
                self.session.navigator.replace(Route::Workspace(slug, self.page.get_untracked()));
                self.session.refresh_picker(true);
            }
            AppError::Absent | AppError::Gone if self.entry.with_untracked(Option::is_some) => {
                self.on_access_lost(error)
            }
            AppError::Absent | AppError::Gone => {
                self.refused.set(Some(error));
                self.session.refresh_picker(true);
            }
            error => {
                if self.current.with_untracked(|s| s.data.is_some()) {
                    self.session.toast(Toast::failed(error.message()));
                }
                self.failed.set(Some(error));
            }
        }
    }
}
