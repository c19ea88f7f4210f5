//! What a guest can read.

use crate::support::{Person, World, connect, execute, membership, seat};
use model::{
    list::{ListQuery, Noun},
    usage::EventQuery,
};
use sqlx::PgConnection;
use store::{customers, invoices, meters, overview, products, rate_plans, usage};

/// Returns the numbers of rows that a user can list, per noun.
async fn reach(world: &World, who: &Person) -> [i64; 5] {
    let mut tx = world.read(who, &world.a1).await;
    let query = ListQuery::new;
    let products = products::list(&mut tx, &query(Noun::Products)).await.unwrap();
    let plans = rate_plans::list(&mut tx, &query(Noun::RatePlans)).await.unwrap();
    let customers = customers::list(&mut tx, &query(Noun::Customers)).await.unwrap();
    let events = usage::events(&mut tx, &EventQuery::default()).await.unwrap().rows.len() as i64;
    let invoices = invoices::list(&mut tx, &query(Noun::Invoices)).await.unwrap();
    assert_eq!(
        [products.rows.len(), plans.rows.len(), customers.rows.len(), invoices.rows.len()].map(|n| n as i64),
        [products.total, plans.total, customers.total, invoices.total],
        "a list and its count differ"
    );
    [products.total, plans.total, customers.total, events, invoices.total]
}

async fn share(superuser: &mut PgConnection, world: &World, customer: model::id::CustomerId, with: &Person) {
    let fact = format!("insert into workspace.customer_shares values ('{}', '{customer}', '{}')", world.a1.id, with.id);
    execute(superuser, &fact).await.unwrap();
}

#[tokio::test]
async fn a_guest_sees_only_what_was_shared_with_them() {
    let world = World::new().await;
    let stock = world.stock(&world.ann, &world.a1, "Alpha").await;
    let mut superuser = world.db.superuser().await;
    let (eve, mal) = (&world.eve, &world.mal);
    seat(&mut superuser, &world.a1, eve, Some("guest")).await;
    seat(&mut superuser, &world.a1, mal, Some("guest")).await;
    assert_eq!(reach(&world, eve).await, [0; 5], "a guest sees what nobody shared");
    share(&mut superuser, &world, stock.customers[1], mal).await;
    assert_eq!(reach(&world, eve).await, [0; 5], "a guest sees what was shared with another guest");
    share(&mut superuser, &world, stock.customers[0], eve).await;
    assert_eq!(reach(&world, eve).await, [0, 0, 1, 1, 1], "one customer was shared, with their usage and invoices");

    let mut tx = world.read(eve, &world.a1).await;
    let seen = customers::get(&mut tx, stock.customers[0]).await.unwrap().expect("the shared customer is hidden");
    assert_eq!((seen.invoices.len(), seen.usage.events.len()), (1, 1));
    assert_eq!(
        (seen.row.plans.as_slice(), seen.usage.events[0].customer.as_str()),
        ([].as_slice(), "Alpha first"),
        "a guest reads names of rate plans, or not that of the shared customer"
    );
    assert!(
        customers::get(&mut tx, stock.customers[1]).await.unwrap().is_none(),
        "a customer who was not shared opens by id"
    );
    assert!(products::get(&mut tx, stock.product).await.unwrap().is_none(), "a guest opens a product by id");
    assert!(rate_plans::get(&mut tx, stock.plan, None).await.unwrap().is_none(), "a guest opens a rate plan by id");
    assert!(meters::all(&mut tx).await.unwrap().is_empty(), "a guest lists meters");
    assert!(rate_plans::prices(&mut tx, stock.plan, 1).await.unwrap().is_none(), "a guest reads prices");
    let figures = overview::read(&mut tx).await.unwrap();
    assert_eq!(
        (figures.active_customers, figures.open_invoices),
        (1, 1),
        "the figures tell a guest of more than was shared"
    );
    drop(tx);

    // Raw SQL in the guest's context shows no more rows, in particular none of the audit log or of other users' shares.
    let mut app = connect(&world.db.app()).await;
    execute(&mut app, "begin").await.unwrap();
    sqlx::query("select from door.workspace('session', $1, $2)")
        .bind(eve.hash())
        .bind(world.a1.slug.as_str())
        .execute(&mut app)
        .await
        .unwrap();
    for (table, rows) in [
        ("customers", 1),
        ("customer_shares", 1),
        ("events", 1),
        ("usage_days", 2),
        ("usage_uniques", 1),
        ("usage_adjustments", 1),
        ("refusals", 0),
        ("event_days", 0),
        ("usage_totals", 0),
        ("customer_subjects", 2),
        ("customer_contacts", 1),
        ("subscriptions", 1),
        ("subscription_phases", 1),
        ("invoices", 1),
        ("products", 0),
        ("rate_plans", 0),
        ("rate_plan_versions", 0),
        ("rate_plan_charges", 0),
        ("rate_plan_tiers", 0),
        ("meters", 0),
        ("audit_log", 0),
        ("webhooks", 0),
        ("webhook_deliveries", 0),
    ] {
        let seen = execute(&mut app, &format!("select from workspace.{table}")).await.unwrap();
        assert_eq!(seen, rows, "a guest's context shows {seen} rows of {table}");
    }

    // Any stronger role sees all rows, whether it is direct or inherited.
    membership(&mut superuser, &world.a1, eve, Some("member")).await;
    assert_eq!(reach(&world, eve).await, [1, 1, 2, 2, 2]);
    membership(&mut superuser, &world.a1, eve, None).await;
    assert_eq!(reach(&world, eve).await, [0, 0, 1, 1, 1], "the organization's reach outlived the membership");
    seat(&mut superuser, &world.a1, eve, Some("viewer")).await;
    assert_eq!(reach(&world, eve).await, [1, 1, 2, 2, 2]);
}
