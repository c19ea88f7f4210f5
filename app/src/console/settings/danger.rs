//! Danger zone: deletion of the workspace.

use super::{delete_workspace, why_no_button};
use crate::session::Toast;
use crate::{
    browser,
    console::scope::Scope,
    error::AppError,
    routes::{Page, Route, SettingsPage},
    ui::{Banner, TextField, Tone},
};
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use model::{Capability, FieldErrors, count::pluralize, settings::Contents, text::isolated};

pub fn view(scope: Scope, contents: Contents) -> AnyView {
    view! { {delete(scope, contents)} }.into_any()
}

fn delete(scope: Scope, contents: Contents) -> AnyView {
    let name = scope.entry.with_untracked(|e| e.as_ref().map(|e| e.workspace.name.clone())).unwrap_or_default();
    let slug = scope.slug().to_string();
    let returned = scope.session.take_returned().unwrap_or_default();
    let value = returned.value("slug").unwrap_or_default().to_owned();
    let errors = RwSignal::new(returned.errors.clone());
    let message = RwSignal::new(returned.message.clone());
    let busy = RwSignal::new(false);
    let deleted = name.clone();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let values = browser::form_values(&event);
        let typed = values.iter().find(|(n, _)| n == "slug").map(|(_, v)| v.clone()).unwrap_or_default();
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let deleted = deleted.clone();
        spawn_local(async move {
            let delete = scope.ask(async |slug, grant| delete_workspace(slug, grant, typed.clone()).await);
            let answer = scope.suppressing_events(delete).await;
            if busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(()) => {
                    browser::forget_unsaved();
                    scope.session.refresh_picker(true);
                    scope.session.navigator.push(Route::home());
                    scope
                        .session
                        .toast(Toast::done(format!("{} deleted. You can restore it for 14 days.", isolated(&deleted))));
                }
                Err(
                    error @ (AppError::Invalid(_)
                    | AppError::Denied(_)
                    | AppError::Limited(_)
                    | AppError::Unavailable
                    | AppError::ReadOnly
                    | AppError::Offline
                    | AppError::Internal),
                ) => {
                    message.set(if error.fields().0.is_empty() { error.message() } else { String::new() });
                    errors.set(error.fields());
                    browser::next_frame(|| browser::focus("[aria-invalid=true]"));
                }
                Err(error) => scope.handle_error(error),
            }
        });
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
                {move || message.with(|m| (!m.is_empty()).then(|| view! { <Banner tone=Tone::Bad message=m.clone()/> }))}
                <input type="hidden" name="grant" value=scope.entry.with_untracked(|e| e.as_ref().map(|e| e.grant.clone()))/>
                <input type="hidden" name="action" value="delete"/>
                <ConfirmField slug=slug value errors/>
                <div class="btn-row"><button class="btn danger primary" type="submit" disabled=move || !may() aria-busy=move || busy.get().then_some("true")>"Delete workspace"</button></div>
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
