//! Folding of text for search: NFKC, `ß` as `ss`, `ς` as `σ`, without invisible characters. The matcher handles case.
//! `ops.fold` in PostgreSQL returns the same text, in lowercase.

use super::unicode::{continues, is_hidden, nfkc};
use nucleo_matcher::chars;

/// A folded text that maps each letter to its origin.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Folded {
    /// Folded letters.
    pub letters: Vec<char>,
    /// For each letter, the range of characters in the original text, including all marks of the letter.
    pub from: Vec<(u32, u32)>,
}

/// Treatment of accents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Accents {
    /// Accents are significant.
    Kept,
    /// Accents are ignored: `é` becomes `e`.
    Ignored,
}

/// Returns `true` if the text is already folded. Check this before calling [`fold`], because it is true for most texts.
pub(crate) fn folded(text: &str) -> bool {
    text.is_ascii() || text.chars().all(is_folded)
}

/// Folds a text.
pub(crate) fn fold(text: &str, accents: Accents) -> Folded {
    // An invisible character does not separate a letter from its mark.
    let all: Vec<(u32, char)> = (0..).zip(text.chars()).filter(|(_, c)| !is_hidden(*c)).collect();
    let mut folded = Folded::default();
    for cluster in all.chunk_by(|_, (_, next)| continues(*next)) {
        let (Some((first, letter)), Some((last, _))) = (cluster.first(), cluster.last()) else { continue };
        let mut push = |c: char| {
            if accents == Accents::Kept {
                folded.letters.push(c);
            } else if is_accent(c) {
                return;
            } else {
                folded.letters.push(without_accent(c));
            }
            folded.from.push((*first, last + 1));
        };
        if cluster.len() == 1 && is_folded(*letter) {
            push(*letter);
        } else {
            let whole: String = cluster.iter().map(|(_, c)| *c).collect();
            folded_cluster(&whole).chars().for_each(push);
        }
    }
    folded
}

fn folded_cluster(text: &str) -> String {
    let composed = nfkc(text);
    if !composed.contains(['ß', 'ẞ', 'ς']) {
        return composed.chars().filter(|c| !is_hidden(*c)).collect();
    }
    nfkc(&composed.replace(['ß', 'ẞ'], "ss").replace('ς', "σ"))
}

/// Returns `true` if a character has an accent or is one.
pub(crate) fn has_accent(c: char) -> bool {
    is_accent(c) || without_accent(c) != c
}

/// Returns `true` for accents that stay separate because no composed character exists, and for vowel points, which are
/// usually omitted. `ops.plain` in PostgreSQL removes the same characters.
const fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{64b}'..='\u{65f}' | '\u{670}')
}

/// Removes the accent of a letter: Latin letters by the matcher's table, and the common Greek and Cyrillic letters.
fn without_accent(c: char) -> char {
    match c {
        'ά' => 'α',
        'έ' => 'ε',
        'ή' => 'η',
        'ί' | 'ϊ' | 'ΐ' => 'ι',
        'ό' => 'ο',
        'ύ' | 'ϋ' | 'ΰ' => 'υ',
        'ώ' => 'ω',
        'Ά' => 'Α',
        'Έ' => 'Ε',
        'Ή' => 'Η',
        'Ί' | 'Ϊ' => 'Ι',
        'Ό' => 'Ο',
        'Ύ' | 'Ϋ' => 'Υ',
        'Ώ' => 'Ω',
        'ё' => 'е',
        'й' => 'и',
        'ї' => 'і',
        'ў' => 'у',
        'ѓ' => 'г',
        'ќ' => 'к',
        'Ё' => 'Е',
        'Й' => 'И',
        'Ї' => 'І',
        'Ў' => 'У',
        'Ѓ' => 'Г',
        'Ќ' => 'К',
        c => chars::normalize(c),
    }
}

/// Returns `true` if folding never changes the character, regardless of its neighbours. Scripts that are not listed
/// take the slow path.
fn is_folded(c: char) -> bool {
    matches!(u32::from(c),
        // Latin, without ligatures and compatibility letters.
        0..=0x9f | 0xa1..=0xa7 | 0xa9 | 0xab | 0xac | 0xae | 0xb0 | 0xb1 | 0xb6 | 0xb7 | 0xbb | 0xbf..=0xde | 0xe0..=0x131
        | 0x134..=0x13e | 0x141..=0x148 | 0x14a..=0x17e | 0x180..=0x1c3 | 0x1cd..=0x1f0 | 0x1f4..=0x2af
        | 0x1e00..=0x1e99 | 0x1ea0..=0x1ef9
        // Greek and Cyrillic without accents.
        | 0x391..=0x3a1 | 0x3a3..=0x3a9 | 0x3b1..=0x3c1 | 0x3c3..=0x3c9
        | 0x402 | 0x404..=0x406 | 0x408..=0x40b | 0x40f..=0x418 | 0x41a..=0x438 | 0x43a..=0x450 | 0x452 | 0x454..=0x456
        | 0x458..=0x45b | 0x45d | 0x45f..=0x481
        // Armenian, Hebrew and Arabic letters.
        | 0x531..=0x556 | 0x561..=0x586 | 0x5d0..=0x5ea | 0x620..=0x64a | 0x671..=0x674
        // Punctuation.
        | 0x2010 | 0x2012..=0x2016 | 0x2018..=0x2023 | 0x2030..=0x2032 | 0x2039..=0x203b
        // Kana, Han, Hangul.
        | 0x3001..=0x3029 | 0x3041..=0x3096 | 0x30a1..=0x30fe | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xac00..=0xd7a3)
        && !matches!(c, 'ẞ' | '\u{ad}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use unicode_normalization::{UnicodeNormalization as _, char::canonical_combining_class};

    /// The full Unicode tables confirm that the listed characters do not change, and that no preceding character
    /// composes with them.
    #[test]
    fn is_folded_agrees_with_the_unicode_tables() {
        for c in ('\0'..=char::MAX).filter(|c| is_folded(*c)) {
            assert!(std::iter::once(c).nfkc().eq([c]), "{c:?} U+{:04X} is not its own form", u32::from(c));
            assert_eq!(canonical_combining_class(c), 0, "{c:?} is a mark");
            assert!(!is_hidden(c), "{c:?} can't be seen");
            for before in ['a', 'A', 'か', '\u{1100}', '가', 'ا'] {
                assert!([before, c].into_iter().nfc().eq([before, c]), "{before:?} takes {c:?} up");
            }
        }
    }

    #[test]
    fn spellings_of_a_text_fold_to_one_form() {
        let text = |text: &str| fold(text, Accents::Kept).letters.into_iter().collect::<String>();
        for (spelling, one) in [
            ("Cafe\u{301}", "Café"),
            ("Łódz\u{301}", "Łódź"),
            ("ﬁn", "fin"),
            ("ＡＢＣ", "ABC"),
            ("Straße", "Strasse"),
            ("ΟΔΟς", "ΟΔΟσ"),
            ("Al\u{200b}der", "Alder"),
            ("a\u{a0}b", "a b"),
            ("\u{1112}\u{1161}\u{11ab}", "한"),
            ("か\u{3099}", "が"),
            ("soft\u{ad}hyphen", "softhyphen"),
            ("ｶﾞ", "ガ"),
            ("A\u{30a}", "Å"),
            ("\u{212b}", "Å"),
        ] {
            assert_eq!(text(spelling), one, "{spelling:?}");
        }
    }

    #[test]
    fn each_letter_maps_to_all_of_its_characters() {
        assert_eq!(fold("e\u{301}b", Accents::Kept).from, [(0, 2), (2, 3)]);
        assert_eq!(fold("ﬁn", Accents::Kept).from, [(0, 1), (0, 1), (1, 2)]);
        let thai = fold("กี่", Accents::Kept);
        assert!(thai.from.iter().all(|from| *from == (0, 3)), "{thai:?}");
    }

    proptest! {
        #[test]
        fn folding_is_idempotent_and_ignores_normalization(text in "[a-zéßςﬁ\u{301}\u{308}\u{200b}가-힣ก-๛]{0,12}", ignored: bool) {
            let accents = if ignored { Accents::Ignored } else { Accents::Kept };
            let once = fold(&text, accents);
            let again: String = once.letters.iter().collect();
            prop_assert_eq!(&fold(&again, accents).letters, &once.letters);
            prop_assert_eq!(once.letters.len(), once.from.len());
            prop_assert!(once.from.is_sorted() && once.from.iter().all(|(a, b)| a < b && *b as usize <= text.chars().count()));
            // Canonically equivalent texts have the same folded form.
            let apart: String = text.nfd().collect();
            prop_assert_eq!(fold(&apart, accents).letters, once.letters);
        }
    }
}
