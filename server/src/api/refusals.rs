//! What several resources share: ids in paths, outcomes of writes, and rules of the database as errors of fields.

use super::error::ApiError;
use model::{FieldErrors, catalog::Lifecycle};
use std::str::FromStr;
use store::{StoreError, Written};
use utoipa::openapi::{Object, ObjectBuilder, Type};

/// Parses an id in a path. Text that can't be one fails like an id that does not exist.
pub(super) fn identified<Id: FromStr>(id: &str) -> Result<Id, ApiError> {
    id.parse().map_err(|_| ApiError::NotFound)
}

/// Returns the value of a write, or its error. Then the transaction is dropped, so that nothing is written.
pub(super) fn written<T>(outcome: Written<T>) -> Result<T, ApiError> {
    match outcome {
        Written::Done(value) => Ok(value),
        Written::Absent => Err(ApiError::NotFound),
        Written::Invalid(errors) => Err(ApiError::Invalid(errors)),
    }
}

/// Returns the violation of a constraint as the error of a field.
pub(super) fn refused(error: StoreError, constraint: &str, field: &str, message: &str) -> ApiError {
    if error.is_refused_by(constraint) { ApiError::Invalid(FieldErrors::one(field, message)) } else { error.into() }
}

/// The status of a record, for the OpenAPI description.
pub(super) fn status() -> Object {
    let words = [Lifecycle::Active, Lifecycle::Archived].map(Lifecycle::as_str);
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).build()
}
