//! A chart of the usage page: stacked bars, their legend, the same numbers as a table, the ranking of the groups, and those
//! that changed most.

use crate::{
    console::scope::Scope,
    routes::Page,
    ui::{COLOURS, StackedBars, colour},
};
use leptos::prelude::*;
use model::{
    id::{CustomerId, ProductId},
    moment,
    pricing::Quantity,
    usage::{Axis, GroupBy, Mover, Series, UsageChart, UsageReport, add, amount, change},
};
use uuid::Uuid;

/// What a group is, if it has a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Groups {
    Customers,
    Products,
    Meters,
}

impl Groups {
    fn of(report: &UsageReport) -> Self {
        // A guest's usage is grouped by customer always.
        if report.health.is_none() {
            return Self::Customers;
        }
        match report.query.by {
            GroupBy::Customer => Self::Customers,
            GroupBy::Product => Self::Products,
            GroupBy::Meter => Self::Meters,
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Self::Customers => "Customer",
            Self::Products => "Product",
            Self::Meters => "Meter",
        }
    }

    /// Renders the name of a group, as a link if it has a page.
    fn name(self, scope: Scope, id: Option<Uuid>, name: &str) -> AnyView {
        let page = match (self, id) {
            (Self::Customers, Some(id)) => Some(Page::Customer(CustomerId::from_uuid(id))),
            (Self::Products, Some(id)) => Some(Page::Product(ProductId::from_uuid(id))),
            (Self::Meters, _) | (_, None) => None,
        };
        match page {
            Some(page) => view! { <a class="link" href=scope.url(&page)>{name.to_owned()}</a> }.into_any(),
            None => name.to_owned().into_any(),
        }
    }
}

/// Renders a chart. `at` is its position on the page.
pub fn chart(scope: Scope, report: &UsageReport, at: usize, chart: &UsageChart) -> AnyView {
    let groups = Groups::of(report);
    let heading = format!("chart-{at}");
    let drawn = drawn(chart);
    let before = if report.query.compare { chart.before.clone() } else { Vec::new() };
    let axis = Axis::of(chart.all.days.iter().chain(&before));
    let label = format!(
        "{} per day, {} to {}, {} {}",
        chart.title,
        moment::date(report.days.from),
        moment::date(report.days.to()),
        amount(chart.all.total, &chart.unit),
        if chart.measure.adds_days() { "in total" } else { "on the highest day" },
    );
    let days: Vec<String> = report.days.iter().map(moment::date).collect();
    let titles = days.iter().enumerate().map(|(day, name)| title(chart, &drawn, &before, day, name)).collect();
    let ends = match days.len() {
        0 => Vec::new(),
        1 => days.clone(),
        2..7 => [days.first(), days.last()].into_iter().flatten().cloned().collect(),
        count => [days.first(), days.get(count / 2), days.last()].into_iter().flatten().cloned().collect(),
    };
    let series =
        drawn.iter().enumerate().map(|(at, (is_rest, series))| (class(at, *is_rest), series.days.clone())).collect();
    let legend = drawn
        .iter()
        .enumerate()
        .map(|(at, (is_rest, series))| {
            let class = format!("key {}", class(at, *is_rest));
            view! { <li><span class=class aria-hidden="true"></span><span class="text">{series.name.clone()}</span></li> }
        })
        .collect_view();
    let compared = report.query.compare.then(|| {
        view! { <li><span class="key before" aria-hidden="true"></span><span class="text">{format!("{} to {}", moment::date(report.before.from), moment::date(report.before.to()))}</span></li> }
    });
    let labelled_by = heading.clone();
    view! {
        <section class="section usage-chart" aria-labelledby=labelled_by data-hue=move || scope.hue() data-testid="chart">
            <div class="section-head">
                <h2 id=heading>{chart.title.clone()}</h2>
                <span class="sum" data-testid="total">{amount(chart.all.total, &chart.unit)}</span>
                {changed(chart.all.total, chart.all.before)}
            </div>
            <p class="hint">{chart.measure.explanation()}</p>
            <StackedBars label axis series before ends titles/>
            <ol class="legend" aria-label="Series from the bottom up">{legend}{compared}</ol>
            {table(report, chart, &drawn)}
            {ranking(scope, groups, chart)}
            {movers(scope, groups, chart)}
        </section>
    }
    .into_any()
}

fn class(at: usize, is_rest: bool) -> &'static str {
    if is_rest { colour(COLOURS) } else { colour(at) }
}

/// Returns the series that are drawn: the largest ones, and all others together. Quantities that can't be added up are not
/// stacked, so that they are one series.
fn drawn(chart: &UsageChart) -> Vec<(bool, Series)> {
    if !chart.measure.adds_groups() {
        return vec![(false, chart.all.clone())];
    }
    // Without space for a series of others, one of them would be left out.
    let named = if chart.rest.is_none() && chart.series.len() <= COLOURS { COLOURS } else { COLOURS - 1 };
    let mut drawn: Vec<_> = chart.series.iter().take(named).map(|series| (false, series.clone())).collect();
    let mut others = chart.series.iter().skip(named).chain(&chart.rest);
    if let Some(first) = others.next() {
        let mut rest = Series { id: None, name: "All others".to_owned(), ..first.clone() };
        for other in others {
            for (sum, quantity) in rest.days.iter_mut().zip(&other.days) {
                *sum = add(*sum, *quantity);
            }
            rest.before = add(rest.before, other.before);
        }
        rest.total = chart.measure.over_days(&rest.days);
        drawn.push((true, rest));
    }
    drawn
}

/// Returns the text of a day's bar.
fn title(chart: &UsageChart, drawn: &[(bool, Series)], before: &[Quantity], day: usize, name: &str) -> String {
    let of = |days: &[Quantity]| days.get(day).copied().unwrap_or_default();
    let mut lines = vec![format!("{name}: {}", amount(of(&chart.all.days), &chart.unit))];
    if drawn.len() > 1 {
        let parts = drawn.iter().filter(|(_, series)| of(&series.days) != Quantity::ZERO);
        lines.extend(parts.map(|(_, series)| format!("{}: {}", series.name, of(&series.days).grouped())));
    }
    if let Some(before) = before.get(day) {
        lines.push(format!("Before: {}", before.grouped()));
    }
    lines.join("\n")
}

/// Renders the numbers of the chart as a table.
fn table(report: &UsageReport, chart: &UsageChart, drawn: &[(bool, Series)]) -> AnyView {
    let several = drawn.len() > 1;
    let compare = report.query.compare;
    let heads = several
        .then(|| drawn.iter().map(|(_, series)| view! { <th scope="col">{series.name.clone()}</th> }).collect_view());
    let rows = report
        .days
        .iter()
        .enumerate()
        .map(|(at, day)| {
            let of = |days: &[Quantity]| days.get(at).copied().unwrap_or_default().grouped();
            let parts =
                several.then(|| drawn.iter().map(|(_, series)| view! { <td>{of(&series.days)}</td> }).collect_view());
            let before = compare.then(|| {
                view! { <td>{chart.before.get(at).map_or_else(|| "—".to_owned(), |quantity| quantity.grouped())}</td> }
            });
            view! { <tr><th scope="row">{moment::date(day)}</th>{parts}<td>{of(&chart.all.days)}</td>{before}</tr> }
        })
        .collect_view();
    let sums =
        several.then(|| drawn.iter().map(|(_, series)| view! { <td>{series.total.grouped()}</td> }).collect_view());
    let caption = format!("{} per day", chart.title);
    let label = caption.clone();
    view! {
        <details class="twin" data-testid="twin">
            <summary>"Show as table"</summary>
            <div class="scroll-x" tabindex="0" role="region" aria-label=label>
                <table class="twin-table">
                    <caption class="visually-hidden">{caption}</caption>
                    <thead><tr><th scope="col">"Day"</th>{heads}<th scope="col">{if several { "All" } else { "Quantity" }}</th>{compare.then(|| view! { <th scope="col">"Before"</th> })}</tr></thead>
                    <tbody>{rows}</tbody>
                    <tfoot><tr><th scope="row">{chart.measure.total()}</th>{sums}<td>{chart.all.total.grouped()}</td>{compare.then(|| view! { <td>{chart.all.before.grouped()}</td> })}</tr></tfoot>
                </table>
            </div>
        </details>
    }
    .into_any()
}

/// Renders the groups with their quantities and change.
fn ranking(scope: Scope, groups: Groups, chart: &UsageChart) -> AnyView {
    let rows = chart
        .series
        .iter()
        .chain(&chart.rest)
        .map(|series| {
            view! {
                <tr data-testid="row">
                    <td class="col-main">{groups.name(scope, series.id, &series.name)}</td>
                    <td class="num wide">{series.total.grouped()}</td>
                    <td class="num col-sm">{series.before.grouped()}</td>
                    <td class="num">{change_words(series.total, series.before)}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="table-wrap"><table class="data-table">
            <caption class="visually-hidden">{format!("{} by {}", chart.title, groups.label().to_lowercase())}</caption>
            <thead><tr><th scope="col">{groups.label()}</th><th scope="col" class="num wide">{chart.measure.total()}</th><th scope="col" class="num col-sm">"Before"</th><th scope="col" class="num">"Change"</th></tr></thead>
            <tbody>{rows}</tbody>
        </table></div>
    }
    .into_any()
}

fn movers(scope: Scope, groups: Groups, chart: &UsageChart) -> Option<AnyView> {
    let line = |mover: &Mover| {
        let moved = format!("{} → {}", mover.before.grouped(), mover.total.grouped());
        view! {
            <li><span class="line"><span class="text">{groups.name(scope, mover.id, &mover.name)}</span><span class="amount">{moved}</span><span class="end">{change_words(mover.total, mover.before)}</span></span></li>
        }
    };
    let lines = chart.movers.iter().map(line).collect_view();
    (!chart.movers.is_empty()).then(|| {
        view! {
            <div class="movers" data-testid="movers"><h3>"Changed most against the days before"</h3><ul class="line-list">{lines}</ul></div>
        }
        .into_any()
    })
}

fn change_words(now: Quantity, before: Quantity) -> String {
    match change(now, before) {
        Some(0) => "0%".to_owned(),
        Some(change) => format!("{}{}%", if change > 0 { "+" } else { "−" }, change.unsigned_abs()),
        None if before == Quantity::ZERO && now != Quantity::ZERO => "new".to_owned(),
        None => "—".to_owned(),
    }
}

fn changed(now: Quantity, before: Quantity) -> AnyView {
    let words = change_words(now, before);
    view! { <span class="delta" data-testid="change">{format!("{words} against the days before")}</span> }.into_any()
}
