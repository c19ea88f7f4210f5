//! Page of a webhook: its form, actions, and last deliveries.

use super::{
    api::{SECRET, act_on_webhook, save_webhook},
    fields::{fields, hidden, secret, tone},
};
use crate::{
    console::scope::Scope,
    routes::{Page, Route, SettingsPage},
    session::Toast,
    ui::{Ago, FormMessage, FormState, Pending, Status, SubmitButton, whole},
};
use leptos::{ev::SubmitEvent, prelude::*};
use model::{
    id::WebhookId,
    moment,
    webhook::{Delivery, DeliveryState, Webhook, WebhookAct, WebhookDetail, WebhookInput, WebhookState},
};

/// Renders the page. `made` is the secret that was just made; it stays while the page is reloaded.
pub fn view(scope: Scope, detail: &WebhookDetail, made: RwSignal<Option<String>>) -> AnyView {
    let webhook = &detail.webhook;
    let returned = scope.session.take_returned().unwrap_or_default();
    if let Some(secret) = returned.value(SECRET) {
        made.set(Some(secret.to_owned()));
    }
    let form = FormState::new(returned);
    let all = scope.url(&Page::Settings(SettingsPage::Webhooks));
    let actions = Actions { scope, id: webhook.id, pending: form.pending, made };
    let rotating = webhook.rotating_until.map(|until| {
        let text = format!("The secret was rotated. The former one also signs until {} ({}).", moment::minute(*until), detail.time_zone);
        view! { <p class="hint" data-testid="rotating">{text}</p> }
    });
    view! {
        <p><a href=all>"All webhooks"</a></p>
        <p class="webhook-name"><bdi data-testid="webhook-name">{webhook.name().to_owned()}</bdi>" "<Status tone=tone(webhook.state) label=webhook.state.label()/></p>
        {state(webhook)}
        <div class="contents">{whole(move || made.get().map(secret))}</div>
        {rotating}
        <div class="btn-row">
            {(webhook.state != WebhookState::Off).then(|| actions.button(WebhookAct::Test, "test", "Send test", "btn"))}
            {actions.button(WebhookAct::Rotate, "rotate", "Rotate secret", "btn")}
            {match webhook.state {
                WebhookState::Off => actions.button(WebhookAct::TurnOn, "turn-on", "Turn on", "btn"),
                WebhookState::On | WebhookState::Failing => actions.button(WebhookAct::TurnOff, "turn-off", "Turn off", "btn"),
            }}
            {actions.button(WebhookAct::Delete, "delete", "Delete", "btn danger")}
        </div>
        {edit(scope, form, webhook)}
        {deliveries(actions, detail)}
    }
    .into_any()
}

/// Explains a state that needs attention.
fn state(webhook: &Webhook) -> Option<AnyView> {
    let text = match (webhook.state, webhook.failing_since) {
        (WebhookState::On, _) => return None,
        (WebhookState::Failing, since) => {
            let since = since.map(|since| format!(" since {}", moment::minute(*since))).unwrap_or_default();
            format!("No message has been accepted{since}. After five days, the webhook is turned off.")
        }
        (WebhookState::Off, _) => "The webhook is off, so nothing is sent. What happens meanwhile is not sent later.".to_owned(),
    };
    Some(view! { <p class="hint">{text}</p> }.into_any())
}

fn edit(scope: Scope, form: FormState, webhook: &Webhook) -> AnyView {
    let id = webhook.id;
    let here = scope.url(&Page::Settings(SettingsPage::Webhook(id)));
    let save = move |event: SubmitEvent| {
        let send = move |values: Vec<(String, String)>| {
            let text = serde_urlencoded::to_string(&values).ok()?;
            let input: WebhookInput = serde_urlencoded::from_str(&text).ok()?;
            Some(scope.ask(async move |slug, grant| save_webhook(slug, grant, id, input.clone()).await))
        };
        let done = move |()| {
            scope.session.toast(Toast::done("Webhook saved"));
            scope.reload();
        };
        form.submit(&event, send, done, move |error| scope.form_error(error));
    };
    view! {
        <section class="block" aria-labelledby="edit-webhook">
            <h3 id="edit-webhook">"Address and events"</h3>
            <form class="form narrow" method="post" action=here novalidate on:submit=save>
                <FormMessage form/>
                {hidden(scope, "save")}
                {fields(form, &WebhookInput::from(webhook))}
                <div class="btn-row"><SubmitButton form label="Save"/></div>
            </form>
        </section>
    }
    .into_any()
}

/// What the buttons of the page need.
#[derive(Clone, Copy)]
struct Actions {
    scope: Scope,
    id: WebhookId,
    pending: Pending,
    made: RwSignal<Option<String>>,
}

impl Actions {
    fn button(self, act: WebhookAct, action: &'static str, label: &'static str, class: &'static str) -> AnyView {
        let here = self.scope.url(&Page::Settings(SettingsPage::Webhook(self.id)));
        view! {
            <form method="post" action=here on:submit=move |event| self.run(&event, act)>
                {hidden(self.scope, action)}
                <button class=class type="submit">{label}</button>
            </form>
        }
        .into_any()
    }

    fn redeliver(self, delivery: &Delivery) -> AnyView {
        let here = self.scope.url(&Page::Settings(SettingsPage::Webhook(self.id)));
        let act = WebhookAct::Redeliver(delivery.id);
        view! {
            <form method="post" action=here on:submit=move |event| self.run(&event, act)>
                {hidden(self.scope, "redeliver")}
                <input type="hidden" name="delivery" value=delivery.id.to_string()/>
                <button class="btn small" type="submit" aria-label=format!("Redeliver {}", delivery.message)>"Redeliver"</button>
            </form>
        }
        .into_any()
    }

    fn run(self, event: &SubmitEvent, act: WebhookAct) {
        let Self { scope, id, pending, made } = self;
        event.prevent_default();
        let answer = scope.ask(async move |slug, grant| act_on_webhook(slug, grant, id, act).await);
        let done = move |secret: Option<String>| {
            if let Some(secret) = secret {
                made.set(Some(secret));
            }
            scope.session.toast(Toast::done(told(act)));
            if act == WebhookAct::Delete {
                let all = scope.url(&Page::Settings(SettingsPage::Webhooks));
                scope.session.navigator.push(Route::parse_url(&all));
            } else {
                scope.reload();
            }
        };
        pending.run(answer, done, move |error| scope.handle_error(error));
    }
}

const fn told(act: WebhookAct) -> &'static str {
    match act {
        WebhookAct::Test => "Test queued",
        WebhookAct::Rotate => "Secret rotated",
        WebhookAct::TurnOn => "Webhook turned on",
        WebhookAct::TurnOff => "Webhook turned off",
        WebhookAct::Delete => "Webhook deleted",
        WebhookAct::Redeliver(_) => "Message queued",
    }
}

fn deliveries(actions: Actions, detail: &WebhookDetail) -> AnyView {
    let is_off = detail.webhook.state == WebhookState::Off;
    let rows = detail.deliveries.iter().map(|delivery| row(actions, delivery, is_off)).collect_view();
    let table = if detail.deliveries.is_empty() {
        view! { <p class="muted">"No messages yet"</p> }.into_any()
    } else {
        view! {
            <div class="table-wrap"><table class="data-table">
                <caption class="visually-hidden">"Last messages"</caption>
                <thead><tr>
                    <th scope="col">"Message"</th>
                    <th scope="col" class="col-sm fit">"Time"</th>
                    <th scope="col" class="col-md num">"Attempts"</th>
                    <th scope="col" class="fit">"Status"</th>
                    <th scope="col" class="narrow"><span class="visually-hidden">"Actions"</span></th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table></div>
        }
        .into_any()
    };
    view! {
        <section class="block" aria-labelledby="deliveries">
            <h3 id="deliveries">"Messages"</h3>
            <p class="muted">{format!("The last 50 messages; they are kept for 30 days. Times are in {}.", detail.time_zone)}</p>
            {table}
        </section>
    }
    .into_any()
}

fn row(actions: Actions, delivery: &Delivery, is_off: bool) -> AnyView {
    let next = delivery.next_at.map(|at| format!("Next attempt at {}", moment::minute(*at)));
    let answer = match delivery.status {
        Some(status) => format!("Answer: {status}"),
        None => delivery.problem.clone(),
    };
    let label = match delivery.status {
        Some(status) => format!("{} ({status})", delivery.state.label()),
        None => delivery.state.label().to_owned(),
    };
    let may_redeliver = !is_off && delivery.state != DeliveryState::Sending;
    view! {
        <tr data-testid="delivery">
            <td class="col-main">
                <details class="working">
                    <summary><span class="mono">{delivery.kind.clone()}</span></summary>
                    <p class="mono" dir="ltr">{delivery.message.clone()}</p>
                    <p class="hint">"Body"</p>
                    <pre class="mono" dir="ltr" tabindex="0" data-testid="body">{delivery.body.clone()}</pre>
                    {next.map(|next| view! { <p class="hint">{next}</p> })}
                    {(!answer.is_empty()).then(|| view! { <p class="hint" data-testid="answer">{answer}</p> })}
                    {(!delivery.excerpt.is_empty()).then(|| view! { <pre class="mono" dir="auto" tabindex="0" data-testid="excerpt">{delivery.excerpt.clone()}</pre> })}
                </details>
            </td>
            <td class="col-sm fit"><Ago at=delivery.created_at now=actions.scope.session.now/></td>
            <td class="col-md num">{delivery.attempt.to_string()}</td>
            <td class="fit">{label}</td>
            <td class="num">{may_redeliver.then(|| actions.redeliver(delivery))}</td>
        </tr>
    }
    .into_any()
}
