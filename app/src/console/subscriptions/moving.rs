//! Form that moves all subscriptions of a version of a rate plan to another version, from their next periods.

use super::api::move_subscriptions;
use crate::{
    console::{
        form::{FormPage, FormShell},
        scope::Scope,
    },
    routes::Page,
    ui::SelectField,
};
use leptos::prelude::*;
use model::{count::pluralize, subscription::MovePage};
use serde::Deserialize;

/// Values of the form.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct MoveInput {
    /// Control `from`: the version to move away from.
    from: String,
}

fn subscriptions(count: u64) -> String {
    pluralize(i64::try_from(count).unwrap_or(i64::MAX), "subscription", "subscriptions")
}

/// Renders the form.
pub fn move_form(scope: Scope, data: &MovePage) -> AnyView {
    let (plan, to) = (data.plan_id, data.to);
    let back = Page::RatePlan(plan);
    let title = format!("Move subscriptions to {} v{to}", data.plan);
    if data.from.is_empty() {
        return view! {
            <header class="page-head"><div class="titles"><h1>{title}</h1></div></header>
            <section class="empty">
                <p data-testid="none-to-move">{format!("No subscription is left to move. Each of this plan is on version {to}, is on it from its next period, or ends before.")}</p>
                <div class="btn-row"><a class="btn" href=scope.url(&back)>"Back to the plan"</a></div>
            </section>
        }
        .into_any();
    }
    let page = FormPage::open(scope, move |input: MoveInput| {
        scope.ask(async move |slug, grant| {
            let moved = move_subscriptions(slug, grant, plan, to, input.from.clone()).await?;
            Ok((Page::RatePlan(plan), format!("{} moved", subscriptions(moved))))
        })
    });
    let versions: Vec<(String, String)> = data
        .from
        .iter()
        .map(|(version, count)| (version.to_string(), format!("v{version}: {}", subscriptions(count.unsigned_abs()))))
        .collect();
    let first = versions.first().map(|(version, _)| version.clone()).unwrap_or_default();
    let from = page.typed("from").unwrap_or(first);
    let errors = page.state.errors;
    view! {
        <FormShell page title button="Move" back>
            <p data-testid="move-effect">{format!("Each subscription is on version {to} from the first day of its next period. Until then its prices stay as they are. Subscriptions that end before are left unchanged.")}</p>
            <SelectField name="from" label="From version" value=from options=versions errors/>
        </FormShell>
    }
    .into_any()
}
