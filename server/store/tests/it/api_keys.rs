//! Invariant: an API key has at most the rights of its owner's seat, in its own workspace, within its scopes, and nothing
//! once it is revoked or expired, its owner has no seat, or the workspace is deleted (docs/SECURITY.md, I-28).

use crate::support::{Person, Place, World, change, execute, kind, seat, waiting_for, write_target};
use model::{
    Capability,
    api_key::{KeyState, Scope},
    capability::{EditContent, ManageMembers, ManageSettings, RecordUsage},
    list::{ListQuery, Noun},
};
use std::sync::Arc;
use store::{
    StoreError, api_keys, customers,
    door::{Credential, Door, WorkspaceTx, Write},
    members,
};

/// Returns the outcome of opening the workspace, for reading and for writing.
async fn opens(world: &World, key: &Credential, place: &Place) -> [&'static str; 2] {
    let read = kind(&world.store.workspace(key, &place.slug).await.unwrap());
    [read, kind(&world.store.workspace_program(key, &place.slug).await.unwrap())]
}

async fn writing(world: &World, key: &Credential, place: &Place) -> WorkspaceTx<Write> {
    match world.store.workspace_program(key, &place.slug).await.unwrap() {
        Door::Open(tx) => tx,
        other => panic!("the key opened nothing: {}", kind(&other)),
    }
}

async fn seating(world: &World, by: &Person, place: &Place, people: &[model::id::UserId]) -> WorkspaceTx<Write> {
    match world.store.workspace_seating(&by.session(), &place.slug, write_target(by, place), people).await.unwrap() {
        Door::Open(tx) => tx,
        other => panic!("{} could not change seats: {}", by.name, kind(&other)),
    }
}

/// The server unpacks what remembered senders send before it asks the door.
#[tokio::test]
async fn a_key_that_opened_nothing_is_not_remembered() {
    let world = World::new().await;
    let key = world.key(&world.bob, &world.a1, &Scope::ALL).await;
    assert_ne!(opens(&world, &key, &world.b1).await, ["open"; 2]);
    assert!(!world.store.has_known_target(&key, &world.b1.slug));
    assert_eq!(opens(&world, &key, &world.a1).await, ["open"; 2], "control");
    assert!(world.store.has_known_target(&key, &world.a1.slug), "control");
}

#[tokio::test]
async fn a_key_is_dead_once_anything_that_it_depends_on_is_gone() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let (bob, a1) = (&world.bob, &world.a1);
    let key = world.key(bob, a1, &Scope::ALL).await;
    assert_eq!(opens(&world, &key, a1).await, ["open"; 2]);
    let (place, owner) = (a1.id, bob.id);
    for (undone, done) in [
        (
            "update account.api_keys set expires_at = now()",
            "update account.api_keys set expires_at = now() + interval '1 day'",
        ),
        (
            "update account.users set disabled_at = now() where id = '{owner}'",
            "update account.users set disabled_at = null where id = '{owner}'",
        ),
        (
            "update account.workspaces set deleted_at = now() where id = '{place}'",
            "update account.workspaces set deleted_at = null where id = '{place}'",
        ),
        (
            "delete from account.workspace_members where workspace_id = '{place}' and user_id = '{owner}'",
            "insert into account.workspace_members (workspace_id, user_id, role) values ('{place}', '{owner}', 'admin')",
        ),
        ("update account.api_keys set revoked_at = now()", "update account.api_keys set revoked_at = null"),
    ] {
        let fact = |sql: &str| sql.replace("{place}", &place.to_string()).replace("{owner}", &owner.to_string());
        execute(&mut superuser, &fact(undone)).await.unwrap();
        assert_eq!(opens(&world, &key, a1).await, ["signed out"; 2], "after: {undone}");
        execute(&mut superuser, &fact(done)).await.unwrap();
        assert_eq!(opens(&world, &key, a1).await, ["open"; 2], "control, after: {done}");
    }
}

#[tokio::test]
async fn a_key_opens_its_own_workspace_and_nothing_of_its_owner() {
    let world = World::new().await;
    // Ann owns A1 and A2.
    let key = world.key(&world.ann, &world.a1, &Scope::ALL).await;
    for place in [&world.a2, &world.b1] {
        assert_eq!(opens(&world, &key, place).await, ["signed out"; 2], "{}", place.slug);
    }
    assert!(world.store.person(&key).await.unwrap().is_none(), "the key opened its owner's account");
    assert!(world.store.organization(&key, world.a1.organization).await.unwrap().is_none());
    let Credential::Key(hash) = key else { panic!("no key") };
    for other in [Credential::Token(hash), Credential::Session(hash)] {
        assert_eq!(opens(&world, &other, &world.a1).await, ["signed out"; 2]);
    }
    assert_eq!(opens(&world, &key, &world.a1).await, ["open"; 2]);
}

#[tokio::test]
async fn a_key_has_the_capabilities_of_its_scopes_that_its_owner_has() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let (ann, a1) = (&world.ann, &world.a1);
    let [send, read, all] = [
        world.key(&world.bob, a1, &[Scope::EventsWrite]).await,
        world.key(&world.bob, a1, &[Scope::Read]).await,
        world.key(ann, a1, &Scope::ALL).await,
    ];
    assert!(matches!(world.store.workspace(&send, &a1.slug).await, Err(StoreError::Scope(Scope::Read))));
    assert!(writing(&world, &send, a1).await.can::<RecordUsage>().is_ok());
    assert!(writing(&world, &read, a1).await.can::<RecordUsage>().is_err());
    let tx = writing(&world, &all, a1).await;
    assert!(tx.can::<RecordUsage>().is_ok());
    assert!(
        tx.can::<EditContent>().is_err() && tx.can::<ManageMembers>().is_err() && tx.can::<ManageSettings>().is_err()
    );
    for capability in Capability::ALL {
        let admitted = matches!(capability, Capability::ReadShared | Capability::ReadAll | Capability::RecordUsage);
        assert_eq!(tx.tenant().capabilities().has(capability), admitted, "{capability:?}");
    }
    drop(tx);
    // The owner becomes a viewer: the scope stays, the capability does not.
    seat(&mut superuser, a1, &world.bob, Some("viewer")).await;
    assert!(writing(&world, &send, a1).await.can::<RecordUsage>().is_err());
    assert_eq!(opens(&world, &read, a1).await[0], "open");
}

#[tokio::test]
async fn the_key_of_a_guest_reads_only_shared_customers() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let stock = world.stock(&world.ann, &world.a1, "Alpha").await;
    let key = world.key(&world.bob, &world.a1, &[Scope::Read]).await;
    let seen = async || {
        let Door::Open(mut tx) = world.store.workspace(&key, &world.a1.slug).await.unwrap() else { panic!("closed") };
        customers::list(&mut tx, &ListQuery::new(Noun::Customers)).await.unwrap().rows.len()
    };
    assert_eq!(seen().await, 2);
    seat(&mut superuser, &world.a1, &world.bob, Some("guest")).await;
    assert_eq!(seen().await, 0);
    let share = format!(
        "insert into workspace.customer_shares (workspace_id, customer_id, user_id) values ('{}', '{}', '{}')",
        world.a1.id, stock.customers[0], world.bob.id
    );
    execute(&mut superuser, &share).await.unwrap();
    assert_eq!(seen().await, 1);
}

#[tokio::test]
async fn a_workspace_that_requires_a_second_factor_accepts_only_keys_created_with_one() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let key = world.key(&world.bob, &world.a1, &Scope::ALL).await;
    change(&mut superuser, &world.a1, "demands_factor = true").await;
    assert_eq!(opens(&world, &key, &world.a1).await, ["factor"; 2]);
    execute(&mut superuser, "update account.api_keys set proven = true").await.unwrap();
    assert_eq!(opens(&world, &key, &world.a1).await, ["open"; 2]);
}

#[tokio::test]
async fn a_renamed_workspace_redirects_its_keys_only() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let (key, other) =
        (world.key(&world.ann, &world.a1, &Scope::ALL).await, world.key(&world.ann, &world.a2, &Scope::ALL).await);
    change(&mut superuser, &world.a1, "slug = 'a-new'").await;
    assert_eq!(opens(&world, &key, &world.a1).await, ["moved"; 2]);
    assert_eq!(opens(&world, &other, &world.a1).await, ["signed out"; 2]);
}

/// Attack: a batch that is being written while its key is revoked commits after the revocation has returned.
#[tokio::test]
async fn no_write_with_a_key_commits_after_its_revocation() {
    let world = Arc::new(World::new().await);
    let mut superuser = world.db.superuser().await;
    let key = world.key(&world.bob, &world.a1, &Scope::ALL).await;
    let writes = writing(&world, &key, &world.a1).await;
    let revoking = tokio::spawn({
        let world = Arc::clone(&world);
        async move {
            let mut tx = seating(&world, &world.ann, &world.a1, &[world.bob.id]).await;
            let can = tx.can::<ManageSettings>().unwrap();
            let id = api_keys::list(&mut tx, &can).await.unwrap()[0].id;
            assert!(api_keys::revoke(&mut tx, &can, id).await.unwrap());
            tx.commit().await.unwrap();
        }
    });
    waiting_for(&mut superuser, "advisory").await;
    assert!(!revoking.is_finished(), "the revocation did not wait for the write");
    writes.commit().await.unwrap();
    revoking.await.unwrap();
    assert_eq!(opens(&world, &key, &world.a1).await, ["signed out"; 2]);
}

#[tokio::test]
async fn keys_of_a_removed_person_are_given_to_an_admin_or_stay_dead() {
    let world = World::new().await;
    let (ann, a1) = (&world.ann, &world.a1);
    let key = world.key(&world.bob, a1, &[Scope::EventsWrite]).await;
    let mut tx = seating(&world, ann, a1, &[world.bob.id]).await;
    let can = tx.can::<ManageMembers>().unwrap();
    // Neither a member who may not manage settings, nor a stranger, nor the person themselves.
    for heir in [world.carl.id, world.eve.id, world.bob.id] {
        assert!(!api_keys::hand_over(&mut tx, &can, world.bob.id, heir).await.unwrap());
    }
    assert_eq!(api_keys::owners(&mut tx, &can).await.unwrap(), [world.bob.id]);
    assert!(api_keys::hand_over(&mut tx, &can, world.bob.id, ann.id).await.unwrap());
    members::remove(&mut tx, &can, world.bob.id).await.unwrap();
    tx.commit().await.unwrap();
    let tx = writing(&world, &key, a1).await;
    assert_eq!(tx.user(), ann.id);
    drop(tx);
    // Without a choice, the key is dead, and the list says why.
    world.grant(ann, a1, &world.eve, model::WorkspaceRole::Admin).await;
    let orphan = world.key(&world.eve, a1, &[Scope::EventsWrite]).await;
    let mut tx = seating(&world, ann, a1, &[world.eve.id]).await;
    let can = tx.can::<ManageMembers>().unwrap();
    members::remove(&mut tx, &can, world.eve.id).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(kind(&world.store.workspace_program(&orphan, &a1.slug).await.unwrap()), "signed out");
    let mut tx = world.read(ann, a1).await;
    let can = tx.can::<ManageSettings>().unwrap();
    let states: Vec<KeyState> = api_keys::list(&mut tx, &can).await.unwrap().into_iter().map(|key| key.state).collect();
    assert_eq!(states, [KeyState::OwnerLeft, KeyState::Active]);
}
