//! Form for creating and editing a customer.

use super::api::{CustomerAction, act_on_customer};
use crate::{
    console::{
        form::{FormPage, FormShell},
        scope::Scope,
    },
    routes::Page,
    ui::{SelectField, TextAreaField, TextField},
};
use leptos::prelude::*;
use model::{
    country::COUNTRIES,
    customer::{CustomerForm, CustomerInput},
    list::Noun,
    text::isolated,
};

/// Renders the form.
pub fn form(scope: Scope, data: &CustomerForm) -> AnyView {
    let input = &data.input;
    let id = match scope.page.get_untracked() {
        Page::EditCustomer(id) => Some(id),
        _ => None,
    };
    let back = id.map_or_else(|| Page::list(Noun::Customers), Page::Customer);
    let (title, button) =
        if id.is_some() { (input.name.clone(), "Save") } else { ("New customer".to_owned(), "Create customer") };
    let page = FormPage::open(scope, move |values: CustomerInput| {
        scope.ask(async move |slug, grant| {
            let saved = act_on_customer(slug, grant, id, CustomerAction::Save(Box::new(values.clone()))).await?;
            let done = match id {
                Some(_) => format!("{} saved", isolated(values.name.trim())),
                None => "Customer created".to_owned(),
            };
            Ok((Page::Customer(saved), done))
        })
    });
    let value = |name: &str, stored: &str| page.typed(name).unwrap_or_else(|| stored.to_owned());
    let errors = page.state.errors;
    let mut countries = vec![(String::new(), "Choose a country".to_owned())];
    countries.extend(COUNTRIES.iter().map(|(code, name)| ((*code).to_owned(), (*name).to_owned())));
    if !input.country.is_empty() && !countries.iter().any(|(code, _)| *code == input.country) {
        countries.push((input.country.clone(), input.country.clone()));
    }
    let (name, email, country) =
        (value("name", &input.name), value("email", &input.email), value("country", &input.country));
    let (legal_name, address) = (value("legal_name", &input.legal_name), value("address", &input.address));
    let (tax_id, external_id) = (value("tax_id", &input.tax_id), value("external_id", &input.external_id));
    let note = value("note", &input.note);
    let (tax_rate, payment_days) = (value("tax_rate", &input.tax_rate), value("payment_days", &input.payment_days));
    let mut rates = vec![(String::new(), "As for the workspace".to_owned())];
    rates.extend(data.tax_rates.iter().map(|(id, name)| (id.to_string(), name.clone())));
    view! {
        <FormShell page title button back>
            <div class="form-part" role="group" aria-labelledby="customer">
                <h2 id="customer">"Customer"</h2>
                <TextField name="name" label="Name" value=name errors hint="What your team calls the customer."/>
                <TextField name="email" label="Billing email" kind="email" value=email errors/>
                <TextAreaField name="note" label="Note" value=note errors/>
            </div>
            <div class="form-part" role="group" aria-labelledby="billing">
                <h2 id="billing">"Billing details"</h2>
                <TextField name="legal_name" label="Legal name" value=legal_name errors optional=true hint="On invoices. Without it, they show the name."/>
                <TextAreaField name="address" label="Address" value=address errors/>
                <SelectField name="country" label="Country" value=country options=countries errors/>
                <TextField name="tax_id" label="Tax id" value=tax_id errors optional=true mono=true hint="For example a VAT number: DE123456789."/>
                <SelectField name="tax_rate" label="Tax rate" value=tax_rate options=rates errors optional=true/>
                <TextField name="payment_days" label="Days to pay" value=payment_days errors optional=true hint="Without it, the days of the workspace apply."/>
            </div>
            <div class="form-part" role="group" aria-labelledby="ids">
                <h2 id="ids">"External id"</h2>
                <TextField name="external_id" label="External id" value=external_id errors optional=true mono=true hint="The customer’s id in your own system. Usage events name the customer by it in their subject."/>
            </div>
        </FormShell>
    }
    .into_any()
}
