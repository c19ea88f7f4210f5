//! Danger zone: deletion of the workspace.

use super::{delete_workspace, why_no_button};
use crate::session::Toast;
use crate::{
    browser,
    console::{form::grant_field, scope::Scope},
    error::AppError,
    routes::{Page, Route, SettingsPage},
    ui::{FormState, TextField},
};
use leptos::{ev::SubmitEvent, prelude::*};
use model::{Capability, FieldErrors, count::pluralize, settings::Contents, text::isolated};

pub fn view(scope: Scope, contents: Contents) -> AnyView {
    view! { {delete(scope, contents)} }.into_any()
}

fn delete(scope: Scope, contents: Contents) -> AnyView {
    let name = scope.entry.with_untracked(|e| e.as_ref().map(|e| e.workspace.name.clone())).unwrap_or_default();
    let slug = scope.slug().to_string();
    let form = FormState::new(scope.session.take_returned().unwrap_or_default());
    let value = form.typed("slug").unwrap_or_default();
    let deleted = name.clone();
    let submit = move |event: SubmitEvent| {
        let send = move |values: Vec<(String, String)>| {
            let typed = values.into_iter().find(|(n, _)| n == "slug").map(|(_, v)| v).unwrap_or_default();
            let delete = scope.ask(async move |slug, grant| delete_workspace(slug, grant, typed.clone()).await);
            Some(scope.suppressing_events(delete))
        };
        let message = format!("{} deleted. You can restore it for 14 days.", isolated(&deleted));
        let done = move |()| {
            browser::forget_unsaved();
            scope.session.refresh_picker(true);
            scope.session.navigator.push(Route::home());
            scope.session.toast(Toast::done(message));
        };
        let stopped = move |error| match error {
            // The person confirms again afterwards, so the page may be left.
            AppError::Factor => {
                scope.handle_error(error);
                None
            }
            error => scope.form_error(error),
        };
        form.submit(&event, send, done, stopped);
    };
    let holds = [
        pluralize(contents.people, "person with direct access", "people with direct access"),
        pluralize(contents.products, "product", "products"),
        pluralize(contents.customers, "customer", "customers"),
        pluralize(contents.invoices, "invoice", "invoices"),
    ]
    .join(", ");
    let here = scope.url(&Page::Settings(SettingsPage::Danger));
    let may = move || scope.may(Capability::OwnWorkspace);
    view! {
        <section class="block danger" aria-labelledby="delete">
            <h3 id="delete">"Delete this workspace"</h3>
            <p>{format!("{} contains {holds}. Everyone loses access immediately, and every open tab says so.", isolated(&name))}</p>
            <p>"An owner can restore it with all its data for 14 days, from its URL or from All workspaces. After that it is permanently deleted. No one else can ever use its URL."</p>
            <form class="form" method="post" action=here novalidate on:submit=submit>
                {form.pending.banner()}
                {grant_field(scope)}
                <input type="hidden" name="action" value="delete"/>
                <ConfirmField slug=slug value errors=form.errors/>
                <div class="btn-row"><button class="btn danger primary" type="submit" disabled=move || !may() aria-busy=move || form.pending.aria_busy()>"Delete workspace"</button></div>
                {move || why_no_button(scope, Capability::OwnWorkspace)}
            </form>
        </section>
    }
    .into_any()
}

#[component]
fn ConfirmField(slug: String, value: String, errors: RwSignal<FieldErrors>) -> impl IntoView {
    view! {
        <p>"Type "<code class="mono" data-testid="confirm-slug">{slug}</code>" to confirm."</p>
        <TextField name="slug" label="Workspace URL" value errors mono=true/>
    }
}
