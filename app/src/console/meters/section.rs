//! Meters on the page of their product.

use super::api::act_on_meter;
use crate::{
    console::{
        detail::{archived_button, lifecycle},
        scope::Scope,
    },
    routes::Page,
    ui::{Ago, Icon, Spark},
};
use leptos::prelude::*;
use model::{
    catalog::Lifecycle,
    id::ProductId,
    meter::{Aggregation, Meter},
    usage::{MeterUse, levels},
};

/// Examples of meters: what is counted, and how.
const EXAMPLES: [(&str, &str); 4] = [
    ("API calls", "the number of events"),
    ("Tokens", "the sum of a property"),
    ("Storage", "the largest value of a property in the period"),
    ("Active users", "the number of distinct values of a property"),
];

/// Renders the meters of a product. `may_edit` says whether the buttons are offered.
pub fn section(
    scope: Scope,
    product: ProductId,
    name: &str,
    meters: &[Meter],
    uses: &[MeterUse],
    may_edit: bool,
) -> AnyView {
    let create = may_edit.then(|| {
        let url = scope.url(&Page::NewMeter(product));
        view! { <a class="btn small" href=url><Icon name="plus"/>"New meter"</a> }
    });
    let content = if meters.is_empty() { empty() } else { table(scope, name, meters, uses, may_edit) };
    view! {
        <section class="section" aria-labelledby="meters">
            <div class="section-head"><h2 id="meters">"Meters"</h2><span class="end">{create}</span></div>
            {content}
        </section>
    }
    .into_any()
}

fn empty() -> AnyView {
    let examples = EXAMPLES.map(|(what, how)| view! { <li><strong>{what}</strong>": "{how}</li> });
    view! {
        <div class="teaches">
            <h3>"What do you count?"</h3>
            <p class="muted">"A meter counts the events that your systems send, for example:"</p>
            <ul>{examples.collect_view()}</ul>
        </div>
    }
    .into_any()
}

fn table(scope: Scope, name: &str, meters: &[Meter], uses: &[MeterUse], may_edit: bool) -> AnyView {
    let rows = meters
        .iter()
        .map(|meter| {
            let used = uses.iter().find(|used| used.meter_id == meter.id);
            row(scope, meter, used, may_edit)
        })
        .collect_view();
    let actions =
        may_edit.then(|| view! { <th scope="col" class="actions"><span class="visually-hidden">"Actions"</span></th> });
    view! {
        <div class="table-wrap"><table class="data-table meters">
            <caption class="visually-hidden">{format!("Meters of {name}")}</caption>
            <thead><tr>
                <th scope="col">"Name"</th><th scope="col" class="col-md">"Counts"</th><th scope="col" class="num col-sm">"Last 30 days"</th>
                <th scope="col" class="fit col-lg">"Last event"</th><th scope="col" class="fit">"Status"</th>{actions}
            </tr></thead>
            <tbody>{rows}</tbody>
        </table></div>
    }
    .into_any()
}

fn row(scope: Scope, meter: &Meter, used: Option<&MeterUse>, may_edit: bool) -> AnyView {
    let (id, product) = (meter.id, meter.product_id);
    let main = if may_edit {
        let url = scope.url(&Page::EditMeter(product, id));
        view! { <a draggable="false" class="row-link" href=url>{meter.name.clone()}</a> }.into_any()
    } else {
        view! { <span>{meter.name.clone()}</span> }.into_any()
    };
    let spark = used.map(|used| view! { <Spark values=levels(&used.days)/> });
    let last = match used.and_then(|used| used.last_event) {
        Some(at) => view! { <Ago at=at now=scope.session.now/> }.into_any(),
        None => view! { <span class="muted">"None"</span> }.into_any(),
    };
    let actions = may_edit.then(|| {
        let (word, label) = match meter.status {
            Lifecycle::Active => ("archive-meter", "Archive"),
            Lifecycle::Archived => ("restore-meter", "Restore"),
        };
        let full = format!("{label} {}", meter.name);
        let hidden = view! { <input type="hidden" name="meter" value=id.to_string()/> }.into_any();
        let button = archived_button(
            scope,
            meter.name.clone(),
            meter.status,
            (word, label, Some(full)),
            hidden,
            move |status| {
                scope.ask(async move |slug, grant| act_on_meter(slug, grant, product, Some(id), status.into()).await)
            },
        );
        view! { <td class="actions">{button}</td> }
    });
    view! {
        <tr data-testid="row">
            <td class="col-main">{main}<span class="row-code mono">{meter.code.clone()}</span></td>
            <td class="col-md">{counts(meter)}" "<span class="muted mono">{meter.event_type.clone()}</span></td>
            <td class="num col-sm"><span class="spark-cell">{spark}</span></td>
            <td class="fit col-lg">{last}</td>
            <td class="fit">{lifecycle(meter.status)}</td>
            {actions}
        </tr>
    }
    .into_any()
}

/// Returns what a meter counts in words, such as `sum of tokens, unit token`.
pub fn counts(meter: &Meter) -> String {
    let property = meter.property.as_deref().unwrap_or_default();
    let what = match meter.aggregation {
        Aggregation::Count => "number of events".to_owned(),
        Aggregation::Sum => format!("sum of {property}"),
        Aggregation::Max => format!("largest {property}"),
        Aggregation::Unique => format!("distinct values of {property}"),
    };
    format!("{what}, unit {}", meter.unit)
}
