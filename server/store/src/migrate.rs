//! Embedded, reversible migrations, run as the database owner.

use crate::{error::StoreError, pool::connect};
use sqlx::{Connection as _, migrate::Migrator, postgres::PgConnectOptions};

/// All migrations, up and down.
pub static MIGRATOR: Migrator = sqlx::migrate!("./migrations");

/// Error of a migration.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The database can't be reached.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A statement failed, or an applied migration differs from the one in this binary.
    #[error("the migration failed and was rolled back: {0}")]
    Failed(#[from] sqlx::migrate::MigrateError),
}

/// Applies all pending migrations. Does nothing if there are none. Concurrent calls wait for each other.
///
/// # Errors
/// [`MigrateError::Store`] if the database can't be reached as the owner, [`MigrateError::Failed`] if a migration
/// fails; that migration is rolled back.
#[tracing::instrument(level = "debug", name = "store.migrate.up", skip_all)]
pub async fn up(owner: &PgConnectOptions) -> Result<(), MigrateError> {
    let mut connection = connect(owner).await?;
    Ok(MIGRATOR.run(&mut connection).await?)
}

/// Reverts all migrations newer than `target`; 0 reverts everything. Used in tests and for downgrades.
///
/// # Errors
/// As for [`up`].
#[tracing::instrument(level = "debug", name = "store.migrate.down", skip_all)]
pub async fn down(owner: &PgConnectOptions, target: i64) -> Result<(), MigrateError> {
    let mut connection = connect(owner).await?;
    Ok(MIGRATOR.undo(&mut connection, target).await?)
}

/// Sets the creation date of the people with these emails, and of the organizations that they own, to one year ago, as
/// the owner. Used by the demo, so that the limits for new accounts don't apply. Other people are unchanged.
///
/// # Errors
/// [`StoreError::Unavailable`] if the database can't be reached as the owner, [`StoreError::Database`] if the query
/// fails.
#[tracing::instrument(level = "debug", name = "store.migrate.backdate", skip_all)]
pub async fn backdate(owner: &PgConnectOptions, emails: &[&str]) -> Result<(), StoreError> {
    let mut connection = connect(owner).await?;
    let mut tx = connection.begin().await?;
    // Row level security also applies to the owner; the role `stile_door` can see people.
    sqlx::query("set local role stile_door").execute(&mut *tx).await?;
    for statement in [
        "update account.organizations set created_at = now() - interval '1 year' where created_at > now() - interval '30 days'
            and id in (select m.organization_id from account.organization_members m
                join account.users u on u.id = m.user_id where m.role = 'owner' and u.email = any($1))",
        "update account.users set created_at = now() - interval '1 year'
        where created_at > now() - interval '30 days' and email = any($1)",
    ] {
        sqlx::query(statement).bind(emails).execute(&mut *tx).await?;
    }
    Ok(tx.commit().await?)
}
