//! API keys of the workspace: created, shown once, revoked. Works without JavaScript.

pub(crate) mod api;

use crate::{
    console::{form::grant_field, scope::Scope},
    layout::copy_button,
    routes::{Page, ReturnTo, Route, SettingsPage},
    session::Toast,
    ui::{Ago, FieldMessage, FormState, PasswordField, Pending, SelectField, SubmitButton, TextField, whole},
};
use api::{CREATED, create_api_key, revoke_api_key};
use leptos::{ev::SubmitEvent, prelude::*};
use model::{
    api_key::{ApiKey, KeyInput, KeyLife, Scope as KeyScope},
    moment,
};

/// Renders the page. `created` is the key that was just created; it stays while the list is reloaded.
pub fn view(scope: Scope, keys: &[ApiKey], created: RwSignal<Option<String>>) -> AnyView {
    let returned = scope.session.take_returned().unwrap_or_default();
    if let Some(key) = returned.value(CREATED) {
        created.set(Some(key.to_owned()));
    }
    let form = FormState::new(returned);
    view! {
        <p class="muted">"A program that has a key can send usage events to this workspace, or read it. A key never allows more than its owner’s role. It stops working when its owner loses access. "<a class="link" href="/api" rel="external">"API reference"</a></p>
        {form.pending.banner()}
        <div class="contents">{whole(move || created.get().map(secret))}</div>
        {new_key(scope, form, created)}
        <section class="block" aria-labelledby="all-keys">
            <h3 id="all-keys">"Keys"</h3>
            {if keys.is_empty() {
                view! { <p class="muted">"No keys yet"</p> }.into_any()
            } else {
                table(scope, form.pending, keys)
            }}
        </section>
    }
    .into_any()
}

fn secret(key: String) -> AnyView {
    let copied = key.clone();
    view! {
        <div class="secret" role="status">
            <p><b>"Copy the key now."</b>" You won’t be able to see it again."</p>
            <div class="copy-box">
                <code tabindex="0" data-testid="api-key">{key}</code>
                {copy_button(copied, "Copy", "Key copied")}
            </div>
        </div>
    }
    .into_any()
}

fn hidden(scope: Scope, action: &'static str) -> AnyView {
    view! {
        {grant_field(scope)}
        <input type="hidden" name="action" value=action/>
    }
    .into_any()
}

fn new_key(scope: Scope, form: FormState, created: RwSignal<Option<String>>) -> AnyView {
    let here = scope.url(&Page::Settings(SettingsPage::Keys));
    let prove = Route::Factor { next: ReturnTo::parse(&here) }.url();
    let errors = form.errors;
    let typed = |name: &str| form.typed(name).unwrap_or_default();
    let (name, life) = (typed("name"), form.typed("life").unwrap_or_else(|| KeyLife::default().as_str().to_owned()));
    let lives = KeyLife::ALL.into_iter().map(|life| (life.as_str().to_owned(), life.label().to_owned())).collect();
    // A new form offers the scope for which most keys are made.
    let returned = form.typed("life").is_some();
    let scopes = [
        ("events_write", KeyScope::EventsWrite, !returned || typed("events_write") == "on"),
        ("read", KeyScope::Read, typed("read") == "on"),
    ]
    .into_iter()
    .map(|(name, scope, checked)| {
        view! { <label class="check"><input type="checkbox" name=name value="on" checked=checked/><span>{scope.label()}" "<code>{scope.as_str()}</code></span></label> }
    })
    .collect_view();
    let create = move |event: SubmitEvent| {
        let send = move |values: Vec<(String, String)>| {
            let text = serde_urlencoded::to_string(&values).ok()?;
            let input: KeyInput = serde_urlencoded::from_str(&text).ok()?;
            Some(scope.ask(async move |slug, grant| create_api_key(slug, grant, input.clone()).await))
        };
        let done = move |key: String| {
            created.set(Some(key));
            scope.reload();
        };
        form.submit(&event, send, done, move |error| scope.form_error(error));
    };
    view! {
        <section class="block" aria-labelledby="new-key">
            <h3 id="new-key">"New key"</h3>
            <form class="form narrow" method="post" action=here novalidate on:submit=create>
                {hidden(scope, "create")}
                <TextField name="name" label="Name" value=name errors hint="For example, the service that uses it"/>
                <fieldset class="field" aria-describedby="scopes-error">
                    <legend>"Scopes"</legend>
                    {scopes}
                    <FieldMessage name="scopes" errors/>
                </fieldset>
                <SelectField name="life" label="Expires after" value=life options=lives errors/>
                <PasswordField name="password" label="Your password" autocomplete="current-password" errors
                    hint="Not required within 15 minutes of confirming it’s you by a second factor."/>
                <div class="btn-row"><SubmitButton form label="Create key"/><a class="btn quiet" href=prove>"Confirm it’s you"</a></div>
            </form>
        </section>
    }
    .into_any()
}

fn table(scope: Scope, pending: Pending, keys: &[ApiKey]) -> AnyView {
    let here = scope.url(&Page::Settings(SettingsPage::Keys));
    let rows = keys
        .iter()
        .map(|key| {
            let id = key.id;
            let revoke = move |event: SubmitEvent| {
                event.prevent_default();
                let answer = scope.ask(async move |slug, grant| revoke_api_key(slug, grant, id).await);
                let done = move |()| {
                    scope.session.toast(Toast::done("Key revoked"));
                    scope.reload();
                };
                pending.run(answer, done, move |error| scope.handle_error(error));
            };
            let scopes = key.scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(", ");
            let owner = if key.owner_name.is_empty() { "Someone who left".to_owned() } else { key.owner_name.clone() };
            let expires = key.expires_at.map_or_else(|| "Never".to_owned(), |at| moment::date(at.date()));
            view! {
                <tr data-testid="row">
                    <td class="col-main">{key.name.clone()}<span class="row-sub mono">{format!("{}…", key.prefix)}</span></td>
                    <td class="col-md fit">{scopes}</td>
                    <td class="col-md">{owner}</td>
                    <td class="col-sm fit">{match key.last_used_at {
                        Some(used) => view! { <Ago at=used now=scope.session.now/> }.into_any(),
                        None => "Never".into_any(),
                    }}</td>
                    <td class="col-sm fit">{expires}</td>
                    <td class="fit">{key.state.label()}</td>
                    <td class="num">
                        <form method="post" action=here.clone() on:submit=revoke>
                            {hidden(scope, "revoke")}
                            <input type="hidden" name="id" value=id.to_string()/>
                            <button class="btn quiet small danger" aria-label=format!("Revoke {}", key.name)>"Revoke"</button>
                        </form>
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="table-wrap"><table class="data-table">
            <caption class="visually-hidden">"API keys"</caption>
            <thead><tr>
                <th scope="col">"Name"</th>
                <th scope="col" class="col-md fit">"Scopes"</th>
                <th scope="col" class="col-md">"Owner"</th>
                <th scope="col" class="col-sm fit">"Last used"</th>
                <th scope="col" class="col-sm fit">"Expires"</th>
                <th scope="col" class="fit">"Status"</th>
                <th scope="col" class="narrow"><span class="visually-hidden">"Actions"</span></th>
            </tr></thead>
            <tbody>{rows}</tbody>
        </table></div>
    }
    .into_any()
}
