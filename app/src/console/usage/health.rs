//! State of the ingestion: the last event, today's counts, the last refused events, and subjects that mean no customer.

use crate::{console::scope::Scope, routes::Page, ui::Ago};
use leptos::prelude::*;
use model::{
    Capability,
    count::pluralize,
    moment,
    money::grouped,
    usage::{Health, RefusedEvent, UnknownSubject},
};

/// Renders the state of the ingestion.
pub fn view(scope: Scope, health: &Health) -> AnyView {
    let last = match health.last_event {
        Some(at) => view! { <Ago at=at now=scope.session.now/> }.into_any(),
        None => "never".into_any(),
    };
    let codes: Vec<String> =
        health.codes.iter().map(|(code, count)| format!("{} {code}", grouped(count.unsigned_abs()))).collect();
    let mut refused = grouped(health.refused.unsigned_abs());
    if !codes.is_empty() {
        refused = format!("{refused} ({})", codes.join(", "));
    }
    let number = |number: i64| grouped(number.unsigned_abs());
    let rows = health.refusals.iter().map(refusal).collect_view();
    let refusals = (!health.refusals.is_empty()).then(|| {
        view! {
            <details class="twin" data-testid="refusals">
                <summary>{pluralize(i64::try_from(health.refusals.len()).unwrap_or(i64::MAX), "last refused event", "last refused events")}</summary>
                <div class="scroll-x" tabindex="0" role="region" aria-label="Last refused events">
                    <table class="twin-table words">
                        <caption class="visually-hidden">"Last refused events"</caption>
                        <thead><tr><th scope="col">"When"</th><th scope="col">"Code"</th><th scope="col">"Source"</th><th scope="col">"Id"</th><th scope="col">"Type"</th><th scope="col">"Subject"</th><th scope="col">"Text"</th></tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </details>
        }
    });
    view! {
        <section class="section health" aria-label="State of the ingestion" data-testid="health">
            <dl class="counts">
                <div><dt>"Last event"</dt><dd data-testid="last-event">{last}</dd></div>
                <div><dt>"Accepted today"</dt><dd>{number(health.accepted)}</dd></div>
                <div><dt>"Late today"</dt><dd>{number(health.late)}</dd></div>
                <div><dt>"Duplicates today"</dt><dd>{number(health.duplicate)}</dd></div>
                <div><dt>"Refused today"</dt><dd data-testid="refused-today">{refused}</dd></div>
            </dl>
            {refusals}
            {unknown(scope, &health.unknown)}
        </section>
    }
    .into_any()
}

fn refusal(refused: &RefusedEvent) -> AnyView {
    view! {
        <tr data-testid="refusal">
            <td><time title=moment::exact(*refused.at)>{moment::minute(*refused.at)}</time></td>
            <td class="mono">{refused.code.clone()}</td>
            <td>{refused.source.clone()}</td>
            <td class="mono">{refused.id.clone()}</td>
            <td>{refused.kind.clone()}</td>
            <td>{refused.subject.clone()}</td>
            <td>{refused.text.clone()}</td>
        </tr>
    }
    .into_any()
}

/// Lists the subjects that mean no customer, with the form that creates one.
fn unknown(scope: Scope, subjects: &[UnknownSubject]) -> Option<AnyView> {
    let may_edit = Memo::new(move |_| scope.may(Capability::EditContent));
    let rows = subjects
        .iter()
        .map(|unknown| {
            let create = may_edit.get().then(|| {
                let url = scope.url(&Page::NewCustomerOf(unknown.subject.clone()));
                view! { <a class="link" href=url>"Create customer"</a> }
            });
            let events = pluralize(unknown.events, "event", "events");
            view! {
                <li data-testid="unknown-subject"><span class="line"><span class="text mono">{unknown.subject.clone()}</span><span class="end">{events}", "<Ago at=unknown.last now=scope.session.now/></span>{create}</span></li>
            }
        })
        .collect_view();
    (!subjects.is_empty()).then(|| {
        view! {
            <div class="movers"><h3>"Unknown customers"</h3>
                <p class="hint">"Events with these subjects were refused. Create the customer, or add the subject to a customer, and send the events again."</p>
                <ul class="line-list">{rows}</ul>
            </div>
        }
        .into_any()
    })
}
