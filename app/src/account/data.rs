//! What the account's server functions answer with.

use model::token::OperatorToken;
use serde::{Deserialize, Serialize};

/// A token just made.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CreatedToken {
    /// The token itself, shown this once.
    pub secret: String,
    /// The live tokens.
    pub tokens: Vec<OperatorToken>,
}
