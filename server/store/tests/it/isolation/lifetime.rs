//! Lifetime of a context.

use super::context::settings;
use crate::support::{World, connect, execute};

#[tokio::test]
async fn the_context_ends_with_its_transaction() {
    let world = World::new().await;
    world.furnish().await;
    let mut app = connect(&world.db.app()).await;
    for end in ["commit", "rollback"] {
        execute(&mut app, "begin").await.unwrap();
        sqlx::query("select from door.organization('session', $1, $2)")
            .bind(world.ann.hash())
            .bind(world.a1.organization.uuid())
            .execute(&mut app)
            .await
            .unwrap();
        sqlx::query("select from door.workspace('session', $1, $2)")
            .bind(world.ann.hash())
            .bind(world.a1.slug.as_str())
            .execute(&mut app)
            .await
            .unwrap();
        let ids =
            [world.ann.id.to_string(), world.a1.id.to_string(), world.a1.organization.to_string(), "all".to_owned()];
        assert_eq!(settings(&mut app).await, ids, "the doors set no context, so its end proves nothing");
        assert!(execute(&mut app, "select from workspace.customers").await.unwrap() > 0);
        execute(&mut app, end).await.unwrap();
        assert_eq!(settings(&mut app).await, ["", "", "", ""], "the context outlives its {end}");
        let left = execute(&mut app, "select from workspace.customers").await.unwrap();
        assert_eq!(left, 0, "after {end} the next borrower of the connection reads {left} rows of A1");
    }
}

#[tokio::test]
async fn a_refused_door_sets_no_context() {
    let world = World::new().await;
    let mut app = connect(&world.db.app()).await;
    let mut superuser = world.db.superuser().await;
    execute(
        &mut superuser,
        &format!(
            "insert into account.organization_members values ('{}', '{}', 'member')",
            world.b1.organization, world.bob.id
        ),
    )
    .await
    .unwrap();
    for (who, place) in [(&world.bob, &world.a2), (&world.eve, &world.a1), (&world.mal, &world.b1)] {
        execute(&mut app, "begin").await.unwrap();
        sqlx::query("select from door.workspace('session', $1, $2)")
            .bind(who.hash())
            .bind(place.slug.as_str())
            .execute(&mut app)
            .await
            .unwrap();
        let [_, workspace, ..] = settings(&mut app).await;
        assert_eq!(workspace, "", "{} has no seat in {} and got its context", who.name, place.slug);
        execute(&mut app, "rollback").await.unwrap();
    }
    // A plain member of an organization can't manage it.
    for (who, opens) in [(&world.bob, false), (&world.dora, true)] {
        execute(&mut app, "begin").await.unwrap();
        sqlx::query("select from door.organization('session', $1, $2)")
            .bind(who.hash())
            .bind(world.b1.organization.uuid())
            .execute(&mut app)
            .await
            .unwrap();
        let [.., organization, _] = settings(&mut app).await;
        assert_eq!(!organization.is_empty(), opens, "{} and the context of organization B", who.name);
        execute(&mut app, "rollback").await.unwrap();
    }
}
