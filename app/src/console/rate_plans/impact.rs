//! What other prices would have cost the subscribers of a plan.

use crate::{console::scope::Scope, routes::Page};
use leptos::prelude::*;
use model::{count::pluralize, money::Money, rate_plan::preview::Impact};

/// Renders the comparison.
pub fn impact(scope: Scope, impact: &Impact) -> AnyView {
    if impact.subscriptions == 0 {
        let text =
            "No subscriber of the published version has a whole period behind it, so there is nothing to compare.";
        return view! { <p class="muted" data-testid="impact">{text}</p> }.into_any();
    }
    let number = |count: usize| i64::try_from(count).unwrap_or_default();
    let subscriptions = pluralize(number(impact.subscriptions), "subscription", "subscriptions");
    let summary = format!("{subscriptions}: {} would pay more, {} would pay less.", impact.dearer, impact.cheaper);
    let rows = impact
        .moves
        .iter()
        .map(|of| {
            let url = scope.url(&Page::Customer(of.customer));
            let change = difference(of.before, of.after);
            view! {
                <tr>
                    <td class="col-main"><a class="link" href=url>{of.name.clone()}</a></td>
                    <td class="num">{of.before.to_string()}</td><td class="num">{of.after.to_string()}</td><td class="num col-sm">{change}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div data-testid="impact">
            <p>{summary}</p>
            <table class="steps">
                <caption class="visually-hidden">"The last period of each subscriber by both prices"</caption>
                <thead><tr><th scope="col">"Largest changes"</th><th scope="col" class="num">"Before"</th><th scope="col" class="num">"After"</th><th scope="col" class="num col-sm">"Change"</th></tr></thead>
                <tbody>{rows}</tbody>
                <tfoot><tr>
                    <th scope="row">"All subscriptions"</th><td class="num">{impact.before.to_string()}</td><td class="num">{impact.after.to_string()}</td>
                    <td class="num col-sm">{difference(impact.before, impact.after)}</td>
                </tr></tfoot>
            </table>
        </div>
    }
    .into_any()
}

/// Returns the difference with its sign.
fn difference(before: Money, after: Money) -> String {
    let minor = after.minor.saturating_sub(before.minor);
    let sign = if minor > 0 { "+" } else { "" };
    format!("{sign}{}", Money { minor, currency: after.currency })
}
