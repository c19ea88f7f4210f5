//! Form for creating and editing a customer.

use super::api::act_on_customer;
use crate::{
    console::{
        form::{FormPage, FormShell},
        record_action::RecordAction,
        scope::Scope,
    },
    routes::Page,
    ui::{SelectField, TextAreaField, TextField},
};
use leptos::prelude::*;
use model::{country::COUNTRIES, customer::CustomerInput, id::RatePlanId, list::Noun, text::isolated};

/// Renders the form. `rate_plans` are the rate plans to choose from.
pub fn form(scope: Scope, input: &CustomerInput, rate_plans: &[(RatePlanId, String)]) -> AnyView {
    let id = match scope.page.get_untracked() {
        Page::EditCustomer(id) => Some(id),
        _ => None,
    };
    let back = id.map_or_else(|| Page::list(Noun::Customers), Page::Customer);
    let (title, button) =
        if id.is_some() { (input.name.clone(), "Save") } else { ("New customer".to_owned(), "Create customer") };
    let page = FormPage::open(scope, move |values: CustomerInput| {
        scope.ask(async move |slug, grant| {
            let saved = act_on_customer(slug, grant, id, RecordAction::Save(values.clone())).await?;
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
    let mut plans = vec![(String::new(), "None".to_owned())];
    plans.extend(rate_plans.iter().map(|(id, name)| (id.to_string(), name.clone())));
    let (name, email, country) =
        (value("name", &input.name), value("email", &input.email), value("country", &input.country));
    let (rate_plan, note) = (value("rate_plan", &input.rate_plan), value("note", &input.note));
    view! {
        <FormShell page title button back>
            <div class="form-part" role="group" aria-label="Details">
                <TextField name="name" label="Name" value=name errors/>
                <TextField name="email" label="Billing email" kind="email" value=email errors hint="Invoices go here."/>
                <SelectField name="country" label="Country" value=country options=countries errors/>
            </div>
            <div class="form-part" role="group" aria-labelledby="billing">
                <h2 id="billing">"Billing"</h2>
                <SelectField name="rate_plan" label="Rate plan" value=rate_plan options=plans errors optional=true/>
                <TextAreaField name="note" label="Note" value=note errors/>
            </div>
        </FormShell>
    }
    .into_any()
}
