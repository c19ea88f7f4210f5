//! Seats: where they come from, and when they end.

use crate::support::{World, kind, membership, seat, slug, write_target};
use model::{Capability, OrganizationRole, WorkspaceRole, seat::SeatSource};

#[tokio::test]
async fn the_seat_is_read_again_in_every_transaction() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let elsewhere = world.db.store();
    assert_eq!(kind(&world.door(&world.eve, &world.a1).await), "absent");
    seat(&mut superuser, &world.a1, &world.eve, Some("viewer")).await;
    assert_eq!(world.read(&world.eve, &world.a1).await.tenant().seat.role(), WorkspaceRole::Viewer);
    seat(&mut superuser, &world.a1, &world.eve, Some("admin")).await;
    assert_eq!(
        world.read(&world.eve, &world.a1).await.tenant().seat.role(),
        WorkspaceRole::Admin,
        "an old role was remembered"
    );
    seat(&mut superuser, &world.a1, &world.eve, Some("guest")).await;
    let lowered = world.read(&world.eve, &world.a1).await;
    assert_eq!(lowered.tenant().seat.role(), WorkspaceRole::Guest, "a role that was taken away still counts");
    drop(lowered);
    // Connections and caches are warm, on this server and on another.
    let warm = elsewhere.workspace(&world.eve.session(), &world.a1.slug).await.unwrap();
    assert_eq!(kind(&warm), "open");
    drop(warm);
    seat(&mut superuser, &world.a1, &world.eve, None).await;
    for store in [&world.store, &elsewhere] {
        let read = store.workspace(&world.eve.session(), &world.a1.slug).await.unwrap();
        assert_eq!(kind(&read), "absent", "a revoked seat still reads");
        let write = store
            .workspace_write(&world.eve.session(), &world.a1.slug, write_target(&world.eve, &world.a1))
            .await
            .unwrap();
        assert_eq!(kind(&write), "absent", "a revoked seat still writes");
    }
    assert_eq!(kind(&world.door(&world.bob, &world.a1).await), "open", "somebody else's seat went with it");
}

#[tokio::test]
async fn a_seat_exists_while_one_of_its_sources_exists() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let eve = &world.eve;
    for direct_goes_first in [true, false] {
        seat(&mut superuser, &world.a1, eve, Some("billing_admin")).await;
        let direct = world.read(eve, &world.a1).await.tenant().seat;
        assert_eq!((direct.role(), direct.via()), (WorkspaceRole::BillingAdmin, &[SeatSource::Direct][..]));
        membership(&mut superuser, &world.a1, eve, Some("member")).await;
        let both = world.read(eve, &world.a1).await.tenant().seat;
        assert_eq!(
            (both.direct(), both.organization()),
            (Some(WorkspaceRole::BillingAdmin), Some(OrganizationRole::Member))
        );
        assert!(
            both.capabilities().has(Capability::EditContent) && both.capabilities().has(Capability::ManageInvoices)
        );
        // The organization role covers all of its workspaces, but no others.
        assert_eq!(world.read(eve, &world.a2).await.tenant().seat.via(), [SeatSource::Organization]);
        assert_eq!(kind(&world.door(eve, &world.b1).await), "absent", "a role in A opens B");
        if direct_goes_first {
            seat(&mut superuser, &world.a1, eve, None).await;
            let inherited = world.read(eve, &world.a1).await.tenant().seat;
            assert_eq!((inherited.role(), inherited.via()), (WorkspaceRole::Member, &[SeatSource::Organization][..]));
            assert!(
                !inherited.capabilities().has(Capability::ManageInvoices),
                "the direct seat is gone, its capabilities stay"
            );
            membership(&mut superuser, &world.a1, eve, None).await;
        } else {
            membership(&mut superuser, &world.a1, eve, None).await;
            let direct = world.read(eve, &world.a1).await.tenant().seat;
            assert_eq!((direct.role(), direct.via()), (WorkspaceRole::BillingAdmin, &[SeatSource::Direct][..]));
            assert!(
                !direct.capabilities().has(Capability::EditContent),
                "the inherited seat is gone, its capabilities stay"
            );
            assert_eq!(
                kind(&world.door(eve, &world.a2).await),
                "absent",
                "the organization's other workspaces stay open"
            );
            seat(&mut superuser, &world.a1, eve, None).await;
        }
        assert_eq!(kind(&world.door(eve, &world.a1).await), "absent", "both sources are gone, the seat is not");
    }
}

#[tokio::test]
async fn organization_roles_apply_to_workspaces_created_later() {
    let world = World::new().await;
    let mut tx = world.organization(&world.ola, &world.b1).await;
    let wanted = [(slug("b-later"), "Later".to_owned())];
    store::organizations::create_workspaces(&mut tx, &wanted).await.unwrap();
    tx.commit().await.unwrap();
    for (who, expected) in
        [(&world.ola, "open"), (&world.dora, "open"), (&world.carl, "absent"), (&world.ann, "absent")]
    {
        let door = world.store.workspace(&who.session(), &slug("b-later")).await.unwrap();
        assert_eq!(kind(&door), expected, "{} and a new workspace of organization B", who.name);
    }
}
