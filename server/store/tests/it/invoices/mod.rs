//! Promises: a period is invoiced once and by what it costs, numbers have no gaps, and what is issued never changes.

mod corrections;
mod daily;
mod drafts;
mod files;
mod immutable;
mod numbers;
mod tenants;

use crate::support::{Stock, World, event, execute};
use model::{
    capability::ManageInvoices,
    id::{InvoiceId, SubscriptionId},
    invoice::{Document, Run, RunResult},
};
use sqlx::{AssertSqlSafe, PgConnection, Row};
use store::{
    invoices::{self, Issued},
    subscriptions,
};

/// Sets the time of all workspaces of the database.
async fn set_clock(superuser: &mut PgConnection, moment: &str) {
    let clock = format!(
        "create or replace function door.clock(workspace uuid) returns table (time_zone text, today date)
        language sql stable security definer set search_path = '' as $$
            select w.time_zone, (timestamptz '{moment}' at time zone w.time_zone)::date from account.workspaces w
            where w.id = workspace and w.id = nullif(current_setting('stile.workspace_id', true), '')::uuid
        $$"
    );
    execute(superuser, &clock).await.unwrap();
}

/// A workspace on 2 June 2026, whose two customers are on a plan since March: 9.00 a month in advance, and 0.01 a call.
/// They are invoiced from May on.
async fn shop() -> (World, Stock, PgConnection) {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    set_clock(&mut superuser, "2026-05-15 12:00Z").await;
    let stock = world.stock(&world.ann, &world.a1, "Alpha").await;
    set_clock(&mut superuser, "2026-06-02 12:00Z").await;
    (world, stock, superuser)
}

async fn subscription(world: &World, stock: &Stock, customer: usize) -> SubscriptionId {
    let mut tx = world.read(&world.ann, &world.a1).await;
    subscriptions::of_customer(&mut tx, stock.customers[customer]).await.unwrap()[0].id
}

/// Records usage of the first customer.
async fn used(superuser: &mut PgConnection, world: &World, stock: &Stock, id: &str, day: &str, quantity: &str) {
    let at = format!("timestamptz '{day} 12:00Z'");
    event(superuser, &world.a1, stock.customers[0], (id, "metered"), &at, quantity).await;
}

async fn run(world: &World, run: &Run) -> RunResult {
    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<ManageInvoices>().unwrap();
    let result = invoices::run(&mut tx, &can, run).await.unwrap();
    tx.commit().await.unwrap();
    result
}

/// Drafts the invoices of one subscription.
async fn drafted(world: &World, subscription: SubscriptionId, on: time::Date) -> InvoiceId {
    let result = run(world, &Run { cuts: vec![(subscription, on)] }).await;
    assert_eq!(result.drafted.len(), 1, "{result:?}");
    result.drafted[0]
}

async fn document(world: &World, id: InvoiceId) -> Document {
    let mut tx = world.read(&world.ann, &world.a1).await;
    invoices::document(&mut tx, id).await.unwrap().expect("a document")
}

/// Issues what the draft is now, and returns the number.
async fn issued(world: &World, id: InvoiceId) -> String {
    let basis = document(world, id).await.basis.expect("a draft");
    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<ManageInvoices>().unwrap();
    let outcome = invoices::issue(&mut tx, &can, id, &basis).await.unwrap();
    let Issued::Done(number) = outcome else { panic!("not issued: {outcome:?}") };
    tx.commit().await.unwrap();
    number
}

fn amounts(document: &Document) -> Vec<i64> {
    document.lines.iter().map(|line| line.net_minor).collect()
}

async fn count(superuser: &mut PgConnection, what: &str) -> i64 {
    let sql = format!("select count(*) from {what}");
    sqlx::query(AssertSqlSafe(sql)).fetch_one(superuser).await.unwrap().get(0)
}
