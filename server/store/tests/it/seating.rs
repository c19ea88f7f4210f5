//! Invariants of seats: nobody can grant or change more than their own role allows, and there is always an owner,
//! whoever removes whom concurrently and in whatever way (docs/SECURITY.md, I-11).

use crate::support::{Person, Place, World, execute, membership, seat, texts, write_target};
use model::{
    OrganizationRole, Seat, WorkspaceRole,
    capability::{ManageMembers, OwnWorkspace},
    id::UserId,
    seating::{Refused, Roster, Step},
};
use sqlx::Connection;
use std::sync::Arc;
use store::{
    StoreError,
    door::{Door, WorkspaceTx, Write},
    members, organizations,
};

/// Environment variable with the number of rounds of the race tests. A release runs as many as the promise states.
const ROUNDS: &str = "STILE_RACE_ROUNDS";

#[expect(clippy::disallowed_methods, reason = "the tests have no configuration but this")]
fn rounds() -> usize {
    std::env::var(ROUNDS).ok().and_then(|text| text.parse().ok()).unwrap_or(1_000)
}

fn refused<T>(outcome: Result<T, StoreError>) -> Option<Refused> {
    match outcome {
        Ok(_) => None,
        Err(StoreError::Seating(refused)) => Some(refused),
        Err(other) => panic!("not the rules: {other}"),
    }
}

impl World {
    async fn seating(&self, who: &Person, place: &Place, people: &[UserId]) -> Option<WorkspaceTx<Write>> {
        match self.store.workspace_seating(&who.session(), &place.slug, write_target(who, place), people).await.unwrap()
        {
            Door::Open(tx) => Some(tx),
            _ => None,
        }
    }

    async fn set_role(&self, by: &Person, place: &Place, who: UserId, role: WorkspaceRole) -> Option<Refused> {
        let mut tx = self.seating(by, place, &[who]).await.unwrap();
        let Ok(can) = tx.can::<ManageMembers>() else { return Some(Refused::NotAllowed) };
        let outcome = members::set_role(&mut tx, &can, who, role).await;
        if outcome.is_ok() {
            return refused(tx.commit().await);
        }
        refused(outcome)
    }

    async fn remove(&self, by: &Person, place: &Place, who: UserId) -> Option<Refused> {
        let Some(mut tx) = self.seating(by, place, &[who]).await else { return Some(Refused::NoSeat) };
        if by.id == who {
            let outcome = members::leave(&mut tx, None).await;
            return match outcome {
                Ok(_) => refused(tx.commit().await),
                outcome => refused(outcome),
            };
        }
        let Ok(can) = tx.can::<ManageMembers>() else { return Some(Refused::NotAllowed) };
        match members::remove(&mut tx, &can, who).await.map(drop) {
            Ok(_) => refused(tx.commit().await),
            outcome => refused(outcome),
        }
    }
}

#[tokio::test]
async fn nobody_grants_or_changes_a_seat_above_their_own_role() {
    let world = World::new().await;
    let (bob, carl, a1) = (&world.bob, &world.carl, &world.a1);
    assert_eq!(
        world.set_role(bob, a1, carl.id, WorkspaceRole::Owner).await,
        Some(Refused::AboveYou),
        "an admin made an owner"
    );
    assert_eq!(
        world.set_role(bob, a1, bob.id, WorkspaceRole::Owner).await,
        Some(Refused::AboveYou),
        "an admin made themselves owner"
    );
    assert_eq!(
        world.set_role(carl, a1, carl.id, WorkspaceRole::Admin).await,
        Some(Refused::NotAllowed),
        "a member edited their role"
    );
    assert_eq!(
        world.set_role(bob, a1, world.eve.id, WorkspaceRole::Viewer).await,
        Some(Refused::NoSeat),
        "a stranger got a seat by id"
    );
    assert_eq!(world.remove(bob, a1, world.ann.id).await, Some(Refused::NoSeat), "an inherited seat was removed here");
    let mut superuser = world.db.superuser().await;
    seat(&mut superuser, a1, &world.eve, Some("owner")).await;
    assert_eq!(world.remove(bob, a1, world.eve.id).await, Some(Refused::AboveYou), "an admin removed an owner");
    assert_eq!(
        world.set_role(bob, a1, world.eve.id, WorkspaceRole::Viewer).await,
        Some(Refused::AboveYou),
        "an admin demoted an owner"
    );
    // Controls: the same steps by users who may take them.
    assert_eq!(world.set_role(bob, a1, carl.id, WorkspaceRole::Admin).await, None);
    assert_eq!(world.set_role(&world.ann, a1, carl.id, WorkspaceRole::Owner).await, None);
    assert_eq!(world.remove(&world.ann, a1, world.eve.id).await, None);
    let log = texts(
        &mut superuser,
        "select action || coalesce(' ' || (detail -> 'role' ->> 'to'), '') from workspace.audit_log order by id",
    )
    .await;
    assert_eq!(
        log.iter().rev().take(3).rev().collect::<Vec<_>>(),
        ["seat_role_changed admin", "seat_role_changed owner", "seat_removed "]
    );
}

#[tokio::test]
async fn the_last_owner_cannot_leave_without_a_successor() {
    let world = World::new().await;
    let (ann, bob, a1) = (&world.ann, &world.bob, &world.a1);
    let mut tx = world.organization(ann, a1).await;
    assert_eq!(refused(organizations::leave(&mut tx, None).await), Some(Refused::LastOwner));
    assert_eq!(
        refused(organizations::set_role(&mut tx, ann.id, OrganizationRole::Member).await),
        Some(Refused::LastOwner)
    );
    assert_eq!(
        refused(organizations::leave(&mut tx, Some(world.eve.id)).await),
        Some(Refused::NoSuccessor),
        "a stranger became owner"
    );
    drop(tx);
    // The database enforces this as well, even for a change that bypasses the store.
    let mut superuser = world.db.superuser().await;
    let raw = format!("delete from account.organization_members where organization_id = '{}'", a1.organization);
    let error = execute(&mut superuser, &raw).await.unwrap_err();
    assert!(error.to_string().contains("nobody would be left"), "{error}");
    // With a successor, leaving and transferring ownership is one step.
    membership(&mut superuser, a1, bob, Some("admin")).await;
    let mut tx = world
        .store
        .organization_seating(&ann.session(), a1.organization, ann.id, &[ann.id, bob.id])
        .await
        .unwrap()
        .unwrap();
    organizations::leave(&mut tx, Some(bob.id)).await.unwrap();
    tx.commit().await.unwrap();
    let left = format!("select role from account.organization_members where organization_id = '{}'", a1.organization);
    assert_eq!(texts(&mut superuser, &left).await, ["owner"]);
    // The owner of a workspace may leave as long as there is an inherited owner, but not otherwise.
    seat(&mut superuser, a1, &world.carl, Some("owner")).await;
    let mut tx = world.seating(&world.carl, a1, &[world.carl.id]).await.unwrap();
    members::leave(&mut tx, None).await.unwrap();
    drop(tx);
    execute(&mut superuser, "set session_replication_role = replica").await.unwrap();
    membership(&mut superuser, a1, bob, None).await;
    execute(&mut superuser, "set session_replication_role = origin").await.unwrap();
    assert_eq!(world.remove(&world.carl, a1, world.carl.id).await, Some(Refused::LastOwner));
    let own = world.seating(&world.carl, a1, &[world.carl.id, bob.id]).await;
    let mut tx = own.unwrap();
    let can = tx.can::<OwnWorkspace>().unwrap();
    members::transfer(&mut tx, &can, bob.id).await.unwrap();
    tx.commit().await.unwrap();
    let roles = format!(
        "select u.name || ' ' || m.role from account.workspace_members m join account.users u on u.id = m.user_id where m.workspace_id = '{}' order by 1",
        a1.id
    );
    assert_eq!(texts(&mut superuser, &roles).await, ["bob owner", "carl admin"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_owners_who_remove_each_other_leave_one_owner() {
    let world = Arc::new(World::new().await);
    let mut superuser = world.db.superuser().await;
    let organization = world.a1.organization;
    for round in 0..rounds() {
        membership(&mut superuser, &world.a1, &world.ann, Some("owner")).await;
        membership(&mut superuser, &world.a1, &world.bob, Some("owner")).await;
        let strike = |by: fn(&World) -> &Person, whom: fn(&World) -> &Person| {
            let world = Arc::clone(&world);
            tokio::spawn(async move {
                let (by, whom) = (by(&world), whom(&world));
                let opened =
                    world.store.organization_seating(&by.session(), organization, by.id, &[whom.id]).await.unwrap();
                let Some(mut tx) = opened else { return false };
                match organizations::remove(&mut tx, whom.id).await {
                    Ok(_) => tx.commit().await.is_ok(),
                    Err(_) => false,
                }
            })
        };
        let (one, other) = tokio::join!(strike(|w| &w.ann, |w| &w.bob), strike(|w| &w.bob, |w| &w.ann));
        let struck = usize::from(one.unwrap()) + usize::from(other.unwrap());
        let left = texts(&mut superuser, &format!("select user_id::text from account.organization_members where organization_id = '{organization}' and role = 'owner'")).await;
        assert_eq!((struck, left.len()), (1, 1), "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_database_keeps_one_owner_without_the_locks_of_the_store() {
    let world = World::new().await;
    let a1 = &world.a1;
    let mut superuser = world.db.superuser().await;
    execute(&mut superuser, "set session_replication_role = replica").await.unwrap();
    membership(&mut superuser, a1, &world.ann, None).await;
    execute(&mut superuser, "set session_replication_role = origin").await.unwrap();
    let (mut one, mut other) = (world.db.superuser().await, world.db.superuser().await);
    for round in 0..rounds() {
        seat(&mut superuser, a1, &world.bob, Some("owner")).await;
        seat(&mut superuser, a1, &world.carl, Some("owner")).await;
        // Without the store's locks: each transaction sees both owners and removes one.
        let (mut first, mut second) = (one.begin().await.unwrap(), other.begin().await.unwrap());
        seat(&mut first, a1, &world.bob, None).await;
        seat(&mut second, a1, &world.carl, None).await;
        let (first, second) = tokio::join!(first.commit(), second.commit());
        assert!(first.is_ok() != second.is_ok(), "round {round}: {first:?} {second:?}");
        let left = texts(
            &mut superuser,
            &format!(
                "select user_id::text from account.workspace_members where workspace_id = '{}' and role = 'owner'",
                a1.id
            ),
        )
        .await;
        assert_eq!(left.len(), 1, "round {round}");
    }
}

#[tokio::test]
async fn the_database_agrees_with_the_roster_after_each_step() {
    let world = World::new().await;
    let (mal, m1) = (&world.mal, &world.m1);
    let people = [mal, &world.ann, &world.bob, &world.carl, &world.eve];
    let mut roster = Roster::found(0_usize, 1);
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut draw = |n: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((state >> 33) % n).unwrap()
    };
    let (mut taken, mut denied) = (0, 0);
    for number in 0..250 {
        let (by, to) = (draw(5), draw(5));
        let (role, rank) = (WorkspaceRole::ALL[draw(6)], OrganizationRole::ALL[draw(3)]);
        let step = match draw(8) {
            0..4 => Step::Grant { by, to, workspace: 0, role },
            4 => Step::Remove { by, from: to, workspace: 0 },
            5 => Step::Enroll { by, to, role: rank },
            6 => Step::Expel { by, from: to },
            _ => Step::Transfer { by, to, workspace: 0 },
        };
        let wanted = roster.take(&step).is_ok();
        let who = |i: usize| people[i];
        let done = match step {
            Step::Grant { by, to, role, .. } => match world.seating(who(by), m1, &[who(to).id]).await {
                Some(mut tx) => match tx.can::<ManageMembers>() {
                    Ok(can) => {
                        members::grant(&mut tx, &can, who(to).id, role).await.is_ok() && tx.commit().await.is_ok()
                    }
                    Err(_) => false,
                },
                None => false,
            },
            Step::Remove { by, from, .. } => world.remove(who(by), m1, who(from).id).await.is_none(),
            Step::Transfer { by, to, .. } => match world.seating(who(by), m1, &[who(to).id, who(by).id]).await {
                Some(mut tx) => match tx.can::<OwnWorkspace>() {
                    Ok(can) => members::transfer(&mut tx, &can, who(to).id).await.is_ok() && tx.commit().await.is_ok(),
                    Err(_) => false,
                },
                None => false,
            },
            Step::Enroll { by, to, .. } | Step::Expel { by, from: to } => {
                let opened = world
                    .store
                    .organization_seating(&who(by).session(), m1.organization, who(by).id, &[who(to).id])
                    .await
                    .unwrap();
                match opened {
                    Some(mut tx) => {
                        let outcome = match step {
                            Step::Enroll { role, .. } => organizations::set_member(&mut tx, who(to).id, role).await,
                            _ => organizations::remove(&mut tx, who(to).id).await.map(drop),
                        };
                        outcome.is_ok() && tx.commit().await.is_ok()
                    }
                    None => {
                        // A user who can't manage the organization may still leave it.
                        let mut tx = world.person(who(by)).await;
                        matches!(step, Step::Expel { by, from } if by == from)
                            && organizations::quit(&mut tx, m1.organization).await.unwrap()
                            && tx.commit().await.is_ok()
                    }
                }
            }
            _ => unreachable!("not drawn"),
        };
        assert_eq!(done, wanted, "step {number}: {step:?}");
        *(if done { &mut taken } else { &mut denied }) += 1;
        for (i, person) in people.iter().enumerate() {
            let held = match world.door(person, m1).await {
                Door::Open(tx) => Some(tx.tenant().seat),
                _ => None,
            };
            assert_eq!(
                held.map(Seat::role),
                roster.seat(i, 0).map(Seat::role),
                "{} after step {number}: {step:?}",
                person.name
            );
        }
    }
    assert!(taken > 20 && denied > 20, "{taken} taken, {denied} refused: this tried nothing");
}
