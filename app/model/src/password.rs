//! What a password must be: long, and not one that a guesser tries first. Nothing about which characters (ASVS 6.2.5).

use crate::text::{nfc, nfd};
use std::borrow::Cow;

/// Fewest characters. Above the 8 that ASVS 6.2.1 demands, because most people have no second factor.
pub const MIN_LENGTH: usize = 12;
/// Most bytes that are hashed: more only cost time. Well above the 64 characters of ASVS 6.2.9.
pub const MAX_BYTES: usize = 1_000;

/// A password in the form that is hashed: the spelling of [`prepared`], and otherwise exactly as it was typed (ASVS
/// 6.2.8). Not `Debug`, so it can't get into a log.
pub struct NewPassword(String);

/// Why a password can't be set. `Display` is what a person reads at the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Fewer than [`MIN_LENGTH`] characters.
    #[error("Use at least 12 characters. A few words in a row are easy to keep in mind.")]
    TooShort,
    /// More than [`MAX_BYTES`].
    #[error("Use at most 1,000 characters.")]
    TooLong,
    /// Among the first that are guessed (ASVS 6.2.4).
    #[error("That password is among the first that are guessed. Try a few unrelated words.")]
    Common,
    /// Little more than the person's own name or address, or Stile's (ASVS 6.2.11).
    #[error("That is too close to your name or address. Try a few unrelated words.")]
    Personal,
}

/// What people take first when a password must be long, without the digits and signs around it.
const COMMON: &[&str] = &[
    "abcdefghijkl", "abcdefghijklm", "administrator", "asdfghjkl", "asdfghjklqwerty", "changeme", "changemenow",
    "computer", "dragon", "football", "iloveyou", "iloveyouforever", "iloveyousomuch", "letmein", "letmeinnow",
    "liverpool", "lovelove", "manchester", "master", "michael", "monkey", "mypassword", "nopassword", "pass",
    "passpass", "passphrase", "password", "passwordpassword", "passwort", "princess", "qazwsx", "qazwsxedc", "qwerty",
    "qwertyqwerty", "qwertyuiop", "qwertyuiopasdfghjkl", "qwertz", "qwertzuiop", "secret", "secretpassword", "shadow",
    "sunshine", "superman", "temporary", "test", "testtest", "thisismypassword", "trustno", "welcome", "welcometo",
    "whatever", "zxcvbnm", "zxcvbnmasdfghjkl",
];
/// Keys beside one another, forwards.
const ROWS: &[&str] = &[
    "01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop[]asdfghjkl", "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm", "azertyuiopqsdfghjklmwxcvbn", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik",
    "1q2w3e4r5t6y7u8i9o0p", "qazwsxedcrfvtgbyhnujmikolp", "!@#$%^&*()_+",
];

impl NewPassword {
    /// Takes a password as typed. `about` is what must not make up most of it: the person's name and address.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn parse(text: &str, about: &[&str]) -> Result<Self, PasswordError> {
        let text = prepared(text);
        let text = text.as_ref();
        if text.chars().count() < MIN_LENGTH {
            return Err(PasswordError::TooShort);
        }
        if text.len() > MAX_BYTES {
            return Err(PasswordError::TooLong);
        }
        let lower = text.to_lowercase();
        let letters: String = lower.chars().filter(|c| c.is_alphabetic()).collect();
        if is_pattern(&lower) || COMMON.contains(&letters.as_str()) || letters.is_empty() && lower.len() < 16 {
            return Err(PasswordError::Common);
        }
        let words = about.iter().flat_map(|t| t.split(|c: char| !c.is_alphanumeric())).chain(["stile"]);
        let mut rest = lower.clone();
        for word in words.filter(|word| word.chars().count() >= 3) {
            rest = rest.replace(&word.to_lowercase(), "");
        }
        let left = rest.chars().filter(|c| c.is_alphanumeric()).count();
        // "stile-demo-2026" has eight left; "ada.lovelace1!" has one.
        if rest != lower && left < 6 { Err(PasswordError::Personal) } else { Ok(Self(text.to_owned())) }
    }

    /// The password, to be hashed.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// The normalized spelling of a password (RFC 8265, OpaqueString): in NFC, and each blank as an ASCII space. Keyboards
/// of different systems produce the same letters with different characters. Case and width are not changed.
pub fn prepared(typed: &str) -> Cow<'_, str> {
    if typed.is_ascii() {
        return Cow::Borrowed(typed);
    }
    let blank =
        |c: char| matches!(c, '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}');
    let blanks: String = typed.chars().map(|c| if blank(c) { ' ' } else { c }).collect();
    Cow::Owned(nfc(&blanks).into_owned())
}

/// The forms in which a typed password may have been hashed, the current one first. Before there was one spelling, it
/// was hashed as typed, which may be with letters and marks as separate characters.
pub fn spellings(typed: &str) -> Vec<String> {
    let mut spellings = vec![prepared(typed).into_owned()];
    for other in [typed.to_owned(), nfd(typed).into_owned()] {
        if !spellings.contains(&other) {
            spellings.push(other);
        }
    }
    spellings
}

/// One short piece over and over, or keys beside one another.
fn is_pattern(lower: &str) -> bool {
    let chars: Vec<char> = lower.chars().collect();
    let repeats = (1..=4).any(|unit| chars.iter().zip(chars.iter().skip(unit)).all(|(a, b)| a == b));
    let row = |text: &str| ROWS.iter().any(|row| row.contains(text));
    let backwards: String = chars.iter().rev().collect();
    repeats || row(lower) || row(&backwards)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(text: &str) -> Result<(), PasswordError> {
        NewPassword::parse(text, &["Ada Lovelace", "ada@smartai.example"]).map(drop)
    }

    proptest! {
        #[test]
        fn what_is_long_and_unrelated_stands_exactly_as_typed(words in proptest::collection::vec("[a-z]{5,9}", 4)) {
            let text = format!(" {} ", words.join(" "));
            let parsed = NewPassword::parse(&text, &[]);
            prop_assume!(parsed.is_ok());
            prop_assert_eq!(parsed.ok().map(|p| p.reveal().to_owned()), Some(text));
        }

        #[test]
        fn what_is_short_never_does(text in ".{0,11}") {
            prop_assert_eq!(parse(&text), Err(PasswordError::TooShort));
        }
    }

    #[test]
    fn the_first_guesses_are_refused() {
        for common in [
            "123456789012", "password1234", "Password123!", "qwertyuiop12", "aaaaaaaaaaaa", "abcabcabcabc",
            "1q2w3e4r5t6y", "PASSWORDPASSWORD", "210987654321", "12-12-12-12-12", "2026-11-22 00",
        ] {
            assert_eq!(parse(common), Err(PasswordError::Common), "{common}");
        }
        for personal in ["adalovelace1", "Ada-Lovelace-26", "smartai.example", "stilestile12"] {
            assert_eq!(parse(personal), Err(PasswordError::Personal), "{personal}");
        }
        for good in ["stile-demo-2026", "correct horse battery", "пароль из слов", "wolke7 über köln"] {
            assert_eq!(parse(good), Ok(()), "{good}");
        }
    }

    /// The kind: one password, typed on systems that spell its letters otherwise.
    #[test]
    fn every_spelling_of_a_password_is_one() {
        let (composed, apart) =
            ("Füße über Łódź und Zürich", "Fu\u{308}ße u\u{308}ber Ło\u{301}dz\u{301} und Zu\u{308}rich");
        assert_ne!(composed, apart);
        assert_eq!(prepared(apart), prepared(composed));
        assert_eq!(prepared("vier\u{a0}große\u{3000}Wörter hier"), prepared("vier große Wörter hier"));
        for kept in ["PassWord ｗｉｄｅ ﬁ ß", "two  blanks ", "zero\u{200b}width é"] {
            assert_eq!(prepared(kept), kept, "more was changed than the spelling");
        }
        let new = NewPassword::parse(apart, &[]);
        assert!(new.is_ok_and(|new| new.reveal() == composed));
        assert_eq!(
            spellings(composed),
            [composed.to_owned(), unicode_normalization::UnicodeNormalization::nfd(composed).collect()]
        );
        assert_eq!(spellings(apart), [composed, apart]);
        assert_eq!(spellings("plain ascii words"), ["plain ascii words"]);
    }
}
