//! Components shared by detail pages.

use super::{form::grant_field, scope::Scope};
use crate::{
    error::AppError,
    session::Toast,
    ui::{Icon, Pending, Status, StatusTone},
};
use leptos::{ev::SubmitEvent, prelude::*};
use model::{
    catalog::Lifecycle,
    invoice::{DocumentKind, InvoiceRow, InvoiceStatus},
    subscription::State,
    text::isolated,
};

/// Renders a value with its label.
pub fn fact(label: &'static str, value: impl IntoView + 'static) -> AnyView {
    view! { <div><dt>{label}</dt><dd>{value.into_any()}</dd></div> }.into_any()
}

/// Renders the status badge of a lifecycle.
pub fn lifecycle(status: Lifecycle) -> AnyView {
    let (tone, label) = lifecycle_words(status);
    view! { <Status tone label/> }.into_any()
}

/// Returns the tone and label of a lifecycle's status badge.
pub const fn lifecycle_words(status: Lifecycle) -> (StatusTone, &'static str) {
    let tone = match status {
        Lifecycle::Active => StatusTone::Ok,
        Lifecycle::Archived => StatusTone::Off,
    };
    (tone, status.label())
}

/// Renders the status badge of a subscription.
pub fn subscription_state(state: State) -> AnyView {
    let tone = match state {
        State::Active => StatusTone::Ok,
        State::Planned => StatusTone::Info,
        State::Ending => StatusTone::Warn,
        State::Ended => StatusTone::Off,
    };
    view! { <Status tone label=state.label()/> }.into_any()
}

/// Renders the status badge of an invoice.
pub fn invoice_status(invoice: &InvoiceRow) -> AnyView {
    let (tone, label) = invoice_words(invoice);
    view! { <Status tone label/> }.into_any()
}

/// Returns the tone and label of an invoice's status badge.
pub const fn invoice_words(invoice: &InvoiceRow) -> (StatusTone, &'static str) {
    match invoice.status {
        InvoiceStatus::Open if matches!(invoice.kind, DocumentKind::CreditNote) => (StatusTone::Ok, "Issued"),
        InvoiceStatus::Open if invoice.overdue => (StatusTone::Warn, "Overdue"),
        InvoiceStatus::Open => (StatusTone::Info, "Open"),
        InvoiceStatus::Paid => (StatusTone::Ok, "Paid"),
        InvoiceStatus::Draft => (StatusTone::Off, "Draft"),
        InvoiceStatus::Void => (StatusTone::Off, "Void"),
    }
}

/// Renders a button that does something with a record by means of `call`, and then reloads the page. It is a form, so
/// that it works without JavaScript. `fields` are the form's hidden controls, `label` is the button's text, `name` its
/// accessible name, and `done` the message afterwards.
pub fn action_button<T, F>(
    scope: Scope,
    fields: Vec<(&'static str, String)>,
    (label, name): (&'static str, String),
    done: &'static str,
    call: impl Fn() -> F + Send + Sync + 'static,
) -> AnyView
where
    T: 'static,
    F: Future<Output = Result<T, AppError>> + 'static,
{
    let pending = Pending::default();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let finished = move |_: T| {
            scope.session.toast(Toast::done(done.to_owned()));
            scope.reload();
        };
        let stopped = move |error: AppError| match error.fields().0.first() {
            Some(first) => scope.session.toast(Toast::failed(first.message.clone())),
            None => scope.handle_error(error),
        };
        pending.run(call(), finished, stopped);
    };
    let here = scope.url(&scope.page.get_untracked());
    let hidden =
        fields.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value/> }).collect_view();
    view! {
        <form method="post" action=here on:submit=submit>
            {hidden}
            {grant_field(scope)}
            <button class="btn small quiet" aria-label=name aria-busy=move || pending.aria_busy()>{label}</button>
        </form>
    }
    .into_any()
}

/// Renders the button that archives or restores a record by means of `call`. It is a form, so that it works without
/// JavaScript.
pub fn archive_button<T, F>(
    scope: Scope,
    name: String,
    status: Lifecycle,
    call: impl Fn(Lifecycle) -> F + Send + Sync + 'static,
) -> AnyView
where
    T: 'static,
    F: Future<Output = Result<T, AppError>> + 'static,
{
    let named = match status {
        Lifecycle::Active => ("archive", "Archive", None),
        Lifecycle::Archived => ("restore", "Restore", None),
    };
    archived_button(scope, name, status, named, ().into_any(), call)
}

/// Renders the button that archives or restores a part of a record, like [`archive_button`], with the form's action, the
/// button's label, and its accessible name if that differs. `hidden` has further controls of the form.
pub fn archived_button<T, F>(
    scope: Scope,
    name: String,
    status: Lifecycle,
    (action, label, full): (&'static str, &'static str, Option<String>),
    hidden: AnyView,
    call: impl Fn(Lifecycle) -> F + Send + Sync + 'static,
) -> AnyView
where
    T: 'static,
    F: Future<Output = Result<T, AppError>> + 'static,
{
    let target = match status {
        Lifecycle::Active => Lifecycle::Archived,
        Lifecycle::Archived => Lifecycle::Active,
    };
    let pending = Pending::default();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let named = isolated(&name);
        let message = match target {
            Lifecycle::Archived => format!("{named} archived"),
            Lifecycle::Active => format!("{named} restored"),
        };
        let done = move |_: T| {
            scope.session.toast(Toast::done(message));
            scope.reload();
        };
        pending.run(call(target), done, move |error| scope.handle_error(error));
    };
    let here = scope.url(&scope.page.get_untracked());
    view! {
        <form method="post" action=here on:submit=submit>
            <input type="hidden" name="action" value=action/>
            {grant_field(scope)}
            {hidden}
            <button class="btn quiet" aria-label=full aria-busy=move || pending.aria_busy()><Icon name="archive"/>{label}</button>
        </form>
    }
    .into_any()
}
