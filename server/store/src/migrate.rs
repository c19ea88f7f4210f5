//! Migrations: embedded, run as the owner, each reversible.

use crate::{error::StoreError, pool::connect};
use sqlx::{migrate::Migrator, postgres::PgConnectOptions};

/// All migrations, up and down.
pub static MIGRATOR: Migrator = sqlx::migrate!("./migrations");

/// A migration failed.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The database can't be reached.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A statement failed, or an applied migration differs from this binary's.
    #[error("the migration failed and was rolled back: {0}")]
    Failed(#[from] sqlx::migrate::MigrateError),
}

/// Brings the schema up to date. Running it again does nothing; two at once wait for each other.
///
/// # Errors
/// When the database can't be reached as the owner or a migration fails; that one is rolled back.
pub async fn up(owner: &PgConnectOptions) -> Result<(), MigrateError> {
    let mut connection = connect(owner).await?;
    Ok(MIGRATOR.run(&mut connection).await?)
}

/// Takes back every migration down to `target`, exclusive; 0 leaves nothing. For tests and for going back a version.
///
/// # Errors
/// As [`up`].
pub async fn down(owner: &PgConnectOptions, target: i64) -> Result<(), MigrateError> {
    let mut connection = connect(owner).await?;
    Ok(MIGRATOR.undo(&mut connection, target).await?)
}
