//! The roles and the database of the private cluster.
//!
//! Three roles: the cluster's superuser, who is used here and nowhere else; `stile_owner`, who runs migrations;
//! `stile_app`, whom the server is. What is there is left as it is, passwords aside: if somebody gave a role more than
//! it should have, the boot guard has to see it.

use super::DatabaseError;
use crate::kept;
use dev_postgres::Cluster;
use sqlx::{
    Connection as _, Executor as _, PgConnection,
    postgres::{PgConnectOptions, PgSslMode},
};
use std::path::Path;
use store::guard::APP_ROLE;

/// Who owns the schema.
const OWNER_ROLE: &str = "stile_owner";
/// The database.
const DATABASE: &str = "stile";
/// The files of the data directory that keep the passwords.
const OWNER_SECRET: &str = "owner.secret";
const APP_SECRET: &str = "app.secret";

/// Makes the roles. Passwords come as settings of the session, because `create role` takes no parameters.
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

/// How to connect as each role.
pub(super) struct Roles {
    /// As `stile_app`.
    pub(super) app: PgConnectOptions,
    /// As `stile_owner`.
    pub(super) owner: PgConnectOptions,
}

/// Makes roles and database, where they are not there yet.
///
/// # Errors
/// When the cluster refuses a statement, or a password can't be kept.
pub(super) async fn run(cluster: &Cluster, data_dir: &Path) -> Result<Roles, DatabaseError> {
    let (owner, app) = (kept::secret(data_dir, OWNER_SECRET)?, kept::secret(data_dir, APP_SECRET)?);
    let superuser = local(cluster.socket_dir(), cluster.port(), cluster.superuser(), cluster.superuser_password());
    make(&superuser.database("postgres"), &owner, &app).await.map_err(DatabaseError::Bootstrap)?;
    Ok(roles(cluster.socket_dir(), cluster.port(), &owner, &app))
}

/// How to connect to a private cluster that another process runs; `None` when its roles were not made yet.
///
/// # Errors
/// When a password is kept, but can't be read.
pub(super) fn kept_roles(data_dir: &Path, socket_dir: &Path, port: u16) -> Result<Option<Roles>, DatabaseError> {
    let (owner, app) = (kept::read(&data_dir.join(OWNER_SECRET))?, kept::read(&data_dir.join(APP_SECRET))?);
    Ok(owner.zip(app).map(|(owner, app)| roles(socket_dir, port, &owner, &app)))
}

fn roles(socket_dir: &Path, port: u16, owner: &str, app: &str) -> Roles {
    let connect = |role, password| local(socket_dir, port, role, password).database(DATABASE);
    Roles { app: connect(APP_ROLE, app), owner: connect(OWNER_ROLE, owner) }
}

/// Everything is said, so that no `PG*` variable of the environment has a say.
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
