//! Promise: a write in a transaction opened for reading is not lost silently: PostgreSQL rejects it, in every build. A
//! browser's prefetch leaves no trace.

use crate::support::{World, execute};
use model::picker::Pinned;
use store::{door::discarding_writes, handoffs, profile, seats, tokens};

async fn name(world: &World) -> String {
    let mut superuser = world.db.superuser().await;
    sqlx::query_scalar("select name from account.users where id = $1")
        .bind(world.ann.id.uuid())
        .fetch_one(&mut superuser)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_write_in_a_read_only_transaction_fails() {
    let world = World::new().await;
    let before = name(&world).await;
    let mut tx = world.store.person_reading(&world.ann.session()).await.unwrap().unwrap();
    let refused = profile::rename(&mut tx, "Lost").await;
    assert!(refused.is_err(), "a write was taken that would be dropped");
    assert_eq!(name(&world).await, before);

    // Control: reading works, and the same write succeeds in a write transaction.
    let mut tx = world.store.person_reading(&world.ann.session()).await.unwrap().unwrap();
    assert!(tokens::list(&mut tx).await.unwrap().is_empty());
    tx.commit().await.unwrap();
    let mut tx = world.person(&world.ann).await;
    profile::rename(&mut tx, "Kept").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(name(&world).await, "Kept");
}

#[tokio::test]
async fn account_writes_in_a_read_only_transaction_are_rejected() {
    let world = World::new().await;
    let mut tx = world.store.person_reading(&world.ann.session()).await.unwrap().unwrap();
    assert!(seats::pin(&mut tx, &world.a1.slug, Pinned::Yes).await.is_err());
    let mut tx = world.store.person_reading(&world.ann.session()).await.unwrap().unwrap();
    assert!(seats::clear_recents(&mut tx).await.is_err());
    let mut tx = world.store.person_reading(&world.ann.session()).await.unwrap().unwrap();
    assert!(store::identity::sign_out(&mut tx).await.is_err());
    drop(tx);
    assert!(world.store.person(&world.ann.session()).await.unwrap().is_some(), "the session was ended all the same");
    let mut tx = world.person(&world.ann).await;
    assert!(seats::pin(&mut tx, &world.a1.slug, Pinned::Yes).await.unwrap(), "the control");
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_read_only_transaction_records_that_the_session_was_used() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let seen = "select bool_and(last_seen_at > now() - interval '1 minute') from account.sessions where user_id = $1";
    execute(&mut superuser, "update account.sessions set last_seen_at = now() - interval '1 hour'").await.unwrap();
    discarding_writes(async {
        let tx = world.store.person_reading(&world.ann.session()).await.unwrap().unwrap();
        tx.commit().await.unwrap();
    })
    .await;
    let noted: bool = sqlx::query_scalar(seen).bind(world.ann.id.uuid()).fetch_one(&mut superuser).await.unwrap();
    assert!(!noted, "a request made ahead was noted");
    // The update is skipped if another transaction has locked the session, and the transaction above may still be
    // closing.
    execute(&mut superuser, "update account.sessions set last_seen_at = now() - interval '1 hour'").await.unwrap();
    world.read(&world.ann, &world.a1).await.commit().await.unwrap();
    let noted: bool = sqlx::query_scalar(seen).bind(world.ann.id.uuid()).fetch_one(&mut superuser).await.unwrap();
    assert!(noted, "the note was dropped with the reading");
}

#[tokio::test]
async fn a_prefetch_request_writes_nothing() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let visits = "select count(*) from account.visits";
    discarding_writes(async {
        let mut tx = world.visit(&world.ann, &world.a1).await;
        handoffs::record_visit(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = world.person(&world.ann).await;
        profile::rename(&mut tx, "Ahead").await.unwrap();
        tx.commit().await.unwrap();
    })
    .await;
    let count: i64 = sqlx::query_scalar(visits).fetch_one(&mut superuser).await.unwrap();
    assert_eq!(count, 0, "looking ahead is a visit");
    assert_ne!(name(&world).await, "Ahead");
    let mut tx = world.visit(&world.ann, &world.a1).await;
    handoffs::record_visit(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    let count: i64 = sqlx::query_scalar(visits).fetch_one(&mut superuser).await.unwrap();
    assert_eq!(count, 1, "the control");
}
