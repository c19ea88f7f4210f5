//! Startup check: requirements on the database before Stile serves any request.

use crate::{error::StoreError, pool::Store};

/// The role that the server must log in as.
pub const APP_ROLE: &str = "stile_app";

/// Reason why the server refuses to start. Each message says how to fix the problem.
#[derive(Debug, thiserror::Error)]
pub enum GuardError {
    /// The check itself failed, for example because the database can't be reached.
    #[error("The database can't be asked: {0}")]
    Store(#[from] StoreError),
    /// The login role is not [`APP_ROLE`].
    #[error(
        "DATABASE_URL logs in as {0:?}. Stile serves only as the role stile_app, which owns nothing and bypasses nothing; log in as that."
    )]
    Role(String),
    /// The login role can bypass row level security.
    #[error("The role {role} {fault}, so row level security would not hold. {mend}")]
    Privileged {
        /// Name of the role.
        role: String,
        /// Privilege that the role must not have.
        fault: &'static str,
        /// Instruction that fixes the problem, usually an SQL statement.
        mend: String,
    },
    /// The schema is missing or not current.
    #[error("The database is not migrated ({0}). Run `stile migrate` with STILE_OWNER_DATABASE_URL set.")]
    NotMigrated(String),
    /// A row is readable without any context.
    #[error("Without a context, {0} rows of {1} can be read: row level security does not hold. Run `stile doctor`.")]
    Leak(i64, String),
}

/// Checks the attributes, object ownership and memberships of the login role, and then the effect: without a context,
/// no row of any table is readable.
///
/// # Errors
/// The first problem found.
#[tracing::instrument(level = "debug", name = "store.guard.check", skip_all)]
pub async fn check(store: &Store) -> Result<(), GuardError> {
    let role = sqlx::query!(
        r#"select r.rolname as "name!", r.rolsuper as "superuser!", r.rolbypassrls as "bypasses!", r.rolcreaterole as "creates_roles!",
            r.rolcreatedb as "creates_databases!",
            exists (select from pg_roles o where o.oid <> r.oid and pg_has_role(r.oid, o.oid, 'MEMBER')) as "member!",
            exists (select from pg_class c where c.relowner = r.oid) or exists (select from pg_namespace n where n.nspowner = r.oid)
                or exists (select from pg_proc p where p.proowner = r.oid)
                or exists (select from pg_database d where d.datdba = r.oid) as "owns!",
            to_regclass('account.users') is not null as "migrated!"
        from pg_roles r where r.rolname = current_user"#
    )
    .fetch_one(store.pool())
    .await
    .map_err(StoreError::from)?;
    let name = role.name;
    let faults = [
        (role.superuser, "is a superuser", format!("Run: alter role {name} nosuperuser; or log in as stile_app.")),
        (role.bypasses, "has BYPASSRLS", format!("Run: alter role {name} nobypassrls;")),
        (role.creates_roles, "may create roles", format!("Run: alter role {name} nocreaterole;")),
        (role.creates_databases, "may create databases", format!("Run: alter role {name} nocreatedb;")),
        (role.member, "is a member of another role", format!("Revoke every role from {name}.")),
        (role.owns, "owns objects", format!("Run: reassign owned by {name} to the owner role;")),
    ];
    for (found, fault, mend) in faults {
        if found {
            return Err(GuardError::Privileged { role: name, fault, mend });
        }
    }
    if name != APP_ROLE {
        return Err(GuardError::Role(name));
    }
    if !role.migrated {
        return Err(GuardError::NotMigrated("there are no tables".to_owned()));
    }
    canary(store).await
}

/// Checks for each table that no row is readable without a context.
async fn canary(store: &Store) -> Result<(), GuardError> {
    let tables = sqlx::query_scalar!(
        r#"select format('%I.%I', n.nspname, c.relname) as "name!" from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname in ('account', 'workspace') and c.relkind in ('r', 'p') and has_table_privilege(c.oid, 'select')"#
    )
    .fetch_all(store.pool())
    .await
    .map_err(StoreError::from)?;
    for table in tables {
        let statement = format!("select count(*) from (select from {table} limit 1) one");
        let seen: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(statement))
            .fetch_one(store.pool())
            .await
            .map_err(StoreError::from)?;
        if seen > 0 {
            return Err(GuardError::Leak(seen, table));
        }
    }
    Ok(())
}
