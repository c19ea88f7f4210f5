//! Tests against names that are invisible, look like another name, or reorder the words around them.

use super::*;
use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization as _;

fn name(text: &str) -> Result<String, String> {
    Line::parse("a name", text, 80).map(String::from)
}

#[test]
fn invisible_names_are_rejected() {
    for code in [
        0x20, 0xa0, 0xad, 0x34f, 0x115f, 0x1160, 0x1680, 0x17b4, 0x180b, 0x180e, 0x2000, 0x2003, 0x200b, 0x200c,
        0x200d, 0x200e, 0x200f, 0x61c, 0x202f, 0x205f, 0x2060, 0x2061, 0x2064, 0x2800, 0x3000, 0x3164, 0xfe0f, 0xfeff,
        0xffa0, 0x1d173, 0xe0001, 0xe0020, 0xe007f, 0xe0100, 0x301, 0xffff, 0x1fffe,
    ] {
        let c = char::from_u32(code).unwrap();
        for text in [format!("{c}"), format!("{c}{c}"), format!(" {c} \u{200b}{c}\u{3164}")] {
            let refused = name(&text);
            assert!(refused.is_err(), "U+{code:04X} alone is a name: {refused:?}");
        }
        let seen = name(&format!("Alder{c}Finch"));
        assert!(seen.is_ok(), "U+{code:04X} inside a name: {seen:?}");
    }
    assert_eq!(name("\u{2060}").unwrap_err(), "Use at least one visible character.");
    assert_eq!(name(" \t ").unwrap_err(), "Enter a name.");
}

#[test]
fn invisible_characters_do_not_make_a_different_name() {
    for twin in [
        "Al\u{200b}der", "Al\u{200d}der", "Al\u{200c}der", "Al\u{ad}der", "\u{feff}Alder", "Alder\u{2060}",
        "Al\u{3164}der", "Al\u{fe0f}der", "Al\u{e0041}der", "Al\u{200f}der", "Al\u{61c}der", "Al\u{34f}der",
        "Al\u{2800}der", "\u{2800}Alder\u{2800}",
    ] {
        assert_eq!(name(twin).as_deref(), Ok("Alder"), "{twin:?}");
    }
    assert_eq!(name("Alder\u{a0}&\u{2009}Finch").as_deref(), Ok("Alder & Finch"));
    assert_eq!(name("Cafe\u{301}").as_deref(), Ok("Café"), "one spelling is stored");
}

#[test]
fn joiners_and_selectors_that_have_an_effect_are_kept() {
    for kept in [
        "می\u{200c}خواهم",
        "क्\u{200d}ष",
        "👩\u{200d}👩\u{200d}👧",
        "❤\u{fe0f}",
        "👩🏽\u{200d}❤\u{fe0f}\u{200d}👨",
        "1\u{fe0f}\u{20e3}",
        "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
        "葛\u{e0100}",
        "שלום\u{200f}!",
        "山田\u{3000}太郎",
        "Łódź",
        "🚀",
        "O’Neill",
        "日本商事",
        "ᠮᠣᠩ\u{180b}ᠭᠣᠯ",
    ] {
        assert_eq!(name(kept).as_deref(), Ok(kept), "{kept:?}");
    }
}

#[test]
fn line_breaks_and_controls_are_rejected_with_the_reason() {
    for c in ['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'] {
        assert_eq!(name(&format!("a{c}b")).unwrap_err(), "Use one line only.", "{c:?}");
    }
    for c in ['\0', '\t', '\u{7}', '\u{1b}', '\u{7f}', '\u{9b}'] {
        assert_eq!(name(&format!("a{c}b")).unwrap_err(), "Remove the control characters from a name.", "{c:?}");
    }
    for code in (0x202a..=0x202e_u32).chain(0x2066..=0x2069) {
        let text = format!("a{}b", char::from_u32(code).unwrap());
        let reason = name(&text).unwrap_err();
        assert!(reason.contains(&format!("U+{code:04X}")), "{reason}");
    }
    assert_eq!(name("Alder\r\n").as_deref(), Ok("Alder"), "a line break at an end comes with pasting");
}

#[test]
fn paragraphs_keep_line_breaks_and_drop_direction_controls() {
    assert_eq!(paragraphs("the note", " a\r\nb\n\u{202e}c\u{2069} ", 9).as_deref(), Ok("a\nb\nc"));
    assert_eq!(paragraphs("the note", "", 9).as_deref(), Ok(""));
    assert!(paragraphs("the note", "a\u{7}", 9).is_err() && paragraphs("the note", "0123456789", 9).is_err());
}

#[test]
fn only_names_with_right_to_left_letters_are_isolated() {
    for plain in ["Alder & Finch", "Łódź", "日本商事", "Ελλάδα", "", "🚀 2"] {
        assert_eq!(isolated(plain), plain);
    }
    for turned in ["שלום", "Acme مرحبا", "ABC \u{202e}gnp"] {
        let text = isolated(turned);
        assert!(text.starts_with('\u{2068}') && text.ends_with('\u{2069}'), "{text:?}");
        let inside = &text[3..text.len() - 3];
        assert!(!inside.chars().any(is_direction_control), "it could end its isolation itself: {text:?}");
    }
}

proptest! {
    /// Every stored line is in NFC, visible, on one line, and unchanged when parsed again.
    #[test]
    fn parsing_a_line_is_idempotent(text in "\\PC{0,30}|[a-zא-ת\u{200b}-\u{200f}\u{fe0f}\u{301}\u{3164}\u{a0} 👩❤]{0,20}") {
        if let Ok(line) = Line::parse("a name", &text, 80) {
            prop_assert!(line.chars().eq(line.nfc()), "not in NFC: {line:?}");
            prop_assert!(line.chars().any(is_visible));
            prop_assert!(!line.chars().any(|c| c.is_control() || is_line_break(c) || is_direction_control(c)));
            prop_assert_eq!(Line::parse("a name", &line, 80), Ok(line.clone()));
            let apart: String = text.nfd().collect();
            prop_assert_eq!(Line::parse("a name", &apart, 80), Ok(line), "another spelling is another name");
        }
    }

    /// The compact table of marks agrees with the full Unicode data in the basic multilingual plane.
    #[test]
    fn is_mark_covers_all_combining_marks(c in prop::char::range('\u{300}', '\u{ffff}')) {
        if unicode_normalization::char::is_combining_mark(c) && !is_hidden(c) {
            prop_assert!(is_mark(c), "U+{:04X}", u32::from(c));
        }
    }
}
