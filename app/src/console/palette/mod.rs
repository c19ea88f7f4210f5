//! The palette: cmd+K or ctrl+K from anywhere. Workspaces, pages, actions, found by typing.

mod commands;

use self::commands::{Command, Section, gather};
use super::shell::ShellInfo;
use crate::{
    browser,
    routes::Page,
    session::{Session, use_session},
    ui::{Highlighted, Icon, SlugText, WsIcon},
};
use leptos::{ev::KeyboardEvent, prelude::*};

/// The dialog's id.
const DIALOG: &str = "palette";

/// The palette of a plane.
#[component]
pub fn Palette(
    /// The workspace on screen, if any.
    info: Signal<Option<ShellInfo>>,
    /// The page on screen.
    page: Signal<Page>,
) -> impl IntoView {
    let session = use_session();
    let query = RwSignal::new(String::new());
    let active = RwSignal::new(0usize);
    let found = Memo::new(move |_| {
        if !session.palette.get() {
            return Vec::new();
        }
        session
            .picker
            .with(|picker| info.with(|info| gather(&query.get(), picker.as_deref(), info.as_ref(), &page.get())))
    });
    Effect::new(move |_| {
        if session.palette.get() {
            query.set(String::new());
            active.set(0);
            session.refresh_if_stale();
            browser::show_dialog(DIALOG);
            browser::focus(".palette-input");
        } else {
            browser::close_dialog(DIALOG);
        }
    });
    // Whatever is highlighted, by key, by pointer or by what was typed, is what Enter would open.
    Effect::new(move |_| {
        let at = active.get();
        match found.with(|f| f.get(at).and_then(|c| c.slug().cloned())) {
            Some(slug) => session.aim(&slug),
            None => session.look_away(),
        }
    });
    on_cleanup(move || session.palette.set(false));
    browser::on_key(move |event| {
        if (event.ctrl_key() || event.meta_key())
            && !event.alt_key()
            && !event.shift_key()
            && event.key().eq_ignore_ascii_case("k")
        {
            event.prevent_default();
            session.palette.update(|open| *open = !*open);
        }
    });
    let keys = move |event: KeyboardEvent| {
        let last = found.with_untracked(|f| f.len().saturating_sub(1));
        let to = active.with_untracked(|at| match event.key().as_str() {
            "ArrowDown" => Some(if *at >= last { 0 } else { at + 1 }),
            "ArrowUp" => Some(if *at == 0 { last } else { at - 1 }),
            "Home" if event.ctrl_key() => Some(0),
            "End" if event.ctrl_key() => Some(last),
            _ => None,
        });
        if let Some(to) = to {
            event.prevent_default();
            active.set(to);
            browser::next_frame(|| browser::reveal(".palette-item[aria-selected=true]"));
        } else if event.key() == "Enter" {
            event.prevent_default();
            let at = active.get_untracked();
            match found.with_untracked(|f| f.get(at).and_then(Command::url)) {
                Some(url) if event.ctrl_key() || event.meta_key() => browser::open_tab(&url),
                _ => browser::click_nth(".palette-item", at),
            }
        }
    };
    view! {
        <dialog class="palette" id=DIALOG data-testid="palette" aria-label="Search or run a command" on:close=move |_| session.palette.set(false)
            on:click=move |event| if browser::is_backdrop(&event) { session.palette.set(false) }>
            <div class="palette-field">
                <Icon name="search"/>
                <input class="palette-input" data-testid="palette-input" type="text" role="combobox" aria-label="Search or run a command" aria-autocomplete="list"
                    aria-expanded="true" aria-controls="palette-list" autocomplete="off" spellcheck="false" enterkeyhint="go" placeholder="Search or run a command"
                    aria-activedescendant=move || found.with(|f| !f.is_empty()).then(|| format!("palette-{}", active.get()))
                    prop:value=query on:input=move |event| { query.set(browser::event_value(&event)); active.set(0); } on:keydown=keys/>
                <button class="btn quiet" type="button" on:click=move |_| session.palette.set(false)>"Cancel"</button>
            </div>
            <div class="palette-list" id="palette-list" role="listbox" aria-label="Results">
                {move || listing(session, &found.get(), active)}
            </div>
            <p class="visually-hidden" role="status">{move || found.with(|f| match f.len() { 0 => "No results".to_owned(), 1 => "1 result".to_owned(), n => format!("{n} results") })}</p>
            <div class="foot" aria-hidden="true">
                <span><kbd class="kbd">"↑"</kbd><kbd class="kbd">"↓"</kbd>" move"</span>
                <span><kbd class="kbd">"↵"</kbd>" open"</span>
                <span><kbd class="kbd">"Ctrl ↵"</kbd>" new tab"</span>
                <span><kbd class="kbd">"@"</kbd>" workspaces"</span>
                <span><kbd class="kbd">">"</kbd>" actions"</span>
                <span class="end"><kbd class="kbd">"esc"</kbd>" close"</span>
            </div>
        </dialog>
    }
}

fn listing(session: Session, found: &[Command], active: RwSignal<usize>) -> AnyView {
    if found.is_empty() {
        return view! { <p class="nothing">"Nothing matches. Try fewer letters."</p> }.into_any();
    }
    Section::ALL
        .into_iter()
        .filter_map(|section| {
            let rows: Vec<_> = found
                .iter()
                .enumerate()
                .filter(|(_, command)| command.section == section)
                .map(|(i, command)| item(session, i, command, active))
                .collect();
            let id = format!("palette-{}", section.id());
            let labelled = id.clone();
            (!rows.is_empty()).then(|| {
                view! {
                    <div role="group" aria-labelledby=labelled>
                        <div class="palette-label" id=id role="presentation">{section.label()}</div>
                        {rows}
                    </div>
                }
                .into_any()
            })
        })
        .collect_view()
        .into_any()
}

fn item(session: Session, index: usize, command: &Command, active: RwSignal<usize>) -> AnyView {
    let action = command.clone();
    let slug = command.slug().cloned();
    let run = move |event: leptos::ev::MouseEvent| {
        // A click that opens a tab is the browser's; one that stays here closes the palette.
        if !(event.ctrl_key() || event.meta_key()) {
            if action.run(session) {
                event.prevent_default();
            }
            session.palette.set(false);
        }
    };
    view! {
        <a class="palette-item" role="option" id=format!("palette-{index}") data-testid="palette-item" tabindex="-1"
            href=command.url().unwrap_or_else(|| "#".to_owned()) data-slug=slug.map(|s| s.to_string())
            aria-selected=move || if active.get() == index { "true" } else { "false" }
            on:pointermove=move |_| if active.get_untracked() != index {
                active.set(index);
            }
            on:click=run>
            {match command.workspace() {
                Some(workspace) => view! { <WsIcon name=workspace.name.clone()/> }.into_any(),
                None => view! { <Icon name=command.icon/> }.into_any(),
            }}
            <span class="name"><Highlighted text=command.label.clone() letters=command.letters.clone()/></span>
            {command.workspace().map(|w| view! { <SlugText slug=w.slug.clone()/> })}
            <span class="end">{command.workspace().map(|w| view! { <span>{w.role}</span><span>{w.organization.clone()}</span> })}
                {command.keys().map(|keys| view! { <kbd class="kbd">{keys}</kbd> })}</span>
        </a>
    }
    .into_any()
}
