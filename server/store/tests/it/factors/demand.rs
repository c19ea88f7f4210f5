//! Workspaces that require a second factor.

use super::authenticator::{secret, turn_on, tx};
use crate::support::{Person, Place, World, execute, kind, sign_in, write_target};
use model::{capability::ManageSettings, token::TokenLife};
use store::{
    door::{Credential, Door},
    security, tokens,
};

async fn demand(world: &World, who: &Person, place: &Place, on: bool) -> Result<(), security::DemandRefused> {
    let Door::Open(mut tx) =
        world.store.workspace_write(&who.session(), &place.slug, write_target(who, place)).await.unwrap()
    else {
        panic!("{} can't write in {}", who.name, place.slug)
    };
    let can = tx.can::<ManageSettings>().unwrap();
    let outcome = security::demand_factor(&mut tx, &can, on).await.unwrap();
    tx.commit().await.unwrap();
    outcome
}

#[tokio::test]
async fn a_workspace_that_requires_a_factor_opens_only_after_verification() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let refused = demand(&world, &world.bob, &world.a1, true).await;
    assert_eq!(refused, Err(security::DemandRefused::NotProven), "an admin locked himself out");
    assert_eq!(kind(&world.door(&world.bob, &world.a1).await), "open");

    let holding = turn_on(&world, sign_in(&world.store, world.bob.id, "bob").await).await;
    assert_eq!(demand(&world, &holding.who, &world.a1, true).await, Ok(()));
    assert_eq!(kind(&world.door(&holding.who, &world.a1).await), "open", "whoever proved one is kept out");
    let token = secret();
    let mut own = tx(&world.store, &holding.who).await;
    assert!(tokens::create(&mut own, "script", &token, TokenLife::default()).await.unwrap());
    own.commit().await.unwrap();
    let token = Credential::Token(token.hash());
    for (credential, owner) in [
        (world.bob.session(), "another session of the same person"),
        (world.carl.session(), "a member who has no factor"),
        (world.ann.session(), "an owner by the organization"),
        (token, "a token of whoever proved one"),
    ] {
        let door = world.store.workspace(&credential, &world.a1.slug).await.unwrap();
        assert_eq!(kind(&door), "factor", "{owner}");
    }
    let write =
        world.store.workspace_write(&world.carl.session(), &world.a1.slug, write_target(&world.carl, &world.a1)).await;
    assert_eq!(kind(&write.unwrap()), "factor", "a write goes through");
    // Leak guarded: for users without a seat, the workspace stays absent. Control: other workspaces do not require a
    // factor.
    assert_eq!(kind(&world.door(&world.eve, &world.a1).await), "absent", "the demand tells that there is a workspace");
    assert_eq!(kind(&world.door(&world.ola, &world.a1).await), "absent");
    for (who, place) in [(&world.ann, &world.a2), (&world.carl, &world.b1)] {
        assert_eq!(kind(&world.door(who, place).await), "open", "{} of another workspace", who.name);
    }
    assert_eq!(kind(&world.store.workspace(&token, &world.a1.slug).await.unwrap()), "factor");

    // If a factor is required, no context is set, so row level security shows no rows.
    let visible: i64 = {
        let mut app = crate::support::connect(&world.db.app()).await;
        execute(&mut app, "begin").await.unwrap();
        let outcome: String = sqlx::query_scalar("select outcome from door.workspace('session', $1, 'a-one')")
            .bind(world.carl.hash())
            .fetch_one(&mut app)
            .await
            .unwrap();
        assert_eq!(outcome, "factor");
        sqlx::query_scalar("select count(*) from account.workspace_members").fetch_one(&mut app).await.unwrap()
    };
    assert_eq!(visible, 0, "the context of the workspace was set all the same");

    assert_eq!(demand(&world, &holding.who, &world.a1, false).await, Ok(()));
    assert_eq!(kind(&world.door(&world.carl, &world.a1).await), "open", "the demand was not taken back");
    let noted: Vec<String> = sqlx::query_scalar(
        "select detail::text from workspace.audit_log where action = 'second_factor_demanded' order by id",
    )
    .fetch_all(&mut superuser)
    .await
    .unwrap();
    assert_eq!(noted.len(), 2, "{noted:?}");
}
