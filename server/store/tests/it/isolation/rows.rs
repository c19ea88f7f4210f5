//! Rows that are visible and writable with and without a context.

use super::{
    context::{attempt, context, context_of, count},
    tables::{Table, contents},
};
use crate::support::{DENIED, World, connect, refusal, texts};
use sqlx::types::Uuid;

#[tokio::test]
async fn no_table_returns_or_accepts_rows_without_a_context() {
    let world = World::new().await;
    world.furnish().await;
    let mut superuser = world.db.superuser().await;
    let mut app = connect(&world.db.app()).await;
    let tables = Table::all(&mut superuser).await;
    let before = contents(&mut superuser, &tables).await;
    let nobody = Uuid::now_v7();
    let contexts = [
        ("no context", vec![]),
        ("an empty context", context("", "", "")),
        ("the context of a stranger", context(nobody, nobody, nobody)),
    ];
    for table in &tables {
        let name = &table.name;
        let copy = table.copy(&mut superuser, &world.ann, &world.a1).await;
        for (said, context) in &contexts {
            if table.readable {
                let seen = count(&mut app, context, &format!("select from {name}")).await;
                assert_eq!(seen, 0, "{name} shows {seen} rows to {said}");
            } else {
                let read = attempt(&mut app, context, &format!("select from {name}")).await;
                assert_eq!(refusal(&read).as_deref(), DENIED, "{name} can be read by {said}");
            }
            let added = attempt(&mut app, context, &copy).await;
            assert_eq!(refusal(&added).as_deref(), DENIED, "{name} takes a row from {said}");
            let changed = match table.change() {
                Some(change) => attempt(&mut app, context, &change).await.unwrap(),
                None => 0,
            };
            assert_eq!(changed, 0, "{name} lets {said} change {changed} rows");
            let removed = attempt(&mut app, context, &format!("delete from {name}")).await;
            match table.removable {
                true => assert_eq!(removed.unwrap(), 0, "{name} lets {said} remove rows"),
                false => assert_eq!(refusal(&removed).as_deref(), DENIED, "{name} lets {said} remove rows"),
            }
        }
        // An invalid context is an error and shows no rows.
        let garbage = attempt(&mut app, &context("x", "x", "x"), &format!("select from {name}")).await;
        let expected = if table.readable { Some("22P02") } else { DENIED };
        assert_eq!(refusal(&garbage).as_deref(), expected, "{name} answers to garbage");
    }
    assert_eq!(contents(&mut superuser, &tables).await, before, "something was written without a context");

    // Control: in their own context the same statements succeed, so the rejections above were caused by the context.
    let own = context_of(&world.ann, &world.a1);
    for table in &tables {
        let name = &table.name;
        if table.readable {
            assert!(
                count(&mut app, &own, &format!("select from {name}")).await > 0,
                "{name} hides ann's rows from ann"
            );
        }
        let copy = table.copy(&mut superuser, &world.ann, &world.a1).await;
        let added = attempt(&mut app, &own, &copy).await;
        let expected = if table.addable { Some("23505") } else { DENIED };
        assert_eq!(refusal(&added).as_deref(), expected, "a copy of ann's row of {name}");
        if let Some(change) = table.change() {
            assert!(attempt(&mut app, &own, &change).await.unwrap() > 0, "ann can't change her rows of {name}");
        }
    }
}

#[tokio::test]
async fn a_context_shows_only_its_own_rows() {
    let world = World::new().await;
    world.furnish().await;
    let mut superuser = world.db.superuser().await;
    let mut app = connect(&world.db.app()).await;
    for table in Table::all(&mut superuser).await.into_iter().filter(|table| table.readable) {
        let name = &table.name;
        for (who, place) in [(&world.ann, &world.a1), (&world.ola, &world.b1)] {
            let (context, own) = (context_of(who, place), table.own(who, place));
            let others = count(&mut app, &context, &format!("select from {name} where not {own}")).await;
            assert_eq!(others, 0, "{name} shows {} rows of others", who.name);
            let seen = count(&mut app, &context, &format!("select from {name}")).await;
            assert!(seen > 0, "{name} shows {} nothing, so nothing is proven", who.name);
            let there = format!("select count(*)::text from {name} where {own}");
            if table.in_workspace {
                assert_eq!(
                    texts(&mut superuser, &there).await,
                    [seen.to_string()],
                    "{name} hides rows of its own workspace"
                );
            }
        }
        // An existing user, workspace and organization that have no relation to these rows.
        let context = context_of(&world.mal, &world.m1);
        for (who, place) in [(&world.ann, &world.a1), (&world.ola, &world.b1)] {
            let foreign =
                count(&mut app, &context, &format!("select from {name} where {}", table.own(who, place))).await;
            assert_eq!(foreign, 0, "{name} shows mal {foreign} rows of {}", who.name);
        }
    }
}
