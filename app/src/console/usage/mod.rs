//! Usage: charts of what the meters counted, the state of the ingestion, and events. All controls are links or GET
//! forms, so that the pages work without JavaScript.

mod adjust;
pub(crate) mod api;
mod charts;
mod customer;
mod event;
mod events;
mod filters;
mod health;

pub use adjust::form as adjust;
pub use customer::of_customer;
pub use event::view as event;
pub use events::view as events;

use super::scope::Scope;
use crate::{
    routes::{Page, SettingsPage},
    ui::{Empty, Icon},
};
use leptos::prelude::*;
use model::{Capability, count::pluralize, moment, usage::UsageReport};

/// Renders the usage page.
pub fn view(scope: Scope, report: &UsageReport) -> AnyView {
    let days = report.days;
    let shown = format!("{} to {}", moment::date(days.from), moment::date(days.to()));
    let may_import = Memo::new(move |_| scope.may(Capability::EditContent));
    let import = may_import.get().then(|| {
        let url = scope.url(&Page::Imports);
        view! { <a class="btn" href=url data-testid="import"><Icon name="download"/>"Import"</a> }
    });
    let charts =
        report.charts.iter().enumerate().map(|(at, chart)| charts::chart(scope, report, at, chart)).collect_view();
    let more = (report.more > 0).then(|| {
        let more = pluralize(report.more, "more unit or meter has usage", "more units and meters have usage");
        view! { <p class="section muted">{format!("{more}. Only the first {} are shown.", report.charts.len())}</p> }
    });
    let body = if !report.has_events {
        empty(scope, may_import.get())
    } else if report.charts.is_empty() {
        let text = "Choose other days, or check that a meter counts the type of your events.".to_owned();
        view! { <Empty icon="usage" title="No usage on these days".to_owned() text/> }.into_any()
    } else {
        view! { <div class="contents" data-testid="charts">{charts}{more}</div> }.into_any()
    };
    view! {
        <header class="page-head">
            <div class="titles"><h1>"Usage"</h1><span class="count">{shown}</span></div>
            <div class="btn-row">{import}<a class="btn" href=scope.url(&Page::events())>"Events"</a></div>
        </header>
        {filters::view(scope, report)}
        <p class="hint usage-zone">{format!("Days are those of {}.", report.time_zone.replace('_', " "))}</p>
        {report.health.as_ref().map(|health| health::view(scope, health))}
        {body}
    }
    .into_any()
}

/// Explains how to send the first event.
fn empty(scope: Scope, may_import: bool) -> AnyView {
    let slug = scope.slug();
    let command = format!(
        "curl \"$STILE/api/v1/workspaces/{slug}/events\" \\\n  -H \"Authorization: Bearer $API_KEY\" \\\n  \
        -H \"Content-Type: application/cloudevents+json\" \\\n  -d '{{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"my-service\",\
        \"type\":\"api.request\",\"subject\":\"CUSTOMER\",\"data\":{{\"tokens\":100}}}}'"
    );
    let keys = scope.url(&Page::Settings(SettingsPage::Keys));
    let import = may_import.then(|| view! { <a class="btn" href=scope.url(&Page::Imports)>"Import a file"</a> });
    view! {
        <section class="empty first-event" data-testid="no-events">
            <Icon name="usage"/>
            <h2>"No events yet"</h2>
            <p>"Send what your customers use as events. Replace $STILE with the address of this console, $API_KEY with an API key, and CUSTOMER with a customer’s external id."</p>
            <pre class="payload" translate="no" role="group" tabindex="0" aria-label="Example request"><code>{command}</code></pre>
            <div class="btn-row"><a class="btn" href=keys>"API keys"</a>{import}</div>
        </section>
    }
    .into_any()
}
