//! Operator tokens, as displayed to their owner.

use crate::id::TokenId;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// Maximum number of active tokens per user.
pub const TOKEN_LIMIT: i64 = 20;

/// A token that has not been revoked. Its secret is displayed once and never stored in plain text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OperatorToken {
    /// Token ID.
    pub id: TokenId,
    /// User-chosen label.
    pub name: String,
    /// Last four characters of the secret.
    pub hint: String,
    /// Creation time.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub created_at: OffsetDateTime,
    /// Time of the last request, accurate to one minute. `None` if the token was never used.
    #[serde(with = "time::serde::timestamp::milliseconds::option")]
    pub last_used_at: Option<OffsetDateTime>,
    /// Expiry time.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub expires_at: OffsetDateTime,
    /// `true` if the token had expired when it was read.
    pub expired: bool,
}

/// Validity period of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenLife {
    /// 30 days.
    Month,
    /// 90 days.
    #[default]
    Quarter,
    /// 365 days.
    Year,
}

impl TokenLife {
    /// All validity periods, shortest first.
    pub const ALL: [Self; 3] = [Self::Month, Self::Quarter, Self::Year];

    /// Returns the number of days.
    pub const fn days(self) -> i32 {
        match self {
            Self::Month => 30,
            Self::Quarter => 90,
            Self::Year => 365,
        }
    }

    /// Returns the value of the form control.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Month => "30",
            Self::Quarter => "90",
            Self::Year => "365",
        }
    }

    /// Returns the display name.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Month => "30 days",
            Self::Quarter => "90 days",
            Self::Year => "1 year",
        }
    }

    /// Parses the value of the form control. Returns `None` if it is unknown.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|life| life.as_str() == word)
    }
}

/// Treatment of a user's tokens after a password change or a sign-out on all devices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokensThen {
    /// Revokes all tokens.
    #[default]
    Revoke,
    /// Keeps the tokens valid.
    Keep,
}

impl TokensThen {
    /// Parses the value of the checkbox. Only `keep` keeps the tokens.
    pub fn of_checkbox(value: &str) -> Self {
        if value == "keep" { Self::Keep } else { Self::Revoke }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_lifetimes_parse_only_from_their_names() {
        for life in TokenLife::ALL {
            assert_eq!(TokenLife::from_word(life.as_str()), Some(life));
            assert_eq!(life.as_str().parse(), Ok(life.days()));
        }
        for none in ["", "91", "-30", "3650", "90 ", "forever"] {
            assert_eq!(TokenLife::from_word(none), None, "{none:?}");
        }
        assert_eq!(TokenLife::default().days(), 90);
    }

    #[test]
    fn tokens_are_revoked_unless_the_checkbox_says_keep() {
        for (value, then) in [("keep", TokensThen::Keep), ("", TokensThen::Revoke), ("on", TokensThen::Revoke)] {
            assert_eq!(TokensThen::of_checkbox(value), then, "{value:?}");
        }
    }
}
