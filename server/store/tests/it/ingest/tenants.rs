//! Events and sums of one workspace are invisible in another, and guests see those of shared customers only.

use super::*;
use crate::support::{
    DENIED, connect,
    events::{ingest, words},
    execute, refusal, seat, texts,
};
use sqlx::types::Uuid;
use time::macros::datetime;

const NOON: OffsetDateTime = datetime!(2026-03-01 12:00 UTC);

#[tokio::test]
async fn a_customer_of_another_workspace_is_unknown_and_its_ids_are_free() {
    let world = World::new().await;
    let (alpha, beta) =
        (Shop::open(&world, &world.ann, &world.a1).await, Shop::open(&world, &world.ola, &world.b1).await);
    let unknown = event("1", "calls", &beta.customer.to_string(), Some(NOON), "{\"value\":1}");
    let nobody = event("1", "calls", &Uuid::now_v7().to_string(), Some(NOON), "{\"value\":1}");
    let sent = ingest(&world, &world.ann, &world.a1, &batch([unknown])).await;
    assert_eq!(sent, ingest(&world, &world.ann, &world.a1, &batch([nobody])).await, "foreign and missing differ");
    assert_eq!(words(&sent), ["unknown_customer"]);
    // The same source and id in both workspaces are two events.
    assert_eq!(words(&ingest(&world, &world.ann, &world.a1, &batch([alpha.call("1", NOON, "1")])).await), ["accepted"]);
    assert_eq!(words(&ingest(&world, &world.ola, &world.b1, &batch([beta.call("1", NOON, "1")])).await), ["accepted"]);
}

#[tokio::test]
async fn a_guest_sees_only_events_and_sums_of_shared_customers() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let shop = Shop::open(&world, &world.ann, &world.a1).await;
    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<EditContent>().unwrap();
    let other = customers::create(&mut tx, &can, &draft("Other")).await.unwrap();
    tx.commit().await.unwrap();
    shop.meter(&world, &world.ann, &world.a1, "calls", "unique", Aggregation::Unique).await;
    let calls = [shop.call("1", NOON, "1"), event("2", "calls", &other.to_string(), Some(NOON), "{\"value\":1}")];
    ingest(&world, &world.ann, &world.a1, &batch(calls)).await;
    seat(&mut superuser, &world.a1, &world.eve, Some("guest")).await;
    let share = format!(
        "insert into workspace.customer_shares (workspace_id, customer_id, user_id) values ('{}', '{}', '{}')",
        world.a1.id, shop.customer, world.eve.id
    );
    execute(&mut superuser, &share).await.unwrap();
    let mut app = connect(&world.db.app()).await;
    for (who, expected) in [(&world.eve, "1 1 1 0"), (&world.ann, "2 2 2 2")] {
        let reach = if who.id == world.eve.id { "shared" } else { "all" };
        let context = format!(
            "select set_config('stile.workspace_id', '{}', false), set_config('stile.user_id', '{}', false), set_config('stile.reach', '{reach}', false)",
            world.a1.id, who.id
        );
        execute(&mut app, &context).await.unwrap();
        let counts = "select (select count(*) from workspace.events) || ' ' || (select count(distinct customer_id) from workspace.usage_days)
            || ' ' || (select count(*) from workspace.usage_uniques) || ' ' || (select count(*) from workspace.usage_totals)";
        assert_eq!(texts(&mut app, counts).await, [expected], "{}", who.name);
    }
}

/// The app reads the parent table only. A partition by itself has the same policies, also for its owner.
#[tokio::test]
async fn a_partition_shows_and_takes_no_rows_of_other_workspaces() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    for (who, place) in [(&world.ann, &world.a1), (&world.ola, &world.b1)] {
        let shop = Shop::open(&world, who, place).await;
        ingest(&world, who, place, &batch([shop.call("1", NOON, "1")])).await;
    }
    let partition = |place: &Place| {
        format!("select tableoid::regclass::text from workspace.events where workspace_id = '{}'", place.id)
    };
    let of_b = texts(&mut superuser, &partition(&world.b1)).await.remove(0);
    let read = format!("select count(*)::text from {of_b} where workspace_id = '{}'", world.b1.id);
    let mut owner = connect(&world.db.owner()).await;
    for (place, expected) in [(&world.a1, "0"), (&world.b1, "1")] {
        let context = format!(
            "select set_config('stile.workspace_id', '{}', false), set_config('stile.reach', 'all', false)",
            place.id
        );
        execute(&mut owner, &context).await.unwrap();
        assert_eq!(texts(&mut owner, &read).await, [expected], "seen from {}", place.slug);
    }
    let mut app = connect(&world.db.app()).await;
    let denied = execute(&mut app, &format!("select from {of_b}")).await;
    assert_eq!(refusal(&denied).as_deref(), DENIED);
}
