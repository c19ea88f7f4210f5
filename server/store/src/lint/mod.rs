//! Catalog lint: requirements on the schema for row level security to hold (docs/SECURITY.md, I-2 and the findings).
//!
//! Row level security holds only if it is enabled on every table, every policy has the same form, and nothing bypasses
//! it. A migration can miss any of that, so the lint reads the catalog itself. It runs in the tests, with each fault
//! introduced on purpose, and in `stile doctor`. The privileges of this server's login role and the rows that it can
//! read are checked by [`crate::guard`].

mod condition;
mod finding;
mod policies;
mod rules;

pub use finding::Finding;

use crate::{error::StoreError, pool::connect};
use policies::policies;
use rules::{FOUNDATION, RULES};
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};

/// Returns all problems in the catalog of the database in `options`, sorted by object; empty if there are none. Works
/// with any role, including the server's own.
///
/// # Errors
/// [`StoreError::Unavailable`] if the database can't be reached, [`StoreError::Database`] if a query fails.
#[tracing::instrument(level = "debug", name = "store.lint.findings", skip_all)]
pub async fn findings(options: &PgConnectOptions) -> Result<Vec<Finding>, StoreError> {
    let mut connection = connect(options).await?;
    let mut tx = connection.begin().await?;
    // One snapshot for all rules.
    sqlx::query("set transaction isolation level repeatable read, read only").execute(&mut *tx).await?;
    let found = findings_within(&mut tx).await?;
    tx.rollback().await?;
    connection.close().await?;
    Ok(found)
}

/// Like [`findings`], on an existing connection. Inside a transaction, its uncommitted changes are included.
///
/// # Errors
/// [`StoreError::Database`] if a query fails.
#[tracing::instrument(level = "debug", name = "store.lint.findings_within", skip_all)]
pub async fn findings_within(connection: &mut PgConnection) -> Result<Vec<Finding>, StoreError> {
    let mut tx = connection.begin().await?;
    // With an empty search path, PostgreSQL qualifies all names in expressions except its own, so a function called
    // `current_setting` in another schema can't be mistaken for the built-in one.
    sqlx::query("select set_config('search_path', '', true)").execute(&mut *tx).await?;
    let mut found = ask(&mut tx, FOUNDATION).await?;
    // The other rules look for faults in these objects, and would find none if they are missing.
    if found.is_empty() {
        for rule in RULES {
            found.extend(ask(&mut tx, rule).await?);
        }
        found.extend(policies(&mut tx).await?);
    }
    tx.rollback().await?;
    found.sort();
    found.dedup();
    Ok(found)
}

async fn ask(connection: &mut PgConnection, rule: &'static str) -> Result<Vec<Finding>, StoreError> {
    let rows: Vec<(String, String)> = sqlx::query_as(rule).fetch_all(connection).await?;
    Ok(rows.into_iter().map(|(object, fault)| Finding { object, fault }).collect())
}
