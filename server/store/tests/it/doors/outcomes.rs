//! Outcomes for workspaces that were renamed or deleted.

use crate::support::{World, change, kind, seat, slug, write_target};
use store::door::Door;

#[tokio::test]
async fn only_members_learn_that_a_workspace_was_renamed() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    change(&mut superuser, &world.a1, "slug = 'a-renamed'").await;
    for who in [&world.ann, &world.bob, &world.carl] {
        match world.door(who, &world.a1).await {
            Door::Moved(to) => assert_eq!(to, slug("a-renamed")),
            other => panic!("{} has a seat, and the old slug says {}", who.name, kind(&other)),
        }
        let write =
            world.store.workspace_write(&who.session(), &world.a1.slug, write_target(who, &world.a1)).await.unwrap();
        assert_eq!(kind(&write), "moved", "a write goes through by the old slug");
        assert_eq!(kind(&world.store.workspace(&who.session(), &slug("a-renamed")).await.unwrap()), "open");
    }
    for who in [&world.dora, &world.eve, &world.mal] {
        for wanted in [&world.a1.slug, &slug("a-renamed"), &slug("never-was")] {
            let door = world.store.workspace(&who.session(), wanted).await.unwrap();
            assert_eq!(kind(&door), "absent", "{} learns something of {wanted}", who.name);
        }
    }
    // After two renames, both old slugs lead to the newest.
    change(&mut superuser, &world.a1, "slug = 'a-third'").await;
    for old in ["a-one", "a-renamed"] {
        let door = world.store.workspace(&world.bob.session(), &slug(old)).await.unwrap();
        assert!(matches!(door, Door::Moved(to) if to == slug("a-third")), "{old} leads elsewhere");
    }
}

#[tokio::test]
async fn a_deleted_workspace_is_gone_for_members_and_absent_for_others() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    seat(&mut superuser, &world.a1, &world.carl, None).await;
    change(&mut superuser, &world.a1, "slug = 'a-renamed'").await;
    change(&mut superuser, &world.a1, "deleted_at = now()").await;
    for old_or_new in [&world.a1.slug, &slug("a-renamed")] {
        for (who, expected) in [
            (&world.ann, "gone"),
            (&world.bob, "gone"),
            (&world.carl, "absent"),
            (&world.dora, "absent"),
            (&world.eve, "absent"),
            (&world.mal, "absent"),
        ] {
            let read = world.store.workspace(&who.session(), old_or_new).await.unwrap();
            assert_eq!(kind(&read), expected, "{} reads {old_or_new}", who.name);
            let write =
                world.store.workspace_write(&who.session(), old_or_new, write_target(who, &world.a1)).await.unwrap();
            assert_eq!(kind(&write), expected, "{} writes {old_or_new}", who.name);
        }
    }
    assert_eq!(kind(&world.door(&world.ann, &world.a2).await), "open", "another workspace went with it");
}
