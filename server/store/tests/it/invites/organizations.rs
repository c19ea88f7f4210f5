//! Invites to an organization.

use super::helpers::{email, run};
use crate::support::{World, sign_in};
use model::{OrganizationRole, WorkspaceRole, seating::Refused};
use store::{StoreError, invites::SendOutcome, offers, organizations};

#[tokio::test]
async fn organization_invites_bind_at_sign_in_to_the_verified_address() {
    let world = World::new().await;
    let (ann, ola, a1, a2, b1) = (&world.ann, &world.ola, &world.a1, &world.a2, &world.b1);
    for (by, place, role) in [(ann, a1, OrganizationRole::Admin), (ola, b1, OrganizationRole::Member)] {
        let mut tx = world.organization(by, place).await;
        let sending =
            organizations::send_invite(&mut tx, &email("eve"), role, &offers::links().unwrap()).await.unwrap();
        assert!(matches!(sending, SendOutcome::Sent(_)));
        tx.commit().await.unwrap();
    }
    let above = {
        let mut tx = world.organization(&world.dora, b1).await;
        organizations::send_invite(&mut tx, &email("mal"), OrganizationRole::Owner, &offers::links().unwrap()).await
    };
    assert!(matches!(above, Err(StoreError::Seating(Refused::AboveYou))), "an org admin invited an owner");
    let mut superuser = world.db.superuser().await;
    run(&mut superuser, "update account.users set email_verified_at = null where name = 'eve'").await;
    sign_in(&world.store, world.eve.id, "eve").await;
    assert!(!world.has_seat(&world.eve, a1).await, "it bound to an unverified address");
    run(&mut superuser, "update account.users set email_verified_at = now() where name = 'eve'").await;
    let eve = sign_in(&world.store, world.eve.id, "eve").await;
    for place in [a1, a2, b1] {
        assert!(world.has_seat(&eve, place).await, "{} is missing", place.slug);
    }
    assert_eq!(world.read(&eve, a2).await.tenant().seat.role(), WorkspaceRole::Admin);
    assert_eq!(world.read(&eve, b1).await.tenant().seat.role(), WorkspaceRole::Member);
    sign_in(&world.store, world.mal.id, "mal").await;
    assert!(!world.has_seat(&world.mal, a1).await, "somebody else's invite bound");
}
