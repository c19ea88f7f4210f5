//! Measures how many events per second are ingested by 16 writers with 1,000 events each, beside COPY as a superuser into
//! a table with the same columns and indexes, which has no sums and no row level security.
//!
//! `cargo run --release -p store --example ingest -- <superuser URL> [events]`: makes a database of its own in that
//! cluster, drops it at the end, and prints a line for each 100,000 events. `make bench` runs it.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a benchmark has nobody to report errors to"
)]

use model::{
    Email, Line, Slug,
    api_key::{KeyDraft, KeyLife, Scope},
    capability::{EditContent, ManageSettings, RecordUsage},
    catalog::ProductDraft,
    customer::CustomerDraft,
    event::{Ages, Attributes, Batch, Data, Event, Origin, Outcome, Property},
    meter::{Aggregation, MeterDraft},
};
use sqlx::{AssertSqlSafe, Connection, PgConnection, postgres::PgConnectOptions};
use std::{
    collections::BTreeMap,
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use store::{
    Store, StoreError,
    api_keys::{self, Confirmed},
    customers,
    door::{Credential, Device, Door, WriteTarget},
    events, meters, migrate, organizations, products,
    secret::Secret,
};
use time::{OffsetDateTime, macros::date};
use tokio::task::JoinSet;
use uuid::Uuid;

const DATABASE: &str = "stile_bench_ingest";
const WRITERS: usize = 16;
/// A workspace takes 8 transactions at a time.
const WORKSPACES: usize = 4;
const BATCH: usize = 1_000;
const STEP: usize = 100_000;
const CUSTOMERS: usize = 200;

/// A workspace with customers and one meter.
struct Place {
    slug: Slug,
    key: Credential,
    customers: Vec<String>,
}

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().expect("the URL of a superuser");
    let total: usize = arguments.next().map_or(2 * STEP, |count| count.parse().expect("a number of events"));
    let server = PgConnectOptions::from_str(&url).expect("a URL");
    let mut admin = PgConnection::connect_with(&server).await.unwrap();
    run(&mut admin, &format!("drop database if exists {DATABASE} with (force)")).await;
    run(&mut admin, &format!("create database {DATABASE}")).await;
    let superuser = server.clone().database(DATABASE);
    migrate::up(&superuser).await.expect("migrations");
    let store = Store::new(superuser.clone().username("stile_app"));
    let places = Arc::new(furnish(&store).await);

    println!("{:>10} {:>12} {:>12} {:>10} {:>8}", "rows", "ingest/s", "copy/s", "µs/event", "ratio");
    let mut connection = PgConnection::connect_with(&superuser).await.unwrap();
    run(&mut connection, "create table bench (like workspace.events including all)").await;
    for step in 0..total.div_ceil(STEP) {
        let ingest = ingested(&store, &places).await;
        let copy = copied(&superuser).await;
        let rate = |took: Duration| STEP as f64 / took.as_secs_f64();
        println!(
            "{:>10} {:>12.0} {:>12.0} {:>10.1} {:>7.0}%",
            (step + 1) * STEP,
            rate(ingest),
            rate(copy),
            ingest.as_secs_f64() * 1e6 / STEP as f64,
            100.0 * copy.as_secs_f64() / ingest.as_secs_f64(),
        );
    }
    store.close().await;
    connection.close().await.unwrap();
    run(&mut admin, &format!("drop database {DATABASE} with (force)")).await;
}

async fn run(connection: &mut PgConnection, sql: &str) {
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(connection).await.unwrap();
}

fn line(text: &str) -> Line {
    Line::parse("a text", text, 80).unwrap()
}

/// Creates the workspaces.
async fn furnish(store: &Store) -> Vec<Place> {
    let email = Email::parse("bench@stile.example").unwrap();
    let user = store.register(&email, "Bench", "no password opens this").await.unwrap();
    let secret = Secret::generate("").unwrap();
    store.begin_session(user, &secret, &Device::default(), None).await.unwrap();
    let session = Credential::Session(secret.hash());
    let mut tx = store.person(&session).await.unwrap().unwrap();
    let organization = organizations::found(&mut tx, "Bench").await.unwrap();
    tx.commit().await.unwrap();
    let slugs: Vec<Slug> = (0..WORKSPACES).map(|n| Slug::parse(&format!("bench-{n}")).unwrap()).collect();
    let wanted: Vec<(Slug, String)> = slugs.iter().map(|slug| (slug.clone(), slug.to_string())).collect();
    let mut tx = store.organization(&session, organization).await.unwrap().unwrap();
    let ids = organizations::create_workspaces(&mut tx, &wanted).await.unwrap();
    tx.commit().await.unwrap();
    let mut places = Vec::new();
    for (slug, workspace) in slugs.into_iter().zip(ids) {
        let Door::Open(mut tx) = store.workspace_write(&session, &slug, WriteTarget { user, workspace }).await.unwrap()
        else {
            panic!("no seat")
        };
        let can = tx.can::<EditContent>().unwrap();
        let product = ProductDraft { name: line("Model"), code: "model".to_owned(), description: String::new() };
        let product = products::create(&mut tx, &can, &product).await.unwrap();
        let meter = MeterDraft {
            name: line("Tokens"),
            code: "tokens".to_owned(),
            event_type: line("tokens"),
            aggregation: Aggregation::Sum,
            property: Some(line("tokens")),
            filter: BTreeMap::new(),
            unit: line("token"),
            counts_from: Some(date!(2000 - 01 - 01)),
        };
        meters::create(&mut tx, &can, product, &meter).await.unwrap();
        let mut customers = Vec::new();
        for n in 0..CUSTOMERS {
            let customer = CustomerDraft {
                name: line(&format!("Customer {n}")),
                email: Email::parse(&format!("{n}@customer.example")).unwrap(),
                country: "DE".to_owned(),
                legal_name: String::new(),
                address: String::new(),
                tax_id: String::new(),
                external_id: None,
                note: String::new(),
                tax_rate: None,
                payment_days: None,
            };
            customers.push(customers::create(&mut tx, &can, &customer).await.unwrap().to_string());
        }
        let can = tx.can::<ManageSettings>().unwrap();
        let key = KeyDraft { name: line("Bench"), scopes: vec![Scope::EventsWrite], life: KeyLife::Unlimited };
        let key = api_keys::create(&mut tx, &can, &key, Confirmed::Password).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        places.push(Place { slug, key: Credential::Key(key.hash()), customers });
    }
    places
}

fn batch(place: &Place, now: OffsetDateTime) -> Batch {
    let event = |n: usize| {
        let attributes = Attributes {
            source: "bench".to_owned(),
            id: Uuid::now_v7().to_string(),
            kind: "tokens".to_owned(),
            subject: place.customers[n * 7 % place.customers.len()].clone(),
            time: Some(now - time::Duration::minutes(n as i64)),
        };
        let data = [
            ("tokens".to_owned(), Property::Number(n.to_string())),
            ("model".to_owned(), Property::Text("m1".to_owned())),
        ];
        Event::new(attributes, Data::from_properties(&data).unwrap(), 200).unwrap()
    };
    Batch { origin: Origin::Api, ages: Ages::Recent, import: None, events: (0..BATCH).map(|n| Ok(event(n))).collect() }
}

/// Ingests the events of a step, as the API does, and returns how long it took.
async fn ingested(store: &Store, places: &Arc<Vec<Place>>) -> Duration {
    let left = Arc::new(AtomicUsize::new(STEP / BATCH));
    let now = store.now().await.unwrap();
    let started = Instant::now();
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let (store, places, left) = (store.clone(), Arc::clone(places), Arc::clone(&left));
        writers.spawn(async move {
            while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok() {
                let place = &places[writer % places.len()];
                let batch = batch(place, now);
                loop {
                    match send(&store, place, &batch).await {
                        Ok(()) => break,
                        Err(StoreError::Busy(_)) => {}
                        Err(error) => panic!("{error}"),
                    }
                }
            }
        });
    }
    writers.join_all().await;
    started.elapsed()
}

async fn send(store: &Store, place: &Place, batch: &Batch) -> Result<(), StoreError> {
    let Door::Open(mut tx) = store.workspace_program(&place.key, &place.slug).await? else {
        panic!("the key opens nothing")
    };
    let can = tx.can::<RecordUsage>().unwrap();
    let outcomes = events::ingest(&mut tx, &can, batch).await?;
    assert!(outcomes.iter().all(|outcome| *outcome == Outcome::Accepted), "an event was refused");
    tx.commit().await?;
    if events::is_fold_due() {
        let Door::Open(mut tx) = store.workspace_program(&place.key, &place.slug).await? else { panic!("closed") };
        events::fold(&mut tx, &can).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Copies as many rows by as many connections, and returns how long it took.
async fn copied(superuser: &PgConnectOptions) -> Duration {
    let left = Arc::new(AtomicUsize::new(STEP / BATCH));
    let mut connections = Vec::new();
    for _ in 0..WRITERS {
        connections.push(PgConnection::connect_with(superuser).await.unwrap());
    }
    let started = Instant::now();
    let mut writers = JoinSet::new();
    for mut connection in connections {
        let left = Arc::clone(&left);
        writers.spawn(async move {
            while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok() {
                let workspace = Uuid::now_v7();
                let rows: String = (0..BATCH)
                    .map(|n| {
                        let key = Uuid::now_v7();
                        format!(
                            "{workspace}\t{key}\tbench\t{key}\ttokens\tacme\t{workspace}\t2026-03-01T12:00:00Z\t2026-03-01\t2026-03-01T12:00:00Z\t{{\"tokens\":{n},\"model\":\"m1\"}}\t{n}\tapi\t\\N\t\\N\n"
                        )
                    })
                    .collect();
                let mut copy = connection.copy_in_raw("copy bench from stdin").await.unwrap();
                copy.send(rows.into_bytes()).await.unwrap();
                copy.finish().await.unwrap();
            }
        });
    }
    writers.join_all().await;
    started.elapsed()
}
