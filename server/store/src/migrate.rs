//! Migrations: embedded, run as the owner, each reversible.

use crate::{error::StoreError, pool::connect};
use sqlx::{Connection as _, migrate::Migrator, postgres::PgConnectOptions};

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

/// Sets the creation of people and of the organizations that they own to a year ago, as the owner. For the demo, so
/// that the limits of new accounts don't apply to its people. Nobody else is changed.
///
/// # Errors
/// When the database can't be reached as the owner, or refuses.
pub async fn backdate(owner: &PgConnectOptions, emails: &[&str]) -> Result<(), StoreError> {
    let mut connection = connect(owner).await?;
    let mut tx = connection.begin().await?;
    // Row level security also applies to the owner; the doors' role can see people.
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
