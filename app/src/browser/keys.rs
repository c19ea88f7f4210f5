//! Keyboard events: their meaning, and whether the console handles them.

use js_sys::Reflect;
use leptos::{ev::KeyboardEvent, prelude::window};
use wasm_bindgen::JsValue;

/// Key code of a press that is handled by an input method. Safari also sends it for the Enter that ends a composition,
/// after the `compositionend` event.
const TAKEN_BY_INPUT_METHOD: u32 = 229;

/// Makes a handler of key presses that the console may handle: nothing handled them yet and no input method is composing.
/// Every `on:keydown` in a view must be made by this; `on_key` does the same for the window.
pub fn own_key(handle: impl Fn(&KeyboardEvent) + 'static) -> impl Fn(KeyboardEvent) + 'static {
    move |event| {
        if is_ours(&event) {
            handle(&event);
        }
    }
}

/// Returns `true` if the console may handle a key press.
pub(super) fn is_ours(event: &KeyboardEvent) -> bool {
    !event.default_prevented() && !event.is_composing() && event.key_code() != TAKEN_BY_INPUT_METHOD
}

/// Returns `true` if no modifier makes the key press a command. Shift does not: some layouts need it for `/` and
/// digits.
pub fn is_plain(event: &KeyboardEvent) -> bool {
    !event.ctrl_key() && !event.meta_key() && !event.alt_key()
}

/// Kind of keyboard, by its command key. Hints contain both kinds, and the style sheet shows one (`ui::keys`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keyboard {
    /// Ctrl is the command key.
    Control,
    /// Cmd is the command key: an Apple keyboard.
    Command,
}

/// Key press with its modifiers.
#[derive(Debug, Clone, Copy, Default)]
pub struct Chord<'a> {
    /// Character according to the layout.
    pub key: &'a str,
    /// Physical key, by its name on a US keyboard.
    pub code: &'a str,
    /// Ctrl is held.
    pub ctrl: bool,
    /// Cmd, or the Windows key, is held.
    pub meta: bool,
    /// Alt or AltGr is held.
    pub alt: bool,
    /// Shift is held.
    pub shift: bool,
}

/// Position of the focus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Focus {
    /// In a field that accepts text.
    Field,
    /// Anywhere else.
    Page,
}

impl Keyboard {
    /// Returns `true` if a key press toggles the palette. The letter of the layout counts; the physical key counts only
    /// for layouts without Latin letters. On a Mac, Ctrl+K in a field deletes to the end of the line and is left to the
    /// field.
    pub fn is_palette(self, chord: Chord<'_>, focus: Focus) -> bool {
        let letter = chord.key.eq_ignore_ascii_case("k") || (!is_latin(chord.key) && chord.code == "KeyK");
        let commands = match (self, focus) {
            (Self::Command, Focus::Field) => chord.meta,
            _ => chord.ctrl || chord.meta,
        };
        letter && commands && !chord.alt && !chord.shift
    }
}

/// Returns the most likely kind of keyboard of this device.
pub fn keyboard() -> Keyboard {
    let navigator = window().navigator();
    let property = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).ok();
    let told = property(&navigator, "userAgentData").and_then(|data| property(&data, "platform"));
    let platform = told.and_then(|platform| platform.as_string()).filter(|platform| !platform.is_empty());
    let platform = platform.or_else(|| navigator.platform().ok()).unwrap_or_default().to_lowercase();
    let apple = ["mac", "iphone", "ipad", "ipod"].iter().any(|name| platform.starts_with(name));
    if apple { Keyboard::Command } else { Keyboard::Control }
}

/// Returns `true` if the key is a Latin letter.
fn is_latin(key: &str) -> bool {
    let mut letters = key.chars();
    let (Some(letter), None) = (letters.next(), letters.next()) else { return false };
    // Matches Unicode blocks, because the full table of letters would make the program larger.
    letter.is_ascii_alphabetic() || matches!(letter, 'À'..='\u{24f}' | '\u{1e00}'..='\u{1eff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ctrl<'a>(key: &'a str, code: &'a str) -> Chord<'a> {
        Chord { key, code, ctrl: true, meta: false, alt: false, shift: false }
    }

    const fn cmd<'a>(key: &'a str, code: &'a str) -> Chord<'a> {
        Chord { key, code, ctrl: false, meta: true, alt: false, shift: false }
    }

    #[test]
    fn the_palette_shortcut_uses_the_letter_or_on_other_scripts_the_key_position() {
        let opens = |key, code| Keyboard::Control.is_palette(ctrl(key, code), Focus::Page);
        for (key, code) in [("k", "KeyK"), ("K", "KeyK"), ("k", "KeyV"), ("k", "")] {
            assert!(opens(key, code), "Latin: {key} at {code}");
        }
        for key in ["л", "Л", "κ", "ל", "ن", "の", "ㅏ", "า", "क"] {
            assert!(opens(key, "KeyK"), "{key} is where K is");
            assert!(!opens(key, "KeyV"), "{key} is elsewhere");
        }
        for key in ["t", "T", "s", "e", "ł", "ı", "ế"] {
            assert!(!opens(key, "KeyK"), "{key} is another Latin letter");
        }
        assert!(!opens("j", "KeyJ") && !opens("Control", "ControlLeft"));
    }

    #[test]
    fn the_palette_shortcut_requires_ctrl_without_shift_or_alt() {
        for chord in [
            Chord { shift: true, ..ctrl("K", "KeyK") },
            Chord { alt: true, ..ctrl("k", "KeyK") },
            Chord { ctrl: false, ..ctrl("k", "KeyK") },
        ] {
            assert!(!Keyboard::Control.is_palette(chord, Focus::Page), "{chord:?}");
        }
    }

    #[test]
    fn on_macos_ctrl_k_in_a_field_does_not_open_the_palette() {
        assert!(!Keyboard::Command.is_palette(ctrl("k", "KeyK"), Focus::Field));
        assert!(Keyboard::Command.is_palette(ctrl("k", "KeyK"), Focus::Page));
        for focus in [Focus::Field, Focus::Page] {
            assert!(Keyboard::Command.is_palette(cmd("k", "KeyK"), focus));
            assert!(Keyboard::Control.is_palette(ctrl("k", "KeyK"), focus));
        }
    }

    /// Files that may name key events: `history` treats all input alike, `listeners` has `on_key`, and this file has
    /// the names in its test.
    const MAY_NAME_KEY_EVENTS: [&str; 3] = ["browser/history.rs", "browser/keys.rs", "browser/listeners.rs"];

    /// Key presses handled by an input method must have no effect, so every handler in a view must be made by `own_key`.
    #[test]
    fn every_key_handler_is_made_by_own_key() {
        fn files(directory: &std::path::Path, found: &mut Vec<(String, String)>) {
            for entry in std::fs::read_dir(directory).unwrap().map(Result::unwrap) {
                let path = entry.path();
                if path.is_dir() {
                    files(&path, found);
                } else {
                    found.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
                }
            }
        }
        let mut found = Vec::new();
        files(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
        let (exempt, others): (Vec<_>, Vec<_>) = found
            .iter()
            .partition(|(path, _)| MAY_NAME_KEY_EVENTS.iter().any(|file| std::path::Path::new(path).ends_with(file)));
        assert_eq!(exempt.len(), MAY_NAME_KEY_EVENTS.len(), "a file that may name key events does not exist");
        let mut handlers = 0;
        for (path, text) in others {
            for kind in ["on:keydown=", "on:keyup=", "on:keypress="] {
                for (at, _) in text.match_indices(kind) {
                    handlers += 1;
                    let handler = text.get(at + kind.len()..).unwrap_or_default();
                    assert!(
                        handler.starts_with("browser::own_key("),
                        "{path}: a key handler that own_key did not make"
                    );
                }
            }
            for by_hand in ["ev::keydown", "ev::keyup", "ev::keypress", "\"keydown\"", "\"keyup\"", "\"keypress\""] {
                assert!(!text.contains(by_hand), "{path}: a key handler that own_key did not make");
            }
        }
        assert!(handlers > 2, "control: there are handlers");
    }
}
