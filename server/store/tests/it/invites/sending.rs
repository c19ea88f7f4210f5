//! Limits on sending invites.

use super::helpers::email;
use crate::support::World;
use model::{WorkspaceRole, capability::ManageMembers, invite::InviteState, seating::Refused};
use store::{
    StoreError,
    invites::{self, SendOutcome},
    offers::{self, AcceptOutcome},
};

#[tokio::test]
async fn nobody_invites_above_their_own_role_and_resends_are_limited() {
    let world = World::new().await;
    let (bob, a1) = (&world.bob, &world.a1);
    let above = world.send(bob, a1, &email("eve"), WorkspaceRole::Owner).await;
    assert!(matches!(above, Err(StoreError::Seating(Refused::AboveYou))), "an admin invited an owner");
    assert!(world.write(&world.carl, a1).await.can::<ManageMembers>().is_err(), "a member may invite");
    assert_eq!(world.send(bob, a1, &email("carl"), WorkspaceRole::Viewer).await.unwrap().0, SendOutcome::Seated);
    let sent = world.invited(bob, a1, "eve", WorkspaceRole::Viewer).await;
    assert_eq!(world.send(bob, a1, &email("eve"), WorkspaceRole::Viewer).await.unwrap().0, SendOutcome::Pending);
    let mut last = None;
    for _ in 0..4 {
        let mut tx = world.write(bob, a1).await;
        let can = tx.can::<ManageMembers>().unwrap();
        last = invites::resend(&mut tx, &can, sent.id, &offers::links().unwrap())
            .await
            .unwrap()
            .map(|(sending, _)| sending);
        tx.commit().await.unwrap();
    }
    assert_eq!(last, Some(SendOutcome::Throttled), "a fifth mail went out");
    let mut tx = world.write(&world.ola, &world.b1).await;
    let can = tx.can::<ManageMembers>().unwrap();
    assert!(invites::revoke(&mut tx, &can, sent.id).await.unwrap().is_none(), "another workspace revoked it");
    let mut tx = world.write(bob, a1).await;
    let can = tx.can::<ManageMembers>().unwrap();
    assert_eq!(invites::revoke(&mut tx, &can, sent.id).await.unwrap().as_deref(), Some("eve@stile.example"));
    tx.commit().await.unwrap();
    assert_eq!(world.accept(&world.eve, sent.id).await, AcceptOutcome::Closed(InviteState::Revoked));
}
