//! Form that adjusts a customer's usage, and the list of adjustments.

use super::api::adjust_usage;
use crate::{
    console::{
        form::{FormPage, FormShell},
        scope::Scope,
    },
    routes::Page,
    ui::{Ago, SelectField, TextField},
};
use leptos::prelude::*;
use model::{
    list::Noun,
    moment,
    usage::{AdjustmentInput, AdjustmentPage, UsageAdjustment, amount, day},
};

/// Renders the form.
pub fn form(scope: Scope, data: &AdjustmentPage) -> AnyView {
    // While the next page loads, its address is there already.
    let Page::AdjustUsage(id) = scope.page.get_untracked() else { return ().into_any() };
    let back = Page::Customer(id);
    if data.meters.is_empty() {
        let products = scope.url(&Page::list(Noun::Products));
        return view! {
            <header class="page-head"><div class="titles"><h1>"Adjust usage"</h1></div></header>
            <section class="empty">
                <p>"Only meters that count events or add up a property can be adjusted. There is none."</p>
                <div class="btn-row"><a class="btn" href=products>"All products"</a><a class="btn quiet" href=scope.url(&back)>"Cancel"</a></div>
            </section>
        }
        .into_any();
    }
    let page = FormPage::open(scope, move |values: AdjustmentInput| {
        scope.ask(async move |slug, grant| {
            adjust_usage(slug, grant, id, values.clone()).await?;
            Ok((Page::Customer(id), "Usage adjusted".to_owned()))
        })
    });
    let value = |name: &str| page.typed(name).unwrap_or_default();
    let errors = page.state.errors;
    let chosen = value("meter");
    let mut meters: Vec<(String, String)> =
        data.meters.iter().map(|(id, label)| (id.to_string(), label.clone())).collect();
    if !meters.iter().any(|(id, _)| *id == chosen) {
        meters.insert(0, (String::new(), "Choose a meter".to_owned()));
    }
    let on = page.typed("day").unwrap_or_else(|| day(data.today));
    let (quantity, reason) = (value("quantity"), value("reason"));
    let (of, customer) = (scope.url(&back), data.customer.clone());
    view! {
        <FormShell page title="Adjust usage".to_owned() button="Adjust usage" back>
            <p class="muted"><a class="link" href=of>{customer}</a></p>
            <p class="muted">"An adjustment can’t be changed or removed. Make another one to take it back."</p>
            <SelectField name="meter" label="Meter" value=chosen options=meters errors/>
            <TextField name="day" label="Day" kind="date" value=on errors hint="The quantity counts on this day."/>
            <TextField name="quantity" label="Quantity" value=quantity errors hint="For example 20, or -12.5 to take usage back."/>
            <TextField name="reason" label="Reason" value=reason errors hint="Shown with the adjustment. At most 300 characters."/>
        </FormShell>
    }
    .into_any()
}

/// Renders adjustments of a customer, the latest first, as a section. Renders nothing if there are none.
pub fn list(scope: Scope, name: &str, adjustments: &[UsageAdjustment]) -> AnyView {
    if adjustments.is_empty() {
        return ().into_any();
    }
    let rows = adjustments
        .iter()
        .map(|adjustment| {
            let why = match adjustment.actor.as_str() {
                "" => adjustment.reason.clone(),
                actor => format!("{} · {actor}", adjustment.reason),
            };
            let meter = if adjustment.meter.is_empty() { "Usage".to_owned() } else { adjustment.meter.clone() };
            view! {
                <tr data-testid="adjustment">
                    <td class="col-main">{meter}<span class="row-sub">{why.clone()}</span></td>
                    <td class="col-sm" title=why.clone()>{why.clone()}</td>
                    <td class="fit">{moment::date(adjustment.day)}</td>
                    <td class="num wide">{amount(adjustment.quantity, &adjustment.unit)}</td>
                    <td class="num col-sm"><Ago at=adjustment.at now=scope.session.now/></td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section class="section" aria-labelledby="adjustments">
            <div class="section-head"><h2 id="adjustments">"Latest adjustments"</h2></div>
            <div class="table-wrap"><table class="data-table">
                <caption class="visually-hidden">{format!("Adjustments of the usage of {name}")}</caption>
                <thead><tr><th scope="col">"Meter"</th><th scope="col" class="col-sm">"Reason"</th><th scope="col" class="fit">"Day"</th><th scope="col" class="num wide">"Quantity"</th><th scope="col" class="num col-sm">"Made"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table></div>
        </section>
    }
    .into_any()
}
