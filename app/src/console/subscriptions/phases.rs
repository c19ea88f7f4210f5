//! Phases of a subscription over time: a bar, and the same as a list.

use super::api::{Adjustment, adjust_subscription};
use crate::{
    console::{detail::action_button, scope::Scope},
    ui::percent,
};
use leptos::prelude::*;
use model::{
    count::pluralize,
    id::SubscriptionId,
    moment,
    pricing::period::Period,
    subscription::{Phase, Schedule, words},
};
use time::{Date, Duration};

/// Days that the bar shows after the last known change of a subscription without an end.
const AHEAD: Duration = Duration::days(90);

/// Renders bar and list. `undo` is the id of the subscription if planned changes can be undone.
pub fn phases(scope: Scope, schedule: &Schedule, today: Date, undo: Option<SubscriptionId>) -> AnyView {
    let rows = schedule.phases().map(|(phase, days)| row(scope, phase, days, schedule, today, undo)).collect_view();
    view! {
        {bar(schedule, today)}
        <ul class="line-list" data-testid="phases">{rows}</ul>
    }
    .into_any()
}

fn seats(phase: &Phase) -> String {
    pluralize(i64::from(phase.seats), "seat", "seats")
}

fn row(
    scope: Scope,
    phase: &Phase,
    days: Period,
    schedule: &Schedule,
    today: Date,
    undo: Option<SubscriptionId>,
) -> AnyView {
    let is_last = schedule.phases.last() == Some(phase);
    let until = match (is_last, schedule.ends_on) {
        (true, None) => format!("from {}", moment::date(days.from)),
        _ => words::days(days),
    };
    let what = if phase.plan.name.is_empty() {
        seats(phase)
    } else {
        format!("{} v{} · {}", phase.plan.name, phase.plan.version, seats(phase))
    };
    let is_planned = phase.from_on > today && phase.from_on > schedule.starts_on;
    let button = undo.filter(|_| is_planned).map(|id| {
        let from_on = phase.from_on.to_string();
        let fields = vec![("action", "undo".to_owned()), ("from_on", from_on.clone())];
        let name = format!("Undo the change on {}", moment::date(phase.from_on));
        action_button(scope, fields, ("Undo", name), "Change undone", move || {
            let action = Adjustment::Undo { from_on: from_on.clone() };
            scope.ask(async move |slug, grant| adjust_subscription(slug, grant, id, action.clone()).await)
        })
    });
    let state = if days.contains(today) {
        "Now"
    } else if days.from > today {
        "Planned"
    } else {
        ""
    };
    view! {
        <li><div class="line">
            <span class="text">{what}</span>
            <span class="end">{until}</span>
            <span class="end phase-state">{state}</span>
            {button}
        </div></li>
    }
    .into_any()
}

fn bar(schedule: &Schedule, today: Date) -> AnyView {
    let last = schedule.phases.last().map_or(schedule.starts_on, |phase| phase.from_on);
    let end = schedule.ends_on.unwrap_or_else(|| last.max(today).saturating_add(AHEAD));
    let shown = Period { from: schedule.starts_on, until: end };
    let all = shown.days().max(1);
    // In hundredths of a percent.
    let at = |day: Date| ((day - shown.from).whole_days() * 10_000 / all).clamp(0, 10_000);
    let parts = schedule
        .phases()
        .filter_map(|(phase, days)| Some((phase, days.overlap(shown)?)))
        .map(|(phase, days)| {
            let (from, until) = (at(days.from), at(days.until));
            let class = if days.contains(today) { "phase current" } else if days.from > today { "phase planned" } else { "phase" };
            let title = format!("{} v{}, {}: {}", phase.plan.name, phase.plan.version, seats(phase), words::days(days));
            view! {
                <rect class=class x=percent(from) y="0" width=percent((until - from - 20).max(20)) height="100%" rx="3"><title>{title}</title></rect>
            }
        })
        .collect_view();
    let now = shown.contains(today).then(|| {
        let x = percent(at(today));
        view! { <line class="today" x1=x.clone() x2=x y1="0" y2="100%"></line> }
    });
    view! {
        <div class="phase-bar">
            <svg role="img" aria-label="Phases over time. The list below names each.">{parts}{now}</svg>
            <div class="ends" aria-hidden="true"><span>{moment::date(shown.from)}</span><span>{schedule.ends_on.and_then(Date::previous_day).map_or_else(|| "no end".to_owned(), moment::date)}</span></div>
        </div>
    }
    .into_any()
}
