//! Forms of a rate plan: a new plan, and the name and code of an existing one.

use super::{
    api::{PlanAction, act_on_rate_plan},
    words,
};
use crate::{
    console::{
        code::follow_name,
        detail::fact,
        form::{FormPage, FormShell},
        scope::Scope,
    },
    routes::Page,
    ui::{SelectField, TextField},
};
use leptos::prelude::*;
use model::{
    currency::Currency,
    id::RatePlanId,
    list::Noun,
    rate_plan::{Interval, RatePlanInput},
    text::isolated,
};

/// Renders the form of a new plan.
pub fn new(scope: Scope) -> AnyView {
    let page = FormPage::open(scope, move |values: RatePlanInput| {
        scope.ask(async move |slug, grant| {
            let id = act_on_rate_plan(slug, grant, None, PlanAction::Create(values.clone())).await?;
            Ok((Page::EditDraft(id), "Rate plan created".to_owned()))
        })
    });
    let value = |name: &str| page.typed(name).unwrap_or_default();
    let errors = page.state.errors;
    let (name, code, currency) = (value("name"), value("code"), value("currency"));
    let interval = page.typed("interval").unwrap_or_else(|| Interval::Month.as_str().to_owned());
    let mut currencies = vec![(String::new(), "Choose a currency".to_owned())];
    // The code comes first: a list finds its entries by the letters that are typed.
    let label = |currency: Currency| format!("{} · {}", currency.code(), currency.name());
    currencies.extend(Currency::all().map(|currency| (currency.code().to_owned(), label(currency))));
    let intervals = Interval::ALL.into_iter();
    let intervals = intervals.map(|i| (i.as_str().to_owned(), words::interval_label(i).to_owned())).collect();
    let follow_name = follow_name(errors, &code);
    view! {
        <FormShell page title="New rate plan".to_owned() button="Create rate plan" back=Page::list(Noun::RatePlans)>
            <div class="form-part" role="group" aria-label="Details" on:input=move |event| follow_name(&event)>
                <TextField name="name" label="Name" value=name errors hint="Shown on invoices"/>
                <TextField name="code" label="Code" value=code errors mono=true hint="Used in the API. Letters, digits, hyphens and underscores."/>
                <SelectField name="currency" label="Currency" value=currency options=currencies errors/>
                <SelectField name="interval" label="Billing period" value=interval options=intervals errors/>
                <p class="muted">"Currency and period can’t be changed later. You set the prices next."</p>
            </div>
        </FormShell>
    }
    .into_any()
}

/// Renders the form of an existing plan's name and code.
pub fn details(scope: Scope, id: RatePlanId, input: &RatePlanInput) -> AnyView {
    let page = FormPage::open(scope, move |values: RatePlanInput| {
        scope.ask(async move |slug, grant| {
            let done = format!("{} saved", isolated(values.name.trim()));
            act_on_rate_plan(slug, grant, Some(id), PlanAction::Update(values.clone())).await?;
            Ok((Page::RatePlan(id), done))
        })
    });
    let value = |name: &str, stored: &str| page.typed(name).unwrap_or_else(|| stored.to_owned());
    let errors = page.state.errors;
    let (name, code) = (value("name", &input.name), value("code", &input.code));
    let interval = Interval::from_word(&input.interval).map(words::interval_label).unwrap_or_default();
    let RatePlanInput { name: title, currency, interval: stored, .. } = input.clone();
    view! {
        <FormShell page title button="Save" back=Page::RatePlan(id)>
            <div class="form-part" role="group" aria-label="Details">
                <TextField name="name" label="Name" value=name errors/>
                <TextField name="code" label="Code" value=code errors mono=true hint="Used in the API. Letters, digits, hyphens and underscores."/>
                // Not changed by the form, but checked with it.
                <input type="hidden" name="currency" value=currency.clone()/>
                <input type="hidden" name="interval" value=stored/>
                <dl class="facts">
                    {fact("Currency", currency)}
                    {fact("Billing period", interval)}
                </dl>
            </div>
        </FormShell>
    }
    .into_any()
}
