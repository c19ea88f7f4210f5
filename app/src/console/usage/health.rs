//! State of the ingestion: the last event, today's counts, the last refused events, and subjects that mean no customer.

use crate::{console::scope::Scope, routes::Page, ui::Ago};
use leptos::prelude::*;
use model::{
    Capability,
    count::pluralize,
    event::RefusalCode,
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
    let number = |number: i64| grouped(number.unsigned_abs());
    let rows = health.refusals.iter().map(refusal).collect_view();
    let refusals = (!health.refusals.is_empty()).then(|| {
        view! {
            <details class="twin" data-testid="refusals">
                <summary>{pluralize(i64::try_from(health.refusals.len()).unwrap_or(i64::MAX), "last refused event", "last refused events")}</summary>
                <div class="scroll-x" tabindex="0" role="region" aria-label="Last refused events">
                    <table class="twin-table words">
                        <caption class="visually-hidden">"Last refused events"</caption>
                        <thead><tr><th scope="col">"When"</th><th scope="col">"Reason"</th><th scope="col">"Source"</th><th scope="col">"Id"</th><th scope="col">"Type"</th><th scope="col">"Subject"</th><th scope="col">"Text"</th></tr></thead>
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
                <div><dt>"Of these, for earlier days"</dt><dd>{number(health.late)}</dd></div>
                <div><dt>"Duplicates today"</dt><dd>{number(health.duplicate)}</dd></div>
                <div><dt>"Refused today"</dt><dd data-testid="refused-today">{number(health.refused)}</dd></div>
            </dl>
            {reasons(&health.codes)}
            {refusals}
            {unknown(scope, &health.unknown)}
        </section>
    }
    .into_any()
}

/// Lists the codes of today's refused events, with what each means and what to do.
fn reasons(codes: &[(String, i64)]) -> Option<AnyView> {
    let rows = codes
        .iter()
        .map(|(word, count)| {
            let code = RefusalCode::from_word(word);
            let text = code.map(|code| format!("{} {}", code.meaning(), code.remedy()));
            let count = pluralize(*count, "event", "events");
            view! {
                <li data-testid="reason"><span class="line"><span class="text">{name(word)}" "<span class="mono">{word.clone()}</span></span><span class="end">{count}</span></span>{text.map(|text| view! { <p class="hint">{text}</p> })}</li>
            }
        })
        .collect_view();
    (!codes.is_empty()).then(|| {
        view! { <div class="movers" data-testid="reasons"><h2>"Reasons today"</h2><ul class="line-list">{rows}</ul></div> }
            .into_any()
    })
}

/// Returns the name of a code, or the code itself if it is unknown.
fn name(word: &str) -> String {
    RefusalCode::from_word(word).map_or_else(|| word.to_owned(), |code| code.label().to_owned())
}

fn refusal(refused: &RefusedEvent) -> AnyView {
    let meaning = RefusalCode::from_word(&refused.code).map(|code| format!("{} {}", code.meaning(), code.remedy()));
    view! {
        <tr data-testid="refusal">
            <td><time title=moment::exact(*refused.at)>{moment::minute(*refused.at)}</time></td>
            <td title=meaning>{name(&refused.code)}</td>
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
            <div class="movers"><h2>"Unknown customers"</h2>
                <p class="hint">"Events with these subjects were refused. Create the customer, or add the subject to a customer, and send the events again."</p>
                <ul class="line-list">{rows}</ul>
            </div>
        }
        .into_any()
    })
}
