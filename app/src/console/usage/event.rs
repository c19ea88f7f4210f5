//! Detail page of an event: what was sent, and what counted it.

use crate::{
    console::{detail::fact, scope::Scope},
    routes::Page,
};
use leptos::prelude::*;
use model::{
    Capability, moment,
    usage::{Counted, EventDetail, EventQuery},
};

/// Renders the detail page.
pub fn view(scope: Scope, event: &EventDetail) -> AnyView {
    let row = &event.row;
    let filtered = |query: EventQuery, text: &str| {
        view! { <a class="link" href=scope.url(&Page::Events(query))>{text.to_owned()}</a> }.into_any()
    };
    let of_type = filtered(EventQuery { kind: row.kind.clone(), ..EventQuery::default() }, &row.kind);
    let of_source = filtered(EventQuery { source: row.source.clone(), ..EventQuery::default() }, &row.source);
    let customer = scope.url(&Page::Customer(row.customer_id));
    let origin = match event.origin.as_str() {
        "api" => "API",
        "import" => "Import of a file",
        _ => "Console",
    };
    let data = match &event.data {
        Some(data) => {
            view! { <pre class="payload" tabindex="0" data-testid="data"><code>{data.clone()}</code></pre> }.into_any()
        }
        None => view! { <p class="muted">"The data was deleted at the end of its retention period."</p> }.into_any(),
    };
    // Guests can't read meters. Without the data, it is not known which meters count the event.
    let reads_meters = untrack(|| scope.may(Capability::ReadAll)) && event.data.is_some();
    let counted = reads_meters.then(|| counted(scope, &event.counted));
    view! {
        <header class="page-head"><div class="titles"><h1>{row.id.clone()}</h1><span class="count">{row.kind.clone()}</span></div></header>
        <div class="detail">
            <section class="section side" aria-labelledby="facts">
                <div class="section-head"><h2 id="facts">"Details"</h2></div>
                <dl class="facts">
                    {fact("Customer", view! { <a class="link" href=customer>{row.customer.clone()}</a> })}
                    {fact("Subject", event.subject.clone())}
                    {fact("Type", of_type)}
                    {fact("Source", of_source)}
                    {fact("Time", moment::exact(*row.occurred_at))}
                    {fact("Counts to", moment::date(event.day))}
                    {fact("Received", moment::exact(*row.received_at))}
                    {fact("Origin", origin)}
                    {fact("Key", view! { <span class="mono">{row.key.to_string()}</span> })}
                </dl>
            </section>
            <div class="activity">
                {counted}
                <section class="section" aria-labelledby="data">
                    <div class="section-head"><h2 id="data">"Data"</h2></div>
                    {data}
                </section>
            </div>
        </div>
    }
    .into_any()
}

fn counted(scope: Scope, counted: &[Counted]) -> AnyView {
    let rows = counted
        .iter()
        .map(|meter| {
            let url = scope.url(&Page::Product(meter.product_id));
            view! {
                <tr data-testid="counted">
                    <td class="col-main">{meter.meter.clone()}</td>
                    <td class="col-sm"><a class="link" href=url>{meter.product.clone()}</a></td>
                    <td class="num wide">{meter.value.clone()}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section class="section" aria-labelledby="counted">
            <div class="section-head"><h2 id="counted">"Counted by"</h2></div>
            {if counted.is_empty() { view! { <p class="muted">"No meter counts this event."</p> }.into_any() } else { view! {
                <div class="table-wrap"><table class="data-table">
                    <caption class="visually-hidden">"Meters that count the event"</caption>
                    <thead><tr><th scope="col">"Meter"</th><th scope="col" class="col-sm">"Product"</th><th scope="col" class="num wide">"Value"</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table></div>
            }.into_any() }}
        </section>
    }
    .into_any()
}
