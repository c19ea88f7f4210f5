//! Measures the report behind `/usage` of a workspace with the rollups of 1 and of 10 million events, beside 50 other
//! workspaces, by meter, product and customer, over 30 and 90 days. The last lines of each size are another workspace of
//! the same database.
//!
//! `cargo run --release -p store --example usage -- <superuser URL> [events]...`: makes a database of its own in that
//! cluster, drops it at the end, and prints a line for each query. `make bench` runs it.
//!
//! A superuser writes the rollups (`usage_days`, `usage_totals`, `usage_uniques`) with `generate_series`, because the page
//! reads these and not the events. There is one row for each meter, customer and day, which counts 5 events, as after
//! folding. More events are therefore more customers. Events themselves are few: the page reads the last one only.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a benchmark has nobody to report errors to"
)]

use model::{
    Email, Slug,
    usage::{GroupBy, Range, UsageQuery},
};
use sqlx::{AssertSqlSafe, Connection, PgConnection, postgres::PgConnectOptions};
use std::{
    str::FromStr,
    time::{Duration, Instant},
};
use store::{
    Store, StoreError,
    door::{Credential, Device, Door},
    migrate, organizations,
    secret::Secret,
    usage,
};

const DATABASE: &str = "stile_bench_usage";
const OTHERS: usize = 50;
const CUSTOMERS_OF_OTHERS: usize = 20;
/// Longest range and the days that it is compared with.
const DAYS: usize = 180;
/// One counts, two sum, one takes the highest value, one counts distinct values.
const METERS: usize = 5;
const EVENTS_PER_ROW: usize = 5;
const SIZES: [usize; 2] = [1_000_000, 10_000_000];
const WARM_UP: usize = 3;
const REPEATS: usize = 40;

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().expect("the URL of a superuser");
    let mut sizes: Vec<usize> = arguments.map(|count| count.parse().expect("a number of events")).collect();
    if sizes.is_empty() {
        sizes = SIZES.to_vec();
    }
    let server = PgConnectOptions::from_str(&url).expect("a URL");
    let mut admin = PgConnection::connect_with(&server).await.unwrap();
    run(&mut admin, &format!("drop database if exists {DATABASE} with (force)")).await;
    run(&mut admin, &format!("create database {DATABASE}")).await;
    let superuser = server.clone().database(DATABASE);
    migrate::up(&superuser).await.expect("migrations");
    let store = Store::new(superuser.clone().username("stile_app"));
    let (session, places) = found(&store).await;
    let mut connection = PgConnection::connect_with(&superuser).await.unwrap();
    // Foreign keys are triggers, and checking them takes most of the time.
    run(&mut connection, "set session_replication_role = replica").await;
    let ((large, id), others) = places.split_first().expect("a workspace");
    furnish(&mut connection, id).await;
    for (_, other) in others {
        furnish(&mut connection, other).await;
        fill(&mut connection, other, CUSTOMERS_OF_OTHERS).await;
    }

    println!(
        "{:>10} {:>10} {:>9} {:>9} {:>9} {:>5} {:>9} {:>9}",
        "events", "rows", "customers", "workspace", "by", "days", "p50 ms", "p95 ms"
    );
    for events in sizes {
        let customers = (events / (METERS * DAYS * EVENTS_PER_ROW)).max(1);
        fill(&mut connection, id, customers).await;
        run(&mut connection, "vacuum (analyze)").await;
        let (small, _) = others.first().expect("other workspaces");
        for (name, slug, customers) in [("large", large, customers), ("other", small, CUSTOMERS_OF_OTHERS)] {
            let rows = customers * METERS * DAYS;
            for by in GroupBy::ALL {
                for range in [Range::Month, Range::Quarter] {
                    let query = UsageQuery { range, by, ..UsageQuery::default() };
                    let times = match measured(&store, &session, slug, &query).await {
                        Ok(times) => times.map(|time| format!("{:.1}", time.as_secs_f64() * 1e3)),
                        // Statements have a time limit.
                        Err(error) => ["fails".to_owned(), error.to_string()],
                    };
                    println!(
                        "{:>10} {rows:>10} {customers:>9} {name:>9} {:>9} {:>5} {:>9} {:>9}",
                        rows * EVENTS_PER_ROW,
                        by.as_str(),
                        range.as_str(),
                        times[0],
                        times[1],
                    );
                }
            }
        }
    }
    store.close().await;
    connection.close().await.unwrap();
    run(&mut admin, &format!("drop database {DATABASE} with (force)")).await;
}

async fn run(connection: &mut PgConnection, sql: &str) {
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(connection).await.unwrap();
}

/// Creates a person who owns all workspaces. Returns the session, and the slugs and ids of the workspaces.
async fn found(store: &Store) -> (Credential, Vec<(Slug, String)>) {
    let email = Email::parse("bench@stile.example").unwrap();
    let user = store.register(&email, "Bench", "no password opens this").await.unwrap();
    let secret = Secret::generate("").unwrap();
    store.begin_session(user, &secret, &Device::default(), None).await.unwrap();
    let session = Credential::Session(secret.hash());
    let mut tx = store.person(&session).await.unwrap().unwrap();
    let organization = organizations::found(&mut tx, "Bench").await.unwrap();
    tx.commit().await.unwrap();
    let slugs: Vec<Slug> = (0..=OTHERS).map(|n| Slug::parse(&format!("bench-{n}")).unwrap()).collect();
    let wanted: Vec<(Slug, String)> = slugs.iter().map(|slug| (slug.clone(), slug.to_string())).collect();
    let mut tx = store.organization(&session, organization).await.unwrap().unwrap();
    let ids = organizations::create_workspaces(&mut tx, &wanted).await.unwrap();
    tx.commit().await.unwrap();
    (session, slugs.into_iter().zip(ids.into_iter().map(|id| id.to_string())).collect())
}

/// Creates the meters of a workspace.
async fn furnish(connection: &mut PgConnection, workspace: &str) {
    run(
        connection,
        &format!(
            "with products as (
                insert into workspace.products (workspace_id, id, name, code)
                select '{workspace}', gen_random_uuid(), 'Product ' || n, 'product-' || n from generate_series(1, 2) n
                returning workspace_id, id, code)
            insert into workspace.meters (workspace_id, id, product_id, name, code, event_type, aggregation, property, unit,
                counts_from)
            select p.workspace_id, gen_random_uuid(), p.id, m.name, m.code, 'call', m.aggregation, m.property, m.unit,
                '2000-01-01'
            from (values ('Requests', 'requests', 'count', null, 'request', 'product-1'),
                ('Prompt tokens', 'prompt', 'sum', 'prompt', 'token', 'product-1'),
                ('Output tokens', 'output', 'sum', 'output', 'token', 'product-2'),
                ('Peak sessions', 'sessions', 'max', 'sessions', 'session', 'product-2'),
                ('People', 'people', 'unique', 'person', 'person', 'product-2')
            ) as m (name, code, aggregation, property, unit, product) join products p on p.code = m.product"
        ),
    )
    .await;
}

/// Replaces the customers, rollups and events of a workspace.
async fn fill(connection: &mut PgConnection, workspace: &str, customers: usize) {
    for table in ["usage_days", "usage_totals", "usage_uniques", "event_days", "events", "customers"] {
        run(connection, &format!("delete from workspace.{table} where workspace_id = '{workspace}'")).await;
    }
    let last = DAYS - 1;
    let days = format!("generate_series(current_date - {last}, current_date, interval '1 day') as d (day)");
    let nil = "00000000-0000-0000-0000-000000000000";
    for statement in [
        format!(
            "insert into workspace.customers (workspace_id, id, name, email, country)
            select '{workspace}', gen_random_uuid(), 'Customer ' || n, n || '@customer.example', 'DE'
            from generate_series(1, {customers}) n"
        ),
        format!(
            "insert into workspace.usage_days (workspace_id, meter_id, customer_id, day, part, events, quantity, peak)
            select m.workspace_id, m.id, c.id, d.day::date, '{nil}', {EVENTS_PER_ROW},
                case m.aggregation when 'count' then {EVENTS_PER_ROW} when 'sum' then trunc(random() * 100000) else 0 end,
                case m.aggregation when 'max' then trunc(random() * 1000) else 0 end
            from workspace.meters m join workspace.customers c on c.workspace_id = m.workspace_id cross join {days}
            where m.workspace_id = '{workspace}'"
        ),
        format!(
            "insert into workspace.usage_totals (workspace_id, meter_id, day, part, events, quantity, peak)
            select workspace_id, meter_id, day, part, sum(events), sum(quantity), max(peak) from workspace.usage_days
            where workspace_id = '{workspace}' group by 1, 2, 3, 4"
        ),
        format!(
            "insert into workspace.usage_uniques (workspace_id, meter_id, customer_id, day, value)
            select m.workspace_id, m.id, c.id, d.day::date, gen_random_uuid()
            from workspace.meters m join workspace.customers c on c.workspace_id = m.workspace_id cross join {days}
            cross join generate_series(1, 2) n
            where m.workspace_id = '{workspace}' and m.aggregation = 'unique'"
        ),
        format!(
            "insert into workspace.event_days (workspace_id, day, part, accepted, duplicate, late, refused, bytes)
            values ('{workspace}', current_date, '{nil}', 1000, 0, 0, 0, 200000)"
        ),
        format!(
            "insert into workspace.events (workspace_id, key, source, event_id, type, subject, customer_id, occurred_at, day,
                data, fingerprint, origin)
            select c.workspace_id, gen_random_uuid(), 'bench', 'call-' || n, 'call', c.id::text, c.id,
                now() - n * interval '1 minute', current_date, '{{\"prompt\":1}}', n, 'api'
            from generate_series(1, 1000) n
            cross join (select workspace_id, id from workspace.customers where workspace_id = '{workspace}' limit 1) c"
        ),
    ] {
        run(connection, &statement).await;
    }
}

/// Returns the median and the 95th percentile of the time of a report.
async fn measured(
    store: &Store,
    session: &Credential,
    slug: &Slug,
    query: &UsageQuery,
) -> Result<[Duration; 2], StoreError> {
    let mut times = Vec::with_capacity(REPEATS);
    for at in 0..WARM_UP + REPEATS {
        let Door::Open(mut tx) = store.workspace(session, slug).await.unwrap() else { panic!("no seat") };
        let started = Instant::now();
        let report = usage::report(&mut tx, query).await?;
        let took = started.elapsed();
        assert!(report.charts.len() > 1, "the report has no charts");
        tx.commit().await.unwrap();
        if at >= WARM_UP {
            times.push(took);
        }
    }
    times.sort_unstable();
    Ok([times[REPEATS / 2], times[REPEATS * 95 / 100]])
}
