//! The harness: a database for each test, and the people and places in it.
//!
//! - [`Database`]: one fresh database, gone when it is dropped.
//! - [`World`]: organizations, workspaces and people in one, built through the doors.

mod database;
mod world;

pub(crate) use database::{Database, connect, execute, texts, waiting_for};
pub(crate) use world::{Person, Place, World, change, draft, fence, kind, line, membership, seat, sign_in, slug};

use store::StoreError;

/// The SQLSTATE of what was refused; `None` when nothing was.
pub(crate) fn refusal<T>(outcome: &Result<T, sqlx::Error>) -> Option<String> {
    match outcome {
        Ok(_) => None,
        Err(sqlx::Error::Database(error)) => error.code().map(|code| code.into_owned()),
        Err(other) => Some(other.to_string()),
    }
}

/// What SQLSTATE 42501 is called: not allowed, be it by a privilege or by a policy.
pub(crate) const DENIED: Option<&str> = Some("42501");

/// The constraint that refused a write of the store; `None` when none did.
pub(crate) fn constraint<T>(outcome: Result<T, StoreError>) -> Option<String> {
    match outcome {
        Err(StoreError::Refused(constraint)) => Some(constraint.0),
        _ => None,
    }
}
