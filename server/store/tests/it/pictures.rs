//! Invariant: pictures are returned only to users with a seat in the workspace, or who share one with the person. Pins
//! and cleared recents belong to one user. What a user has no access to can't be distinguished from what does not
//! exist.

use crate::support::{Person, World};
use model::{Slug, picker::Pinned, picture::PictureName};
use store::{
    pictures,
    seats::{self, Freshness},
};

#[tokio::test]
async fn pictures_are_returned_only_to_people_who_share_a_workspace() {
    let world = World::new().await;
    world.furnish().await;
    let ann = world.read(&world.ann, &world.a1).await.commit().await.unwrap();
    let (logo, portrait) = (ann.workspace.brand.logo.unwrap(), ann.principal.person.portrait.unwrap());

    let mut own = world.person(&world.ann).await;
    assert_eq!(pictures::logo(&mut own, &world.a1.slug, &logo).await.unwrap().as_deref(), Some(&b"a logo"[..]));
    assert_eq!(
        pictures::portrait(&mut own, world.ann.id, &portrait).await.unwrap().as_deref(),
        Some(&b"a picture"[..])
    );
    let other = PictureName::parse("00000000000000000000000000000000").unwrap();
    assert_eq!(pictures::logo(&mut own, &world.a1.slug, &other).await.unwrap(), None, "another name is no picture");
    assert_eq!(pictures::logo(&mut own, &world.b1.slug, &logo).await.unwrap(), None, "B1 is foreign to ann");
    assert_eq!(pictures::portrait(&mut own, world.ola.id, &portrait).await.unwrap(), None, "ola is a stranger");
    own.commit().await.unwrap();

    let mut stranger = world.person(&world.ola).await;
    assert_eq!(pictures::logo(&mut stranger, &world.a1.slug, &logo).await.unwrap(), None);
    assert_eq!(pictures::portrait(&mut stranger, world.ann.id, &portrait).await.unwrap(), None);
    stranger.commit().await.unwrap();
}

#[tokio::test]
async fn pins_and_recents_are_per_person_and_foreign_workspaces_cannot_be_pinned() {
    let world = World::new().await;
    world.furnish().await;
    let mut tx = world.person(&world.ann).await;
    assert!(seats::pin(&mut tx, &world.a1.slug, Pinned::Yes).await.unwrap());
    assert!(!seats::pin(&mut tx, &world.b1.slug, Pinned::Yes).await.unwrap(), "B1 is foreign to ann");
    assert!(!seats::pin(&mut tx, &Slug::parse("no-such-place").unwrap(), Pinned::Yes).await.unwrap());
    tx.commit().await.unwrap();
    let list = async |who: &Person| world.store.picker(&who.session(), Freshness::Now).await.unwrap().unwrap().1;
    let slugs = |rows: Vec<(&model::picker::PickerOrganization, &model::picker::PickerWorkspace)>| {
        rows.iter().map(|(_, w)| w.slug.clone()).collect::<Vec<_>>()
    };
    assert_eq!(slugs(list(&world.ann).await.pinned()), std::slice::from_ref(&world.a1.slug));
    assert!(list(&world.ola).await.pinned().is_empty(), "another's pin");

    let mut tx = world.person(&world.ann).await;
    assert!(seats::pin(&mut tx, &world.a1.slug, Pinned::No).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(
        slugs(list(&world.ann).await.recent(None, 9)),
        std::slice::from_ref(&world.a1.slug),
        "the control: it was entered"
    );
    let mut tx = world.person(&world.ann).await;
    seats::clear_recents(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    let ann = list(&world.ann).await;
    assert!(ann.recent(None, 9).is_empty());
    assert!(ann.find(&world.a1.slug).is_some_and(|(_, w)| w.opened.is_some()), "when it was opened is forgotten");
    assert!(!list(&world.ola).await.recent(None, 9).is_empty(), "another's recents were cleared");
}
