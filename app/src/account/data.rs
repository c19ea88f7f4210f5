//! Response types of the account server functions.

use model::token::OperatorToken;
use serde::{Deserialize, Serialize};

/// A newly created operator token.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CreatedToken {
    /// Token in plain text. Shown once.
    pub secret: String,
    /// The person's active tokens, including the new one.
    pub tokens: Vec<OperatorToken>,
}
