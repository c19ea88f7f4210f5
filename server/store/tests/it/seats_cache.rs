//! Invariant: the list of seats may be served from a cache, but never to another user, never older than the last change
//! to its content, and never as proof of access (docs/SECURITY.md, I-4).

use crate::support::{Person, World, change, execute, kind, membership, seat, slug};
use model::{OrganizationRole, WorkspaceRole, picker::Picker};
use std::sync::Arc;
use store::{
    Store,
    identity::{self, Device},
    seats::Freshness,
    secret::Secret,
};

async fn listed(store: &Store, who: &Person, freshness: Freshness) -> Arc<Picker> {
    store.picker(&who.session(), freshness).await.unwrap().expect("a live session lists nothing").1
}

/// Formats the list compactly: `A[owner]: A a-one=a-one admin, ...`.
fn words(picker: &Picker) -> String {
    let organization = |o: &model::picker::PickerOrganization| {
        let role = o.role.map(|r| format!("[{}]", r.as_str())).unwrap_or_default();
        let rows: Vec<_> =
            o.workspaces.iter().map(|w| format!("{}={} {}", w.name, w.slug, w.seat.role().as_str())).collect();
        format!("{}{role}: {}", o.name, rows.join(", "))
    };
    picker.organizations.iter().map(organization).collect::<Vec<_>>().join("; ")
}

#[tokio::test]
async fn a_recent_list_is_cached_and_a_fresh_one_is_read() {
    let world = World::new().await;
    let first = listed(&world.store, &world.carl, Freshness::Recent).await;
    let again = listed(&world.store, &world.carl, Freshness::Recent).await;
    assert!(Arc::ptr_eq(&first, &again), "the list is read each time");
    let fresh = listed(&world.store, &world.carl, Freshness::Now).await;
    assert!(!Arc::ptr_eq(&first, &fresh), "Refresh was served from memory");
    assert!(fresh.as_of > first.as_of);
    let after = listed(&world.store, &world.carl, Freshness::Recent).await;
    assert!(Arc::ptr_eq(&fresh, &after), "after Refresh the older list came back");
    assert_eq!(words(&fresh), "A: A a-one=a-one member; B: B b-one=b-one billing_admin");
}

#[tokio::test]
async fn every_change_shows_on_the_next_call_on_every_server() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let elsewhere = world.db.store();
    let (eve, a1) = (&world.eve, &world.a1);
    let rename =
        |name: &str| format!("update account.organizations set name = '{name}' where id = '{}'", a1.organization);
    let add = format!(
        "insert into account.workspaces (id, organization_id, slug, name) values (gen_random_uuid(), '{}', 'a-new', 'New')",
        a1.organization
    );
    // The change, and the complete list of eve's seats afterwards.
    let steps: Vec<(&str, &str)> = vec![
        ("seat +viewer", "A: A a-one=a-one viewer"),
        ("seat +owner", "A: A a-one=a-one owner"),
        ("workspace name = 'Renamed'", "A: Renamed=a-one owner"),
        ("workspace slug = 'a-other'", "A: Renamed=a-other owner"),
        ("workspace slug = 'a-one', name = 'A a-one'", "A: A a-one=a-one owner"),
        ("organization Acme", "Acme: A a-one=a-one owner"),
        ("seat -", ""),
        ("membership +member", "Acme[member]: A a-one=a-one member, A a-two=a-two member"),
        ("membership +admin", "Acme[admin]: A a-one=a-one admin, A a-two=a-two admin"),
        ("created", "Acme[admin]: A a-one=a-one admin, A a-two=a-two admin, New=a-new admin"),
        ("organization A", "A[admin]: A a-one=a-one admin, A a-two=a-two admin, New=a-new admin"),
        ("workspace deleted_at = now()", "A[admin]: A a-two=a-two admin, New=a-new admin"),
        ("workspace deleted_at = null", "A[admin]: A a-one=a-one admin, A a-two=a-two admin, New=a-new admin"),
        ("seat +owner", "A[admin]: A a-one=a-one owner, A a-two=a-two admin, New=a-new admin"),
        ("membership -", "A: A a-one=a-one owner"),
        ("workspace deleted_at = now()", ""),
    ];
    for store in [&world.store, &elsewhere] {
        assert_eq!(words(&*listed(store, eve, Freshness::Recent).await), "");
    }
    for (step, expected) in steps {
        match step.split_once(' ') {
            Some(("seat", role)) => seat(&mut superuser, a1, eve, role.strip_prefix('+')).await,
            Some(("membership", role)) => membership(&mut superuser, a1, eve, role.strip_prefix('+')).await,
            Some(("workspace", what)) => change(&mut superuser, a1, what).await,
            Some(("organization", name)) => assert_eq!(execute(&mut superuser, &rename(name)).await.unwrap(), 1),
            _ => assert_eq!(execute(&mut superuser, &add).await.unwrap(), 1),
        }
        for (server, store) in [("this server", &world.store), ("another server", &elsewhere)] {
            let recent = listed(store, eve, Freshness::Recent).await;
            assert_eq!(words(&recent), expected, "after {step:?} {server} serves an old list");
            let again = listed(store, eve, Freshness::Recent).await;
            assert!(Arc::ptr_eq(&recent, &again), "after {step:?} {server} keeps no list at all");
        }
    }
}

/// Promise: the cache epoch is per user, so that one user's change does not invalidate the lists of all others.
#[tokio::test]
async fn a_change_for_one_person_keeps_the_cached_lists_of_others() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let before = listed(&world.store, &world.ola, Freshness::Recent).await;
    seat(&mut superuser, &world.a1, &world.eve, Some("viewer")).await;
    change(&mut superuser, &world.m1, "name = 'Elsewhere'").await;
    assert!(Arc::ptr_eq(&before, &listed(&world.store, &world.ola, Freshness::Recent).await));
}

#[tokio::test]
async fn nobody_gets_the_list_of_another_person() {
    let world = World::new().await;
    let people = [&world.ann, &world.bob, &world.carl, &world.dora, &world.eve, &world.mal, &world.ola];
    let mut lists = Vec::new();
    for who in people {
        lists.push(words(&*listed(&world.store, who, Freshness::Recent).await));
    }
    assert_eq!(
        lists,
        [
            "A[owner]: A a-one=a-one owner, A a-two=a-two owner",
            "A: A a-one=a-one admin",
            "A: A a-one=a-one member; B: B b-one=b-one billing_admin",
            "B[admin]: B b-one=b-one admin",
            "",
            "M[owner]: M m-one=m-one owner",
            "B[owner]: B b-one=b-one owner",
        ]
    );
    // Again with a warm cache, in another order, and in one browser in which one user signs out and the next signs in.
    for (who, list) in people.into_iter().zip(&lists).rev() {
        assert_eq!(
            words(&*listed(&world.store, who, Freshness::Recent).await),
            *list,
            "{} was given another's list",
            who.name
        );
    }
    let mut previous = world.ann.session();
    for (who, list) in people.into_iter().zip(&lists).skip(1) {
        let secret = Secret::generate("").unwrap();
        world.store.begin_session(who.id, &secret, &Device::default(), Some(&previous)).await.unwrap();
        assert!(
            world.store.picker(&previous, Freshness::Recent).await.unwrap().is_none(),
            "an ended session still lists"
        );
        previous = store::door::Credential::Session(secret.hash());
        let (principal, picker) = world.store.picker(&previous, Freshness::Recent).await.unwrap().unwrap();
        assert_eq!((principal.person.id, words(&picker)), (who.id, list.clone()));
    }
}

#[tokio::test]
async fn a_cached_list_grants_no_access() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let shown = listed(&world.store, &world.bob, Freshness::Recent).await;
    assert!(shown.find(&world.a1.slug).is_some());
    seat(&mut superuser, &world.a1, &world.bob, None).await;
    assert_eq!(kind(&world.door(&world.bob, &world.a1).await), "absent", "a row that is still on screen opens");
    let mut tx = world.person(&world.ann).await;
    identity::sign_out(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    assert!(
        world.store.picker(&world.ann.session(), Freshness::Recent).await.unwrap().is_none(),
        "a list outlives its session"
    );
}

#[tokio::test]
async fn a_visit_is_listed_after_the_cache_was_invalidated() {
    let world = World::new().await;
    let (principal, before) = world.store.picker(&world.ann.session(), Freshness::Recent).await.unwrap().unwrap();
    assert!(before.default_workspace().is_none());
    let mut tx = world.visit(&world.ann, &world.a2).await;
    store::handoffs::record_visit(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    world.store.invalidate_picker(&principal).await;
    let after = listed(&world.store, &world.ann, Freshness::Recent).await;
    assert_eq!(after.default_workspace().map(|w| w.slug.clone()), Some(slug("a-two")));
    let (organization, row) = after.find(&world.a2.slug).unwrap();
    assert_eq!((organization.role, row.seat.role()), (Some(OrganizationRole::Owner), WorkspaceRole::Owner));
}
