//! Key presses: what they mean, and whether the console handles them.

use leptos::ev::KeyboardEvent;

/// The key code of a press that an input method handles. Safari also sends it for the Enter that ends a composition,
/// after it reported the end.
const TAKEN_BY_INPUT_METHOD: u32 = 229;

/// Whether the console may handle a press: nobody has handled it, and no input method is composing. Every key handler
/// must check this first; `on_key` does so for its handlers.
pub fn is_ours(event: &KeyboardEvent) -> bool {
    !event.default_prevented() && !event.is_composing() && event.key_code() != TAKEN_BY_INPUT_METHOD
}

/// Whether a press has no modifier that makes it a command. Shift is not one: some layouts need it for `/` and for
/// digits.
pub fn is_plain(event: &KeyboardEvent) -> bool {
    !event.ctrl_key() && !event.meta_key() && !event.alt_key()
}

/// The kind of keyboard: which key is the command key. Hints contain both kinds, and the style sheet shows one
/// (`ui::keys`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Keyboard {
    /// Ctrl is the command key.
    #[default]
    Control,
    /// Cmd is the command key: an Apple keyboard.
    Command,
}

/// A key with its modifiers.
#[derive(Debug, Clone, Copy, Default)]
pub struct Chord<'a> {
    /// The character that the layout gives.
    pub key: &'a str,
    /// The position of the key, by its name on a US keyboard.
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

/// Where the focus is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Focus {
    /// In a field that accepts text.
    Field,
    /// Anywhere else.
    Page,
}

impl Keyboard {
    /// Whether a chord opens or closes the palette. The letter of the layout counts; the position of the key counts
    /// only for layouts without Latin letters. On a Mac, Ctrl+K in a field deletes to the end of the line and is left
    /// to the field.
    pub fn is_palette(self, chord: Chord<'_>, focus: Focus) -> bool {
        let letter = chord.key.eq_ignore_ascii_case("k") || (!is_latin(chord.key) && chord.code == "KeyK");
        let commands = match (self, focus) {
            (Self::Command, Focus::Field) => chord.meta,
            _ => chord.ctrl || chord.meta,
        };
        letter && commands && !chord.alt && !chord.shift
    }
}

/// Whether a key is a letter of the Latin script.
fn is_latin(key: &str) -> bool {
    let mut letters = key.chars();
    let (Some(letter), None) = (letters.next(), letters.next()) else { return false };
    // By Unicode blocks, because the full table of letters would make the program larger.
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
    fn the_palette_goes_by_the_letter_and_without_latin_letters_by_the_place() {
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
    fn shift_and_alt_belong_to_others() {
        for chord in [
            Chord { shift: true, ..ctrl("K", "KeyK") },
            Chord { alt: true, ..ctrl("k", "KeyK") },
            Chord { ctrl: false, ..ctrl("k", "KeyK") },
        ] {
            assert!(!Keyboard::Control.is_palette(chord, Focus::Page), "{chord:?}");
        }
    }

    #[test]
    fn a_field_of_a_mac_keeps_ctrl_k() {
        assert!(!Keyboard::Command.is_palette(ctrl("k", "KeyK"), Focus::Field));
        assert!(Keyboard::Command.is_palette(ctrl("k", "KeyK"), Focus::Page));
        for focus in [Focus::Field, Focus::Page] {
            assert!(Keyboard::Command.is_palette(cmd("k", "KeyK"), focus));
            assert!(Keyboard::Control.is_palette(ctrl("k", "KeyK"), focus));
        }
    }

    /// Keys of an input method must not do anything, so every handler must check whether the press is for the console.
    #[test]
    fn every_key_handler_ignores_keys_of_input_methods() {
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
        let mut handlers = 0;
        for (path, text) in found.iter().filter(|(path, _)| !path.ends_with("browser/keys.rs")) {
            let here: usize = ["on:keydown=", "on:keyup=", "on:keypress=", "ev::keydown"]
                .iter()
                .map(|kind| text.matches(kind).count())
                .sum();
            handlers += here;
            assert!(text.matches("is_ours(").count() >= here, "{path}: a key handler that doesn't ask is_ours");
        }
        assert!(handlers > 2, "control: there are handlers");
    }
}
