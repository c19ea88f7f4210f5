//! What was wrong with which field of a form.

use serde::{Deserialize, Serialize};

/// One field's complaint, in words for the person who typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// The control's `name`.
    pub field: String,
    /// What is wrong and what to do, a sentence.
    pub message: String,
}

/// All complaints about one form; empty while it is read, non-empty when it is refused.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FieldErrors(pub Vec<FieldError>);

impl FieldErrors {
    /// A single complaint.
    pub fn one(field: &str, message: impl Into<String>) -> Self {
        Self(vec![FieldError { field: field.to_owned(), message: message.into() }])
    }

    /// The complaint about `field`.
    pub fn of(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|e| e.field == field).map(|e| e.message.as_str())
    }

    /// Removes the error of `field`, because it was changed.
    pub fn clear(&mut self, field: &str) {
        self.0.retain(|error| error.field != field);
    }

    /// Takes a parsed value, or notes the complaint and gives `None`.
    pub fn take<T, E: std::fmt::Display>(&mut self, field: &str, parsed: Result<T, E>) -> Option<T> {
        parsed.map_err(|e| self.0.push(FieldError { field: field.to_owned(), message: e.to_string() })).ok()
    }
}
