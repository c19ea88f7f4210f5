//! Invariant: a slug that was ever used never becomes another workspace's, even after a rename or deletion. An old URL
//! therefore leads to the workspace it led to before or nowhere, but never to somebody else's workspace
//! (docs/SECURITY.md, I-13).

use crate::support::{DENIED, Person, Place, World, change, connect, constraint, execute, kind, refusal, slug, texts};
use sqlx::Connection;
use std::sync::Arc;
use store::{StoreError, door::Door, organizations};
use tokio::{sync::Barrier, task::JoinSet};

/// Constraints that reject a taken slug: of the workspaces, and of the slug history.
const TAKEN: [&str; 2] = ["workspaces_slug_key", "slugs_pkey"];

async fn create(world: &World, who: &Person, at: &Place, slugs: &[&str]) -> Result<(), StoreError> {
    let mut tx = world.organization(who, at).await;
    let wanted: Vec<_> = slugs.iter().map(|s| (slug(s), "New".to_owned())).collect();
    organizations::create_workspaces(&mut tx, &wanted).await?;
    tx.commit().await
}

/// Asserts that nobody can take the slug: neither a stranger, nor the same organization, nor another workspace by a
/// rename.
async fn is_taken(world: &World, wanted: &str, why: &str) {
    for (who, at) in [(&world.mal, &world.m1), (&world.ann, &world.a2)] {
        let refused = constraint(create(world, who, at, &[wanted]).await);
        assert!(
            refused.as_deref().is_some_and(|c| TAKEN.contains(&c)),
            "{}, {why}, was given to {}: {refused:?}",
            wanted,
            who.name
        );
    }
    let mut superuser = world.db.superuser().await;
    let rename = format!("update account.workspaces set slug = '{wanted}' where id = '{}'", world.m1.id);
    let refused = refusal(&execute(&mut superuser, &rename).await);
    assert_eq!(refused.as_deref(), Some("23505"), "{wanted}, {why}, was taken by a rename");
}

#[tokio::test]
async fn a_used_slug_is_never_available_to_another_workspace() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    is_taken(&world, "a-one", "in use").await;
    change(&mut superuser, &world.a1, "slug = 'a-second'").await;
    is_taken(&world, "a-one", "in use before a rename").await;
    is_taken(&world, "a-second", "in use after a rename").await;
    change(&mut superuser, &world.a1, "slug = 'a-third'").await;
    change(&mut superuser, &world.a1, "deleted_at = now()").await;
    for old in ["a-one", "a-second", "a-third"] {
        is_taken(&world, old, "once of a deleted workspace").await;
    }
    // Control: unused slugs are available, and the rejected attempts left nothing behind.
    create(&world, &world.mal, &world.m1, &["a-fourth"]).await.unwrap();
    let slugs = texts(&mut superuser, "select slug from account.workspaces order by 1").await;
    assert_eq!(slugs, ["a-fourth", "a-third", "a-two", "b-one", "m-one"]);
}

#[tokio::test]
async fn a_workspace_can_take_back_its_former_slug() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    for (to, from) in [("a-second", "a-one"), ("a-third", "a-second"), ("a-one", "a-third"), ("a-second", "a-one")] {
        change(&mut superuser, &world.a1, &format!("slug = '{to}'")).await;
        let now = world.store.workspace(&world.bob.session(), &slug(to)).await.unwrap();
        assert_eq!(kind(&now), "open", "{to} is the slug now");
        drop(now);
        let old = world.store.workspace(&world.bob.session(), &slug(from)).await.unwrap();
        assert!(matches!(old, Door::Moved(new) if new == slug(to)), "{from} does not lead to {to}");
        let retired = texts(
            &mut superuser,
            "select slug from account.slugs where slug like 'a-%' and retired_at is null order by 1",
        )
        .await;
        assert_eq!(retired, [to, "a-two"], "a slug in use counts as retired, or an old one as in use");
    }
    // Setting the same slug again is no change.
    change(&mut superuser, &world.a1, "slug = slug").await;
    assert_eq!(kind(&world.store.workspace(&world.bob.session(), &slug("a-second")).await.unwrap()), "open");
}

#[tokio::test]
async fn a_former_slug_never_leads_to_another_workspace() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    // Neither mal's workspace nor ann's own A2 can take the former slug of A1.
    change(&mut superuser, &world.a1, "slug = 'a-moved'").await;
    for place in [&world.m1, &world.a2] {
        let refused = refusal(
            &execute(
                &mut superuser,
                &format!("update account.workspaces set slug = 'a-one' where id = '{}'", place.id),
            )
            .await,
        );
        assert_eq!(refused.as_deref(), Some("23505"));
    }
    for (who, expected) in [(&world.bob, "moved"), (&world.mal, "absent")] {
        assert_eq!(
            kind(&world.store.workspace(&who.session(), &slug("a-one")).await.unwrap()),
            expected,
            "{}",
            who.name
        );
    }
    // Two workspaces can't swap their slugs step by step.
    change(&mut superuser, &world.a2, "slug = 'a-aside'").await;
    let traded = refusal(
        &execute(&mut superuser, &format!("update account.workspaces set slug = 'a-two' where id = '{}'", world.a1.id))
            .await,
    );
    assert_eq!(traded.as_deref(), Some("23505"));
}

#[tokio::test]
async fn a_batch_with_a_taken_slug_creates_nothing() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let count = "select (select count(*) from account.workspaces) || ' ' || (select count(*) from account.slugs)";
    let before = texts(&mut superuser, count).await;
    for batch in [&["m-two", "a-one", "m-three"][..], &["m-two", "m-two"]] {
        assert!(constraint(create(&world, &world.mal, &world.m1, batch).await).is_some(), "{batch:?}");
    }
    assert_eq!(texts(&mut superuser, count).await, before, "half of a batch was kept");
    create(&world, &world.mal, &world.m1, &["m-two", "m-three"]).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_claims_of_one_slug_succeed_once() {
    let world = Arc::new(World::new().await);
    for round in 0..20 {
        let start = Arc::new(Barrier::new(6));
        let mut claims = JoinSet::new();
        for claim in 0..6 {
            let (world, start) = (Arc::clone(&world), Arc::clone(&start));
            claims.spawn(async move {
                let (who, at) = [(&world.ann, &world.a1), (&world.ola, &world.b1), (&world.mal, &world.m1)][claim % 3];
                start.wait().await;
                create(&world, who, at, &[&format!("wanted-{round}")]).await
            });
        }
        let outcomes = claims.join_all().await;
        assert_eq!(outcomes.iter().filter(|o| o.is_ok()).count(), 1, "round {round}: {outcomes:?}");
        assert_eq!(
            outcomes.into_iter().filter_map(constraint).count(),
            5,
            "round {round}: a loser met with another error"
        );
    }
}

#[tokio::test]
async fn the_app_role_cannot_change_the_slug_history() {
    let world = World::new().await;
    let mut app = connect(&world.db.app()).await;
    for statement in [
        "delete from account.slugs".to_owned(),
        "update account.slugs set retired_at = now()".to_owned(),
        format!("update account.slugs set workspace_id = '{}'", world.m1.id),
        format!("insert into account.slugs (slug, workspace_id) values ('a-claimed', '{}')", world.m1.id),
    ] {
        let mut tx = app.begin().await.unwrap();
        sqlx::query("select set_config('stile.workspace_id', $1, true)")
            .bind(world.m1.id.to_string())
            .execute(&mut *tx)
            .await
            .unwrap();
        assert_eq!(
            execute(&mut tx, "select from account.slugs").await.unwrap(),
            1,
            "a workspace reads its own history"
        );
        assert_eq!(refusal(&execute(&mut tx, &statement).await).as_deref(), DENIED, "stile_app may: {statement}");
    }
}
