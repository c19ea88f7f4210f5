//! Validation errors of form fields.

use serde::{Deserialize, Serialize};

/// Validation error of one form field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// The `name` attribute of the form control.
    pub field: String,
    /// Error message for the user: the problem and how to fix it.
    pub message: String,
}

/// Validation errors of one form. Empty if the form is valid.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FieldErrors(pub Vec<FieldError>);

impl FieldErrors {
    /// Creates a list with one error.
    pub fn one(field: &str, message: impl Into<String>) -> Self {
        Self(vec![FieldError { field: field.to_owned(), message: message.into() }])
    }

    /// Returns the first error message of `field`, if any.
    pub fn of(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|e| e.field == field).map(|e| e.message.as_str())
    }

    /// Returns the message of the first error on a field that the form does not have, if any. `has` returns `true` for
    /// the names of the form's fields.
    pub fn elsewhere(&self, has: impl Fn(&str) -> bool) -> Option<&str> {
        self.0.iter().find(|e| !has(&e.field)).map(|e| e.message.as_str())
    }

    /// Removes the errors of `field` after its value was edited.
    pub fn clear(&mut self, field: &str) {
        self.0.retain(|error| error.field != field);
    }

    /// Returns the parsed value, or records the error under `field` and returns `None`.
    pub fn take<T, E: std::fmt::Display>(&mut self, field: &str, parsed: Result<T, E>) -> Option<T> {
        parsed.map_err(|e| self.0.push(FieldError { field: field.to_owned(), message: e.to_string() })).ok()
    }
}
