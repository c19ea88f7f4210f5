//! Workspace picker at `/home`: every workspace that the person can open, grouped by organization.
//!
//! Rows are links, so the page works without JavaScript. With JavaScript, typing filters the list, 1 to 9 open a row
//! and the arrow keys move between rows.

use super::{AccountFrame, notices::NoticesSection, restore::deleted_section};
use crate::{
    boot::AccountData,
    browser,
    error::Refusal,
    layout::pin_button,
    reactive,
    routes::{OrganizationPage, Route, Start},
    session::{Session, use_session},
    ui::{Ago, Banner, Highlighted, Icon, SlugText, Tone, WorkspaceAvatar, WsIcon, whole_kept},
};
use leptos::{ev::KeyboardEvent, prelude::*};
use model::{
    finder::Query,
    picker::{Picker, PickerOrganization, PickerWorkspace},
    preferences::PickerOrder,
};
use std::sync::Arc;

/// Element id of the search field.
const SEARCH: &str = "picker-search";

/// Workspace picker at `/home`.
#[component]
pub fn PickerPage() -> impl IntoView {
    let session = use_session();
    let from_document = session.take_account_data();
    let (refused, notices) = match (from_document, session.navigator.route_now()) {
        (Some(AccountData::Home { refused, notices }), _) => (refused, Some(*notices)),
        (_, Route::Home { refused }) => (refused, None),
        _ => (None, None),
    };
    let refused = RwSignal::new(refused);
    // When navigating here from a workspace, the list in memory may be as old as the last document.
    reactive::effect(move || session.refresh_if_stale());
    let query = RwSignal::new(String::new());
    // None, one or several: the exact count must not re-create the search field while somebody types.
    let count = Memo::new(move |_| session.picker.with(|p| p.as_ref().map(|p| p.count().min(2))));
    browser::follow(SEARCH, move || query.get());
    browser::on_key(move |event| keys(query, event));
    view! {
        <AccountFrame>
            <main class="picker" id="main">
                {move || refused.get().map(|reason| view! { <Reason reason refused/> })}
                {move || session.picker_error.get().map(|error| view! { <Banner tone=Tone::Bad message=error.message()/> })}
                <NoticesSection first=notices/>
                {move || match count.get() {
                    Some(0) => empty(session),
                    count => listing(session, query, count),
                }}
                {deleted_section(session)}
            </main>
        </AccountFrame>
    }
}

#[component]
fn Reason(reason: Refusal, refused: RwSignal<Option<Refusal>>) -> impl IntoView {
    view! {
        <div class="banner" role="status">
            <Icon name="alert"/>
            <p>{reason.message()}</p>
            <button class="btn quiet icon-only small" type="button" aria-label="Dismiss" data-script on:click=move |_| refused.set(None)><Icon name="x"/></button>
        </div>
    }
}

/// Refresh button. It is a link to the same page, so that it works without JavaScript.
fn refresh(session: Session, class: &'static str) -> impl IntoView {
    view! {
        <a class=class href=Route::home().url() data-testid="refresh" aria-busy=move || session.picker_loading.get().then_some("true")
            on:click=move |event| { event.prevent_default(); session.refresh_picker(true); }>
            <Icon name="refresh"/>"Refresh"
        </a>
    }
}

fn empty(session: Session) -> AnyView {
    // Members of an organization see it in the list. Those who manage it can create its first workspace.
    let picker = session.picker.get();
    if let Some(picker) = picker.filter(|picker| !picker.organizations.is_empty()) {
        let creates = picker.manages_one();
        let text = if creates {
            "Your organization has no workspaces yet. Create the first one."
        } else {
            "You don’t have access to any workspace yet. Workspaces appear here when you get access."
        };
        return view! {
            <header class="picker-head">
                <h1>"Workspaces"</h1>
                <span class="age">{move || age(session)}</span>
                {creates.then(|| view! { <a class="btn primary small" href=Route::NewWorkspace.url()><Icon name="plus"/>"New workspace"</a> })}
                {refresh(session, "btn quiet small")}
            </header>
            <p class="note">{text}</p>
            {sections(session, &picker, "")}
        }
        .into_any();
    }
    let email = session.person.with_untracked(|p| p.as_ref().map(|p| p.email.clone()).unwrap_or_default());
    view! {
        <section class="empty">
            <Icon name="building"/>
            <h1>"No workspaces yet"</h1>
            <p>"You are signed in as "<b>{email}</b>". Ask a workspace admin for access, and the workspace will appear here. Or create your own organization."</p>
            <div class="btn-row">
                <a class="btn primary" href=Route::Start(Start::Welcome).url()><Icon name="plus"/>"Create an organization"</a>
                {refresh(session, "btn")}
            </div>
        </section>
    }
    .into_any()
}

fn listing(session: Session, query: RwSignal<String>, count: Option<usize>) -> AnyView {
    view! {
        <header class="picker-head">
            <h1>"Workspaces"</h1>
            <span class="age">{move || age(session)}</span>
            {move || may_create(session).then(|| view! { <a class="btn quiet small" href=Route::NewWorkspace.url()><Icon name="plus"/>"New workspace"</a> })}
            {refresh(session, "btn quiet small")}
        </header>
        {(count > Some(1)).then(|| view! {
            <label class="search" data-script>
                <Icon name="search"/>
                <span class="visually-hidden">"Find a workspace"</span>
                <input class="input" id=SEARCH aria-keyshortcuts="/" type="search" placeholder="Find a workspace by name, URL or organization" autocomplete="off" spellcheck="false"
                    on:input=move |event| query.set(browser::event_value(&event))/>
                <kbd class="kbd" aria-hidden="true">"/"</kbd>
            </label>
        })}
        <div class="contents">{whole_kept(move || session.picker.get().map(|picker| sections(session, &picker, &query.get())))}</div>
        {(count == Some(1)).then(|| view! {
            <p class="note">"This is your only workspace, so it opens automatically when you sign in. To get access to another, ask an admin of that workspace or its organization."</p>
        })}
    }
    .into_any()
}

/// Returns `true` if the person manages an organization and can create a workspace in it.
fn may_create(session: Session) -> bool {
    session.picker.with(|p| p.as_ref().is_some_and(|p| p.manages_one()))
}

fn age(session: Session) -> Option<String> {
    let now = session.now.get()?;
    let as_of = session.picker.with(|p| p.as_ref().map(|p| p.as_of))?;
    let seconds = (now - as_of).whole_seconds();
    Some(if seconds < 5 {
        "Updated just now".to_owned()
    } else if seconds < 60 {
        format!("Updated {seconds} s ago")
    } else {
        format!("Updated {}", model::moment::ago(as_of, now))
    })
}

/// Renders one section per organization, or a single list if the person sorts by name. A search query gives a single
/// list with the best matches first.
fn sections(session: Session, picker: &Arc<Picker>, typed: &str) -> AnyView {
    let flat = picker.order == PickerOrder::Name;
    // Sections are already in the person's order; the single list has its own order.
    let all = if flat { picker.ordered() } else { picker.rows().collect() };
    let mut rows = picker.pinned();
    rows.extend(all.into_iter().filter(|(_, w)| !w.pinned));
    let query = Query::parse(typed);
    if !query.is_empty() {
        let found = query.rank(rows.iter().map(|(o, w)| w.texts(&o.name)));
        let found = found.into_iter().filter_map(|at| rows.get(at)).enumerate();
        let rows: Vec<_> =
            found.map(|(i, (o, w))| row(session, o, w, i + 1, true, query.letters(w.texts(&o.name)))).collect();
        if rows.is_empty() {
            return view! { <p class="note" role="status">"No results for “"{typed.to_owned()}"”"</p> }.into_any();
        }
        return view! { <section class="org-section" data-testid="picker-org" aria-label="Found"><ul>{rows}</ul></section> }
            .into_any();
    }
    let mut number = 0;
    let mut visible = rows.into_iter().map(|(o, w)| {
        number += 1;
        ((!w.pinned).then_some(o.id), row(session, o, w, number, flat || w.pinned, Vec::new()))
    });
    let mut next = visible.next();
    let mut pinned = Vec::new();
    while next.as_ref().is_some_and(|(of, _)| of.is_none()) {
        pinned.extend(next.take().map(|(_, row)| row));
        next = visible.next();
    }
    let none_pinned = pinned.is_empty();
    let pinned = (!none_pinned).then(|| view! {
        <section class="org-section" data-testid="picker-pinned" aria-labelledby="pinned"><header><h2 id="pinned">"Pinned"</h2></header><ul>{pinned}</ul></section>
    });
    if flat {
        let rows: Vec<_> = next.into_iter().chain(visible).map(|(_, row)| row).collect();
        let rest = (!rows.is_empty()).then(|| view! {
            <section class="org-section" data-testid="picker-org" aria-label="All workspaces, by name"><ul>{rows}</ul></section>
        });
        return view! { {pinned}{rest} }.into_any();
    }
    let sections: Vec<_> = picker
        .organizations
        .iter()
        .filter_map(|organization| {
            let mut rows = Vec::new();
            while next.as_ref().is_some_and(|(of, _)| *of == Some(organization.id)) {
                rows.extend(next.take().map(|(_, row)| row));
                next = visible.next();
            }
            // Pinned workspaces are listed above. An organization whose workspaces are all pinned is not shown as
            // empty.
            let bare = organization.workspaces.is_empty() || organization.role.is_some();
            (!rows.is_empty() || bare).then(|| section(organization, rows))
        })
        .collect();
    view! { {pinned}{sections} }.into_any()
}

fn section(organization: &PickerOrganization, rows: Vec<AnyView>) -> AnyView {
    let id = format!("org-{}", organization.id);
    let (none, labelled) = (organization.workspaces.is_empty(), id.clone());
    view! {
        <section class="org-section" data-testid="picker-org" aria-labelledby=labelled>
            <header>
                <h2 id=id>{organization.name.clone()}</h2>
                {organization.role.map(|role| view! { <span class="chip">{role.label()}</span> })}
                {organization.role.map(|_| view! { <a class="end" href=Route::Organization(organization.id, OrganizationPage::Members).url()>"Organization"</a> })}
            </header>
            <ul>{rows}</ul>
            {none.then(|| view! { <p class="note">"This organization has no workspaces yet."</p> })}
        </section>
    }
    .into_any()
}

fn row(
    session: Session,
    organization: &PickerOrganization,
    workspace: &PickerWorkspace,
    number: usize,
    flat: bool,
    letters: Vec<u32>,
) -> AnyView {
    let same = session.section.with_value(|page| page.in_another_workspace(workspace.seat.capabilities()));
    let url = same.url(&workspace.slug);
    let (hovered, focused, pressed) = (workspace.slug.clone(), workspace.slug.clone(), workspace.slug.clone());
    view! {
        <li>
            <a class="picker-row" draggable="false" href=url data-testid="picker-row" data-slug=workspace.slug.to_string() 
                on:pointerenter=move |_| session.hover(&hovered) on:focus=move |_| session.hover(&focused) on:pointerleave=move |_| session.unhover()
                on:pointerdown=move |event| session.press(&pressed, &event)>
                <WsIcon avatar=WorkspaceAvatar::of(&workspace.name, &workspace.slug, &workspace.brand) large=true/>
                <span class="names">
                    <span class="name" title=workspace.name.clone()><Highlighted text=workspace.name.clone() letters/></span>
                    {flat.then(|| view! { <span class="under">{organization.name.clone()}</span> })}
                    {(!flat).then(|| view! { <SlugText slug=workspace.slug.clone()/> })}
                </span>
                <span class="role" title=workspace.seat.explain(&organization.name)>{workspace.seat.role().label()}</span>
                <span class="opened">{match workspace.opened {
                    Some(at) => view! { <span>"Opened "<Ago at now=session.now/></span> }.into_any(),
                    None => "Never opened".into_any(),
                }}</span>
                <span class="open">
                    {(number <= 9).then(|| view! { <kbd class="kbd" data-script>{number}</kbd> })}
                    <span class="open-word" data-testid="picker-open">"Open"</span>
                </span>
            </a>
            {pin_button(session, workspace)}
        </li>
    }
    .into_any()
}

/// Handles keyboard shortcuts: `/` focuses the search field, 1 to 9 open a row, the arrow keys move between rows.
fn keys(query: RwSignal<String>, event: &KeyboardEvent) {
    if !browser::is_plain(event) || browser::is_covered() {
        return;
    }
    // Ignores keys that are typed into other fields.
    let typing = browser::has_focus(SEARCH);
    if browser::is_typing() && !typing {
        return;
    }
    let key = event.key();
    match key.as_str() {
        "/" if !typing => {
            event.prevent_default();
            browser::focus("#picker-search");
        }
        "Escape" if typing => query.set(String::new()),
        "ArrowDown" | "ArrowUp" => {
            event.prevent_default();
            browser::focus_neighbour(".picker-row", key == "ArrowDown");
        }
        "Enter" if typing => browser::click(".picker-row"),
        _ => {
            if let (false, Ok(number @ 1..=9)) = (typing, key.parse::<usize>()) {
                browser::click_nth(".picker-row", number - 1);
            }
        }
    }
}
