//! What became of the rows of a file: counts, added usage, refused rows and the first events.

use crate::{console::detail::fact, console::scope::Scope, routes::Page};
use leptos::prelude::*;
use model::{
    count::{amount, pluralize},
    import::{Counts, Effect, ImportView, Refusal, SampleEvent, refusal_text},
    meter::Aggregation,
    moment,
    money::grouped,
};

/// Renders the counts. `accepted` is the label of the rows that are imported.
pub fn counts(counts: &Counts, accepted: &'static str) -> AnyView {
    let late = (counts.late > 0).then(|| {
        fact("Of these, older than 35 days", view! { <span data-testid="late">{grouped(counts.late)}</span> })
    });
    let refused = counts.refused();
    let codes = counts
        .refused
        .iter()
        .map(|(code, number)| {
            view! { <li data-testid="code"><span class="mono">{code.clone()}</span>{format!(": {}. {}", grouped(*number), refusal_text(code))}</li> }
        })
        .collect_view();
    view! {
        <dl class="facts import-counts">
            {fact("Rows", view! { <span data-testid="rows">{grouped(counts.rows)}</span> })}
            {fact(accepted, view! { <span data-testid="accepted">{grouped(counts.accepted)}</span> })}
            {late}
            {fact("Already there", view! { <span data-testid="duplicate">{grouped(counts.duplicate)}</span> })}
            {fact("Refused", view! { <span data-testid="refused">{grouped(refused)}</span> })}
        </dl>
        {(refused > 0).then(|| view! { <ul class="import-codes">{codes}</ul> })}
    }
    .into_any()
}

/// Renders the usage that a file adds.
pub fn effects(scope: Scope, counts: &Counts) -> AnyView {
    if counts.effects.is_empty() {
        let text = if counts.accepted > 0 {
            "The new rows are stored, but no meter counts them: meters count from a day on, which their pages show."
        } else {
            "The file adds no usage."
        };
        return view! { <p class="muted" data-testid="no-effect">{text}</p> }.into_any();
    }
    let rows = counts.effects.iter().map(|effect| added(scope, effect)).collect_view();
    let more = (counts.more_effects > 0)
        .then(|| view! { <p class="hint">{format!("And {} more.", grouped(counts.more_effects))}</p> });
    view! {
        <div class="table-wrap"><table class="data-table imports">
            <caption class="visually-hidden">"Added usage"</caption>
            <thead><tr>
                <th scope="col" class="col-main">"Customer"</th>
                <th scope="col">"Meter"</th>
                <th scope="col" class="num wide">"Adds"</th>
                <th scope="col" class="wide col-md">"Days"</th>
            </tr></thead>
            <tbody>{rows}</tbody>
        </table></div>
        {more}
    }
    .into_any()
}

fn added(scope: Scope, effect: &Effect) -> AnyView {
    let adds = match effect.aggregation {
        Aggregation::Unique => pluralize(i64::try_from(effect.events).unwrap_or(i64::MAX), "event", "events"),
        Aggregation::Max => format!("up to {}", amount(effect.quantity, &effect.unit)),
        Aggregation::Count | Aggregation::Sum => amount(effect.quantity, &effect.unit),
    };
    let days = if effect.first == effect.last {
        moment::date(effect.first)
    } else {
        format!("{} – {}", moment::date(effect.first), moment::date(effect.last))
    };
    view! {
        <tr data-testid="effect">
            <td class="col-main"><a class="row-link" href=scope.url(&Page::Customer(effect.customer_id))>{effect.customer.clone()}</a></td>
            <td>{effect.meter.clone()}</td>
            <td class="num wide">{adds}</td>
            <td class="wide col-md">{days}</td>
        </tr>
    }
    .into_any()
}

/// Renders the refused rows, with a link to all of them as a file.
pub fn refusals(scope: Scope, import: &ImportView, refused: u64) -> Option<AnyView> {
    if import.refusals.is_empty() {
        return None;
    }
    let rows = import.refusals.iter().map(refusal).collect_view();
    let file = format!("/api/imports/{}/{}/refusals.csv", scope.slug(), import.row.id);
    let shown = import.refusals.len() as u64;
    let more = (refused > shown)
        .then(|| view! { <p class="hint">{format!("The first {} of {}.", grouped(shown), grouped(refused))}</p> });
    Some(
        view! {
            <section class="section" aria-labelledby="refused-title">
                <div class="section-head"><h2 id="refused-title">"Refused rows"</h2><a class="end" href=file rel="external" download="refused-rows.csv">"Download as CSV"</a></div>
                {more}
                <div class="table-wrap"><table class="data-table imports">
                    <caption class="visually-hidden">"Refused rows"</caption>
                    <thead><tr>
                        <th scope="col" class="narrow">"Line"</th>
                        <th scope="col" class="wide">"Column"</th>
                        <th scope="col" class="wide">"Text"</th>
                        <th scope="col">"Why"</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table></div>
            </section>
        }
        .into_any(),
    )
}

fn refusal(row: &Refusal) -> AnyView {
    view! {
        <tr data-testid="refusal">
            <td class="narrow">{row.line.to_string()}</td>
            <td class="wide">{row.column.clone()}</td>
            <td class="wide mono">{row.value.clone()}</td>
            <td>{refusal_text(&row.code)}</td>
        </tr>
    }
    .into_any()
}

/// Renders the first rows of the file as events.
pub fn sample(events: &[SampleEvent]) -> Option<AnyView> {
    if events.is_empty() {
        return None;
    }
    let rows = events
        .iter()
        .map(|sample| match &sample.event {
            Ok([time, kind, subject, data]) => view! {
                <tr data-testid="event">
                    <td class="narrow">{sample.line.to_string()}</td>
                    <td class="wide">{time.clone()}</td>
                    <td class="col-md">{kind.clone()}</td>
                    <td>{subject.clone()}</td>
                    <td class="mono">{data.clone()}</td>
                </tr>
            }
            .into_any(),
            Err(why) => view! {
                <tr data-testid="event"><td class="narrow">{sample.line.to_string()}</td><td colspan="4">{why.clone()}</td></tr>
            }
            .into_any(),
        })
        .collect_view();
    Some(
        view! {
            <section class="section" aria-labelledby="sample-title">
                <div class="section-head"><h2 id="sample-title">"First rows as events"</h2></div>
                <div class="table-wrap"><table class="data-table imports">
                    <caption class="visually-hidden">"First rows as events"</caption>
                    <thead><tr>
                        <th scope="col" class="narrow">"Line"</th>
                        <th scope="col" class="wide">"Time"</th>
                        <th scope="col" class="col-md">"Type"</th>
                        <th scope="col">"Customer"</th>
                        <th scope="col">"Data"</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table></div>
            </section>
        }
        .into_any(),
    )
}
