//! Check of the collation for names: that this PostgreSQL supports it, and that its version matches the indexes.

use crate::{error::StoreError, pool::connect};
use sqlx::postgres::PgConnectOptions;
use std::fmt;

/// State of the collation for names. `Display` describes the problem and the fix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Collation {
    /// The collation is usable.
    Well,
    /// This PostgreSQL is built without ICU.
    NoIcu,
    /// The ICU version differs from the one that built the indexes. Contains the name of the affected database.
    Changed(String),
}

impl fmt::Display for Collation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Well => f.write_str("names are sorted by ICU"),
            Self::NoIcu => f.write_str(
                "this PostgreSQL is built without ICU, by whose collation names are sorted. Use one that has it, as the \
                 packages of Debian and Red Hat and the official container images do.",
            ),
            Self::Changed(database) => write!(
                f,
                "ICU is another version than when the indexes were made, so lists by name may leave rows out. As the owner run \
                 `reindex database {database}; alter collation ops.by_name refresh version;`"
            ),
        }
    }
}

/// Checks the collation of the database.
///
/// # Errors
/// [`StoreError::Unavailable`] if the database can't be reached, [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.collation.check", skip_all)]
pub async fn check(options: &PgConnectOptions) -> Result<Collation, StoreError> {
    let mut connection = connect(options).await?;
    let row = sqlx::query!(
        r#"select exists (select from pg_collation where collprovider = 'i') as "icu!",
            coalesce((select c.collversion is distinct from pg_collation_actual_version(c.oid)
                from pg_collation c join pg_namespace n on n.oid = c.collnamespace
                where n.nspname = 'ops' and c.collname = 'by_name'), false) as "changed!",
            current_database() as "database!""#
    )
    .fetch_one(&mut connection)
    .await?;
    Ok(match row {
        row if !row.icu => Collation::NoIcu,
        row if row.changed => Collation::Changed(row.database),
        _ => Collation::Well,
    })
}
