//! Asking for a seat at an address, without learning whether anything is there (blueprint section 3, invariant 5).

use crate::{door::PersonTx, error::StoreError};
use model::Slug;
use sqlx::types::Uuid;

/// What became of asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Written down, now or before; or refused within a week, which is not told.
    Noted,
    /// Often enough for today.
    Limited,
    /// The person has a seat there.
    Seated,
}

/// Asks for a seat in the workspace at `slug`, be there one or not.
///
/// # Errors
/// When the database fails.
pub async fn request(tx: &mut PersonTx, slug: &Slug) -> Result<Asked, StoreError> {
    let outcome =
        sqlx::query_scalar!(r#"select door.request_access($1, $2) as "outcome!""#, Uuid::now_v7(), slug.as_str())
            .fetch_one(tx.connection())
            .await?;
    match outcome.as_str() {
        "asked" => Ok(Asked::Noted),
        "limited" => Ok(Asked::Limited),
        "seat" => Ok(Asked::Seated),
        other => Err(StoreError::Inconsistent(format!("the outcome {other:?} of asking for a seat"))),
    }
}
