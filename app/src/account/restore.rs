//! Restoring a deleted workspace, from the picker or at the workspace's own URL. Uses a form, so that it works without
//! JavaScript.

use super::restore_workspace;
use crate::session::Toast;
use crate::{
    error::AppError,
    routes::{Page, Route},
    session::Session,
    ui::{Icon, Pending, WorkspaceAvatar, WsIcon},
};
use leptos::{ev::SubmitEvent, prelude::*};
use model::{moment, settings::DeletedWorkspace, text::isolated};

/// Button that restores a workspace and opens it. `action` is the URL of the POST without JavaScript.
pub fn restore_button(session: Session, workspace: &DeletedWorkspace, action: String) -> AnyView {
    let pending = Pending::default();
    let (slug, name) = (workspace.slug.clone(), workspace.name.clone());
    let posted = slug.to_string();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let there = Route::Workspace(slug.clone(), Page::Overview);
        let message = format!("{} restored", isolated(&name));
        let done = move |()| {
            session.refresh_picker(true);
            // At the workspace's own URL, its view must be created anew.
            session.navigator.push(Route::home());
            session.navigator.replace(there);
            session.toast(Toast::done(message));
        };
        let stopped = move |error: AppError| {
            session.refresh_picker(true);
            match error {
                AppError::Factor => session.prove_factor(),
                error => session.toast(Toast::failed(error.message())),
            }
        };
        pending.run(restore_workspace(slug.clone()), done, stopped);
    };
    view! {
        <form method="post" action=action on:submit=submit>
            <input type="hidden" name="action" value="restore-workspace"/>
            <input type="hidden" name="slug" value=posted/>
            <button class="btn" data-testid="restore" aria-busy=move || pending.aria_busy()><Icon name="refresh"/>"Restore"</button>
        </form>
    }
    .into_any()
}

/// Section of the picker with the deleted workspaces that the person can restore.
pub fn deleted_section(session: Session) -> impl IntoView {
    move || {
        let deleted = session.picker.with(|p| p.as_ref().map(|p| p.deleted.clone())).unwrap_or_default();
        (!deleted.is_empty()).then(|| {
            let rows = deleted
                .iter()
                .map(|workspace| {
                    view! {
                        <li class="deleted-row" data-testid="deleted-row" data-slug=workspace.slug.to_string()>
                            <WsIcon avatar=WorkspaceAvatar::named(&workspace.name) large=true/>
                            <span class="names">
                                <span class="name">{workspace.name.clone()}</span>
                                <span class="muted">{format!("{} · can be restored until {}", workspace.organization, moment::utc_date(workspace.until()))}</span>
                            </span>
                            {restore_button(session, workspace, Route::home().url())}
                        </li>
                    }
                })
                .collect_view();
            view! {
                <section class="org-section" aria-labelledby="deleted">
                    <header><h2 id="deleted">"Deleted"</h2></header>
                    <ul>{rows}</ul>
                </section>
            }
        })
    }
}
