//! Writes that name another place, and writes that are not committed.

use crate::support::{World, draft, kind, write_target};
use model::capability::EditContent;
use store::customers;

#[tokio::test]
async fn a_write_for_another_workspace_or_person_is_rejected() {
    let world = World::new().await;
    for (named, said) in [
        (write_target(&world.ann, &world.a2), "the page of another workspace of hers"),
        (write_target(&world.ann, &world.b1), "the page of a workspace that is not hers"),
        (write_target(&world.bob, &world.a1), "somebody else's page"),
    ] {
        let door = world.store.workspace_write(&world.ann.session(), &world.a1.slug, named).await.unwrap();
        assert_eq!(kind(&door), "mismatch", "a write from {said} was let in");
    }
    // Leak guarded: a mismatch must not reveal that a workspace exists; without a seat, the result is absent.
    let door = world
        .store
        .workspace_write(&world.ann.session(), &world.b1.slug, write_target(&world.ann, &world.a1))
        .await
        .unwrap();
    assert_eq!(kind(&door), "absent");
    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<EditContent>().unwrap();
    customers::create(&mut tx, &can, &draft("Own")).await.unwrap();
    tx.commit().await.unwrap();
    let mut superuser = world.db.superuser().await;
    let written: Vec<String> =
        sqlx::query_scalar("select name from workspace.customers").fetch_all(&mut superuser).await.unwrap();
    assert_eq!(written, ["Own"], "a mismatch wrote something");
}

#[tokio::test]
async fn a_dropped_transaction_writes_nothing() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<EditContent>().unwrap();
    let dropped = customers::create(&mut tx, &can, &draft("Dropped")).await.unwrap();
    drop(tx);
    let mut tx = world.write(&world.ann, &world.a1).await;
    assert!(customers::get(&mut tx, dropped).await.unwrap().is_none(), "a dropped transaction left its row");
    let can = tx.can::<EditContent>().unwrap();
    customers::create(&mut tx, &can, &draft("Kept")).await.unwrap();
    tx.commit().await.unwrap();
    let notes: i64 = sqlx::query_scalar("select count(*) from workspace.audit_log where action = 'customer_created'")
        .fetch_one(&mut superuser)
        .await
        .unwrap();
    assert_eq!(notes, 1, "the audit log tells of what did not happen, or not of what did");
}
