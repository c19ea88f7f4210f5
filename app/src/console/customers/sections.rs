//! Sections of a customer's page: subscriptions, contacts and subjects.

use super::api::{CustomerAction, act_on_customer};
use crate::{
    boot::Returned,
    console::{
        detail::{action_button, subscription_state},
        form::{FormPage, SectionForm},
        scope::Scope,
    },
    routes::Page,
    ui::{Icon, TextField},
};
use leptos::prelude::*;
use model::{
    catalog::Lifecycle,
    contact::{CONTACTS_MAX, Contact},
    customer::{CustomerDetail, SUBJECTS_MAX},
    id::CustomerId,
    moment,
    subscription::{NewSubscriptionInput, SubscriptionRow},
};
use serde::Deserialize;

/// Renders the subscriptions.
pub fn subscriptions(scope: Scope, customer: &CustomerDetail, may_edit: bool) -> AnyView {
    let id = customer.row.id;
    let new = (may_edit && customer.row.status == Lifecycle::Active).then(|| {
        let url = scope.url(&Page::NewSubscription(id, NewSubscriptionInput::default()));
        view! { <a class="btn small" href=url><Icon name="plus"/>"New subscription"</a> }
    });
    let rows = customer.subscriptions.iter().map(|row| subscription(scope, row)).collect_view();
    let body = if customer.subscriptions.is_empty() {
        let hint = if may_edit { "No subscription yet. Choose a plan to start one." } else { "No subscription yet" };
        view! { <p class="muted">{hint}</p> }.into_any()
    } else {
        view! {
            <div class="table-wrap"><table class="data-table" data-testid="subscriptions">
                <caption class="visually-hidden">{format!("Subscriptions of {}", customer.row.name)}</caption>
                <thead><tr><th scope="col">"Plan"</th><th scope="col" class="fit">"Status"</th><th scope="col" class="col-sm fit">"Seats"</th><th scope="col" class="num wide">"Days"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table></div>
        }
        .into_any()
    };
    view! {
        <section class="section" aria-labelledby="subscriptions">
            <div class="section-head"><h2 id="subscriptions">"Subscriptions"</h2><span class="end">{new}</span></div>
            {body}
        </section>
    }
    .into_any()
}

fn subscription(scope: Scope, row: &SubscriptionRow) -> AnyView {
    let name = match &row.plan {
        Some(name) => format!("{name} v{}", row.version),
        None => row.plan_name(),
    };
    let days = match row.last_on() {
        Some(last) => format!("{} – {}", moment::date(row.starts_on), moment::date(last)),
        None => format!("from {}", moment::date(row.starts_on)),
    };
    view! {
        <tr data-testid="subscription">
            <td class="col-main"><a draggable="false" class="row-link" href=scope.url(&Page::Subscription(row.id))>{name}</a></td>
            <td class="fit">{subscription_state(row.state)}</td>
            <td class="col-sm fit">{row.seats.to_string()}</td>
            <td class="num wide">{days}</td>
        </tr>
    }
    .into_any()
}

/// Renders the contacts.
pub fn contacts(scope: Scope, id: CustomerId, contacts: &[Contact], may_edit: bool) -> AnyView {
    let add = (may_edit && contacts.len() < CONTACTS_MAX).then(|| {
        let url = scope.url(&Page::NewContact(id));
        view! { <a class="btn small" href=url><Icon name="plus"/>"Add contact"</a> }
    });
    let rows = contacts.iter().map(|contact| {
        let change = may_edit.then(|| {
            let fields = vec![("action", "remove-contact".to_owned()), ("contact", contact.id.to_string())];
            let named = contact.id.to_string();
            let remove = action_button(scope, fields, ("Remove", format!("Remove {}", contact.name)), "Contact removed", move || {
                let action = CustomerAction::RemoveContact { contact: named.clone() };
                scope.ask(async move |slug, grant| act_on_customer(slug, grant, Some(id), action.clone()).await)
            });
            let edit = scope.url(&Page::EditContact(id, contact.id));
            view! { <a class="btn small quiet" href=edit aria-label=format!("Edit {}", contact.name)>"Edit"</a>{remove} }
        });
        let invoiced = contact.gets_invoices.then_some(" · gets invoices");
        view! {
            <li><div class="line">
                <span class="text">{contact.name.clone()}<br/><a class="link" href=format!("mailto:{}", contact.email)>{contact.email.clone()}</a>{invoiced}</span>
                {change}
            </div></li>
        }
    }).collect_view();
    view! {
        <section class="section" aria-labelledby="contacts">
            <div class="section-head"><h2 id="contacts">"Contacts"</h2><span class="end">{add}</span></div>
            {contacts.is_empty().then(|| view! { <p class="muted">"No contacts yet"</p> })}
            <ul class="line-list" data-testid="contacts">{rows}</ul>
        </section>
    }
    .into_any()
}

/// Values of the form that adds a subject.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct SubjectInput {
    /// Control `subject`.
    subject: String,
}

/// Renders the subjects, with the form that adds one.
pub fn subjects(scope: Scope, customer: &CustomerDetail, may_edit: bool) -> AnyView {
    let id = customer.row.id;
    let rows = customer
        .subjects
        .iter()
        .map(|subject| {
            let is_external_id = customer.external_id.as_ref() == Some(subject);
            let change = if is_external_id {
                view! { <span class="end">"External id"</span> }.into_any()
            } else if may_edit {
                let fields = vec![("action", "remove-subject".to_owned()), ("subject", subject.clone())];
                let named = subject.clone();
                action_button(scope, fields, ("Remove", format!("Remove {subject}")), "Subject removed", move || {
                    let action = CustomerAction::RemoveSubject { subject: named.clone() };
                    scope.ask(async move |slug, grant| act_on_customer(slug, grant, Some(id), action.clone()).await)
                })
            } else {
                ().into_any()
            };
            view! { <li><div class="line"><span class="text mono">{subject.clone()}</span>{change}</div></li> }
        })
        .collect_view();
    // The page has no other form with fields, so what the server returned is of this one.
    let returned = untrack(|| scope.session.take_returned());
    let form = (may_edit && customer.subjects.len() < SUBJECTS_MAX).then(|| add_subject(scope, id, returned));
    view! {
        <section class="section" aria-labelledby="subjects">
            <div class="section-head"><h2 id="subjects">"Subjects"</h2></div>
            <p class="hint">{format!("Usage events with one of these subjects count for this customer. At most {SUBJECTS_MAX}.")}</p>
            <ul class="line-list" data-testid="subjects">{rows}</ul>
            {form}
        </section>
    }
    .into_any()
}

fn add_subject(scope: Scope, id: CustomerId, returned: Option<Returned>) -> AnyView {
    let page = FormPage::with(scope, returned.unwrap_or_default(), move |input: SubjectInput| {
        scope.ask(async move |slug, grant| {
            let action = CustomerAction::AddSubject { subject: input.subject.clone() };
            act_on_customer(slug, grant, Some(id), action).await?;
            Ok((Page::Customer(id), "Subject added".to_owned()))
        })
    });
    let value = page.typed("subject").unwrap_or_default();
    let errors = page.state.errors;
    view! {
        <SectionForm page action="add-subject" button="Add subject">
            <TextField name="subject" label="Subject" value errors mono=true/>
        </SectionForm>
    }
    .into_any()
}
