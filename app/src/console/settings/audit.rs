//! Audit log: who did what and when, with filter, pager and export. All controls are links or a GET form, so it works
//! without JavaScript.

use crate::{
    browser,
    console::scope::Scope,
    routes::{Page, Route, SettingsPage},
    ui::{Empty, Icon},
};
use leptos::prelude::*;
use model::{
    audit::{ActionKind, AuditQuery, AuditRow, AuditView, Period, Position},
    id::UserId,
    moment,
};

/// Renders a workspace's audit log.
pub fn view(scope: Scope, log: &AuditView) -> AnyView {
    let query = scope.current.with_untracked(|current| match &current.page {
        Page::Settings(SettingsPage::Audit(query)) => query.clone(),
        _ => AuditQuery::default(),
    });
    let url = move |query| scope.url(&Page::Settings(SettingsPage::Audit(query)));
    let go = move |url: &str| scope.session.navigator.replace(Route::parse_url(url));
    let export = Route::AuditExport(scope.slug(), query.at(Position::Newest)).url();
    view! {
        <p class="hint">{format!("Times are in {}. Entries can’t be changed or removed.", log.time_zone.replace('_', " "))}</p>
        {table(log, &query, url, go, Some(export))}
    }
    .into_any()
}

/// Renders filter, entries and pager of an audit log. `url` returns the URL of a query, and `go` navigates to a URL.
pub fn table(
    log: &AuditView,
    query: &AuditQuery,
    url: impl Fn(AuditQuery) -> String + Copy + Send + Sync + 'static,
    go: impl Fn(&str) + Copy + Send + Sync + 'static,
    export: Option<String>,
) -> AnyView {
    let rows = log.rows.iter().map(row).collect_view();
    let body = if log.rows.is_empty() && query.is_narrowed() {
        let all = url(AuditQuery::default());
        view! {
            <Empty icon="search" title="No results".to_owned() text="Try a longer period or another filter.".to_owned()><a class="btn" href=all>"Clear filters"</a></Empty>
        }
        .into_any()
    } else if log.rows.is_empty() {
        view! { <Empty icon="clock" title="No entries yet".to_owned() text="Changes to people, roles, invites and settings appear here.".to_owned()/> }.into_any()
    } else {
        view! {
            <div class="table-wrap"><table class="data-table audit">
                <caption class="visually-hidden">"Audit log"</caption>
                <thead><tr><th scope="col" class="wide">"When"</th><th scope="col" class="wide">"Who"</th><th scope="col">"What"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table></div>
        }
        .into_any()
    };
    let link = |label: &'static str, rel: &'static str, position: Option<Position>| match position {
        Some(position) => view! { <a class="btn small" href=url(query.at(position)) rel=rel>{label}</a> }.into_any(),
        None => view! { <a class="btn small" aria-disabled="true" role="link">{label}</a> }.into_any(),
    };
    view! {
        {filters(query, &log.people, url, go, export)}
        {body}
        <nav class="pager" aria-label="Pages"><span class="range"></span>{link("Newer", "prev", log.newer)}{link("Older", "next", log.older)}</nav>
    }
    .into_any()
}

fn row(row: &AuditRow) -> AnyView {
    let (what, detail) = (row.what.clone(), row.detail.clone());
    let whole = if detail.is_empty() { what.clone() } else { format!("{what}: {detail}") };
    view! {
        <tr data-testid="row" data-action=row.action.clone()>
            <td class="wide"><time title=moment::exact(*row.at)>{moment::minute(*row.at)}</time></td>
            <td class="wide" title=row.actor.clone()>{if row.actor.is_empty() { "Someone".to_owned() } else { row.actor.clone() }}</td>
            <td class="col-main" title=whole><span>{what}</span>{(!detail.is_empty()).then(|| view! { <span class="muted">{format!(" · {detail}")}</span> })}</td>
        </tr>
    }
    .into_any()
}

fn filters(
    query: &AuditQuery,
    people: &[(UserId, String)],
    url: impl Fn(AuditQuery) -> String + Copy + Send + Sync + 'static,
    go: impl Fn(&str) + Copy + Send + Sync + 'static,
    export: Option<String>,
) -> AnyView {
    let asked = StoredValue::new(query.clone());
    let change = move |name: &'static str, value: String| {
        let mut pairs: Vec<(&str, String)> = asked.with_value(AuditQuery::pairs);
        pairs.retain(|(n, _)| *n != name && *n != "before" && *n != "after");
        pairs.push((name, value));
        let next = AuditQuery::from_pairs(pairs.iter().map(|(n, v)| (*n, v.as_str())));
        go(&url(next));
    };
    let person = query.person;
    let select = move |name: &'static str, label: &'static str, options: Vec<(String, String, bool)>| {
        let options = options
            .into_iter()
            .map(|(value, text, selected)| view! { <option value=value selected=selected>{text}</option> })
            .collect_view();
        view! {
            <span class="select">
                <select class="input" name=name aria-label=label on:change=move |event| change(name, browser::event_value(&event))>{options}</select>
                <Icon name="chevron-down"/>
            </span>
        }
        .into_any()
    };
    let mut who = vec![(String::new(), "Everyone".to_owned(), person.is_none())];
    who.extend(people.iter().map(|(id, name)| (id.to_string(), name.clone(), Some(*id) == person)));
    let mut kinds = vec![(String::new(), "Everything".to_owned(), query.kind.is_none())];
    kinds.extend(ActionKind::ALL.iter().map(|k| (k.as_str().to_owned(), k.label().to_owned(), query.kind == Some(*k))));
    let periods =
        Period::ALL.iter().map(|p| (p.as_str().to_owned(), p.label().to_owned(), query.period == *p)).collect();
    let here = url(AuditQuery::default());
    view! {
        <form class="filter-bar" method="get" action=here role="search" aria-label="Filter the audit log">
            {select("person", "Who", who)}
            {select("kind", "What", kinds)}
            {select("period", "When", periods)}
            <button class="btn" data-no-script>"Apply"</button>
            {export.map(|export| view! { <a class="btn end" href=export rel="external" download="" data-testid="export"><Icon name="arrow-up-right"/>"Export CSV"</a> })}
        </form>
    }
    .into_any()
}
