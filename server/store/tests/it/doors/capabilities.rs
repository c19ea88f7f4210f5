//! Capabilities: which role has which, and where they are valid.

use crate::support::{Person, World, draft, membership, seat};
use model::{
    Capability, WorkspaceRole,
    capability::{
        EditContent, ManageBilling, ManageInvoices, ManageMembers, ManageSettings, OwnWorkspace, ReadAll, ReadShared,
        RecordUsage,
    },
    list::{ListQuery, Noun},
};
use store::{
    StoreError, customers,
    door::{Denied, Mode, WorkspaceTx},
};

/// The role table: for each capability, the roles that have it, in the order Owner, Admin, Billing admin, Member,
/// Viewer, Guest.
const TABLE: [(Capability, &str); 9] = [
    (Capability::ReadShared, "xxxxxx"),
    (Capability::ReadAll, "xxxxx-"),
    (Capability::EditContent, "xx-x--"),
    (Capability::RecordUsage, "xx-x--"),
    (Capability::ManageInvoices, "xxx---"),
    (Capability::ManageBilling, "xxx---"),
    (Capability::ManageMembers, "xx----"),
    (Capability::ManageSettings, "xx----"),
    (Capability::OwnWorkspace, "x-----"),
];

fn handed_out<M: Mode>(tx: &WorkspaceTx<M>) -> [(Capability, Result<(), Denied>); 9] {
    [
        (Capability::ReadShared, tx.can::<ReadShared>().map(drop)),
        (Capability::ReadAll, tx.can::<ReadAll>().map(drop)),
        (Capability::EditContent, tx.can::<EditContent>().map(drop)),
        (Capability::RecordUsage, tx.can::<RecordUsage>().map(drop)),
        (Capability::ManageInvoices, tx.can::<ManageInvoices>().map(drop)),
        (Capability::ManageBilling, tx.can::<ManageBilling>().map(drop)),
        (Capability::ManageMembers, tx.can::<ManageMembers>().map(drop)),
        (Capability::ManageSettings, tx.can::<ManageSettings>().map(drop)),
        (Capability::OwnWorkspace, tx.can::<OwnWorkspace>().map(drop)),
    ]
}

async fn holds(world: &World, who: &Person, columns: &[usize]) {
    let (read, write) = (world.read(who, &world.a1).await, world.write(who, &world.a1).await);
    for outcomes in [handed_out(&read), handed_out(&write)] {
        for ((capability, outcome), (of_row, row)) in outcomes.into_iter().zip(TABLE) {
            assert_eq!(capability, of_row);
            let expected = columns.iter().any(|column| row.as_bytes()[*column] == b'x');
            let expected = if expected { Ok(()) } else { Err(Denied(capability)) };
            assert_eq!(outcome, expected, "{:?} as {:?}", capability, read.tenant().seat);
        }
    }
}

#[tokio::test]
async fn the_door_issues_exactly_the_capabilities_of_the_seat() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    for (column, role) in WorkspaceRole::ALL.iter().enumerate() {
        seat(&mut superuser, &world.a1, &world.eve, Some(role.as_str())).await;
        holds(&world, &world.eve, &[column]).await;
        for (organization, inherited) in [("owner", 0), ("admin", 1), ("member", 3)] {
            membership(&mut superuser, &world.a1, &world.eve, Some(organization)).await;
            holds(&world, &world.eve, &[column, inherited]).await;
            seat(&mut superuser, &world.a1, &world.eve, None).await;
            holds(&world, &world.eve, &[inherited]).await;
            seat(&mut superuser, &world.a1, &world.eve, Some(role.as_str())).await;
        }
        membership(&mut superuser, &world.a1, &world.eve, None).await;
    }
}

#[tokio::test]
async fn a_capability_of_one_workspace_is_rejected_in_another() {
    let world = World::new().await;
    let stocked = world.stock(&world.ola, &world.b1, "Beta").await;
    // Carl may edit A1, but only manage billing in B1.
    let tx = world.write(&world.carl, &world.a1).await;
    let of_a1 = tx.can::<EditContent>().unwrap();
    drop(tx);
    let mut in_b1 = world.write(&world.carl, &world.b1).await;
    assert!(in_b1.can::<EditContent>().is_err());
    let created = customers::create(&mut in_b1, &of_a1, &draft("Planted")).await;
    assert!(matches!(created, Err(StoreError::ForeignCapability)), "{created:?}");
    let changed = customers::update(&mut in_b1, &of_a1, stocked.customers[0], &draft("Planted")).await;
    assert!(matches!(changed, Err(StoreError::ForeignCapability)), "{changed:?}");
    in_b1.commit().await.unwrap();
    let mut in_b1 = world.read(&world.ola, &world.b1).await;
    let names = customers::list(&mut in_b1, &ListQuery::new(Noun::Customers)).await.unwrap().rows;
    assert!(
        names.iter().all(|row| row.name.starts_with("Beta")),
        "carl wrote to B1 with what A1 allows him: {names:?}"
    );
    // Control: the capability is valid in its own workspace.
    let mut in_a1 = world.write(&world.carl, &world.a1).await;
    customers::create(&mut in_a1, &of_a1, &draft("Own")).await.unwrap();
}
