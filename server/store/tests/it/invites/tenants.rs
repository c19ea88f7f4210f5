//! Visibility of invites in another workspace.

use crate::support::{World, membership};
use model::{WorkspaceRole, capability::ManageMembers, id::UserId};
use store::{invites, organizations};

#[tokio::test]
async fn other_workspaces_and_organizations_do_not_see_invites() {
    let world = World::new().await;
    world.invited(&world.bob, &world.a1, "eve", WorkspaceRole::Viewer).await;
    let mut superuser = world.db.superuser().await;
    membership(&mut superuser, &world.b1, &world.carl, Some("admin")).await;
    let mut tx = world.write(&world.ola, &world.b1).await;
    let can = tx.can::<ManageMembers>().unwrap();
    assert!(invites::open(&mut tx, &can).await.unwrap().is_empty(), "B sees A's invites");
    let mut tx = world.organization(&world.ola, &world.b1).await;
    assert!(organizations::open_invites(&mut tx).await.unwrap().is_empty());
    let mut tx = world.write(&world.bob, &world.a1).await;
    let can = tx.can::<ManageMembers>().unwrap();
    assert_eq!(invites::open(&mut tx, &can).await.unwrap().len(), 1, "the control");
    let _: UserId = tx.user();
}
