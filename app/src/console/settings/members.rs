//! Members of the workspace: `/{slug}/settings/members`.

use crate::{
    console::{VisitData, host::with_visit, manage_members, scope::Scope},
    seats::{self, Desk},
};
use leptos::prelude::*;
use model::{WorkspaceRole, list::Noun, members::Members};

/// The page's body; the settings' own shell stands around it.
pub fn view(scope: Scope) -> AnyView {
    let page = scope.page.get_untracked();
    let grant = Signal::derive(move || scope.entry.with(|e| e.as_ref().map(|e| e.grant.clone())));
    let desk: Desk<WorkspaceRole> = Desk::open(
        scope.session,
        scope.url(&page),
        grant,
        move |deed| Box::pin(scope.ask(async move |slug, grant| manage_members(slug, grant, deed.clone()).await)),
        move |done| {
            if done.left {
                scope.session.navigator.replace(crate::routes::Route::home());
                scope.session.refresh_picker(true);
            } else {
                scope.reload();
            }
        },
        move |error| scope.stopped(error),
    );
    view! {
        {desk.said()}
        {with_visit(scope, Noun::Customers, move |_, data| match data {
            VisitData::Members(members) => Some(body(desk, members)),
            _ => None,
        })}
    }
    .into_any()
}

fn body(desk: Desk<WorkspaceRole>, data: &Members<WorkspaceRole>) -> AnyView {
    let hint = "One in each line, or divided by commas. Each gets a mail with a link of its own.";
    view! {
        <div class="seats">
            {seats::requests(desk, data, WorkspaceRole::Member)}
            {seats::invite_form(desk, data, WorkspaceRole::Member, hint)}
            {seats::people(desk, data)}
            {seats::open_invites(desk, data)}
            {seats::joins(desk, data)}
        </div>
    }
    .into_any()
}
