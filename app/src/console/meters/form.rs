//! Forms of a meter. What a meter counts is set when it is created; later only name and unit can change.

use super::{
    api::{MeterAction, act_on_meter},
    example::example,
    section::counts,
};
use crate::{
    browser,
    console::{
        code::follow_name,
        detail::fact,
        form::{FormPage, FormShell},
        scope::Scope,
    },
    routes::Page,
    ui::{SelectField, TextAreaField, TextField, whole_text},
};
use leptos::prelude::*;
use model::{
    meter::{Aggregation, Meter, MeterEditInput, MeterInput, filter_lines},
    moment,
    text::isolated,
};

/// Renders the form of a new meter. `product` is the name of its product.
pub fn new(scope: Scope, product: &str) -> AnyView {
    let Page::NewMeter(id) = scope.page.get_untracked() else { return ().into_any() };
    let page = FormPage::open(scope, move |values: MeterInput| {
        scope.ask(async move |slug, grant| {
            let (_, stored) = act_on_meter(slug, grant, id, None, MeterAction::Create(values.clone())).await?;
            let message = match stored.words() {
                words if words.is_empty() => "Meter created".to_owned(),
                words => format!("Meter created. {words}"),
            };
            Ok((Page::Product(id), message))
        })
    });
    let value = |name: &str| page.typed(name).unwrap_or_default();
    let errors = page.state.errors;
    let first = MeterInput {
        name: value("name"),
        code: value("code"),
        event_type: value("event_type"),
        aggregation: page.typed("aggregation").unwrap_or_else(|| Aggregation::Count.as_str().to_owned()),
        property: value("property"),
        filter: value("filter"),
        unit: value("unit"),
        counts_from: value("counts_from"),
    };
    let typed = RwSignal::new(first.clone());
    let follow_name = follow_name(errors, &first.code);
    let changed = move |event: leptos::ev::Event| {
        follow_name(&event);
        let now = serde_urlencoded::to_string(browser::values_of(".form-page"));
        if let Some(now) = now.ok().and_then(|text| serde_urlencoded::from_str(&text).ok()) {
            typed.set(now);
        }
    };
    let is_count = Memo::new(move |_| typed.with(|typed| typed.aggregation == Aggregation::Count.as_str()));
    let aggregations = Aggregation::ALL.into_iter().map(|a| (a.as_str().to_owned(), choice(a).to_owned())).collect();
    let title = format!("New meter of {}", isolated(product));
    view! {
        <FormShell page title button="Create meter" back=Page::Product(id)>
            <div class="contents" on:input=changed on:change=changed>
                <div class="form-part" role="group" aria-label="Details">
                    <TextField name="name" label="Name" value=first.name errors hint="For example API calls"/>
                    <TextField name="code" label="Code" value=first.code errors mono=true hint="Used in the API. Letters, digits, hyphens and underscores."/>
                    <TextField name="unit" label="Unit" value=first.unit errors hint="For example call, token or GB"/>
                </div>
                <div class="form-part" role="group" aria-labelledby="counts">
                    <h2 id="counts">"What it counts"</h2>
                    <p class="muted">"This can’t be changed later. Create another meter instead."</p>
                    <TextField name="event_type" label="Event type" value=first.event_type errors mono=true hint="The type of the events, for example tokens.used"/>
                    <SelectField name="aggregation" label="Quantity" value=first.aggregation options=aggregations errors/>
                    // Properties, so that without JavaScript the field can be filled in. It keeps its text while disabled.
                    <fieldset prop:disabled=move || is_count.get() prop:hidden=move || is_count.get()>
                        <TextField name="property" label="Property" value=first.property errors mono=true hint="The property of the event’s data with the number or value. Leave it empty to count events."/>
                    </fieldset>
                    <TextAreaField name="filter" label="Only events with" value=first.filter errors hint="At most 5 lines, each property=value"/>
                    <TextField name="counts_from" label="Count from" kind="date" value=first.counts_from errors optional=true hint="Counts the events of this day and later, also those that are stored already. Empty: today."/>
                </div>
            </div>
            <section class="form-part" aria-labelledby="example">
                <h2 id="example">"An event that it counts"</h2>
                <pre class="code-block" role="group" tabindex="0" aria-labelledby="example" data-testid="example"><code>{whole_text(move || typed.with(example))}</code></pre>
            </section>
        </FormShell>
    }
    .into_any()
}

/// Renders the form of an existing meter.
pub fn edit(scope: Scope, meter: &Meter) -> AnyView {
    let (id, product) = (meter.id, meter.product_id);
    let page = FormPage::open(scope, move |values: MeterEditInput| {
        scope.ask(async move |slug, grant| {
            let done = format!("{} saved", isolated(values.name.trim()));
            act_on_meter(slug, grant, product, Some(id), MeterAction::Update(values.clone())).await?;
            Ok((Page::Product(product), done))
        })
    });
    let value = |name: &str, stored: &str| page.typed(name).unwrap_or_else(|| stored.to_owned());
    let errors = page.state.errors;
    let (name, unit) = (value("name", &meter.name), value("unit", &meter.unit));
    let filter = filter_lines(&meter.filter);
    let Meter { name: title, code, event_type, counts_from, .. } = meter.clone();
    let counted = counts(meter);
    view! {
        <FormShell page title button="Save" back=Page::Product(product)>
            <div class="form-part" role="group" aria-label="Details">
                <TextField name="name" label="Name" value=name errors/>
                <TextField name="unit" label="Unit" value=unit errors/>
            </div>
            <section class="form-part" aria-labelledby="counts">
                <h2 id="counts">"What it counts"</h2>
                <p class="muted">"This can’t be changed. Create another meter instead."</p>
                <dl class="facts">
                    {fact("Code", view! { <span class="mono">{code}</span> })}
                    {fact("Event type", view! { <span class="mono">{event_type}</span> })}
                    {fact("Quantity", counted)}
                    {(!filter.is_empty()).then(|| fact("Only events with", view! { <span class="mono">{filter.replace('\n', ", ")}</span> }))}
                    {fact("Counts from", moment::date(counts_from))}
                </dl>
            </section>
        </FormShell>
    }
    .into_any()
}

/// Returns the label of an aggregation as a choice.
const fn choice(aggregation: Aggregation) -> &'static str {
    match aggregation {
        Aggregation::Count => "Number of events",
        Aggregation::Sum => "Sum of a property",
        Aggregation::Max => "Largest value of a property",
        Aggregation::Unique => "Number of distinct values of a property",
    }
}
