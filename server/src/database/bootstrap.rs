//! Roles and database of the private cluster.
//!
//! There are three roles: the cluster's superuser, used only here; `stile_owner`, which runs migrations; and
//! `stile_app`, which the server connects as. Existing roles are left unchanged except for their passwords, so that the
//! boot guard can detect a role that was granted too many privileges.

use super::DatabaseError;
use crate::secret_file;
use dev_postgres::Cluster;
use sqlx::{
    Connection as _, Executor as _, PgConnection,
    postgres::{PgConnectOptions, PgSslMode},
};
use std::path::Path;
use store::guard::APP_ROLE;

/// Role that owns the schema.
const OWNER_ROLE: &str = "stile_owner";
/// Name of the database.
const DATABASE: &str = "stile";
/// Files in the data directory that contain the passwords.
const OWNER_SECRET: &str = "owner.secret";
const APP_SECRET: &str = "app.secret";

/// Creates the roles. The passwords are passed as session settings, because `create role` takes no parameters.
const ROLES: &str = "
do $$
begin
    if not exists (select from pg_roles where rolname = 'stile_owner') then
        create role stile_owner login createrole nosuperuser nobypassrls nocreatedb;
    end if;
    if not exists (select from pg_roles where rolname = 'stile_app') then
        create role stile_app login nosuperuser nobypassrls nocreatedb nocreaterole noinherit;
    end if;
    execute format('alter role stile_owner password %L', current_setting('stile.owner_password'));
    execute format('alter role stile_app password %L', current_setting('stile.app_password'));
end
$$";

/// Connection options of the two roles.
pub(super) struct Roles {
    /// Connection as `stile_app`.
    pub(super) app: PgConnectOptions,
    /// Connection as `stile_owner`.
    pub(super) owner: PgConnectOptions,
}

/// Creates the roles and the database if they do not exist.
///
/// # Errors
/// `DatabaseError::Bootstrap` if a statement fails; `DatabaseError::SecretFile` if a password can't be read or stored.
pub(super) async fn run(cluster: &Cluster, data_dir: &Path) -> Result<Roles, DatabaseError> {
    let (owner, app) = (secret_file::secret(data_dir, OWNER_SECRET)?, secret_file::secret(data_dir, APP_SECRET)?);
    let superuser = local(cluster.socket_dir(), cluster.port(), cluster.superuser(), cluster.superuser_password());
    make(&superuser.database("postgres"), &owner, &app).await.map_err(DatabaseError::Bootstrap)?;
    Ok(roles(cluster.socket_dir(), cluster.port(), &owner, &app))
}

/// Returns the connection options for a private cluster that another process runs; `None` if its roles have not been
/// created yet.
///
/// # Errors
/// `DatabaseError::SecretFile` if a stored password can't be read.
pub(super) fn stored_roles(data_dir: &Path, socket_dir: &Path, port: u16) -> Result<Option<Roles>, DatabaseError> {
    let (owner, app) =
        (secret_file::read(&data_dir.join(OWNER_SECRET))?, secret_file::read(&data_dir.join(APP_SECRET))?);
    Ok(owner.zip(app).map(|(owner, app)| roles(socket_dir, port, &owner, &app)))
}

fn roles(socket_dir: &Path, port: u16, owner: &str, app: &str) -> Roles {
    let connect = |role, password| local(socket_dir, port, role, password).database(DATABASE);
    Roles { app: connect(APP_ROLE, app), owner: connect(OWNER_ROLE, owner) }
}

/// Creates connection options with every value set explicitly, so that `PG*` environment variables have no effect.
fn local(socket_dir: &Path, port: u16, role: &str, password: &str) -> PgConnectOptions {
    PgConnectOptions::new_without_pgpass()
        .host("localhost")
        .socket(socket_dir)
        .port(port)
        .ssl_mode(PgSslMode::Disable)
        .username(role)
        .password(password)
}

async fn make(superuser: &PgConnectOptions, owner: &str, app: &str) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect_with(superuser).await?;
    sqlx::query("select set_config('stile.owner_password', $1, false), set_config('stile.app_password', $2, false)")
        .bind(owner)
        .bind(app)
        .execute(&mut connection)
        .await?;
    connection.execute(ROLES).await?;
    let made: bool = sqlx::query_scalar("select exists (select from pg_database where datname = 'stile')")
        .fetch_one(&mut connection)
        .await?;
    if !made {
        connection.execute("create database stile owner stile_owner").await?;
    }
    connection.close().await
}
