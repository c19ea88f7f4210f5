//! Usage on the page of a customer.

use super::adjust;
use crate::{
    console::scope::Scope,
    routes::Page,
    ui::{Ago, Icon, Spark},
};
use leptos::prelude::*;
use model::{
    id::CustomerId,
    pricing::Quantity,
    usage::{CustomerUsage, EventQuery, EventRow, Measure, amount, levels},
};

/// Renders the quantities of days as a sparkline, oldest first. The figure beside it must have the value.
fn sparkline(days: &[Quantity]) -> AnyView {
    view! { <Spark values=levels(days)/> }.into_any()
}

/// Renders a customer's usage: each meter with its last 30 days, the latest adjustments, and the latest events.
/// `may_edit` says whether the usage can be adjusted.
pub fn of_customer(scope: Scope, id: CustomerId, name: &str, usage: &CustomerUsage, may_edit: bool) -> AnyView {
    let rows = usage
        .meters
        .iter()
        .map(|meter| {
            let title = match meter.measure {
                Measure::Events => "Events".to_owned(),
                _ => meter.meter.clone(),
            };
            view! {
                <tr data-testid="meter">
                    <td class="col-main">{title}<span class="row-sub">{meter.product.clone()}</span></td>
                    <td class="col-sm">{meter.product.clone()}</td>
                    <td class="col-sm fit">{sparkline(&meter.days)}</td>
                    <td class="num wide" title=meter.measure.explanation()>{amount(meter.total, &meter.unit)}</td>
                </tr>
            }
        })
        .collect_view();
    let adjust = may_edit.then(|| {
        let url = scope.url(&Page::AdjustUsage(id));
        view! { <a class="btn small" href=url><Icon name="edit"/>"Adjust usage"</a> }
    });
    let all = scope.url(&Page::Events(EventQuery::of(id)));
    let more = (!usage.events.is_empty()).then(|| view! { <a class="end" href=all>"All events"</a> });
    view! {
        <section class="section" aria-labelledby="usage">
            <div class="section-head"><h2 id="usage">"Usage"</h2><span class="muted">"Last 30 days"</span><span class="end">{adjust}</span></div>
            {if usage.meters.is_empty() { view! { <p class="muted">"No usage in the last 30 days"</p> }.into_any() } else { view! {
                <div class="table-wrap"><table class="data-table">
                    <caption class="visually-hidden">{format!("Usage of {name}")}</caption>
                    <thead><tr><th scope="col">"Meter"</th><th scope="col" class="col-sm">"Product"</th><th scope="col" class="col-sm fit"><span class="visually-hidden">"Days"</span></th><th scope="col" class="num wide">"Quantity"</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table></div>
            }.into_any() }}
        </section>
        {adjust::list(scope, name, &usage.adjustments)}
        <section class="section" aria-labelledby="events">
            <div class="section-head"><h2 id="events">"Latest events"</h2>{more}</div>
            {latest(scope, name, &usage.events)}
        </section>
    }
    .into_any()
}

/// Renders the latest events of a customer, without a heading.
fn latest(scope: Scope, name: &str, events: &[EventRow]) -> AnyView {
    if events.is_empty() {
        return view! { <p class="muted">"No events yet"</p> }.into_any();
    }
    let rows = events
        .iter()
        .map(|event| {
            view! {
                <tr data-testid="row">
                    <td class="col-main"><a draggable="false" class="row-link mono" href=scope.url(&Page::Event(event.key)) title=event.id.clone()>{event.id.clone()}</a><span class="row-sub">{event.kind.clone()}</span></td>
                    <td class="col-sm">{event.kind.clone()}</td>
                    <td class="num"><Ago at=event.occurred_at now=scope.session.now/></td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="table-wrap"><table class="data-table">
            <caption class="visually-hidden">{format!("Events of {name}")}</caption>
            <thead><tr><th scope="col">"Id"</th><th scope="col" class="col-sm">"Type"</th><th scope="col" class="num">"Time"</th></tr></thead>
            <tbody>{rows}</tbody>
        </table></div>
    }
    .into_any()
}
