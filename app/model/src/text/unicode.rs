//! Unicode properties and normalization forms used by the text parsers.
//!
//! Normalization tables take 100 kB. The server uses a crate that contains them; the browser uses `String.normalize`.

use std::borrow::Cow;

/// Converts a text to Normalization Form C: a letter with its marks becomes one character if one exists.
pub fn nfc(text: &str) -> Cow<'_, str> {
    // Characters below U+0300 are unchanged by NFC.
    if text.chars().all(|c| c < '\u{300}') { Cow::Borrowed(text) } else { Cow::Owned(normal_form::nfc(text)) }
}

/// Converts a text to Normalization Form KC: as [`nfc`], and compatibility characters (`ﬁ`, `Ａ`) become ordinary ones.
pub(crate) fn nfkc(text: &str) -> String {
    if text.is_ascii() { text.to_owned() } else { normal_form::nfkc(text) }
}

/// Converts a text to Normalization Form D: letters and their marks become separate characters.
pub(crate) fn nfd(text: &str) -> Cow<'_, str> {
    if text.is_ascii() { Cow::Borrowed(text) } else { Cow::Owned(normal_form::nfd(text)) }
}

#[cfg(not(target_arch = "wasm32"))]
mod normal_form {
    use unicode_normalization::UnicodeNormalization as _;

    pub(super) fn nfc(text: &str) -> String {
        text.nfc().collect()
    }

    pub(super) fn nfd(text: &str) -> String {
        text.nfd().collect()
    }

    pub(super) fn nfkc(text: &str) -> String {
        text.nfkc().collect()
    }
}

#[cfg(target_arch = "wasm32")]
mod normal_form {
    use js_sys::JsString;

    fn normal(text: &str, form: &str) -> String {
        String::from(JsString::from(text).normalize(form))
    }

    pub(super) fn nfc(text: &str) -> String {
        normal(text, "NFC")
    }

    pub(super) fn nfd(text: &str) -> String {
        normal(text, "NFD")
    }

    pub(super) fn nfkc(text: &str) -> String {
        normal(text, "NFKC")
    }
}

/// Returns `true` for bidirectional control characters: overrides, embeddings, isolates, and their terminators.
pub(super) fn is_direction_control(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{206a}'..='\u{206f}')
}

/// Returns `true` for invisible characters: Unicode's Default_Ignorable_Code_Point, and characters with an empty glyph.
pub(crate) fn is_hidden(c: char) -> bool {
    matches!(
        u32::from(c),
        0xad | 0x34f
            | 0x61c
            | 0x115f..=0x1160
            | 0x17b4..=0x17b5
            | 0x180b..=0x180f
            | 0x200b..=0x200f
            | 0x202a..=0x202e
            | 0x2060..=0x206f
            | 0x2800
            | 0x3164
            | 0xfe00..=0xfe0f
            | 0xfeff
            | 0xffa0
            | 0xfff0..=0xfffb
            | 0x16fe4
            | 0x1bca0..=0x1bca3
            | 0x1d159
            | 0x1d173..=0x1d17a
            | 0xe_0000..=0xe_0fff
    ) || u32::from(c) & 0xfffe == 0xfffe
        || matches!(c, '\u{fdd0}'..='\u{fdef}')
}

/// Returns `true` for the zero-width joiner and non-joiner.
pub(super) fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

/// Returns `true` for characters that select a glyph of the previous character: variation selectors and flag tags.
pub(super) fn is_selector(c: char) -> bool {
    matches!(c, '\u{180b}'..='\u{180d}' | '\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0020}'..='\u{e007f}' | '\u{e0100}'..='\u{e01ef}')
}

/// Returns `true` for letters of right-to-left scripts, determined by block, and for right-to-left marks.
pub(super) fn is_right_to_left(c: char) -> bool {
    matches!(
        u32::from(c),
        0x590..=0x8ff | 0x200f | 0xfb1d..=0xfdcf | 0xfdf0..=0xfdff | 0xfe70..=0xfefe | 0x1_0800..=0x1_0fff | 0x1_e800..=0x1_efff
    )
}

/// Returns `true` if the character extends the previous one: accents, vowel signs, final consonants, variation
/// selectors, joiners, emoji skin tones.
pub(super) fn continues(c: char) -> bool {
    c >= '\u{300}'
        && (is_mark(c)
            || is_joiner(c)
            || is_selector(c)
            || matches!(c, '\u{1160}'..='\u{11ff}' | '\u{d7b0}'..='\u{d7fb}' | '\u{ff9e}'..='\u{ff9f}' | '\u{1f3fb}'..='\u{1f3ff}'))
}

/// Returns `true` for combining marks (general category M). Outside the basic multilingual plane they are determined by
/// block.
pub(crate) fn is_mark(c: char) -> bool {
    let code = u32::from(c);
    let Ok(code) = u16::try_from(code) else {
        return matches!(
            code,
            0x1_0a01..=0x1_0a0f | 0x1_0a38..=0x1_0a3f | 0x1_1000..=0x1_1002 | 0x1_1038..=0x1_1046 | 0x1_1080..=0x1_1082
                | 0x1_10b0..=0x1_10ba | 0x1_1100..=0x1_1102 | 0x1_1127..=0x1_1134 | 0x1_1180..=0x1_1182
                | 0x1_11b3..=0x1_11c0 | 0x1_122c..=0x1_1237 | 0x1_12df..=0x1_12ea | 0x1_133b..=0x1_1374
                | 0x1_1435..=0x1_1446 | 0x1_14b0..=0x1_14c3 | 0x1_15af..=0x1_15c0 | 0x1_1630..=0x1_1640
                | 0x1_16ab..=0x1_16b7 | 0x1_d165..=0x1_d169 | 0x1_d16d..=0x1_d172 | 0x1_d17b..=0x1_d182
                | 0x1_e8d0..=0x1_e8d6 | 0x1_e944..=0x1_e94a
        );
    };
    MARKS
        .binary_search_by(|(first, last)| {
            if *last < code {
                std::cmp::Ordering::Less
            } else if *first > code {
                std::cmp::Ordering::Greater
            } else {
                std::cmp::Ordering::Equal
            }
        })
        .is_ok()
}

/// First and last code point of each range of marks in the basic multilingual plane, ascending. Ranges may include
/// unassigned code points.
#[rustfmt::skip]
const MARKS: &[(u16, u16)] = &[
    (0x0300, 0x036F), (0x0483, 0x0489), (0x0591, 0x05BD), (0x05BF, 0x05BF), (0x05C1, 0x05C2), (0x05C4, 0x05C5),
    (0x05C7, 0x05C7), (0x0610, 0x061A), (0x064B, 0x065F), (0x0670, 0x0670), (0x06D6, 0x06DC), (0x06DF, 0x06E4),
    (0x06E7, 0x06E8), (0x06EA, 0x06ED), (0x0711, 0x0711), (0x0730, 0x074A), (0x07A6, 0x07B0), (0x07EB, 0x07F3),
    (0x07FD, 0x07FD), (0x0816, 0x0819), (0x081B, 0x0823), (0x0825, 0x0827), (0x0829, 0x082D), (0x0859, 0x085B),
    (0x0898, 0x089F), (0x08CA, 0x08E1), (0x08E3, 0x0903), (0x093A, 0x093C), (0x093E, 0x094F), (0x0951, 0x0957),
    (0x0962, 0x0963), (0x0981, 0x0983), (0x09BC, 0x09BC), (0x09BE, 0x09CD), (0x09D7, 0x09D7), (0x09E2, 0x09E3),
    (0x09FE, 0x0A03), (0x0A3C, 0x0A51), (0x0A70, 0x0A71), (0x0A75, 0x0A75), (0x0A81, 0x0A83), (0x0ABC, 0x0ABC),
    (0x0ABE, 0x0ACD), (0x0AE2, 0x0AE3), (0x0AFA, 0x0B03), (0x0B3C, 0x0B3C), (0x0B3E, 0x0B57), (0x0B62, 0x0B63),
    (0x0B82, 0x0B82), (0x0BBE, 0x0BCD), (0x0BD7, 0x0BD7), (0x0C00, 0x0C04), (0x0C3C, 0x0C3C), (0x0C3E, 0x0C56),
    (0x0C62, 0x0C63), (0x0C81, 0x0C83), (0x0CBC, 0x0CBC), (0x0CBE, 0x0CD6), (0x0CE2, 0x0CE3), (0x0D00, 0x0D03),
    (0x0D3B, 0x0D3C), (0x0D3E, 0x0D4D), (0x0D57, 0x0D57), (0x0D62, 0x0D63), (0x0D81, 0x0D83), (0x0DCA, 0x0DDF),
    (0x0DF2, 0x0DF3), (0x0E31, 0x0E31), (0x0E34, 0x0E3A), (0x0E47, 0x0E4E), (0x0EB1, 0x0EB1), (0x0EB4, 0x0EBC),
    (0x0EC8, 0x0ECD), (0x0F18, 0x0F19), (0x0F35, 0x0F35), (0x0F37, 0x0F37), (0x0F39, 0x0F39), (0x0F3E, 0x0F3F),
    (0x0F71, 0x0F84), (0x0F86, 0x0F87), (0x0F8D, 0x0FBC), (0x0FC6, 0x0FC6), (0x102B, 0x103E), (0x1056, 0x1059),
    (0x105E, 0x1060), (0x1062, 0x1064), (0x1067, 0x106D), (0x1071, 0x1074), (0x1082, 0x108D), (0x108F, 0x108F),
    (0x109A, 0x109D), (0x135D, 0x135F), (0x1712, 0x1715), (0x1732, 0x1734), (0x1752, 0x1753), (0x1772, 0x1773),
    (0x17B4, 0x17D3), (0x17DD, 0x17DD), (0x1885, 0x1886), (0x18A9, 0x18A9), (0x1920, 0x193B), (0x1A17, 0x1A1B),
    (0x1A55, 0x1A7F), (0x1AB0, 0x1B04), (0x1B34, 0x1B44), (0x1B6B, 0x1B73), (0x1B80, 0x1B82), (0x1BA1, 0x1BAD),
    (0x1BE6, 0x1BF3), (0x1C24, 0x1C37), (0x1CD0, 0x1CD2), (0x1CD4, 0x1CE8), (0x1CED, 0x1CED), (0x1CF4, 0x1CF4),
    (0x1CF7, 0x1CF9), (0x1DC0, 0x1DFF), (0x20D0, 0x20F0), (0x2CEF, 0x2CF1), (0x2D7F, 0x2D7F), (0x2DE0, 0x2DFF),
    (0x302A, 0x302F), (0x3099, 0x309A), (0xA66F, 0xA672), (0xA674, 0xA67D), (0xA69E, 0xA69F), (0xA6F0, 0xA6F1),
    (0xA802, 0xA802), (0xA806, 0xA806), (0xA80B, 0xA80B), (0xA823, 0xA827), (0xA82C, 0xA82C), (0xA880, 0xA881),
    (0xA8B4, 0xA8C5), (0xA8E0, 0xA8F1), (0xA8FF, 0xA8FF), (0xA926, 0xA92D), (0xA947, 0xA953), (0xA980, 0xA983),
    (0xA9B3, 0xA9C0), (0xA9E5, 0xA9E5), (0xAA29, 0xAA36), (0xAA43, 0xAA43), (0xAA4C, 0xAA4D), (0xAA7B, 0xAA7D),
    (0xAAB0, 0xAAB0), (0xAAB2, 0xAAB4), (0xAAB7, 0xAAB8), (0xAABE, 0xAABF), (0xAAC1, 0xAAC1), (0xAAEB, 0xAAEF),
    (0xAAF5, 0xAAF6), (0xABE3, 0xABEA), (0xABEC, 0xABED), (0xFB1E, 0xFB1E), (0xFE20, 0xFE2F),
];
