//! Measures how long an export reads a workspace with 1 million events, and how much memory the reader has at most. Each
//! table is read twice, as for the two formats of an archive. What compresses and sends it holds some 2 MB more.
//!
//! `cargo run --release -p store --example export -- <superuser URL> [events]`: makes a database of its own in that cluster
//! and drops it at the end. The memory is read from `/proc`, so it needs Linux.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a benchmark has nobody to report errors to"
)]

use model::{Email, Slug, capability::OwnWorkspace};
use sqlx::{AssertSqlSafe, Connection, PgConnection, postgres::PgConnectOptions};
use std::{
    str::FromStr,
    time::{Duration, Instant},
};
use store::{
    Store,
    door::{Credential, Device, Door},
    exports, migrate, organizations,
    secret::Secret,
};

const DATABASE: &str = "stile_bench_export";
const EVENTS: usize = 1_000_000;

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().expect("the URL of a superuser");
    let events = arguments.next().map_or(EVENTS, |count| count.parse().expect("a number of events"));
    let server = PgConnectOptions::from_str(&url).expect("a URL");
    let mut admin = PgConnection::connect_with(&server).await.unwrap();
    run(&mut admin, &format!("drop database if exists {DATABASE} with (force)")).await;
    run(&mut admin, &format!("create database {DATABASE}")).await;
    let superuser = server.clone().database(DATABASE);
    migrate::up(&superuser).await.expect("migrations");
    let store = Store::new(superuser.clone().username("stile_app"));
    let (session, slug, id) = found(&store).await;
    let mut connection = PgConnection::connect_with(&superuser).await.unwrap();
    run(&mut connection, "set session_replication_role = replica").await;
    let fill = format!(
        "insert into workspace.events (workspace_id, key, source, event_id, type, subject, customer_id, occurred_at, day, data,
            fingerprint, origin)
        select '{id}', md5(n::text)::uuid, 'bench', n::text, 'tokens', 'acme', '{id}', now(), current_date,
            jsonb_build_object('tokens', n, 'model', 'm1', 'region', 'eu-west-1'), n, 'api'
        from generate_series(1, {events}) n"
    );
    run(&mut connection, &fill).await;
    run(&mut connection, "analyze").await;

    let begun = Instant::now();
    let Door::Open(tx) = store.workspace_snapshot(&session, &slug).await.unwrap() else { panic!("no seat") };
    let can = tx.can::<OwnWorkspace>().unwrap();
    let mut export = exports::begin(&store, tx, &can, Duration::from_secs(60)).await.unwrap().expect("no other export");
    let (mut rows, mut bytes) = (0_usize, 0_usize);
    for table in export.tables().await.unwrap() {
        for _ in 0..2 {
            export.open(&table).await.unwrap();
            loop {
                let read = export.rows().await.unwrap();
                if read.is_empty() {
                    break;
                }
                rows += read.len();
                bytes += read.iter().flatten().flatten().map(String::len).sum::<usize>();
            }
        }
    }
    drop(export);
    println!(
        "{rows} rows, {} MB of text, {:.1} s, at most {} of memory",
        bytes / 1_000_000,
        begun.elapsed().as_secs_f64(),
        peak()
    );
    store.close().await;
    connection.close().await.unwrap();
    run(&mut admin, &format!("drop database {DATABASE} with (force)")).await;
}

/// Returns the highest resident size of this process.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or_else(|| "an unknown size".to_owned(), |size| size.trim().to_owned())
}

async fn run(connection: &mut PgConnection, sql: &str) {
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(connection).await.unwrap();
}

/// Creates a person who owns a workspace. Returns the session, and the workspace's slug and id.
async fn found(store: &Store) -> (Credential, Slug, String) {
    let email = Email::parse("bench@stile.example").unwrap();
    let user = store.register(&email, "Bench", "no password opens this").await.unwrap();
    let secret = Secret::generate("").unwrap();
    store.begin_session(user, &secret, &Device::default(), None).await.unwrap();
    let session = Credential::Session(secret.hash());
    let mut tx = store.person(&session).await.unwrap().unwrap();
    let organization = organizations::found(&mut tx, "Bench").await.unwrap();
    tx.commit().await.unwrap();
    let slug = Slug::parse("bench-export").unwrap();
    let mut tx = store.organization(&session, organization).await.unwrap().unwrap();
    let ids = organizations::create_workspaces(&mut tx, &[(slug.clone(), "Bench".to_owned())]).await.unwrap();
    tx.commit().await.unwrap();
    (session, slug, ids[0].to_string())
}
