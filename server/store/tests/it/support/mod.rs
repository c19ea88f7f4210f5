//! Test harness: a database for each test, with people and workspaces.
//!
//! - [`catalog`]: meters and rate plans.
//! - [`Database`]: one new database, dropped together with the value.
//! - [`meter`], [`event`]: meters and usage, inserted with SQL.
//! - [`imports`]: files of usage.
//! - [`Stock`]: content of a workspace.
//! - [`World`]: organizations, workspaces and people in such a database, created through the store.

pub(crate) mod catalog;
mod database;
pub(crate) mod events;
pub(crate) mod imports;
mod metered;
mod stock;
mod world;

pub(crate) use database::{Database, connect, execute, texts, waiting_for};
pub(crate) use metered::{event, meter, refusal_of};
pub(crate) use stock::Stock;
pub(crate) use world::{
    Person, Place, World, change, done, draft, kind, line, membership, seat, sign_in, slug, started, write_target,
};

use store::StoreError;

/// Returns the SQLSTATE of an error; `None` on success.
pub(crate) fn refusal<T>(outcome: &Result<T, sqlx::Error>) -> Option<String> {
    match outcome {
        Ok(_) => None,
        Err(sqlx::Error::Database(error)) => error.code().map(|code| code.into_owned()),
        Err(other) => Some(other.to_string()),
    }
}

/// SQLSTATE 42501 (insufficient privilege), raised for missing privileges and for policy violations.
pub(crate) const DENIED: Option<&str> = Some("42501");

/// Returns the name of the constraint that rejected a write of the store; `None` if none did.
pub(crate) fn constraint<T>(outcome: Result<T, StoreError>) -> Option<String> {
    match outcome {
        Err(StoreError::Refused(constraint)) => Some(constraint.0),
        _ => None,
    }
}
