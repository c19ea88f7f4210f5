//! Operator tokens, as their owner sees them.

use crate::id::TokenId;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// How many live tokens a person may hold.
pub const TOKEN_LIMIT: i64 = 20;

/// A live token. The secret itself was shown once and is not kept.
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
}
