//! Outcome of writes that can refuse their input.

use model::FieldErrors;

/// Outcome of a write whose input can be refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written<T> {
    /// It was written.
    Done(T),
    /// The workspace has no such record.
    Absent,
    /// The input is refused. The transaction can't be used any more.
    Invalid(FieldErrors),
}

impl<T> Written<T> {
    /// Returns an outcome with one field error.
    pub(super) fn invalid(field: &str, message: &str) -> Self {
        Self::Invalid(FieldErrors::one(field, message))
    }
}
