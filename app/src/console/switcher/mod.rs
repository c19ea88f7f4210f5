//! Workspace switcher: the menu at the top left of the console. It opens without JavaScript, and its rows are links.
//!
//! Its rows are rendered only while the menu is open, so that a switch does not update invisible elements. The document
//! contains them for browsers without JavaScript, and for a menu that is opened before the program has started
//! (`unscripted`).

mod unscripted;

use super::{dispose::dispose_later, shell::ShellInfo};
use crate::{
    browser,
    layout::pin_button,
    reactive,
    routes::{Page, Route, SettingsPage},
    session::{Session, use_session},
    ui::{Highlighted, Icon, WorkspaceAvatar, WsIcon, waiting_badge, whole, whole_kept, whole_text},
};
use leptos::{ev::KeyboardEvent, prelude::*};
use model::{
    finder::Query,
    money::grouped,
    picker::{Picker, PickerOrganization, PickerWorkspace},
};

/// Element id of the menu, for the trigger.
const MENU: &str = "switcher-menu";
/// Element id of the search field.
const SEARCH: &str = "switcher-search";
/// Number of workspaces listed under "Recent".
const RECENT: usize = 4;
/// Minimum number of workspaces for which the menu has a search field.
const SEARCHED: usize = 10;
/// Number of rows that a digit key opens.
const NUMBERED: usize = 9;
/// Selector of a row.
const ROW: &str = "#switcher-menu .switcher-item";
/// Maximum number of rows in the menu. The others are found by searching, or in the picker.
const ROWS: usize = 60;

/// Trigger button and menu.
#[component]
pub fn Switcher(
    /// Workspace on screen.
    info: Memo<ShellInfo>,
    /// Page on screen.
    page: Signal<Page>,
    /// Hue of the workspace.
    hue: Signal<u8>,
) -> impl IntoView {
    let session = use_session();
    let query = RwSignal::new(String::new());
    browser::follow(SEARCH, move || query.get());
    let drawn = RwSignal::new(false);
    // `true` after closing, so that the rows are not updated for a changed list before they are removed.
    let closing = StoredValue::new(false);
    let draw = move || {
        closing.set_value(false);
        drawn.set(true);
        browser::next_frame(|| {
            // Numbers and arrow keys work at once. A letter goes to the search field, if there is one.
            if browser::is_popover_open(MENU) && !browser::has_focus(SEARCH) {
                browser::focus(ROW);
            }
        });
    };
    // The menu may have been opened before the program started.
    reactive::effect(move || {
        if browser::is_popover_open(MENU) {
            draw();
        }
    });
    let opened = move |_| {
        query.set(String::new());
        session.refresh_if_stale();
        draw();
    };
    let toggled = move |_| {
        if !browser::is_popover_open(MENU) {
            session.unhover();
            closing.set_value(true);
            dispose_later(MENU, drawn);
        }
    };
    let searched = Memo::new(move |_| session.picker.with(|p| p.as_ref().is_some_and(|p| p.count() >= SEARCHED)));
    // Sum over all workspaces, so that the user sees requests in workspaces other than the current one.
    let waiting = Memo::new(move |_| {
        session.picker.with(|picker| picker.as_ref().map_or(0, |p| p.rows().map(|(_, w)| w.waiting).sum::<u32>()))
    });
    let settings = move || info.with(|i| Page::Settings(SettingsPage::first(i.may)).url(&i.slug));
    view! {
        <button class="switcher" type="button" popovertarget=MENU data-testid="switcher" on:click=opened>
            <span class="contents">{whole(move || view! { <WsIcon avatar=info.with(ShellInfo::avatar) large=true/> })}</span>
            <span class="names">
                <span class="name" data-testid="workspace-name">{whole_text(move || info.with(|i| i.name.clone()))}</span>
                <span class="org">{whole_text(move || info.with(|i| i.organization.clone()))}</span>
            </span>
            <span class="contents">{whole(move || waiting_badge(waiting.get()))}</span>
            <Icon name="chevron-up-down"/>
            <span class="visually-hidden">"Switch workspace"</span>
        </button>
        <div class="menu switcher-menu" popover="auto" id=MENU role="dialog" aria-label="Switch workspace" data-hue=hue
            on:keydown=browser::own_key(move |event| keys(event, query)) on:toggle=toggled>
            <label class="search" data-script hidden=move || !searched.get()>
                <Icon name="search"/>
                <span class="visually-hidden">"Find a workspace"</span>
                <input class="input" type="search" placeholder="Find a workspace" autocomplete="off" spellcheck="false" id=SEARCH
                    on:input=move |event| query.set(browser::event_value(&event))/>
            </label>
            // A press does not focus a row, because that would cost a frame for the whole menu before the click event.
            <nav class="scroll" aria-label="Workspaces" on:mousedown=|event| event.prevent_default()>
                <div class="contents">{whole(move || view! { <noscript inner_html=unscripted::rows(session, info, page)></noscript> })}</div>
                <div class="contents">{whole_kept(move || {
                    let picker = session.picker.get().filter(|_| drawn.get() && !closing.get_value());
                    picker.map(|picker| rows(session, &picker, info, page, &query.get(), ROWS))
                })}</div>
            </nav>
            <div class="foot">
                <a class="menu-item" href=Route::home().url() on:click=close><Icon name="switch"/>"All workspaces"</a>
                <div class="contents">{whole(move || session.picker.with(|p| p.as_ref().is_some_and(|p| p.manages_one())).then(|| view! {
                    <a class="menu-item" href=Route::NewWorkspace.url() on:click=close><Icon name="plus"/>"New workspace"</a>
                }))}</div>
                <a class="menu-item" href=settings on:click=close><Icon name="settings"/>"Settings"</a>
            </div>
        </div>
    }
}

/// Closes the menu. This happens before anything else changes on screen, because that is cheaper than closing it
/// afterwards.
fn close<E>(_: E) {
    browser::hide_popover(MENU);
}

/// Handles the menu's keys. Arrows, Home and End move between rows. On a row, a digit opens one of the first nine rows,
/// and a letter goes to the search field or, without one, to the next row that begins with it. In the search field,
/// typing filters the rows, and Enter opens the first.
fn keys(event: &KeyboardEvent, query: RwSignal<String>) {
    let (typing, key) = (browser::is_typing(), event.key());
    let command = event.ctrl_key() || event.meta_key();
    match key.as_str() {
        "ArrowDown" | "ArrowUp" => browser::focus_neighbour(ROW, key == "ArrowDown"),
        "Home" if !typing => browser::focus(ROW),
        "End" if !typing => browser::focus_last(ROW),
        "Enter" if typing && command => {
            if let Some(url) = browser::link_of(ROW) {
                browser::open_tab(&url);
            }
        }
        "Enter" if typing => browser::click(ROW),
        _ if command || event.alt_key() => return,
        // The global shortcut for search. No row begins with a slash.
        "/" if !typing && browser::is_shown("#switcher-search") => browser::focus("#switcher-search"),
        "/" => return,
        _ if typing || key.chars().count() != 1 || key == " " => return,
        _ => {
            let number = key.parse::<usize>().ok().filter(|n| (1..=NUMBERED).contains(n));
            match number {
                Some(number) if query.with_untracked(String::is_empty) => browser::click_nth(ROW, number - 1),
                _ if browser::is_shown("#switcher-search") => {
                    // The focus has moved by the time the letter is inserted.
                    browser::focus("#switcher-search");
                    return;
                }
                _ => browser::focus_by_letter(ROW, &key.to_lowercase()),
            }
        }
    }
    event.prevent_default();
}

/// Renders the rows that match `query`, at most `most` of each group.
fn rows(
    session: Session,
    picker: &Picker,
    info: Memo<ShellInfo>,
    page: Signal<Page>,
    query: &str,
    most: usize,
) -> AnyView {
    let all = picker.ordered();
    // The menu closes on a switch. Its rows are not updated for the next workspace before it is reopened.
    let current = info.with_untracked(|i| i.slug.clone());
    let numbers = std::cell::Cell::new(0);
    let row = |(organization, workspace): (&PickerOrganization, &PickerWorkspace), letters: Vec<u32>| {
        numbers.set(numbers.get() + 1);
        // Digits go to the search field once it contains text.
        let number = Some(numbers.get()).filter(|n| *n <= NUMBERED && query.is_empty());
        item(session, (organization, workspace), info, page, letters, number)
    };
    if !query.trim().is_empty() {
        let query = Query::parse(query);
        let found = query.rank(all.iter().map(|(o, w)| w.texts(&o.name)));
        if found.is_empty() {
            return view! { <p class="nothing" role="status">"No results"</p> }.into_any();
        }
        let left = found.len().saturating_sub(most);
        let rows = found
            .into_iter()
            .take(most)
            .filter_map(|at| all.get(at))
            .map(|(o, w)| row((*o, *w), query.letters(w.texts(&o.name))))
            .collect_view();
        return view! { {rows}{end_line(session, left, "keep typing to narrow them down")} }.into_any();
    }
    let here = picker.find(&current).map(|r| row(r, Vec::new()));
    let pinned: Vec<_> = picker.pinned().into_iter().filter(|(_, w)| w.slug != current).collect();
    let recent = picker.recent(Some(&current), RECENT);
    let listed = |id| pinned.iter().chain(&recent).any(|(_, w)| w.id == id);
    let mut rest: Vec<_> = all.into_iter().filter(|(_, w)| w.slug != current && !listed(w.id)).collect();
    let left = rest.len().saturating_sub(most);
    rest.truncate(most);
    let drawn = |rows: Vec<_>| rows.into_iter().map(|r| row(r, Vec::new())).collect::<Vec<_>>();
    let (pinned, recent, rest) = (drawn(pinned.clone()), drawn(recent.clone()), drawn(rest));
    view! {
        {here}
        {group("sw-pinned", "Pinned", pinned, None)}
        {group("sw-recent", "Recent", recent, Some(session))}
        {group("sw-all", "All workspaces", rest, None)}
        {end_line(session, left, "type to search")}
    }
    .into_any()
}

/// Renders the line below the last row: the number of further workspaces, and where to find them.
fn end_line(session: Session, left: usize, how: &'static str) -> Option<AnyView> {
    // A document contains only the first rows of a long list, and the total is unknown.
    let more =
        if session.has_whole_picker() { format!("{} more: ", grouped(left as u64)) } else { "More: ".to_owned() };
    let home = Route::home().url();
    // Safe as HTML: a number and constant texts, no user input.
    let words =
        format!("{more}<span data-script>{how}, or open </span><a class=\"link\" href=\"{home}\">All workspaces</a>");
    (left > 0).then(|| view! { <p class="switcher-end" data-testid="switcher-end" inner_html=words></p> }.into_any())
}

fn group(id: &'static str, label: &'static str, rows: Vec<AnyView>, clears: Option<Session>) -> Option<AnyView> {
    (!rows.is_empty()).then(|| {
        view! {
            <p class="menu-label"><span id=id>{label}</span>
                {clears.map(|session| view! {
                    <button class="btn quiet small" type="button" data-script data-testid="clear-recents" aria-label="Clear recent workspaces"
                        on:click=move |_| session.clear_recents()>"Clear"</button>
                })}
            </p>
            <div role="group" aria-labelledby=id>{rows}</div>
        }
        .into_any()
    })
}

fn item(
    session: Session,
    (organization, workspace): (&PickerOrganization, &PickerWorkspace),
    info: Memo<ShellInfo>,
    page: Signal<Page>,
    letters: Vec<u32>,
    number: Option<usize>,
) -> AnyView {
    let (slug, may) = (workspace.slug.clone(), workspace.seat.capabilities());
    let is_here = info.with_untracked(|i| i.slug == slug);
    let (hovered, focused, pressed, clicked, target) =
        (slug.clone(), slug.clone(), slug.clone(), slug.clone(), slug.clone());
    let href =
        move || page.with(|page| if is_here { page.url(&target) } else { page.in_another_workspace(may).url(&target) });
    view! {
        <div class="switcher-row">
        <a class="menu-item switcher-item" href=href data-testid="switcher-item" data-slug=slug.to_string() data-name=workspace.name.clone() aria-current=is_here.then_some("true")
            on:click=move |event| {
                session.click(&clicked, &event);
                // The switch closes the menu, in the frame that shows the workspace.
                if is_here || !browser::opens_here(&event) { close(event) }
            }
            on:pointerenter=move |_| session.hover(&hovered) on:focus=move |_| session.hover(&focused) on:pointerleave=move |_| session.unhover()
            on:pointerdown=move |event| session.press(&pressed, &event)>
            <WsIcon avatar=WorkspaceAvatar::of(&workspace.name, &workspace.slug, &workspace.brand) large=true/>
            <span class="names">
                <span title=workspace.name.clone()><Highlighted text=workspace.name.clone() letters/></span>
                <span class="org">{organization.name.clone()}</span>
            </span>
            {waiting_badge(workspace.waiting)}
            <span class="role" title=workspace.seat.explain(&organization.name)>{workspace.seat.role().label()}</span>
            {number.map(|n| view! { <kbd class="kbd" data-script aria-hidden="true">{n}</kbd> })}
            {is_here.then(|| view! { <Icon name="check"/> })}
        </a>
        {pin_button(session, workspace)}
        </div>
    }
    .into_any()
}
