//! List of events, those that were received last first, with filters.

use crate::{
    browser,
    console::scope::Scope,
    routes::Page,
    ui::{Ago, Empty, Icon},
};
use leptos::{ev::SubmitEvent, prelude::*};
use model::{
    list::{Noun, Position},
    usage::{EventPage, EventQuery, EventRow},
};

/// Renders the list.
pub fn view(scope: Scope, page: &EventPage) -> AnyView {
    let query = &page.query;
    let rows = page.rows.iter().map(|event| row(scope, event)).collect_view();
    let body = if !page.rows.is_empty() {
        view! {
            <div class="table-wrap"><table class="data-table">
                <caption class="visually-hidden">"Events"</caption>
                <thead><tr><th scope="col">"Id"</th><th scope="col" class="col-sm">"Customer"</th><th scope="col" class="col-md">"Type"</th><th scope="col" class="col-lg">"Source"</th><th scope="col" class="num">"Time"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table></div>
        }
        .into_any()
    } else if query.is_narrowed() {
        let all = scope.url(&Page::events());
        view! {
            <Empty icon="search" title="No events match".to_owned() text="Try another filter. An id is found by its beginning.".to_owned()><a class="btn" href=all>"Clear filters"</a></Empty>
        }
        .into_any()
    } else {
        let usage = scope.url(&Page::list(Noun::Usage));
        view! {
            <Empty icon="usage" title="No events yet".to_owned() text="Events appear here as they come in.".to_owned()><a class="btn" href=usage>"How to send events"</a></Empty>
        }
        .into_any()
    };
    let link = |label: &'static str, rel: &'static str, position: Option<Position>| match position {
        Some(position) => {
            let url = scope.url(&Page::Events(query.at(position)));
            view! { <a class="btn small" href=url rel=rel>{label}</a> }.into_any()
        }
        None => view! { <a class="btn small" aria-disabled="true" role="link">{label}</a> }.into_any(),
    };
    let (newer, older) = (page.newer.clone().map(Position::Before), page.older.clone().map(Position::After));
    view! {
        <header class="page-head"><div class="titles"><h1>"Events"</h1><span class="count">{format!("Times are in {}", page.time_zone.replace('_', " "))}</span></div></header>
        {filters(scope, page)}
        {body}
        <nav class="pager" aria-label="Pages"><span class="range"></span>{link("Newer", "prev", newer)}{link("Older", "next", older)}</nav>
    }
    .into_any()
}

fn row(scope: Scope, event: &EventRow) -> AnyView {
    let url = scope.url(&Page::Event(event.key));
    view! {
        <tr data-testid="row">
            <td class="col-main"><a draggable="false" class="row-link mono" href=url title=event.id.clone()>{event.id.clone()}</a><span class="row-sub">{event.customer.clone()}</span></td>
            <td class="col-sm">{event.customer.clone()}</td>
            <td class="col-md">{event.kind.clone()}</td>
            <td class="col-lg">{event.source.clone()}</td>
            <td class="num"><Ago at=event.occurred_at now=scope.session.now/></td>
        </tr>
    }
    .into_any()
}

fn filters(scope: Scope, page: &EventPage) -> AnyView {
    // Of the page on screen, because rows stay there until those of other filters are loaded.
    let query = scope.current.with_untracked(|current| match &current.page {
        Page::Events(query) => query.clone(),
        _ => page.query.clone(),
    });
    browser::on_key(|event| {
        if event.key() == "/" && browser::is_plain(event) && !browser::is_typing() && !browser::is_covered() {
            event.prevent_default();
            browser::focus("#list-search");
        }
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let pairs = browser::form_values(&event);
        let next = EventQuery::from_pairs(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        scope.replace(Page::Events(next));
    };
    let customer = query.customer.map(|id| {
        let name = page.customer.clone().unwrap_or_else(|| "Unknown customer".to_owned());
        let without = EventQuery { customer: None, position: Position::First, ..query.clone() };
        let url = scope.url(&Page::Events(without));
        let label = format!("Remove the filter {name}");
        view! {
            <input type="hidden" name="customer" value=id.to_string()/>
            <a class="chip" href=url aria-label=label data-testid="customer-filter">{name}<Icon name="x"/></a>
        }
    });
    let text = |name: &'static str, label: &'static str, value: &str| {
        view! { <input class="input" name=name aria-label=label placeholder=label value=value.to_owned() prop:value=value.to_owned() autocomplete="off" maxlength="200"/> }
            .into_any()
    };
    view! {
        <form class="filter-bar usage-filters" method="get" action=scope.url(&Page::events()) role="search" aria-label="Filter events" on:submit=submit>
            <label class="search">
                <Icon name="search"/>
                <span class="visually-hidden">"Search by the beginning of the id"</span>
                <input class="input" type="search" name="id" placeholder="Id begins with" autocomplete="off" maxlength="200"
                    id="list-search" aria-keyshortcuts="/" value=query.id.clone() prop:value=query.id.clone()/>
            </label>
            {text("type", "Type", &query.kind)}
            {text("source", "Source", &query.source)}
            {customer}
            <button class="btn">"Apply"</button>
        </form>
    }
    .into_any()
}
