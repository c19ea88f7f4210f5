//! Promise: reading works on a read-only database. A bookkeeping write (last seen, visit) that fails must not make a
//! read fail, and a real write is rejected with a specific error.

use crate::support::{World, execute, write_target};
use model::token::TokenLife;
use store::{
    StoreError, customers,
    door::{Credential, Door},
    handoffs,
    seats::Freshness,
    secret::Secret,
    tokens,
};

#[tokio::test]
async fn a_read_only_database_serves_reads_and_rejects_writes() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    world.stock(&world.ann, &world.a1, "Alpha").await;
    let token = Secret::generate("stile_").unwrap();
    let mut tx = world.person(&world.ann).await;
    assert!(tokens::create(&mut tx, "a token", &token, TokenLife::default()).await.unwrap());
    tx.commit().await.unwrap();
    // All bookkeeping writes are due, and A1 has a new slug.
    execute(
        &mut superuser,
        "update account.sessions set last_seen_at = now() - interval '1 hour';
        update account.workspaces set slug = 'a-moved' where slug = 'a-one'",
    )
    .await
    .unwrap();
    let database: String =
        sqlx::query_scalar("select current_database()::text").fetch_one(&mut superuser).await.unwrap();
    execute(&mut superuser, &format!("alter database {database} set default_transaction_read_only = on"))
        .await
        .unwrap();
    let (store, ann) = (world.db.store(), world.ann.session());
    let slug = crate::support::slug("a-moved");

    assert!(matches!(store.workspace(&ann, &world.a1.slug).await.unwrap(), Door::Moved(_)), "the former address");
    for credential in [ann, Credential::Token(token.hash())] {
        let Door::Open(mut tx) = store.workspace_visit(&credential, &slug).await.unwrap() else {
            panic!("ann has a seat")
        };
        handoffs::record_visit(&mut tx).await.expect("a visit that can't be noted keeps the reader out");
        let query = model::list::ListQuery::new(model::list::Noun::Customers);
        assert_eq!(customers::list(&mut tx, &query).await.unwrap().rows.len(), 2);
        tx.commit().await.unwrap();
        assert!(store.picker(&credential, Freshness::Now).await.unwrap().is_some());
    }
    for visits in [false, true] {
        let Door::Open(mut tx) = store.workspace_visit(&ann, &slug).await.unwrap() else { panic!("ann has a seat") };
        let code = Secret::generate("").unwrap();
        let passed = if visits {
            handoffs::mint_redeemed_and_visit(&mut tx, &code).await
        } else {
            handoffs::mint_redeemed(&mut tx, &code).await
        };
        passed.expect("a switch fails for want of a note");
        tx.commit().await.unwrap();
    }
    assert!(store.organization(&ann, world.a1.organization).await.unwrap().is_some());

    let Door::Open(mut tx) = store.workspace_write(&ann, &slug, write_target(&world.ann, &world.a1)).await.unwrap()
    else {
        panic!("ann has a seat")
    };
    let can = tx.can::<model::capability::EditContent>().unwrap();
    let refused = customers::create(&mut tx, &can, &crate::support::draft("new")).await;
    assert!(matches!(refused, Err(StoreError::ReadOnly(_))), "a write is told: {refused:?}");
    drop(tx);

    execute(&mut superuser, &format!("alter database {database} reset default_transaction_read_only")).await.unwrap();
    let store = world.db.store();
    let Door::Open(mut tx) = store.workspace_write(&ann, &slug, write_target(&world.ann, &world.a1)).await.unwrap()
    else {
        panic!("ann has a seat")
    };
    let can = tx.can::<model::capability::EditContent>().unwrap();
    customers::create(&mut tx, &can, &crate::support::draft("new")).await.expect("control: it is written");
}
