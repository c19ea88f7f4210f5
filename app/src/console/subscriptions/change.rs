//! Form that changes the plan or the seats of a subscription, or ends it. The next invoices are shown before and after.

use super::{api::change_subscription, live::LivePreview};
use crate::{
    console::{
        form::{FormPage, PreviewForm},
        scope::Scope,
    },
    routes::Page,
    ui::{SelectField, TextField},
};
use leptos::prelude::*;
use model::subscription::{ChangeInput, ChangeKind, ChangePage};

/// Renders the form of the kind that the page's address names.
pub fn change_form(scope: Scope, data: &ChangePage) -> AnyView {
    let (id, kind) = (data.row.id, data.input.kind());
    let page = FormPage::open(scope, move |input: ChangeInput| {
        scope.ask(async move |slug, grant| {
            change_subscription(slug, grant, id, input.clone()).await?;
            let done = match kind {
                ChangeKind::Plan => "Plan changed",
                ChangeKind::Seats => "Seats changed",
                ChangeKind::End => "Last day set",
            };
            Ok((Page::Subscription(id), done.to_owned()))
        })
    });
    let live = LivePreview::new(scope, data.preview.clone());
    let ask = Callback::new(move |values: Vec<(String, String)>| {
        let pairs = values.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        live.ask(Page::ChangeSubscription(id, ChangeInput::from_pairs(pairs)));
    });
    let value = |name: &str, stored: &str| page.typed(name).unwrap_or_else(|| stored.to_owned());
    let errors = page.state.errors;
    let input = &data.input;
    let from_on = value("from_on", &input.from_on);
    let from = move || {
        view! { <TextField name="from_on" label="From" kind="date" value=from_on errors hint="The first day of the change. A change within a period is prorated by day."/> }
    };
    let fields = match kind {
        ChangeKind::Plan => {
            let plan = value("plan", &input.plan);
            let mut plans = vec![(String::new(), "Choose a rate plan".to_owned())];
            plans.extend(data.plans.iter().map(|plan| (plan.id.to_string(), plan.label())));
            view! { <SelectField name="plan" label="Rate plan" value=plan options=plans errors/>{from()} }.into_any()
        }
        ChangeKind::Seats => {
            let seats = value("seats", &input.seats);
            view! { <TextField name="seats" label="Seats" kind="number" value=seats errors/>{from()} }.into_any()
        }
        ChangeKind::End => {
            let last_on = value("last_on", &input.last_on);
            view! {
                <TextField name="last_on" label="Last day" kind="date" value=last_on errors hint="The subscription runs until the end of this day in the workspace’s time zone, even if it is today."/>
            }
            .into_any()
        }
    };
    let button = match kind {
        ChangeKind::Plan => "Change plan",
        ChangeKind::Seats => "Change seats",
        ChangeKind::End => "End subscription",
    };
    let back = Page::Subscription(id);
    let of = format!("{} · {}", data.row.plan_name(), data.row.customer);
    let sub = view! { <p class="sub"><a class="link" href=scope.url(&back)>{of}</a></p> }.into_any();
    let title = kind.title().to_owned();
    view! {
        <PreviewForm page title sub button back ask preview=live.view()>
            <input type="hidden" name="kind" value=kind.as_str()/>
            {fields}
        </PreviewForm>
    }
    .into_any()
}
