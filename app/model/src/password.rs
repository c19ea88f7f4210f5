//! Password policy: a minimum length and no common passwords, but no rules about character classes (ASVS 6.2.5).

use crate::text::{nfc, nfd};
use std::borrow::Cow;

/// Minimum length in characters. More than the 8 that ASVS 6.2.1 requires, because most users have no second factor.
pub const MIN_LENGTH: usize = 12;
/// Maximum length in bytes, to limit the cost of hashing. Well above the 64 characters that ASVS 6.2.9 requires.
pub const MAX_BYTES: usize = 1_000;

/// A validated password, ready for hashing. It is normalized by [`prepared`] and otherwise exactly as entered (ASVS
/// 6.2.8). It does not implement `Debug`, so that it can't be logged.
pub struct NewPassword(String);

/// Reason why a password is rejected. `Display` returns the error message for the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Fewer than [`MIN_LENGTH`] characters.
    #[error("Use at least 12 characters. A few random words work well.")]
    TooShort,
    /// More than [`MAX_BYTES`] bytes.
    #[error("Use at most 1,000 characters.")]
    TooLong,
    /// One of the most common passwords (ASVS 6.2.4).
    #[error("That password is too common. Try a few random words.")]
    Common,
    /// Too similar to the user's name or email address, or to the product name (ASVS 6.2.11).
    #[error("That is too similar to your name or email. Try a few random words.")]
    Personal,
}

/// Common long passwords, without the digits and symbols around them.
const COMMON: &[&str] = &[
    "abcdefghijkl", "abcdefghijklm", "administrator", "asdfghjkl", "asdfghjklqwerty", "changeme", "changemenow",
    "computer", "dragon", "football", "iloveyou", "iloveyouforever", "iloveyousomuch", "letmein", "letmeinnow",
    "liverpool", "lovelove", "manchester", "master", "michael", "monkey", "mypassword", "nopassword", "pass",
    "passpass", "passphrase", "password", "passwordpassword", "passwort", "princess", "qazwsx", "qazwsxedc", "qwerty",
    "qwertyqwerty", "qwertyuiop", "qwertyuiopasdfghjkl", "qwertz", "qwertzuiop", "secret", "secretpassword", "shadow",
    "sunshine", "superman", "temporary", "test", "testtest", "thisismypassword", "trustno", "welcome", "welcometo",
    "whatever", "zxcvbnm", "zxcvbnmasdfghjkl",
];
/// Sequences of adjacent keys, left to right.
const ROWS: &[&str] = &[
    "01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop[]asdfghjkl", "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm", "azertyuiopqsdfghjklmwxcvbn", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik",
    "1q2w3e4r5t6y7u8i9o0p", "qazwsxedcrfvtgbyhnujmikolp", "!@#$%^&*()_+",
];

impl NewPassword {
    /// Validates a password as entered. `about` lists the user's name and email address, which must not make up most of
    /// it.
    ///
    /// # Errors
    /// [`PasswordError`] with the first rule that is violated.
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
        // For example, 8 characters remain of "stile-demo-2026" and 1 remains of "ada.lovelace1!".
        if rest != lower && left < 6 { Err(PasswordError::Personal) } else { Ok(Self(text.to_owned())) }
    }

    /// Returns the normalized password for hashing.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// Normalizes a password (RFC 8265, OpaqueString): converts it to NFC and non-ASCII spaces to ASCII spaces, because
/// keyboards of different systems produce different code points for the same letter. Case and width are preserved.
pub fn prepared(typed: &str) -> Cow<'_, str> {
    if typed.is_ascii() {
        return Cow::Borrowed(typed);
    }
    let blank =
        |c: char| matches!(c, '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}');
    let blanks: String = typed.chars().map(|c| if blank(c) { ' ' } else { c }).collect();
    Cow::Owned(nfc(&blanks).into_owned())
}

/// Returns the forms in which a password may have been hashed, the current one first. Older hashes are of the password
/// as entered, possibly with letters and marks as separate characters.
pub fn spellings(typed: &str) -> Vec<String> {
    let mut spellings = vec![prepared(typed).into_owned()];
    for other in [typed.to_owned(), nfd(typed).into_owned()] {
        if !spellings.contains(&other) {
            spellings.push(other);
        }
    }
    spellings
}

/// Returns `true` for a repeated short sequence or for adjacent keys.
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
        fn accepted_passwords_are_unchanged(words in proptest::collection::vec("[a-z]{5,9}", 4)) {
            let text = format!(" {} ", words.join(" "));
            let parsed = NewPassword::parse(&text, &[]);
            prop_assume!(parsed.is_ok());
            prop_assert_eq!(parsed.ok().map(|p| p.reveal().to_owned()), Some(text));
        }

        #[test]
        fn short_passwords_are_rejected(text in ".{0,11}") {
            prop_assert_eq!(parse(&text), Err(PasswordError::TooShort));
        }
    }

    #[test]
    fn common_and_personal_passwords_are_rejected() {
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

    /// Systems can encode the letters of the same password differently.
    #[test]
    fn unicode_spellings_of_a_password_are_normalized_to_one() {
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
