//! A separate database for each test, cloned from a template that is migrated once by an owner who is not a superuser.
//!
//! Roles are shared by the whole cluster, so a test that changes one does so in a transaction that it rolls back.

use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, Connection, PgConnection, postgres::PgConnectOptions};
use std::{str::FromStr, time::Instant};
use store::{Store, migrate};
use tokio::sync::OnceCell;

const VARIABLE: &str = "STILE_TEST_DATABASE_URL";
/// The role that runs migrations; the role of STILE_OWNER_DATABASE_URL in production.
const OWNER: &str = "stile_owner";
/// Password of the roles. Only used if the cluster does not trust connections to its socket.
const PASSWORD: &str = "stile-test";
/// Key of the advisory lock held while the template is created.
const TEMPLATE: i64 = 7_401_001;

/// A test's own database. It is dropped together with this value.
pub(crate) struct Database {
    name: String,
    server: PgConnectOptions,
    /// The database is named after this connection's backend pid: once the connection is gone, the database is an
    /// orphan.
    _alive: PgConnection,
}

impl Database {
    /// Creates a migrated database.
    pub(crate) async fn fresh() -> Self {
        Self::create(true).await
    }

    /// Creates a database without any migrations.
    pub(crate) async fn empty() -> Self {
        Self::create(false).await
    }

    async fn create(migrated: bool) -> Self {
        let server = server();
        let template = template(&server).await;
        let mut alive = connect(&server).await;
        let pid: i32 = sqlx::query_scalar("select pg_backend_pid()").fetch_one(&mut alive).await.unwrap();
        let name = format!("stile_test_{pid}");
        execute(&mut alive, &format!("drop database if exists {name} with (force)")).await.unwrap();
        let template = if migrated { template.as_str() } else { "template1" };
        execute(&mut alive, &format!("create database {name} template {template} owner {OWNER}")).await.unwrap();
        if migrated {
            // Privileges on the database itself are not cloned.
            execute(&mut alive, &format!("revoke all on database {name} from public")).await.unwrap();
            execute(&mut alive, &format!("grant connect on database {name} to stile_app")).await.unwrap();
        }
        Self { name, server, _alive: alive }
    }

    /// Returns connection options as the role that runs migrations.
    pub(crate) fn owner(&self) -> PgConnectOptions {
        self.as_role(OWNER)
    }

    /// Returns connection options as the role of the server.
    pub(crate) fn app(&self) -> PgConnectOptions {
        self.as_role("stile_app")
    }

    fn as_role(&self, role: &str) -> PgConnectOptions {
        self.server.clone().database(&self.name).username(role).password(PASSWORD)
    }

    /// Opens a superuser connection, to set up data and to plant faults.
    pub(crate) async fn superuser(&self) -> PgConnection {
        connect(&self.server.clone().database(&self.name)).await
    }

    /// Creates a store, connected as the app role.
    pub(crate) fn store(&self) -> Store {
        Store::new(self.app())
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let (server, name) = (self.server.clone(), self.name.clone());
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let mut connection = PgConnection::connect_with(&server).await?;
                execute(&mut connection, &format!("drop database if exists {name} with (force)")).await?;
                connection.close().await
            })?;
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>(())
        });
        // Errors are ignored, because they would hide the failure of the test. The next run removes leftover databases.
        let _ = dropping.join();
    }
}

#[expect(clippy::disallowed_methods, reason = "the tests have no configuration but this")]
fn server() -> PgConnectOptions {
    let Ok(url) = std::env::var(VARIABLE) else {
        panic!("{VARIABLE} is not set; run: eval \"$(scripts/test-postgres start)\"")
    };
    PgConnectOptions::from_str(&url).unwrap_or_else(|error| panic!("{VARIABLE} is no database URL: {error}"))
}

/// Returns the name of the migrated template, and creates it if necessary. Runs once per process; processes are
/// serialized by an advisory lock.
async fn template(server: &PgConnectOptions) -> &'static String {
    static NAME: OnceCell<String> = OnceCell::const_new();
    NAME.get_or_init(async || {
        let mut connection = connect(server).await;
        sqlx::query("select pg_advisory_lock($1)").bind(TEMPLATE).execute(&mut connection).await.unwrap();
        let name = prepare(server, &mut connection).await;
        connection.close().await.unwrap();
        name
    })
    .await
}

async fn prepare(server: &PgConnectOptions, connection: &mut PgConnection) -> String {
    let roles = texts(connection, "select rolname::text from pg_roles").await;
    if !roles.iter().any(|r| r == OWNER) {
        execute(connection, &format!("create role {OWNER} login nosuperuser nobypassrls createrole")).await.unwrap();
    }
    execute(connection, &format!("alter role {OWNER} password '{PASSWORD}'")).await.unwrap();

    let databases = texts(connection, "select datname::text from pg_database").await;
    let name = format!("stile_template_{}", fingerprint());
    if !databases.contains(&name) {
        // Migrates under a temporary name, so that an interrupted migration is not mistaken for a template.
        let raw = format!("{name}_raw");
        execute(connection, &format!("drop database if exists {raw} with (force)")).await.unwrap();
        execute(connection, &format!("create database {raw} owner {OWNER}")).await.unwrap();
        let owner = server.clone().database(&raw).username(OWNER).password(PASSWORD);
        migrate::up(&owner).await.expect("an owner who is no superuser can't migrate");
        execute(connection, &format!("alter database {raw} rename to {name}")).await.unwrap();
    }
    execute(connection, &format!("alter role stile_app password '{PASSWORD}'")).await.unwrap();
    // Removes the databases of runs that were killed.
    let orphans = "select datname::text from pg_database where datname like 'stile\\_test\\_%'
        and substring(datname from '[0-9]+$')::int not in (select pid from pg_stat_activity where pid is not null)";
    for orphan in texts(connection, orphans).await {
        execute(connection, &format!("drop database if exists {orphan} with (force)")).await.unwrap();
    }
    name
}

/// Returns a hash of all migrations, which changes when one of them does.
fn fingerprint() -> String {
    let mut hash = Sha256::new();
    for migration in migrate::MIGRATOR.iter() {
        hash.update(&migration.checksum);
    }
    hash.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

/// Opens a connection outside any pool.
pub(crate) async fn connect(options: &PgConnectOptions) -> PgConnection {
    PgConnection::connect_with(options).await.unwrap_or_else(|error| {
        panic!("PostgreSQL does not answer ({error}); run: eval \"$(scripts/test-postgres start)\"")
    })
}

/// Runs SQL statements and returns the number of affected rows.
pub(crate) async fn execute(connection: &mut PgConnection, sql: &str) -> Result<u64, sqlx::Error> {
    Ok(sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(connection).await?.rows_affected())
}

/// Returns the single text column of a query.
pub(crate) async fn texts(connection: &mut PgConnection, sql: &str) -> Vec<String> {
    sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_all(connection).await.unwrap()
}

/// Polls until a session in this database waits for a lock of this type (`advisory`, `transactionid`).
pub(crate) async fn waiting_for(superuser: &mut PgConnection, lock: &str) {
    let started = Instant::now();
    loop {
        let waiting: bool = sqlx::query_scalar(
            "select exists (select from pg_locks l join pg_stat_activity a on a.pid = l.pid
                where not l.granted and l.locktype = $1 and a.datname = current_database())",
        )
        .bind(lock)
        .fetch_one(&mut *superuser)
        .await
        .unwrap();
        if waiting {
            return;
        }
        assert!(started.elapsed().as_secs() < 5, "nobody came to wait for a lock of type {lock}");
        tokio::task::yield_now().await;
    }
}
