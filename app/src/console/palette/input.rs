//! Input of the palette: typing, keys and clicks.

use super::{
    DIALOG, PaletteState,
    commands::{Item, KEYS},
    row_id,
};
use crate::browser;
use leptos::{ev::KeyboardEvent, prelude::*};

impl PaletteState {
    /// Handles input in the search field. If the first line is the same workspace before and after a key press, the
    /// user is probably typing its name, so it is staged without waiting for a pause.
    pub(super) fn typed(self, typed: String) {
        let first = || untrack(|| self.slug_at(0));
        let before = first();
        self.type_in(typed);
        if let Some(slug) = first().filter(|slug| before.as_ref() == Some(slug)) {
            self.session.stage(&slug);
        }
    }

    /// Handles a key in the search field: it moves through the lines and runs one.
    pub(super) fn key(self, event: &KeyboardEvent) {
        let last = self.lines.with_untracked(Vec::len).saturating_sub(1);
        let at = self.active.get_untracked();
        let to = match event.key().as_str() {
            "ArrowDown" => Some(if at >= last { 0 } else { at + 1 }),
            "ArrowUp" => Some(if at == 0 { last } else { at - 1 }),
            "Home" if event.ctrl_key() => Some(0),
            "End" if event.ctrl_key() => Some(last),
            _ => None,
        };
        if let Some(to) = to {
            event.prevent_default();
            self.active.set(to);
            self.lines.with_untracked(|lines| self.window.reveal(lines, to));
        } else if event.key() == "Enter" {
            event.prevent_default();
            // Without a line, such as in the list of keyboard shortcuts, there is nothing to run.
            let Some(item) = self.item_at(at) else { return };
            self.lines.with_untracked(|lines| self.window.reveal(lines, at));
            let tab = event.ctrl_key() || event.meta_key();
            let row = format!("#{}", row_id(at));
            match browser::link_of(&row) {
                Some(url) if tab && url != "#" => browser::open_tab(&url),
                Some(_) => browser::click(&row),
                // The line was scrolled out of sight. The next frame renders it, unless the lines change before.
                None => browser::next_frame(move || {
                    if self.item_at(at) == Some(item) {
                        browser::click(&row);
                    }
                }),
            }
        }
    }

    /// Returns what a line stands for, or `None` if there is no such line.
    fn item_at(self, at: usize) -> Option<Item> {
        self.lines.try_with_untracked(|lines| lines.get(at).map(|line| line.item)).flatten()
    }

    /// Handles a click on a line. A click that opens a new tab is left to the browser; any other click runs the line
    /// and closes the palette.
    pub(super) fn clicked(self, event: &leptos::ev::MouseEvent) {
        let Some(at) = browser::number_at(event, "data-line").filter(|_| !(event.ctrl_key() || event.meta_key()))
        else {
            return;
        };
        let item = self.item_at(at);
        if let Some(Item::Command(command)) = item {
            let command = self.commands.with_untracked(|commands| commands.get(command).cloned());
            if let Some(command) = &command {
                if command.is_counted {
                    self.session.note_use(&command.label);
                }
                if command.shows_keys() {
                    event.prevent_default();
                    self.type_in(KEYS.to_string());
                    return browser::focus("#palette-input");
                }
            }
            if command.is_some_and(|command| command.run(self.session)) {
                event.prevent_default();
            }
        }
        match self.slug_at(at) {
            Some(slug) => {
                let session = self.session;
                session.click(&slug, event);
                browser::after_paint(move || session.note_use(slug.as_str()));
            }
            None => self.session.navigator.follow_link(event),
        }
        if item.is_some() && browser::link_of(&format!("#{}", row_id(at))).is_some_and(|url| url != "#") {
            // The next page takes the focus, so nothing else may receive it in between.
            browser::focus("#main");
        }
        // The palette is closed before anything else changes on screen, because that is cheaper than closing it
        // afterwards.
        browser::hide_popover(DIALOG);
        self.close();
    }
}
