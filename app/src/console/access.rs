//! Handling of external changes to the current workspace, its name or the user's seat in it. The user is told at once,
//! and typed input is never lost. No data remains of a workspace in which they no longer have a seat (docs/SECURITY.md,
//! I-23).

use super::{
    access_lost::AccessLost,
    scope::{CurrentPage, Scope},
};
use crate::session::Toast;
use crate::{
    account::AccountFrame,
    browser,
    error::AppError,
    layout::{copy_button, ways_out},
    live::{self, WorkspaceAccess},
    reactive,
    routes::{Page, Route},
    ui::Icon,
};
use leptos::prelude::*;
use model::{Seat, Slug, text::isolated, workspace::WorkspaceProfile};
use std::sync::Arc;

impl Scope {
    /// Handles a notification about a workspace, if it is this one.
    pub(super) fn on_access_changed(self, at: &Slug, access: WorkspaceAccess) {
        if self.slug.try_with_value(|slug| slug == at) != Some(true) {
            return;
        }
        if self.suppress_events.get_value() {
            return;
        }
        let entered = self.entry.with_untracked(|e| e.as_ref().map(|e| (e.workspace.clone(), e.seat)));
        match (entered, access) {
            (Some((before, had)), WorkspaceAccess::Seat { workspace, seat }) => {
                self.apply_change(&before, had, *workspace, seat)
            }
            // Typed input stays. The server decides if it may be saved.
            (Some((before, _)), WorkspaceAccess::Factor) if self.is_form() => {
                self.session.toast(Toast::failed(format!(
                    "{} now requires two-factor authentication. Confirm it’s you in another tab, then save.",
                    before.name
                )))
            }
            (Some(_), WorkspaceAccess::Factor) => self.session.prove_factor(),
            (Some(_), WorkspaceAccess::Gone) => self.on_access_lost(AppError::Gone),
            (Some(_), WorkspaceAccess::Absent) => self.on_access_lost(AppError::Absent),
            (None, WorkspaceAccess::Seat { .. }) => self.lost.update(|lost| {
                if let Some(lost) = lost {
                    lost.back = true;
                }
            }),
            (None, WorkspaceAccess::Gone | WorkspaceAccess::Absent | WorkspaceAccess::Factor) => {}
        }
    }

    /// Runs `work`, which changes the workspace itself, and ignores notifications until it ends. They would report the
    /// change as one by another user.
    ///
    /// # Errors
    /// The error of `work`.
    pub async fn suppressing_events<T>(self, work: impl Future<Output = Result<T, AppError>>) -> Result<T, AppError> {
        self.suppress_events.set_value(true);
        let answer = work.await;
        self.suppress_events.try_update_value(|suppress_events| *suppress_events = false);
        if answer.is_err() {
            // A notification that was ignored may have reported another change.
            live::ask();
        }
        answer
    }

    /// Applies a changed name, slug, brand or seat in place.
    fn apply_change(self, before: &WorkspaceProfile, had: Seat, workspace: WorkspaceProfile, seat: Seat) {
        let renamed = (workspace.name != before.name).then(|| workspace.name.clone());
        let moved = (workspace.slug != before.slug).then(|| workspace.slug.clone());
        if had != seat {
            self.entry.update(|entry| {
                if let Some(entry) = entry {
                    entry.seat = seat;
                }
            });
            if had.role() != seat.role() {
                let role = seat.role().label();
                self.session.toast(Toast::done(format!("Your role in {} is now {role}.", isolated(&workspace.name))));
            }
            self.page_cache.update_value(|page_cache| page_cache.clear());
            // A form stays as it is, with its typed input. The server decides if it may be saved.
            if had.capabilities() != seat.capabilities() && !self.is_form() {
                self.reload();
            }
        }
        if let Some(slug) = moved {
            self.update_profile(workspace);
            self.session.toast(Toast::done(format!("This workspace is now at /{slug}. You can keep working.")));
        } else if let Some(name) = renamed {
            self.update_profile(workspace);
            self.session.toast(Toast::done(format!("This workspace is now called {}.", isolated(&name))));
        } else if workspace.brand != before.brand {
            // The change is visible, so it needs no message.
            self.update_profile(workspace);
        }
    }

    /// Returns `true` if the page on screen is a form that may contain typed input.
    fn is_form(self) -> bool {
        self.current.with_untracked(|current| current.page.is_form() || matches!(current.page, Page::Settings(_)))
            || !browser::unsaved_text().is_empty()
    }

    /// Applies the workspace's new name or slug. The page on screen stays.
    pub(super) fn update_profile(self, workspace: WorkspaceProfile) {
        let slug = workspace.slug.clone();
        self.entry.update(|entry| {
            if let Some(entry) = entry {
                entry.workspace = workspace;
            }
        });
        self.moved(slug);
        self.session.refresh_picker(true);
    }

    /// Applies the workspace's new slug, which replaces the old one in the URL. The page on screen stays.
    pub(super) fn moved(self, to: Slug) {
        let from = self.slug();
        if from == to {
            return;
        }
        let (page, addressed) = (self.page.get_untracked(), self.is_addressed());
        self.entry.update(|entry| {
            if let Some(entry) = entry {
                entry.workspace.slug = to.clone();
            }
        });
        self.page_cache.update_value(|page_cache| page_cache.clear());
        self.session.plane_moved(&from, &to);
        self.slug.set_value(to.clone());
        if addressed {
            self.session.navigator.replace(Route::Workspace(to, page));
        }
    }

    /// Handles the loss of access to the workspace. Typed input is kept for the user; all other data of the workspace
    /// in this tab is discarded.
    pub(super) fn on_access_lost(self, why: AppError) {
        let name = self.entry.with_untracked(|e| e.as_ref().map(|e| e.workspace.name.clone())).unwrap_or_default();
        let (deleted, unsaved) = (why == AppError::Gone, browser::unsaved_text());
        self.next_generation();
        self.lost.set(Some(AccessLost { name, deleted, unsaved, back: false }));
        self.refused.set(Some(why));
        self.entry.set(None);
        self.current.set(CurrentPage { page: Page::Overview, data: None });
        self.page_cache.update_value(|page_cache| page_cache.clear());
        let slug = self.slug();
        self.session.picker.update(|picker| {
            let Some(picker) = picker else { return };
            for organization in &mut Arc::make_mut(picker).organizations {
                organization.workspaces.retain(|w| w.slug != slug);
            }
        });
        self.session.refresh_picker(true);
    }

    /// Opens the workspace again after the user has regained a seat.
    fn reenter(self) {
        self.lost.set(None);
        self.refused.set(None);
        self.enter();
    }
}

/// Replacement for a workspace to which the user lost access: the reason, links to continue, and the unsaved input.
#[component]
pub fn AccessLostNotice(
    /// Scope of the lost workspace.
    scope: Scope,
) -> impl IntoView {
    let lost = move || scope.lost.get();
    let (name, deleted) = scope
        .lost
        .with_untracked(|l| l.as_ref().map(|l| (isolated(&l.name).into_owned(), l.deleted)))
        .unwrap_or_default();
    let (title, text) = if deleted {
        (
            format!("{name} was deleted"),
            "This workspace was just deleted. Its data is no longer available. An owner can restore it for 14 days.",
        )
    } else {
        (
            format!("You no longer have access to {name}"),
            "Your access was just removed. If that’s unexpected, contact a workspace admin.",
        )
    };
    let unsaved = scope.lost.with_untracked(|l| l.as_ref().map(|l| l.unsaved.clone())).unwrap_or_default();
    let back_name = name.clone();
    reactive::effect(move || browser::next_frame(|| browser::focus("#main")));
    view! {
        <AccountFrame>
            <main class="notice" id="main" tabindex="-1" data-testid=if deleted { "gone" } else { "not-found" } data-lost="" role="alert">
                <h1>{title}</h1>
                <p>{text}</p>
                {reactive::following(move || lost().is_some_and(|l| l.back).then(|| view! {
                    <div class="banner" role="status">
                        <Icon name="check"/><p>{format!("You have access to {back_name} again.")}</p>
                        <button class="btn small" type="button" on:click=move |_| scope.reenter()>"Open"</button>
                    </div>
                }))}
                {(!unsaved.is_empty()).then(|| unsaved_box(&unsaved))}
                {ways_out(scope.session)}
            </main>
        </AccountFrame>
    }
}

/// Renders the unsaved input for reading and copying only.
fn unsaved_box(unsaved: &[(String, String)]) -> AnyView {
    let text = unsaved.iter().map(|(label, text)| format!("{label}: {text}")).collect::<Vec<_>>().join("\n");
    let copied = text.clone();
    view! {
        <section class="unsaved" aria-labelledby="unsaved">
            <h2 id="unsaved">"Your changes were not saved"</h2>
            <textarea class="input" readonly=true aria-labelledby="unsaved" rows="4" data-testid="unsaved" prop:value=text></textarea>
            <div class="btn-row">{copy_button(copied, "Copy", "Text copied")}</div>
        </section>
    }
    .into_any()
}
