//! Access to the management of an organization.

use crate::support::{World, membership};
use model::OrganizationRole;

#[tokio::test]
async fn an_organization_opens_only_for_its_owners_and_admins() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    membership(&mut superuser, &world.b1, &world.eve, Some("member")).await;
    for (who, role) in [
        (&world.ola, Some(OrganizationRole::Owner)),
        (&world.dora, Some(OrganizationRole::Admin)),
        (&world.eve, None),
        (&world.carl, None),
        (&world.ann, None),
    ] {
        let door = world.store.organization(&who.session(), world.b1.organization).await.unwrap();
        assert_eq!(door.map(|tx| tx.role), role, "{} and organization B", who.name);
    }
    let nowhere = model::id::OrganizationId::from_uuid(world.b1.id.uuid());
    assert!(world.store.organization(&world.ola.session(), nowhere).await.unwrap().is_none());
}
