//! The switcher: the menu at the top left of the console. Opens without JavaScript; its rows are links.
//!
//! Its rows are there while the menu is open, so that a switch does not draw anew what nobody looks at. In the document
//! they stand for whoever has no JavaScript, and for a menu that is opened before the program is there (`unscripted`).

mod unscripted;

use super::{closing::let_go, shell::ShellInfo};
use crate::{
    browser, reactive,
    routes::{Page, Route, SettingsPage},
    session::{Session, use_session},
    ui::{Face, Highlighted, Icon, WsIcon, pin_button, says, waiting_badge, whole, whole_kept},
};
use leptos::{ev::KeyboardEvent, prelude::*};
use model::{
    finder::Query,
    money::grouped,
    picker::{Picker, PickerOrganization, PickerWorkspace},
};

/// The menu's id, for the trigger.
const MENU: &str = "switcher-menu";
/// The search's element.
const SEARCH: &str = "switcher-search";
/// How many workspaces stand under "Recent".
const RECENT: usize = 4;
/// From this many workspaces on, the menu has a search.
const SEARCHED: usize = 10;
/// So many rows have a number key.
const NUMBERED: usize = 9;
/// A row.
const ROW: &str = "#switcher-menu .switcher-item";
/// Up to this many rows the menu shows; the rest is found by typing, or on the picker.
const ROWS: usize = 60;

/// The trigger, and the menu.
#[component]
pub fn Switcher(
    /// The workspace on screen.
    info: Memo<ShellInfo>,
    /// The page on screen.
    page: Signal<Page>,
    /// The workspace's colour.
    hue: Signal<u8>,
) -> impl IntoView {
    let session = use_session();
    let query = RwSignal::new(String::new());
    browser::follow(SEARCH, move || query.get());
    let drawn = RwSignal::new(false);
    // It has closed, and its rows are not drawn for a list that changes before they are let go of.
    let closing = StoredValue::new(false);
    let draw = move || {
        closing.set_value(false);
        drawn.set(true);
        browser::next_frame(|| {
            // Numbers and arrows work at once; a letter goes into the search, where there is one.
            if browser::is_popover_open(MENU) && !browser::has_focus(SEARCH) {
                browser::focus(ROW);
            }
        });
    };
    // Somebody may have opened it before the program was there.
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
            session.look_away();
            closing.set_value(true);
            let_go(MENU, drawn);
        }
    };
    let searched = Memo::new(move |_| session.picker.with(|p| p.as_ref().is_some_and(|p| p.count() >= SEARCHED)));
    // In all workspaces, so that a person in one of them sees requests in another.
    let waiting = Memo::new(move |_| {
        session.picker.with(|picker| picker.as_ref().map_or(0, |p| p.rows().map(|(_, w)| w.waiting).sum::<u32>()))
    });
    let settings = move || info.with(|i| Page::Settings(SettingsPage::first(i.may)).url(&i.slug));
    view! {
        <button class="switcher" type="button" popovertarget=MENU data-testid="switcher" on:click=opened>
            <span class="contents">{whole(move || view! { <WsIcon face=info.with(ShellInfo::face) large=true/> })}</span>
            <span class="names">
                <span class="name" data-testid="workspace-name">{says(move || info.with(|i| i.name.clone()))}</span>
                <span class="org">{says(move || info.with(|i| i.organization.clone()))}</span>
            </span>
            <span class="contents">{whole(move || waiting_badge(waiting.get()))}</span>
            <Icon name="chevron-up-down"/>
            <span class="visually-hidden">"Switch workspace"</span>
        </button>
        <div class="menu switcher-menu" popover="auto" id=MENU role="dialog" aria-label="Switch workspace" data-hue=hue
            on:keydown=move |event| keys(&event, query) on:toggle=toggled>
            <label class="search" data-script hidden=move || !searched.get()>
                <Icon name="search"/>
                <span class="visually-hidden">"Find a workspace"</span>
                <input class="input" type="search" placeholder="Find a workspace" autocomplete="off" spellcheck="false" id=SEARCH
                    on:input=move |event| query.set(browser::event_value(&event))/>
            </label>
            // A press gives no row the focus, which would cost a frame of the whole menu before the click is heard.
            <nav class="scroll" aria-label="Workspaces" on:mousedown=|event| event.prevent_default()>
                <div class="contents">{whole(move || view! { <noscript inner_html=unscripted::rows(session, info, page)></noscript> })}</div>
                <div class="contents">{whole_kept(move || {
                    let picker = session.picker.get().filter(|_| drawn.get() && !closing.get_value());
                    picker.map(|picker| rows(session, &picker, info, page, &query.get()))
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

/// Closed before anything else changes on screen, as that is cheaper than after.
fn close<E>(_: E) {
    browser::hide_popover(MENU);
}

/// Arrows, Home and End move between rows; on a row a number opens one of the first nine, and a letter finds the next row
/// that begins with it or goes into the search; in the search all that is typed is searched for, and Enter opens the first.
fn keys(event: &KeyboardEvent, query: RwSignal<String>) {
    if !browser::is_ours(event) {
        return;
    }
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
        // As everywhere, it goes to the search, if there is one. No row begins with it.
        "/" if !typing && browser::is_shown("#switcher-search") => browser::focus("#switcher-search"),
        "/" => return,
        _ if typing || key.chars().count() != 1 || key == " " => return,
        _ => {
            let number = key.parse::<usize>().ok().filter(|n| (1..=NUMBERED).contains(n));
            match number {
                Some(number) if query.with_untracked(String::is_empty) => browser::click_nth(ROW, number - 1),
                _ if browser::is_shown("#switcher-search") => {
                    // The letter lands where the focus is by then.
                    browser::focus("#switcher-search");
                    return;
                }
                _ => browser::focus_by_letter(ROW, &key.to_lowercase()),
            }
        }
    }
    event.prevent_default();
}

fn rows(session: Session, picker: &Picker, info: Memo<ShellInfo>, page: Signal<Page>, query: &str) -> AnyView {
    let all = picker.ordered();
    // The menu closes on a switch: its rows are not drawn for the next workspace before it is opened again.
    let current = info.with_untracked(|i| i.slug.clone());
    let numbers = std::cell::Cell::new(0);
    let row = |(organization, workspace): (&PickerOrganization, &PickerWorkspace), letters: Vec<u32>| {
        numbers.set(numbers.get() + 1);
        // Numbers go to the search once there is something in it.
        let number = Some(numbers.get()).filter(|n| *n <= NUMBERED && query.is_empty());
        item(session, (organization, workspace), info, page, letters, number)
    };
    if !query.trim().is_empty() {
        let query = Query::parse(query);
        let found = query.rank(all.iter().map(|(o, w)| w.texts(&o.name)));
        if found.is_empty() {
            return view! { <p class="nothing" role="status">"No workspace matches."</p> }.into_any();
        }
        let left = found.len().saturating_sub(ROWS);
        let rows = found
            .into_iter()
            .take(ROWS)
            .filter_map(|at| all.get(at))
            .map(|(o, w)| row((*o, *w), query.letters(w.texts(&o.name))))
            .collect_view();
        return view! { {rows}{end_line(session, left, "type more to narrow them down")} }.into_any();
    }
    let here = picker.find(&current).map(|r| row(r, Vec::new()));
    let pinned: Vec<_> = picker.pinned().into_iter().filter(|(_, w)| w.slug != current).collect();
    let recent = picker.recent(Some(&current), RECENT);
    let listed = |id| pinned.iter().chain(&recent).any(|(_, w)| w.id == id);
    let mut rest: Vec<_> = all.into_iter().filter(|(_, w)| w.slug != current && !listed(w.id)).collect();
    let left = rest.len().saturating_sub(ROWS);
    rest.truncate(ROWS);
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

/// Below the last row: how many more there are, and where to find them.
fn end_line(session: Session, left: usize, how: &'static str) -> Option<AnyView> {
    // A document contains the first rows of a long list, and does not know the total.
    let more =
        if session.has_whole_picker() { format!("{} more: ", grouped(left as u64)) } else { "More: ".to_owned() };
    let home = Route::home().url();
    // Safe as HTML: a number and fixed texts, nothing that a person typed.
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
                // The switch closes it, with the frame that shows the workspace.
                if is_here || !browser::opens_here(&event) { close(event) }
            }
            on:pointerenter=move |_| session.aim(&hovered) on:focus=move |_| session.aim(&focused) on:pointerleave=move |_| session.look_away()
            on:pointerdown=move |event| session.press(&pressed, &event)>
            <WsIcon face=Face::of(&workspace.name, &workspace.slug, &workspace.brand) large=true/>
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
