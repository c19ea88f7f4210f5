//! Generic list page: search, filter, sortable table and keyset pager. Each record type provides its columns and cells.
//!
//! All controls are links or a GET form, so the page works without JavaScript. With JavaScript, typing filters at once,
//! and the rows on screen stay until the new ones are loaded.
//!
//! The page survives a switch of workspaces. It reads the current scope and holds none itself, and the text in its
//! search field is discarded on a switch. Existing rows are reused and only their texts change. While the rows of the
//! next workspace are loading they are blank, so nothing of the previous workspace stays in the document.

use super::{
    PageData,
    cells::{Listed, Rows},
    host::{denied, failed},
    scope::{CurrentPage, Scope},
    status::follow_list,
};
use crate::{
    browser,
    routes::Page,
    ui::{Empty, Icon, StableAttributes, stable, whole, whole_kept},
};
use leptos::{
    ev::SubmitEvent,
    html::{a, nav, span, tr},
    prelude::*,
};
use model::{
    list::{ListQuery, Noun, PAGE_ROWS, Position, SortBy},
    money::grouped,
};

/// Debounce delay of the search field, in milliseconds.
const TYPING_PAUSE: u32 = 120;
/// Element ids of the search field and the status filter.
const SEARCH: &str = "list-search";
const STATUS: &str = "list-status";

/// Column of a list.
pub struct Column {
    /// Column header.
    pub label: &'static str,
    /// CSS class for width and visibility, see style/34-table.css.
    pub class: &'static str,
    /// Sort key of the column, or `None` if it is not sortable.
    pub sort: Option<SortBy>,
}

/// Creates a column that is not sortable.
pub const fn column(label: &'static str, class: &'static str) -> Column {
    Column { label, class, sort: None }
}

/// Creates a sortable column.
pub const fn sortable(label: &'static str, class: &'static str, by: SortBy) -> Column {
    Column { label, class, sort: Some(by) }
}

/// Definition of the list page of a record type.
pub struct ListSpec {
    /// Record type.
    pub noun: Noun,
    /// Columns, one per cell of a row.
    pub columns: &'static [Column],
    /// Row source.
    pub rows: &'static dyn Rows,
    /// Label and page of the button that creates a record, for users with the capability.
    pub create: Option<(&'static str, Page)>,
    /// Label and page of a link beside it, for users with the capability.
    pub link: Option<(&'static str, Page)>,
    /// Explanation of the record type, shown in a workspace that has no such records yet.
    pub teaches: &'static str,
}

impl ListSpec {
    /// Returns the list on screen, or `None` if it is not loaded.
    pub fn listed<'a>(&self, current: &'a CurrentPage) -> Option<Listed<'a>> {
        current.data.as_ref().and_then(|data| self.rows.listed(data))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Body {
    Failed,
    Denied,
    Empty,
    NothingFound,
    /// Rows, or placeholders while they load.
    Table,
}

/// Renders the list page of a record type.
pub fn list(scope: Signal<Scope>, spec: &'static ListSpec) -> AnyView {
    let noun = spec.noun;
    let query = Memo::new(move |_| {
        scope.get().current.with(|current| match &current.page {
            Page::List(query) if query.noun == noun => query.clone(),
            _ => ListQuery::new(noun),
        })
    });
    let body = Memo::new(move |_| {
        let scope = scope.get();
        scope.current.with(|current| match (spec.listed(current), &current.data) {
            (Some(page), _) if page.rows > 0 => Body::Table,
            (Some(page), _) if page.query.is_narrowed() => Body::NothingFound,
            (Some(_), _) => Body::Empty,
            (None, Some(PageData::Denied(_))) => Body::Denied,
            (None, _) if scope.failed.with(Option::is_some) => Body::Failed,
            (None, _) => Body::Table,
        })
    });
    let body_now = move || {
        let body = body.get();
        // The table persists, and each of its parts checks its own nodes.
        if body != Body::Table {
            scope.track();
        }
        body
    };
    let total = Memo::new(move |_| scope.get().current.with(|current| spec.listed(current).map(|page| page.total)));
    follow_list(scope, |current| spec.listed(current).map(|page| (page.query.clone(), page.total, page.range())));
    let may_open = move |linked: &Option<(&'static str, Page)>| {
        linked.as_ref().is_some_and(|(_, page)| scope.get().may(page.requires()))
    };
    let may_create = Memo::new(move |_| may_open(&spec.create));
    let may_follow = Memo::new(move |_| may_open(&spec.link));
    let link = move || {
        let (label, page) = spec.link.as_ref()?;
        let url = move || scope.get().url(page);
        may_follow.get().then(|| view! { <a class="btn" href=url>{*label}</a> })
    };
    let create = move || {
        let (label, page) = spec.create.as_ref()?;
        let url = move || scope.get().url(page);
        may_create.get().then(|| view! { <a class="btn primary" href=url><Icon name="plus"/>{*label}</a> })
    };
    view! {
        <header class="page-head">
            <div class="titles">
                <h1>{noun.title()}</h1>
                <span class="count" data-testid="count">{whole(move || total.get().map(|t| grouped(t.unsigned_abs())))}</span>
            </div>
            <div class="btn-row"><span class="contents">{whole(link)}</span><span class="contents">{whole(create)}</span></div>
        </header>
        {filters(scope, noun, query)}
        <div class="contents">{whole(move || match body_now() {
            Body::Failed => {
                let scope = scope.get();
                failed(scope, &scope.failed.get_untracked().map(|e| e.message()).unwrap_or_default())
            }
            Body::Denied => denied(scope.get(), Page::list(noun).requires()),
            Body::Empty => view! {
                <Empty icon=noun.path() title=format!("No {} yet", noun.many()) text=spec.teaches.to_owned()>{create}</Empty>
            }.into_any(),
            Body::NothingFound => {
                let all = scope.get().url(&Page::list(noun));
                view! {
                    <Empty icon="search" title=format!("No {} match", noun.many()) text="Try another search or status.".to_owned()>
                        <a class="btn" href=all>"Clear filters"</a>
                    </Empty>
                }.into_any()
            }
            Body::Table => table(scope, spec, query),
        })}</div>
    }
    .into_any()
}

fn filters(scope: Signal<Scope>, noun: Noun, query: Memo<ListQuery>) -> AnyView {
    let typed = RwSignal::new(query.with_untracked(|q| q.search.clone()));
    let pending = StoredValue::new(0u32);
    let ask = move |change: &dyn Fn(&mut ListQuery)| {
        let mut next = query.get_untracked().at(Position::First);
        change(&mut next);
        scope.get_untracked().replace(Page::List(next));
    };
    let typing = move |event| {
        typed.set(browser::event_value(&event));
        let generation = pending.try_update_value(|p| {
            *p += 1;
            *p
        });
        browser::after(TYPING_PAUSE, move || {
            if pending.try_get_value() == generation {
                let search = typed.get_untracked().trim().to_owned();
                ask(&|next| next.search.clone_from(&search));
            }
        });
    };
    // When the filters are cleared elsewhere, the field is updated, but never while the user is typing. A search is not
    // carried over to another workspace.
    Effect::new(move |before: Option<Scope>| {
        let visit = scope.get();
        let asked = query.with(|q| q.search.clone());
        let left = before.is_some_and(|before| before != visit);
        if left {
            pending.update_value(|p| *p += 1);
            browser::after_paint(|| browser::forget_typing(SEARCH));
        }
        if left || (typed.get_untracked().trim() != asked && !browser::is_typing()) {
            typed.set(asked);
        }
        visit
    });
    let statuses = noun.statuses();
    browser::on_key(|event| {
        if event.key() == "/" && browser::is_plain(event) && !browser::is_typing() && !browser::is_covered() {
            event.prevent_default();
            browser::focus("#list-search");
        }
    });
    browser::follow(SEARCH, move || typed.get());
    browser::follow(STATUS, move || query.with(|q| q.status.clone().unwrap_or_default()));
    view! {
        <form class="filter-bar" method="get" action=move || scope.get().url(&Page::list(noun)) role="search" aria-label=format!("Filter {}", noun.many())
            on:submit=move |event: SubmitEvent| event.prevent_default()>
            <label class="search">
                <Icon name="search"/>
                <span class="visually-hidden">{format!("Search {}", noun.many())}</span>
                <input class="input" type="search" name="q" placeholder=format!("Search {}", noun.many()) autocomplete="off" maxlength="100"
                    id=SEARCH aria-keyshortcuts="/" value=query.with_untracked(|q| q.search.clone()) on:input=typing/>
            </label>
            {(!statuses.is_empty()).then(|| view! {
                <span class="select">
                    <select class="input" id=STATUS name="status" aria-label="Status" on:change=move |event| {
                        let value = browser::event_value(&event);
                        ask(&|next| next.status = (!value.is_empty()).then(|| value.clone()));
                    }>
                        <option value="">"Any status"</option>
                        {statuses.iter().map(|status| {
                            let selected = query.with_untracked(|q| q.status.as_deref() == Some(*status));
                            view! { <option value=*status selected=selected>{capitalized(status)}</option> }
                        }).collect_view()}
                    </select>
                    <Icon name="chevron-down"/>
                </span>
            })}
            // Without JavaScript the browser submits the form, so it contains the sort order.
            {["sort", "dir"].map(|name| view! {
                <input type="hidden" name=name value=move || order(&query.get(), name) disabled=move || order(&query.get(), name).is_none()/>
            })}
            <button class="btn" data-no-script>"Apply"</button>
        </form>
    }
    .into_any()
}

/// Returns the query parameter `name` of a list's sort order, or `None` for the default order.
fn order(query: &ListQuery, name: &str) -> Option<String> {
    query.pairs().into_iter().find(|(pair, _)| *pair == name).map(|(_, value)| value)
}

fn capitalized(word: &str) -> String {
    let mut word = word.to_owned();
    if let Some(first) = word.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    word
}

fn table(scope: Signal<Scope>, spec: &'static ListSpec, query: Memo<ListQuery>) -> AnyView {
    let heads = spec.columns.iter().map(|column| head(scope, query, column)).collect_view();
    let loading = Memo::new(move |_| scope.get().current.with(|current| spec.listed(current).is_none()));
    let rows = move || {
        let scope = scope.get();
        let row = |row: Option<(&PageData, usize)>| {
            let id = StableAttributes::default().optional("data-testid", row.map(|_| "row".to_owned()));
            tr().add_any_attr(id).child(spec.rows.cells(scope, row))
        };
        scope.current.with(|current| match current.data.as_ref().zip(spec.listed(current)) {
            Some((data, page)) => (0..page.rows).map(|at| row(Some((data, at)))).collect_view(),
            None => std::iter::repeat_n(None, PAGE_ROWS).map(row).collect_view(),
        })
    };
    view! {
        <div class="table-wrap" aria-busy=move || loading.get().then_some("true")>
            <table class="data-table">
                <caption class="visually-hidden">{spec.noun.title()}</caption>
                <thead><tr>{heads}</tr></thead>
                <tbody aria-hidden=move || loading.get().then_some("true")>{whole_kept(rows)}</tbody>
            </table>
        </div>
        <div class="contents">{whole_kept(move || {
            let scope = scope.get();
            scope.current.with(|current| spec.listed(current).map(|page| pager(scope, &page)))
        })}</div>
    }
    .into_any()
}

fn head(scope: Signal<Scope>, query: Memo<ListQuery>, column: &'static Column) -> AnyView {
    let Some(by) = column.sort else {
        return view! { <th scope="col" class=column.class>{column.label}</th> }.into_any();
    };
    let order = move || query.with(|q| (q.sort.by == by).then_some(q.sort.descending));
    view! {
        <th scope="col" class=column.class aria-sort=move || order().map(|descending| if descending { "descending" } else { "ascending" })>
            <a class="sort" href=move || query.with(|q| scope.get().url(&Page::List(q.sorted_by(by))))>
                {column.label}
                <Icon name="chevron-down"/>
            </a>
        </th>
    }
    .into_any()
}

fn pager(scope: Scope, page: &Listed<'_>) -> AnyView {
    let link = |label: &'static str, rel: &'static str, position: Option<Position>| {
        let url = position.map(|position| scope.url(&Page::List(page.query.at(position))));
        let absent = |value: &'static str| url.is_none().then(|| value.to_owned());
        let link = stable("btn small").optional("aria-disabled", absent("true")).optional("role", absent("link"));
        // A disabled link keeps the focus if it has it, but Tab skips it.
        let link = link.optional("tabindex", absent("-1"));
        let link = link.optional("rel", url.is_some().then(|| rel.to_owned())).optional("href", url);
        a().add_any_attr(link).child(label).into_any()
    };
    nav()
        .add_any_attr(stable("pager").fixed("aria-label", "Pages"))
        .child(span().add_any_attr(stable("range")).child(page.range()))
        .child(link("Previous", "prev", page.previous.cloned().map(Position::Before)))
        .child(link("Next", "next", page.next.cloned().map(Position::After)))
        .into_any()
}
