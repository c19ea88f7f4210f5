//! Attack: one account that uses up the server's capacity. A user can run only one expensive statement at a time across
//! all servers, a workspace has a limited share of concurrent transactions, and others are not delayed by either.

use crate::support::{Person, Place, World, execute};
use model::{
    audit::AuditQuery,
    capability::ManageSettings,
    list::{ListQuery, Noun},
};
use std::time::{Duration, Instant};
use store::{
    Store, StoreError, audit, customers,
    door::{Door, Read, WorkspaceTx},
    fair::{Key, on_behalf_of},
};

fn search() -> ListQuery {
    ListQuery { search: "second".to_owned(), ..ListQuery::new(Noun::Customers) }
}

async fn reading(store: &Store, who: &Person, place: &Place) -> WorkspaceTx<Read> {
    match store.workspace(&who.session(), &place.slug).await.unwrap() {
        Door::Open(tx) => tx,
        _ => panic!("{} has a seat", who.name),
    }
}

#[tokio::test]
async fn a_person_runs_one_search_at_a_time_across_servers() {
    let world = World::new().await;
    world.stock(&world.ann, &world.a1, "Alpha").await;
    let other = world.db.store();
    let mut first = reading(&world.store, &world.ann, &world.a1).await;
    assert_eq!(customers::list(&mut first, &search()).await.unwrap().rows.len(), 1);
    for store in [&world.store, &other] {
        let mut bob = reading(store, &world.bob, &world.a1).await;
        assert!(customers::list(&mut bob, &search()).await.is_ok(), "bob waits for ann");
        let mut plain = reading(store, &world.ann, &world.a1).await;
        let plain = customers::list(&mut plain, &ListQuery::new(Noun::Customers)).await;
        assert!(plain.is_ok(), "ann's lists wait for her search");
    }
    let mut second = reading(&other, &world.ann, &world.a1).await;
    let refused = customers::list(&mut second, &search()).await;
    assert!(matches!(refused, Err(StoreError::Busy(_))), "ann searches twice at once: {refused:?}");
    drop(second);
    drop(first);
    let mut third = reading(&other, &world.ann, &world.a1).await;
    assert!(customers::list(&mut third, &search()).await.is_ok(), "a turn was lost");
}

#[tokio::test]
async fn one_workspace_cannot_use_all_connections() {
    let world = World::new().await;
    let mut held = Vec::new();
    for n in 0..8_u128 {
        let person = Key::Person(model::id::UserId::from_uuid(sqlx::types::Uuid::from_u128(n)));
        held.push(on_behalf_of(person, reading(&world.store, &world.ann, &world.a1)).await);
    }
    let started = Instant::now();
    drop(reading(&world.store, &world.ola, &world.b1).await);
    assert!(started.elapsed() < Duration::from_secs(1), "another workspace waited {:?}", started.elapsed());
    let refused = world.store.workspace(&world.bob.session(), &world.a1.slug).await;
    assert!(matches!(refused, Err(StoreError::Busy(_))), "a ninth transaction was begun");
    held.clear();
    drop(reading(&world.store, &world.bob, &world.a1).await);
}

#[tokio::test]
async fn a_large_workspace_does_not_slow_down_the_lists_of_others() {
    let world = World::new().await;
    world.stock(&world.ola, &world.b1, "Beta").await;
    let mut superuser = world.db.superuser().await;
    sqlx::query(
        "insert into workspace.customers (workspace_id, id, name, email, country)
        select $1, gen_random_uuid(), 'Customer ' || i, 'customer' || i || '@large.example', 'DE' from generate_series(1, 200000) i",
    )
    .bind(world.a1.id.uuid())
    .execute(&mut superuser)
    .await
    .unwrap();
    execute(&mut superuser, "analyze workspace.customers").await.unwrap();
    let mut quickest = Duration::MAX;
    for _ in 0..5 {
        let mut tx = reading(&world.store, &world.ola, &world.b1).await;
        let started = Instant::now();
        assert_eq!(customers::list(&mut tx, &ListQuery::new(Noun::Customers)).await.unwrap().rows.len(), 2);
        quickest = quickest.min(started.elapsed());
    }
    // Takes about 5 ms. Reading the other workspace's rows, or JIT-compiling a statement that might, takes hundreds.
    assert!(quickest < Duration::from_millis(100), "a list of two rows took {quickest:?}");
}

#[tokio::test]
async fn a_page_of_a_long_audit_log_is_read_without_a_full_sort() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    sqlx::query(
        "insert into workspace.audit_log (workspace_id, id, user_id, actor, action)
        select $1, gen_random_uuid(), $2, 'Ann', 'customer_created' from generate_series(1, 300000)",
    )
    .bind(world.a1.id.uuid())
    .bind(world.ann.id.uuid())
    .execute(&mut superuser)
    .await
    .unwrap();
    execute(&mut superuser, "analyze workspace.audit_log").await.unwrap();
    let mut quickest = Duration::MAX;
    for _ in 0..5 {
        let mut tx = reading(&world.store, &world.ann, &world.a1).await;
        let can = tx.can::<ManageSettings>().unwrap();
        let started = Instant::now();
        let page = audit::page(&mut tx, &can, &AuditQuery::default()).await.unwrap();
        assert!(page.older.is_some());
        quickest = quickest.min(started.elapsed());
    }
    // Takes about 5 ms. Sorting all entries takes more than 120 ms.
    assert!(quickest < Duration::from_millis(60), "a page of the log took {quickest:?}");
}
