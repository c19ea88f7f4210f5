//! Webhooks of the workspace: list and form, and the page of each with its deliveries. Works without JavaScript.

pub(crate) mod api;
mod detail;
mod fields;
#[cfg(feature = "ssr")]
pub(crate) mod letters;

pub use detail::view as detail;

use crate::{
    console::scope::Scope,
    routes::{Page, SettingsPage},
    ui::{FormMessage, FormState, Status, SubmitButton, whole},
};
use api::{SECRET, create_webhook};
use fields::{fields, hidden, secret, tone};
use leptos::{ev::SubmitEvent, prelude::*};
use model::webhook::{Webhook, WebhookInput};

/// Renders the list. `made` is the secret that was just made; it stays while the list is reloaded.
pub fn view(scope: Scope, webhooks: &[Webhook], made: RwSignal<Option<String>>) -> AnyView {
    let returned = scope.session.take_returned().unwrap_or_default();
    if let Some(secret) = returned.value(SECRET) {
        made.set(Some(secret.to_owned()));
    }
    let form = FormState::new(returned).emptied_after_success();
    view! {
        <p class="muted">"A webhook tells your own programs of what happens here. Stile sends a signed message to its address, and repeats it for three days until it is accepted."</p>
        <div class="contents">{whole(move || made.get().map(secret))}</div>
        <section class="block" aria-labelledby="all-webhooks">
            <h3 id="all-webhooks">"Webhooks"</h3>
            {if webhooks.is_empty() {
                view! { <p class="muted">"No webhooks yet"</p> }.into_any()
            } else {
                table(scope, webhooks)
            }}
        </section>
        {new_webhook(scope, form, made)}
    }
    .into_any()
}

fn new_webhook(scope: Scope, form: FormState, made: RwSignal<Option<String>>) -> AnyView {
    let here = scope.url(&Page::Settings(SettingsPage::Webhooks));
    let create = move |event: SubmitEvent| {
        let send = move |values: Vec<(String, String)>| {
            let text = serde_urlencoded::to_string(&values).ok()?;
            let input: WebhookInput = serde_urlencoded::from_str(&text).ok()?;
            Some(scope.ask(async move |slug, grant| create_webhook(slug, grant, input.clone()).await))
        };
        let done = move |secret: String| {
            made.set(Some(secret));
            scope.reload();
        };
        form.submit(&event, send, done, move |error| scope.form_error(error));
    };
    view! {
        <section class="block" aria-labelledby="new-webhook">
            <h3 id="new-webhook">"New webhook"</h3>
            <form class="form narrow" method="post" action=here novalidate on:submit=create>
                <FormMessage form/>
                {hidden(scope, "create")}
                {fields(form, &WebhookInput::default())}
                <div class="btn-row"><SubmitButton form label="Create webhook"/></div>
            </form>
        </section>
    }
    .into_any()
}

fn table(scope: Scope, webhooks: &[Webhook]) -> AnyView {
    let rows = webhooks
        .iter()
        .map(|webhook| {
            let url = scope.url(&Page::Settings(SettingsPage::Webhook(webhook.id)));
            let events: Vec<&str> = webhook.events.iter().map(|event| event.as_str()).collect();
            view! {
                <tr data-testid="row">
                    <td class="col-main"><a class="row-link" href=url><bdi>{webhook.name().to_owned()}</bdi></a><span class="row-sub mono" dir="ltr">{webhook.url.clone()}</span></td>
                    <td class="col-md">{events.join(", ")}</td>
                    <td class="fit"><Status tone=tone(webhook.state) label=webhook.state.label()/></td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="table-wrap"><table class="data-table">
            <caption class="visually-hidden">"Webhooks"</caption>
            <thead><tr>
                <th scope="col">"Webhook"</th>
                <th scope="col" class="col-md">"Events"</th>
                <th scope="col" class="fit">"Status"</th>
            </tr></thead>
            <tbody>{rows}</tbody>
        </table></div>
    }
    .into_any()
}
