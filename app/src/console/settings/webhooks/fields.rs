//! Parts of both pages of webhooks: fields of the form, and the secret that is shown once.

use crate::{
    console::{form::grant_field, scope::Scope},
    layout::copy_button,
    ui::{FieldMessage, FormState, StatusTone, TextField},
};
use leptos::prelude::*;
use model::webhook::{EventKind, WebhookInput, WebhookState};

/// Renders grant and action of a form.
pub(super) fn hidden(scope: Scope, action: &'static str) -> AnyView {
    view! {
        {grant_field(scope)}
        <input type="hidden" name="action" value=action/>
    }
    .into_any()
}

/// Renders the fields, with the values of `input` or those that the server returned.
pub(super) fn fields(form: FormState, input: &WebhookInput) -> AnyView {
    let errors = form.errors;
    let was_returned = form.typed("url").is_some();
    let url = form.typed("url").unwrap_or_else(|| input.url.clone());
    let description = form.typed("description").unwrap_or_else(|| input.description.clone());
    let chosen = input.events();
    let checks = EventKind::ALL
        .iter()
        .map(|kind| {
            let name = kind.field();
            let checked =
                if was_returned { form.typed(name).as_deref() == Some("on") } else { chosen.contains(kind) };
            view! { <label class="check"><input type="checkbox" name=name value="on" checked=checked/><span>{kind.label()}" "<code>{kind.as_str()}</code></span></label> }
        })
        .collect_view();
    view! {
        <TextField name="url" label="URL" value=url errors kind="url" mono=true hint="Messages are sent here by POST. The address must be public."/>
        <TextField name="description" label="Description" value=description errors optional=true hint="For example, the program that receives it"/>
        <fieldset class="field" aria-describedby="events-error">
            <legend>"Events"</legend>
            {checks}
            <FieldMessage name="events" errors/>
        </fieldset>
    }
    .into_any()
}

/// Renders a secret that was just made.
pub(super) fn secret(secret: String) -> AnyView {
    let copied = secret.clone();
    view! {
        <div class="secret" role="status">
            <p><b>"Copy the secret now."</b>" You won’t be able to see it again. Your program verifies messages by it."</p>
            <div class="copy-box">
                <code tabindex="0" data-testid="webhook-secret">{secret}</code>
                {copy_button(copied, "Copy", "Secret copied")}
            </div>
        </div>
    }
    .into_any()
}

/// Returns the tone of a state.
pub(super) const fn tone(state: WebhookState) -> StatusTone {
    match state {
        WebhookState::On => StatusTone::Good,
        WebhookState::Failing => StatusTone::Bad,
        WebhookState::Off => StatusTone::Off,
    }
}
