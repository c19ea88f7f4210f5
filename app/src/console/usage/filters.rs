//! Filters of the usage page: two forms, one of the named ranges and the grouping, and one of chosen days. The first one
//! takes effect with each choice.

use crate::{browser, console::scope::Scope, routes::Page, ui::Icon};
use leptos::{ev::SubmitEvent, prelude::*};
use model::{
    list::Noun,
    usage::{GroupBy, Range, UsageQuery, UsageReport, day},
};

/// Renders the filters.
pub fn view(scope: Scope, report: &UsageReport) -> AnyView {
    // Of the page on screen, because a report stays there until the one of other filters is loaded.
    let query = scope.current.with_untracked(|current| match &current.page {
        Page::Usage(query) => *query,
        _ => report.query,
    });
    let (shown, _) = query.range.days(report.today);
    let go = move |next: UsageQuery| scope.replace(Page::Usage(next));
    let here = scope.url(&Page::list(Noun::Usage));
    let chosen = matches!(query.range, Range::Days(_));
    let mut ranges: Vec<Range> = Range::NAMED.to_vec();
    if chosen {
        ranges.push(query.range);
    }
    let options = ranges
        .into_iter()
        .map(|range| view! { <option value=range.as_str() selected=range == query.range>{range.label()}</option> })
        .collect_view();
    let on_range = move |event| {
        let value = browser::event_value(&event);
        let named = Range::NAMED.into_iter().find(|range| range.as_str() == value);
        go(UsageQuery { range: named.unwrap_or(query.range), ..query });
    };
    // A guest's usage is grouped by customer always.
    let by = report.health.is_some().then(|| {
        let options = GroupBy::ALL
            .into_iter()
            .map(|by| view! { <option value=by.as_str() selected=by == query.by>{format!("By {}", by.label().to_lowercase())}</option> })
            .collect_view();
        let on_by = move |event| {
            let value = browser::event_value(&event);
            let by = GroupBy::ALL.into_iter().find(|by| by.as_str() == value).unwrap_or_default();
            go(UsageQuery { by, ..query });
        };
        view! {
            <span class="select">
                <select class="input" name="by" aria-label="Group by" prop:value=query.by.as_str() on:change=on_by>{options}</select>
                <Icon name="chevron-down"/>
            </span>
        }
    });
    let days = chosen.then(|| {
        view! {
            <input type="hidden" name="from" value=day(shown.from)/>
            <input type="hidden" name="to" value=day(shown.to())/>
        }
    });
    let on_compare = move |event| go(UsageQuery { compare: browser::is_checked(&event), ..query });
    let on_days = move |event: SubmitEvent| {
        event.prevent_default();
        let pairs = browser::form_values(&event);
        go(UsageQuery::from_pairs(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()))));
    };
    let kept = UsageQuery { range: Range::default(), ..query }
        .pairs()
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
        .collect_view();
    let most = day(report.today);
    view! {
        <div class="filter-bar usage-filters">
            <form class="filters" method="get" action=here.clone() aria-label="Range and grouping" on:submit=move |event: SubmitEvent| event.prevent_default()>
                <span class="select">
                    <select class="input" name="range" aria-label="Range" prop:value=query.range.as_str() on:change=on_range>{options}</select>
                    <Icon name="chevron-down"/>
                </span>
                {days}
                {by}
                <label class="check"><input type="checkbox" name="compare" value="before" checked=query.compare prop:checked=query.compare on:change=on_compare/>"Compare with the days before"</label>
                <button class="btn" data-no-script>"Apply"</button>
            </form>
            <form class="filters" method="get" action=here aria-label="Chosen days" on:submit=on_days>
                {kept}
                <label><span class="visually-hidden">"First day"</span><input class="input" type="date" name="from" value=day(shown.from) prop:value=day(shown.from) max=most.clone() required=true/></label>
                <span class="muted" aria-hidden="true">"–"</span>
                <label><span class="visually-hidden">"Last day"</span><input class="input" type="date" name="to" value=day(shown.to()) prop:value=day(shown.to()) max=most required=true/></label>
                <button class="btn">"Show days"</button>
            </form>
        </div>
    }
    .into_any()
}
