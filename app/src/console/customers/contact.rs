//! Form for adding and editing a contact of a customer.

use super::api::save_contact;
use crate::{
    console::{
        form::{FormPage, FormShell},
        scope::Scope,
    },
    routes::Page,
    ui::TextField,
};
use leptos::prelude::*;
use model::{contact::ContactInput, list::Noun};

/// Renders the form. `customer` is the customer's name.
pub fn contact_form(scope: Scope, customer: &str, input: &ContactInput) -> AnyView {
    let (id, contact) = match scope.page.get_untracked() {
        Page::NewContact(id) => (Some(id), None),
        Page::EditContact(id, contact) => (Some(id), Some(contact)),
        _ => (None, None),
    };
    // While the next page loads, its address is there already.
    let Some(id) = id else { return ().into_any() };
    let back = Page::Customer(id);
    let (title, button) = match contact {
        Some(_) => (input.name.clone(), "Save"),
        None => ("New contact".to_owned(), "Add contact"),
    };
    let page = FormPage::open(scope, move |values: ContactInput| {
        scope.ask(async move |slug, grant| {
            save_contact(slug, grant, id, contact, values.clone()).await?;
            let done = if contact.is_some() { "Contact saved" } else { "Contact added" };
            Ok((Page::Customer(id), done.to_owned()))
        })
    });
    let value = |name: &str, stored: &str| page.typed(name).unwrap_or_else(|| stored.to_owned());
    let errors = page.state.errors;
    let (name, email) = (value("name", &input.name), value("email", &input.email));
    // A box that is not checked is not sent.
    let gets_invoices = match page.typed("action") {
        Some(_) => page.typed("gets_invoices").is_some(),
        None => !input.gets_invoices.is_empty(),
    };
    let (of, customer) = (scope.url(&Page::list(Noun::Customers)), customer.to_owned());
    view! {
        <FormShell page title button back>
            <p class="muted"><a class="link" href=of>"Customers"</a>" / "{customer}</p>
            <TextField name="name" label="Name" value=name errors hint="A person or a department."/>
            <TextField name="email" label="Email" kind="email" value=email errors/>
            <div class="field"><label class="check"><input type="checkbox" name="gets_invoices" value="on" checked=gets_invoices/><span>"Gets invoices"</span></label></div>
        </FormShell>
    }
    .into_any()
}
