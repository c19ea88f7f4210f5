//! Outcomes of writes as responses.

use super::error::ApiError;
use store::subscriptions::Written;

/// Returns the value of a write, or its error. Then the transaction is dropped, so that nothing is written.
pub(super) fn written<T>(outcome: Written<T>) -> Result<T, ApiError> {
    match outcome {
        Written::Done(value) => Ok(value),
        Written::Absent => Err(ApiError::NotFound),
        Written::Invalid(errors) => Err(ApiError::Invalid(errors)),
    }
}
