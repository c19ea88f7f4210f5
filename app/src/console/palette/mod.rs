//! Command palette, opened with Cmd+K or Ctrl+K: searches workspaces, pages and actions.
//!
//! Its lines are indices into lists, and only visible lines are rendered. It therefore opens and reacts to a key within
//! a frame, with ten workspaces or ten thousand.

mod commands;
mod input;
mod window;

use self::{
    commands::{Command, Item, Line, Row, Section, asks_for_keys, commands, lines, texts_of, words},
    window::Window,
};
use super::{dispose::dispose_later, shell::ShellInfo};
use crate::{
    browser::{self, Chord},
    reactive,
    routes::Page,
    session::{Session, use_session},
    ui::{Highlighted, Icon, WorkspaceAvatar, WsIcon, kbd, stable, stable_slug, whole_kept, whole_text},
};
use leptos::{
    ev::KeyboardEvent,
    html::{HtmlElement, Span, a, span},
    prelude::*,
    tachys::html::attribute::any_attribute::AnyAttribute,
};
use model::{Slug, finder::Query, usage::EventQuery};

macro_rules! both {
    ($control:literal, $command:literal) => {
        concat!("<span class=\"for-control\">", $control, "</span><span class=\"for-command\">", $command, "</span>")
    };
}
macro_rules! shortcut {
    ($label:literal, $keys:expr) => {
        concat!(
            "<div role=\"option\" aria-disabled=\"true\" aria-selected=\"false\"><span>",
            $label,
            "</span><kbd class=\"kbd\">",
            $keys,
            "</kbd></div>"
        )
    };
}

/// Element id of the dialog.
const DIALOG: &str = "palette";
/// Element id of the search field.
const FIELD: &str = "palette-input";
/// Global keyboard shortcuts. They are listed but can't be selected.
const SHORTCUTS: &str = concat!(
    shortcut!("Open or close search", both!("Ctrl K", "⌘K")),
    shortcut!("Workspaces only", "@"),
    shortcut!("Actions only", "&gt;"),
    shortcut!("Open in a new tab", both!("Ctrl ↵", "⌘↵")),
    shortcut!("Open one of the first nine workspaces in the switcher or workspace list", "1 – 9"),
    shortcut!("Search a list or your workspaces", "/"),
    shortcut!("Close", "Esc"),
);
/// Selector of the button that closes the palette on a phone.
const CANCEL: &str = "#palette-cancel";
/// Element id of the scroll container.
const LIST: &str = "palette-list";
/// Delay in milliseconds before the workspace order is computed after the list changed, so that opening the palette
/// doesn't have to compute it.
const ORDER_MILLIS: u32 = 250;

/// State of the palette.
#[derive(Clone, Copy)]
struct PaletteState {
    session: Session,
    page: Signal<Page>,
    query: RwSignal<String>,
    /// Available commands.
    commands: Memo<Vec<Command>>,
    /// Lines that match the query.
    lines: Memo<Vec<Line>>,
    /// Index of the highlighted line.
    active: RwSignal<usize>,
    /// `true` while lines may be rendered: while the palette is open, and until they are removed after it closes.
    drawn: RwSignal<bool>,
    window: Window,
}

/// Command palette.
#[component]
pub fn Palette(
    /// Workspace on screen, if any.
    info: Signal<Option<ShellInfo>>,
    /// Page on screen.
    page: Signal<Page>,
) -> impl IntoView {
    let palette = PaletteState::open(use_session(), info, page);
    let PaletteState { query, lines, active, .. } = palette;
    let drawn = move || palette.drawn();
    let results = move || match lines.with(Vec::len) {
        0 if query.with(|query| asks_for_keys(query)) => "Keyboard shortcuts".to_owned(),
        0 => "No results".to_owned(),
        1 => "1 result".to_owned(),
        n => format!("{n} results"),
    };
    view! {
        <div class="palette" id=DIALOG data-testid="palette" popover="auto" role="dialog" aria-modal="true" aria-label="Search or jump to…"
            on:toggle=move |_| if !browser::is_popover_open(DIALOG) { palette.close() }
            on:click=move |event| if browser::is_itself(&event) { palette.close() }
            on:keydown=browser::own_key(tab)>
            <div class="palette-panel">
            <div class="palette-field">
                <Icon name="search"/>
                <input class="palette-input" id=FIELD data-testid="palette-input" type="text" role="combobox" aria-label="Search or jump to…" aria-autocomplete="list"
                    aria-expanded="true" aria-controls=LIST autocomplete="off" spellcheck="false" enterkeyhint="go" placeholder="Search or jump to…"
                    aria-activedescendant=move || (!lines.with(Vec::is_empty)).then(|| row_id(active.get()))
                    prop:value=query on:input=move |event| palette.typed(browser::event_value(&event)) on:keydown=browser::own_key(move |event| palette.key(event))/>
                <button class="btn quiet" type="button" id="palette-cancel" on:click=move |_| palette.close()>"Cancel"</button>
            </div>
            <div class="palette-list" id=LIST role="listbox" aria-label="Results" data-lines=move || lines.with(Vec::len)
                on:scroll=move |_| palette.window.follow()
                on:pointermove=move |event| if let Some(at) = browser::number_at(&event, "data-line") && active.get_untracked() != at { active.set(at) }
                on:click=move |event| palette.clicked(&event)>
                {whole_kept(drawn)}
            </div>
            <p class="visually-hidden" role="status">{whole_text(results)}</p>
            <div class="foot" aria-hidden="true">
                <span><kbd class="kbd">"↑"</kbd><kbd class="kbd">"↓"</kbd>" move"</span>
                <span><kbd class="kbd">"↵"</kbd>" open"</span>
                <span>{kbd("Ctrl ↵", "⌘↵")}" new tab"</span>
                <span><kbd class="kbd">"@"</kbd>" workspaces"</span>
                <span><kbd class="kbd">">"</kbd>" actions"</span>
                <span><kbd class="kbd">"?"</kbd>" keys"</span>
                <span class="end"><kbd class="kbd">"esc"</kbd>" close"</span>
            </div>
            </div>
        </div>
    }
}

impl PaletteState {
    fn open(session: Session, info: Signal<Option<ShellInfo>>, page: Signal<Page>) -> Self {
        let query = RwSignal::new(String::new());
        let active = RwSignal::new(0);
        let drawn = RwSignal::new(false);
        let here = Memo::new(move |_| info.with(|info| info.as_ref().map(|info| info.slug.clone())));
        let order = Memo::new(move |_| {
            session.picker.with(|picker| picker.as_ref().map(|picker| picker.order_of_rows()).unwrap_or_default())
        });
        // A memo of its own, so that the commands stay as they are while something else is typed.
        let pasted = Memo::new(move |_| query.with(|query| EventQuery::pasted(query)));
        let commands = Memo::new(move |_| {
            session.picker.with(|picker| {
                info.with(|info| pasted.with(|pasted| commands(picker.as_deref(), info.as_ref(), pasted.as_ref())))
            })
        });
        let lines = Memo::new(move |before: Option<&Vec<Line>>| {
            if !session.palette.get() {
                // The palette has just closed, or its lines were removed.
                return before.filter(|_| drawn.get()).cloned().unwrap_or_default();
            }
            session.picker.with(|picker| {
                let (query, here) = (query.get(), here.get());
                order.with(|order| {
                    commands.with(|commands| {
                        lines(&query, picker.as_deref(), order, here.as_ref(), commands, session.used())
                    })
                })
            })
        });
        let palette = Self { session, page, query, commands, lines, active, drawn, window: Window::new(LIST) };
        reactive::effect(move || palette.shown(session.palette.get()));
        // Enter opens the highlighted line, regardless of whether keyboard, pointer or query highlighted it.
        reactive::effect(move || match palette.slug_at(active.get()) {
            Some(slug) => session.hover(&slug),
            None => session.unhover(),
        });
        reactive::effect(move || {
            session.picker.track();
            browser::after(ORDER_MILLIS, move || {
                order.try_with_untracked(|_| ());
            });
        });
        // Set directly on the elements. With a binding per line, every key press would update the attribute of all
        // lines.
        Effect::new(move |before: Option<usize>| {
            let now = active.get();
            if let Some(before) = before.filter(|before| *before != now) {
                browser::set_attribute(&row_id(before), "aria-selected", "false");
                browser::set_attribute(&row_id(now), "aria-selected", "true");
            }
            now
        });
        on_cleanup(move || session.palette.set(false));
        browser::on_key(move |event| {
            let (key, code) = (event.key(), event.code());
            let chord = Chord {
                key: &key,
                code: &code,
                ctrl: event.ctrl_key(),
                meta: event.meta_key(),
                alt: event.alt_key(),
                shift: event.shift_key(),
            };
            if !(chord.ctrl || chord.meta) || !browser::keyboard().is_palette(chord, browser::focus_now()) {
                return;
            }
            event.prevent_default();
            // A held key toggles the palette once.
            if !event.repeat() && !browser::is_asking() {
                // The state on screen decides: Escape closes the popover at once, but its event arrives a moment later.
                session.palette.set(!browser::is_popover_open(DIALOG));
            }
        });
        palette
    }

    fn shown(self, open: bool) {
        if !open {
            browser::hide_popover(DIALOG);
            self.session.unhover();
            browser::after_paint(|| browser::forget_typing(FIELD));
            dispose_later(DIALOG, self.drawn);
            return;
        }
        self.drawn.set(true);
        self.type_in(String::new());
        self.session.refresh_if_stale();
        browser::show_popover(DIALOG);
        browser::focus("#palette-input");
        browser::next_frame(move || self.window.measure(".palette-item", ".palette-label"));
    }

    fn type_in(self, typed: String) {
        self.query.set(typed);
        self.active.set(0);
        self.window.to_top();
    }

    /// Returns the slug of the workspace on a line, or `None` if there is none.
    fn slug_at(self, at: usize) -> Option<Slug> {
        let Item::Workspace(row) = self.lines.with(|lines| lines.get(at).map(|line| line.item))? else { return None };
        self.session.picker.with(|picker| picker.as_ref()?.rows().nth(row).map(|(_, w)| w.slug.clone()))
    }

    /// Closes the palette, unless it is closed. The browser reports closing even after the program closed it.
    fn close(self) {
        if self.session.palette.get_untracked() {
            self.session.palette.set(false);
        }
    }

    /// Renders the visible lines under the headings of their sections, between two spacers for the lines out of sight.
    fn drawn(self) -> AnyView {
        self.lines.with(|lines| {
            if lines.is_empty() && self.query.with(|query| asks_for_keys(query)) {
                return view! { <div class="palette-keys" data-testid="palette-keys" role="group" aria-label="Keyboard shortcuts" inner_html=SHORTCUTS></div> }.into_any();
            }
            if lines.is_empty() {
                let typed = self.query.with(|query| query.trim().to_owned());
                if typed.is_empty() {
                    // The palette is closed.
                    return ().into_any();
                }
                return view! { <p class="nothing">{format!("No results for “{typed}”")}</p> }.into_any();
            }
            let seen = self.window.seen(lines);
            let query = self.query.with(|query| words(query));
            self.session.picker.with_untracked(|picker| {
                let rows: Vec<Row> = picker.as_ref().map(|picker| picker.rows().collect()).unwrap_or_default();
                let (mut groups, mut at) = (Vec::new(), seen.lines.start);
                while let Some(section) = lines.get(at).map(|line| line.section).filter(|_| at < seen.lines.end) {
                    let first = at;
                    let mut drawn = Vec::new();
                    while let Some(line) = lines.get(at).filter(|line| line.section == section && at < seen.lines.end) {
                        drawn.extend(self.row(at, lines.len(), *line, &rows, &query));
                        at += 1;
                    }
                    let begins = first == 0 || lines.get(first - 1).is_none_or(|line| line.section != section);
                    groups.push(group(section, begins, drawn));
                }
                view! {
                    <div class="palette-space" style:height=format!("{}px", seen.above as u32)></div>
                    {groups}
                    <div class="palette-space" style:height=format!("{}px", seen.below as u32)></div>
                }
                .into_any()
            })
        })
    }

    /// Renders a line. All lines have the same elements and attributes, so that a key press changes texts and creates
    /// no elements.
    fn row(self, at: usize, of: usize, line: Line, rows: &[Row], query: &Query) -> Option<AnyView> {
        let selected = self.active.get_untracked() == at;
        let option = stable("palette-item")
            .fixed("role", "option")
            .with("id", row_id(at))
            .with("data-line", at)
            .fixed("data-testid", "palette-item")
            .fixed("tabindex", "-1")
            .with("aria-selected", selected)
            .with("aria-setsize", of)
            .with("aria-posinset", at + 1);
        Some(match line.item {
            Item::Workspace(place) => {
                let row = *rows.get(place)?;
                let (organization, workspace) = row;
                let may = workspace.seat.capabilities();
                let url = self.page.with_untracked(|page| page.in_another_workspace(may).url(&workspace.slug));
                a().add_any_attr(option.with("href", url).with("data-slug", &workspace.slug))
                    .child(view! { <WsIcon avatar=WorkspaceAvatar::of(&workspace.name, &workspace.slug, &workspace.brand)/> })
                    .child(part("name").child(
                        view! { <Highlighted text=workspace.name.clone() letters=query.letters(texts_of(row))/> },
                    ))
                    .child(part("address").child(stable_slug(&workspace.slug)))
                    .child(
                        part("end")
                            .child(span().child(workspace.seat.role().label()))
                            .child(span().child(organization.name.clone())),
                    )
                    .into_any()
            }
            Item::Command(place) => {
                let command = self.commands.with_untracked(|commands| commands.get(place).cloned())?;
                let letters = query.letters(command.texts());
                let url = command.url().unwrap_or("#").to_owned();
                let icon = command.icon;
                a().add_any_attr(option.with("href", url).optional("data-slug", None))
                    .child(view! { <Icon name=icon/> })
                    .child(part("name").child(view! { <Highlighted text=command.label letters/> }))
                    .child(part("address"))
                    .child(part("end"))
                    .into_any()
            }
        })
    }
}

/// Creates a part of a line.
fn part(class: &'static str) -> HtmlElement<Span, Vec<AnyAttribute>, ()> {
    span().add_any_attr(stable(class))
}

/// Keeps the focus in the palette while it is open: in its field, or on a phone also on its button.
fn tab(event: &KeyboardEvent) {
    if event.key() == "Tab" {
        event.prevent_default();
        let to_button = browser::is_typing() && browser::is_shown(CANCEL);
        browser::focus(if to_button { CANCEL } else { "#palette-input" });
    }
}

fn row_id(at: usize) -> String {
    format!("palette-{at}")
}

/// Renders the lines of a section, with its heading only if the section begins in sight.
fn group(section: Section, begins: bool, rows: Vec<AnyView>) -> AnyView {
    view! {
        <div role="group" aria-label=section.label()>
            {begins.then(|| view! { <div class="palette-label" role="presentation">{section.label()}</div> })}
            {rows}
        </div>
    }
    .into_any()
}
