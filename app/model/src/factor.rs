//! Two-factor authentication: parsing of codes, and a user's enrolled factors.

use crate::id::PasskeyId;
use serde::{Deserialize, Serialize};
use std::fmt;
use time::OffsetDateTime;

/// Digits of a TOTP code (RFC 6238).
pub const DIGITS: usize = 6;
/// Validity of a TOTP code, in seconds.
pub const STEP_SECONDS: i64 = 30;
/// Number of recovery codes in a set.
pub const RECOVERY_CODES: usize = 10;
/// Maximum number of passkeys per user.
pub const PASSKEY_LIMIT: i64 = 20;
/// Number of wrong codes that triggers a lockout, and its duration in minutes.
pub const TRIES: (i32, i32) = (5, 15);
/// Minutes after a factor was verified during which the session may change the user's factors (ASVS 7.5.1).
pub const FRESH_MINUTES: i32 = 15;
/// Length of a recovery code without hyphens: 120 bits in base 32 (ASVS 6.5.2 requires 112).
const RECOVERY_LENGTH: usize = 24;

/// A code entered by the user. One form field accepts both kinds.
#[derive(Clone, PartialEq, Eq)]
pub enum FactorCode {
    /// A TOTP code of six digits.
    Totp(String),
    /// A recovery code in normalized form.
    Recovery(RecoveryCode),
}

/// A recovery code in normalized form: 24 lowercase characters of base 32 (RFC 4648).
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(String);

/// Error returned for a text that is neither a TOTP code nor a recovery code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Enter the 6-digit code from your app, or a recovery code.")]
pub struct FactorCodeError;

impl FactorCode {
    /// Parses a code. Whitespace, hyphens and case are ignored.
    ///
    /// # Errors
    /// [`FactorCodeError`] if the text is neither six digits nor formatted like a recovery code.
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
    /// Creates a recovery code from random bytes encoded in base 32. Returns `None` if the text is not a recovery code.
    pub fn of_base32(text: &str) -> Option<Self> {
        match FactorCode::parse(text) {
            Ok(FactorCode::Recovery(code)) => Some(code),
            _ => None,
        }
    }

    /// Returns the normalized form, which is the input of the hash.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Formats the code for display: six groups of four characters.
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

/// Occasion on which a user is asked for their second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactorAsked {
    /// At each sign-in.
    #[default]
    SignIn,
    /// When opening a workspace that requires it.
    Workspace,
}

impl FactorAsked {
    /// All options.
    pub const ALL: [Self; 2] = [Self::SignIn, Self::Workspace];

    /// Returns the name used in the database and in forms.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Workspace => "workspace",
        }
    }

    /// Parses a stored name. Returns `None` if it is unknown.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|a| a.as_str() == word)
    }
}

/// Permission of a session to change the user's factors (ASVS 7.5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactorStanding {
    /// The user has no factor yet. Changes require the password.
    None,
    /// The user has a factor, but this session has not verified one within [`FRESH_MINUTES`].
    Stale,
    /// This session has verified a factor within [`FRESH_MINUTES`].
    Fresh,
}

/// A passkey, as displayed to its owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyRow {
    /// Passkey ID.
    pub id: PasskeyId,
    /// User-chosen label.
    pub name: String,
    /// Time of registration.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub created_at: OffsetDateTime,
    /// Time of the last authentication. `None` if the passkey was never used.
    #[serde(with = "time::serde::timestamp::milliseconds::option")]
    pub last_used_at: Option<OffsetDateTime>,
}

/// A user's enrolled factors and their settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactorState {
    /// Time at which TOTP was enabled. `None` if it is disabled.
    #[serde(with = "time::serde::timestamp::milliseconds::option")]
    pub totp_since: Option<OffsetDateTime>,
    /// Passkeys, newest first.
    pub passkeys: Vec<PasskeyRow>,
    /// Number of unused recovery codes.
    pub recovery_left: u32,
    /// Occasion on which the user is asked for a factor.
    pub asked: FactorAsked,
    /// Permission of this session to change the factors.
    pub standing: FactorStanding,
}

impl FactorState {
    /// Returns `true` if TOTP or a passkey is set up.
    pub const fn is_on(&self) -> bool {
        self.totp_since.is_some() || !self.passkeys.is_empty()
    }
}

/// Methods by which a user can verify a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FactorMethods {
    /// TOTP or recovery codes.
    pub code: bool,
    /// A passkey.
    pub passkey: bool,
}

impl FactorMethods {
    /// Returns `true` if at least one method is available.
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
        fn recovery_codes_parse_in_any_case_and_grouping(code in "[a-z2-7]{24}", upper: bool) {
            let Some(parsed) = RecoveryCode::of_base32(&code) else { return Err(TestCaseError::fail("refused")) };
            let shown = parsed.shown();
            prop_assert_eq!(shown.len(), 29);
            let typed = if upper { shown.to_uppercase() } else { format!("  {} ", shown.replace('-', " ")) };
            prop_assert_eq!(FactorCode::parse(&typed), Ok(FactorCode::Recovery(parsed)));
        }

        #[test]
        fn any_text_parses_without_panic(text in ".{0,200}") {
            if let Ok(FactorCode::Totp(digits)) = FactorCode::parse(&text) {
                prop_assert!(digits.len() == DIGITS && digits.bytes().all(|b| b.is_ascii_digit()));
            }
        }
    }

    #[test]
    fn only_six_ascii_digits_are_a_totp_code() {
        assert_eq!(FactorCode::parse(" 123 456 "), Ok(FactorCode::Totp("123456".to_owned())));
        for bad in [
            "", "12345", "1234567", "12345a", "abcd-efgh-ijkl-mnop-qrst-uvw", "abcd-efgh-ijkl-mnop-qrst-uvw1", "١٢٣٤٥٦",
        ] {
            assert_eq!(FactorCode::parse(bad), Err(FactorCodeError), "{bad:?}");
        }
        assert!(!format!("{:?}", FactorCode::parse("123456")).contains("123456"), "a code can get into the log");
    }
}
