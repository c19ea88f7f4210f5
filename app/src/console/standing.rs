//! What happens when the workspace on screen, its name or the person's seat in it changes elsewhere. The person is told
//! at once and in words, and nothing that was typed is lost. Nothing stays of a workspace in which they no longer have
//! a seat (docs/SECURITY.md, I-23).

use super::{
    lost::Lost,
    scope::{Scope, Shown},
};
use crate::session::Toast;
use crate::{
    account::AccountFrame,
    browser,
    error::AppError,
    live::{self, Standing},
    reactive,
    routes::{Page, Route},
    ui::{Icon, copy_button, ways_out},
};
use leptos::prelude::*;
use model::{Seat, Slug, text::isolated, workspace::WorkspaceProfile};
use std::sync::Arc;

impl Scope {
    /// Hears how a workspace stands, if it is this one.
    pub(super) fn stands(self, at: &Slug, standing: Standing) {
        if self.slug.try_with_value(|slug| slug == at) != Some(true) {
            return;
        }
        if self.quiet.get_value() {
            return;
        }
        let entered = self.entry.with_untracked(|e| e.as_ref().map(|e| (e.workspace.clone(), e.seat)));
        match (entered, standing) {
            (Some((before, had)), Standing::Seat { workspace, seat }) => self.is_now(&before, had, *workspace, seat),
            // What is typed stays; whether it may be saved, the server says.
            (Some((before, _)), Standing::Factor) if self.is_form() => self.session.toast(Toast::failed(format!(
                "{} asks for a second factor now. Confirm it’s you in another tab, then save.",
                before.name
            ))),
            (Some(_), Standing::Factor) => self.session.prove_factor(),
            (Some(_), Standing::Gone) => self.lose(AppError::Gone),
            (Some(_), Standing::Absent) => self.lose(AppError::Absent),
            (None, Standing::Seat { .. }) => self.lost.update(|lost| {
                if let Some(lost) = lost {
                    lost.back = true;
                }
            }),
            (None, Standing::Gone | Standing::Absent | Standing::Factor) => {}
        }
    }

    /// Does something to the workspace itself, of which this tab would otherwise be told as if another had done it.
    ///
    /// # Errors
    /// What the server answers.
    pub async fn quietly<T>(self, work: impl Future<Output = Result<T, AppError>>) -> Result<T, AppError> {
        self.quiet.set_value(true);
        let answer = work.await;
        self.quiet.try_update_value(|quiet| *quiet = false);
        if answer.is_err() {
            // What was not listened to may have been news after all.
            live::ask();
        }
        answer
    }

    /// Takes over what changed, in place.
    fn is_now(self, before: &WorkspaceProfile, had: Seat, workspace: WorkspaceProfile, seat: Seat) {
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
                self.session.toast(Toast::done(format!("Your role in {} is {role} now.", isolated(&workspace.name))));
            }
            self.seen.update_value(|seen| seen.clear());
            // A form stays as it is, with what is typed; whether it may be saved, the server says.
            if had.capabilities() != seat.capabilities() && !self.is_form() {
                self.reload();
            }
        }
        if let Some(slug) = moved {
            self.called(workspace);
            self.session
                .toast(Toast::done(format!("This workspace has a new address: /{slug}. You can go on as you were.")));
        } else if let Some(name) = renamed {
            self.called(workspace);
            self.session.toast(Toast::done(format!("This workspace is called {} now.", isolated(&name))));
        } else if workspace.brand != before.brand {
            // Seen, and not worth a word.
            self.called(workspace);
        }
    }

    /// Whether there is a form on screen, into which something may be typed.
    fn is_form(self) -> bool {
        self.shown.with_untracked(|shown| {
            matches!(
                shown.page,
                Page::NewProduct | Page::EditProduct(_) | Page::NewCustomer | Page::EditCustomer(_) | Page::Settings(_)
            )
        }) || !browser::unsaved_text().is_empty()
    }

    /// The workspace goes by another name or address from now on; the page on screen stays.
    pub(super) fn called(self, workspace: WorkspaceProfile) {
        let slug = workspace.slug.clone();
        self.entry.update(|entry| {
            if let Some(entry) = entry {
                entry.workspace = workspace;
            }
        });
        self.moved(slug);
        self.session.refresh_picker(true);
    }

    /// The workspace has another address from now on: it takes the place of the old one, and the page stays.
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
        self.seen.update_value(|seen| seen.clear());
        self.session.plane_moved(&from, &to);
        self.slug.set_value(to.clone());
        if addressed {
            self.session.navigator.replace(Route::Workspace(to, page));
        }
    }

    /// The workspace is not the person's any more. What was typed is kept for them; all else that this tab holds of it is
    /// let go of.
    pub(super) fn lose(self, why: AppError) {
        let name = self.entry.with_untracked(|e| e.as_ref().map(|e| e.workspace.name.clone())).unwrap_or_default();
        let (deleted, unsaved) = (why == AppError::Gone, browser::unsaved_text());
        self.next_run();
        self.lost.set(Some(Lost { name, deleted, unsaved, back: false }));
        self.refused.set(Some(why));
        self.entry.set(None);
        self.shown.set(Shown { page: Page::Overview, data: None });
        self.seen.update_value(|seen| seen.clear());
        let slug = self.slug();
        self.session.picker.update(|picker| {
            let Some(picker) = picker else { return };
            for organization in &mut Arc::make_mut(picker).organizations {
                organization.workspaces.retain(|w| w.slug != slug);
            }
        });
        self.session.refresh_picker(true);
    }

    /// Goes back in, after the seat came back.
    fn enter_again(self) {
        self.lost.set(None);
        self.refused.set(None);
        self.enter();
    }
}

/// In the place of a workspace that is not the person's any more: what happened, where next, and what was not saved.
#[component]
pub fn LostNotice(
    /// The scope that lost it.
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
            "Somebody deleted this workspace just now. Its data can’t be opened any more; an owner can restore it for 14 days.",
        )
    } else {
        (
            format!("You no longer have a seat in {name}"),
            "Your seat was taken away just now, or the role that it came from. Ask one of the workspace’s admins if that is a surprise.",
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
                        <Icon name="check"/><p>{format!("{back_name} is yours to open again.")}</p>
                        <button class="btn small" type="button" on:click=move |_| scope.enter_again()>"Open"</button>
                    </div>
                }))}
                {(!unsaved.is_empty()).then(|| unsaved_box(&unsaved))}
                {ways_out(scope.session)}
            </main>
        </AccountFrame>
    }
}

/// What was typed and not saved: to be read and copied, and nothing else.
fn unsaved_box(unsaved: &[(String, String)]) -> AnyView {
    let text = unsaved.iter().map(|(label, text)| format!("{label}: {text}")).collect::<Vec<_>>().join("\n");
    let copied = text.clone();
    view! {
        <section class="unsaved" aria-labelledby="unsaved">
            <h2 id="unsaved">"What you typed was not saved"</h2>
            <textarea class="input" readonly=true aria-labelledby="unsaved" rows="4" data-testid="unsaved" prop:value=text></textarea>
            <div class="btn-row">{copy_button(copied, "Copy", "Text copied")}</div>
        </section>
    }
    .into_any()
}
