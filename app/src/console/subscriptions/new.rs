//! Form of a new subscription. The prorated first invoices are shown before it is saved.

use super::{api::start_subscription, live::LivePreview};
use crate::{
    console::{
        form::{FormPage, PreviewForm},
        scope::Scope,
    },
    routes::Page,
    ui::{SelectField, TextField},
};
use leptos::prelude::*;
use model::{
    list::Noun,
    subscription::{NewSubscriptionInput, NewSubscriptionPage, input::BillingDay},
};

/// Renders the form.
pub fn new_form(scope: Scope, data: &NewSubscriptionPage) -> AnyView {
    let customer = data.customer_id;
    let back = Page::Customer(customer);
    if data.plans.is_empty() {
        let plans = scope.url(&Page::list(Noun::RatePlans));
        return view! {
            <header class="page-head"><div class="titles"><h1>"New subscription"</h1></div></header>
            <section class="empty">
                <p>"A subscription needs an active rate plan with a published version. There is none."</p>
                <div class="btn-row"><a class="btn" href=plans>"All rate plans"</a><a class="btn quiet" href=scope.url(&back)>"Cancel"</a></div>
            </section>
        }
        .into_any();
    }
    let page = FormPage::open(scope, move |input: NewSubscriptionInput| {
        scope.ask(async move |slug, grant| {
            let id = start_subscription(slug, grant, customer, input.clone()).await?;
            Ok((Page::Subscription(id), "Subscription started".to_owned()))
        })
    });
    let live = LivePreview::new(scope, data.preview.clone());
    let ask = Callback::new(move |values: Vec<(String, String)>| {
        let pairs = values.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        live.ask(Page::NewSubscription(customer, NewSubscriptionInput::from_pairs(pairs)));
    });
    let value = |name: &str, stored: &str| page.typed(name).unwrap_or_else(|| stored.to_owned());
    let errors = page.state.errors;
    let input = &data.input;
    let (plan, starts_on) = (value("plan", &input.plan), value("starts_on", &input.starts_on));
    let (billing_day, seats) = (value("billing_day", &input.billing_day), value("seats", &input.seats));
    let external_id = value("external_id", &input.external_id);
    let mut plans: Vec<(String, String)> = data.plans.iter().map(|plan| (plan.id.to_string(), plan.label())).collect();
    if !plans.iter().any(|(id, _)| *id == plan) {
        plans.insert(0, (String::new(), "Choose a rate plan".to_owned()));
    }
    let days =
        BillingDay::ALL.into_iter().map(|day| (day.as_str().to_owned(), day.label().to_owned())).collect::<Vec<_>>();
    let sub = view! { <p class="sub"><a class="link" href=scope.url(&back)>{data.customer.clone()}</a></p> }.into_any();
    let title = "New subscription".to_owned();
    view! {
        <PreviewForm page title sub button="Start subscription" back ask preview=live.view()>
            <SelectField name="plan" label="Rate plan" value=plan options=plans errors/>
            <TextField name="starts_on" label="First day" kind="date" value=starts_on errors hint="Usage and fees count from this day on."/>
            <SelectField name="billing_day" label="Billing periods begin on" value=billing_day options=days errors/>
            <TextField name="seats" label="Seats" kind="number" value=seats errors hint="Charges per seat are multiplied by this number."/>
            <TextField name="external_id" label="External id" value=external_id errors optional=true mono=true hint="The id of this subscription in another system."/>
        </PreviewForm>
    }
    .into_any()
}
