//! Operator tokens, as their owner sees them.

use crate::id::TokenId;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// How many live tokens a person may hold.
pub const TOKEN_LIMIT: i64 = 20;

/// A token that is not revoked. The secret was shown once and is not stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OperatorToken {
    /// Its id.
    pub id: TokenId,
    /// What its owner calls it.
    pub name: String,
    /// Its last four characters.
    pub hint: String,
    /// When it was made.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub created_at: OffsetDateTime,
    /// When it was last used, to the minute.
    #[serde(with = "time::serde::timestamp::milliseconds::option")]
    pub last_used_at: Option<OffsetDateTime>,
    /// The time at which it expires.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub expires_at: OffsetDateTime,
    /// Whether it has expired.
    pub expired: bool,
}

/// How long a token is valid.
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
    /// All of them, the shortest first.
    pub const ALL: [Self; 3] = [Self::Month, Self::Quarter, Self::Year];

    /// In days.
    pub const fn days(self) -> i32 {
        match self {
            Self::Month => 30,
            Self::Quarter => 90,
            Self::Year => 365,
        }
    }

    /// The word in a form.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Month => "30",
            Self::Quarter => "90",
            Self::Year => "365",
        }
    }

    /// What a person reads.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Month => "30 days",
            Self::Quarter => "90 days",
            Self::Year => "1 year",
        }
    }

    /// Reads the word in a form.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|life| life.as_str() == word)
    }
}

/// What happens to a person's tokens when they change their password or sign out everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokensThen {
    /// They are revoked.
    #[default]
    Revoke,
    /// They stay valid.
    Keep,
}

impl TokensThen {
    /// The value of a form's checkbox "keep".
    pub fn of_checkbox(value: &str) -> Self {
        if value == "keep" { Self::Keep } else { Self::Revoke }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_life_is_one_of_three_words() {
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
    fn tokens_are_revoked_unless_somebody_says_keep() {
        for (value, then) in [("keep", TokensThen::Keep), ("", TokensThen::Revoke), ("on", TokensThen::Revoke)] {
            assert_eq!(TokensThen::of_checkbox(value), then, "{value:?}");
        }
    }
}
