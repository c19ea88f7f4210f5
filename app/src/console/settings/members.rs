//! Members page of the workspace: `/{slug}/settings/members`.

use crate::{
    console::{PageData, host::with_visit, manage_members, scope::Scope},
    reactive,
    routes::{Route, VisitData},
    seats::{self, MembersForm},
};
use leptos::prelude::*;
use model::{WorkspaceRole, invite::AT_ONCE, members::Members};

/// Renders the page's body inside the settings layout.
pub fn view(scope: Scope) -> AnyView {
    let page = scope.page.get_untracked();
    let grant = Signal::derive(move || scope.entry.with(|e| e.as_ref().map(|e| e.grant.clone())));
    let form: MembersForm<WorkspaceRole> = MembersForm::open(
        scope.session,
        scope.url(&page),
        grant,
        move |action| Box::pin(scope.ask(async move |slug, grant| manage_members(slug, grant, action.clone()).await)),
        move |done| {
            if done.left {
                scope.session.navigator.replace(Route::home());
                scope.session.refresh_picker(true);
            } else {
                scope.reload();
            }
        },
        move |error| scope.handle_error(error),
    );
    // The form is outside of the reloaded part, so its typed input stays.
    let invite_form = Memo::new(move |_| {
        // The remaining number of invites is shown only if it is below the limit per batch.
        with_members(scope, |data| (data.role, data.invites_left.min(u32::try_from(AT_ONCE).unwrap_or(u32::MAX))))
    });
    // A request was made, or was answered by another manager. The workspace list is updated first.
    let waiting = super::waiting(scope);
    reactive::effect(move || {
        let waiting = waiting.get();
        let count = with_members(scope, |data| data.requests.len());
        if count.is_some_and(|count| count != waiting as usize) {
            scope.reload();
        }
    });
    let members = move || with_members(scope, Clone::clone);
    let hint = "Separate people with commas or new lines. Each gets their own link by email.";
    view! {
        {form.error_message()}
        <div class="seats">
            {with_visit(scope, page, move |_, data| match data {
                VisitData::Members(data) => Some(seats::requests(form, data, WorkspaceRole::Member)),
                _ => None,
            })}
            {reactive::following(move || invite_form.get().map(|(role, left)| seats::invite_form(form, role, left, WorkspaceRole::Member, hint)))}
            {seats::people(form, members)}
            {seats::open_invites(form, members)}
            {reactive::following(move || with_members(scope, |data| seats::joins(form, data)))}
        </div>
    }
    .into_any()
}

/// Returns `read` applied to the members, or `None` while they are not loaded.
fn with_members<T>(scope: Scope, read: impl FnOnce(&Members<WorkspaceRole>) -> T) -> Option<T> {
    let deferred = scope.current.with(|current| match &current.data {
        Some(PageData::Visit(_, data)) => Some(data.clone()),
        _ => None,
    })?;
    match deferred.decode()? {
        VisitData::Members(members) => Some(read(&members)),
        _ => None,
    }
}
