//! Second factors: codes as they are typed, and what a person has set up, as they see it.

use crate::id::PasskeyId;
use serde::{Deserialize, Serialize};
use std::fmt;
use time::OffsetDateTime;

/// Digits of an authenticator app's code (RFC 6238).
pub const DIGITS: usize = 6;
/// Seconds for which an authenticator app shows one code.
pub const STEP_SECONDS: i64 = 30;
/// Recovery codes in a set.
pub const RECOVERY_CODES: usize = 10;
/// Passkeys that a person may hold.
pub const PASSKEY_LIMIT: i64 = 20;
/// Wrong codes before a person has to wait, and for how many minutes.
pub const TRIES: (i32, i32) = (5, 15);
/// Minutes for which a proof lets its session change the factors themselves (ASVS 7.5.1).
pub const FRESH_MINUTES: i32 = 15;
/// Characters of a recovery code without its dashes: 120 bits in base 32 (ASVS 6.5.2 asks for 112).
const RECOVERY_LENGTH: usize = 24;

/// A code as a person types it, of either kind. One field takes both.
#[derive(Clone, PartialEq, Eq)]
pub enum FactorCode {
    /// The six digits that the authenticator app shows.
    Totp(String),
    /// One of the recovery codes, in normal form.
    Recovery(RecoveryCode),
}

/// A recovery code in normal form: 24 lowercase characters of base 32 (RFC 4648).
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(String);

/// The text is no code of either kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Enter the 6 digits that your app shows, or one of your recovery codes.")]
pub struct FactorCodeError;

impl FactorCode {
    /// Reads what was typed; spaces, dashes and case don't matter.
    ///
    /// # Errors
    /// When it is neither six digits nor the shape of a recovery code.
    pub fn parse(text: &str) -> Result<Self, FactorCodeError> {
        let text: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').take(RECOVERY_LENGTH + 1).collect();
        if text.len() == DIGITS && text.bytes().all(|b| b.is_ascii_digit()) {
            return Ok(Self::Totp(text));
        }
        let text = text.to_ascii_lowercase();
        let fits = text.len() == RECOVERY_LENGTH && text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'2'..=b'7'));
        if fits { Ok(Self::Recovery(RecoveryCode(text))) } else { Err(FactorCodeError) }
    }
}

impl fmt::Debug for FactorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FactorCode(…)")
    }
}

impl RecoveryCode {
    /// Takes what base 32 made of random bytes.
    pub fn of_base32(text: &str) -> Option<Self> {
        match FactorCode::parse(text) {
            Ok(FactorCode::Recovery(code)) => Some(code),
            _ => None,
        }
    }

    /// The normal form, which is what is hashed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As it is shown: six groups of four.
    pub fn shown(&self) -> String {
        let mut shown = String::with_capacity(RECOVERY_LENGTH + 5);
        for (i, c) in self.0.chars().enumerate() {
            if i > 0 && i % 4 == 0 {
                shown.push('-');
            }
            shown.push(c);
        }
        shown
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(…)")
    }
}

/// When a person who has a second factor is asked for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactorAsked {
    /// At each sign-in.
    #[default]
    SignIn,
    /// Where a workspace demands it.
    Workspace,
}

impl FactorAsked {
    /// Both.
    pub const ALL: [Self; 2] = [Self::SignIn, Self::Workspace];

    /// The word in the database and in forms.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Workspace => "workspace",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|a| a.as_str() == word)
    }
}

/// Whether a session may change the person's factors (ASVS 7.5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactorStanding {
    /// There is no factor yet: the password decides.
    None,
    /// There is one, and this session has not proven it lately.
    Stale,
    /// This session has proven one within [`FRESH_MINUTES`].
    Fresh,
}

/// A passkey, as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyRow {
    /// Its id.
    pub id: PasskeyId,
    /// What its owner calls it.
    pub name: String,
    /// When it was added.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub created_at: OffsetDateTime,
    /// When it last signed.
    #[serde(with = "time::serde::timestamp::milliseconds::option")]
    pub last_used_at: Option<OffsetDateTime>,
}

/// What a person has set up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactorState {
    /// Since when there is an authenticator app.
    #[serde(with = "time::serde::timestamp::milliseconds::option")]
    pub totp_since: Option<OffsetDateTime>,
    /// The passkeys, newest first.
    pub passkeys: Vec<PasskeyRow>,
    /// Recovery codes that are not used.
    pub recovery_left: u32,
    /// When the person is asked.
    pub asked: FactorAsked,
    /// Whether this session may change any of it.
    pub standing: FactorStanding,
}

impl FactorState {
    /// Whether there is any factor.
    pub const fn is_on(&self) -> bool {
        self.totp_since.is_some() || !self.passkeys.is_empty()
    }
}

/// With what a person can prove a factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FactorMethods {
    /// An authenticator app, or recovery codes.
    pub code: bool,
    /// A passkey.
    pub passkey: bool,
}

impl FactorMethods {
    /// Whether there is anything to prove one with.
    pub const fn any(self) -> bool {
        self.code || self.passkey
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_recovery_code_is_read_however_it_is_copied(code in "[a-z2-7]{24}", upper: bool) {
            let Some(parsed) = RecoveryCode::of_base32(&code) else { return Err(TestCaseError::fail("refused")) };
            let shown = parsed.shown();
            prop_assert_eq!(shown.len(), 29);
            let typed = if upper { shown.to_uppercase() } else { format!("  {} ", shown.replace('-', " ")) };
            prop_assert_eq!(FactorCode::parse(&typed), Ok(FactorCode::Recovery(parsed)));
        }

        #[test]
        fn no_text_is_too_strange_to_be_refused(text in ".{0,200}") {
            if let Ok(FactorCode::Totp(digits)) = FactorCode::parse(&text) {
                prop_assert!(digits.len() == DIGITS && digits.bytes().all(|b| b.is_ascii_digit()));
            }
        }
    }

    #[test]
    fn six_digits_are_the_apps() {
        assert_eq!(FactorCode::parse(" 123 456 "), Ok(FactorCode::Totp("123456".to_owned())));
        for bad in [
            "", "12345", "1234567", "12345a", "abcd-efgh-ijkl-mnop-qrst-uvw", "abcd-efgh-ijkl-mnop-qrst-uvw1", "١٢٣٤٥٦",
        ] {
            assert_eq!(FactorCode::parse(bad), Err(FactorCodeError), "{bad:?}");
        }
        assert!(!format!("{:?}", FactorCode::parse("123456")).contains("123456"), "a code can get into the log");
    }
}
