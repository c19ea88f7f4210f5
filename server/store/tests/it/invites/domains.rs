//! Automatic joining by email domain.

use super::helpers::run;
use crate::support::{Person, World};
use model::{WorkspaceRole, capability::ManageMembers, domain::Domain, members::AutoJoin};
use store::{
    auto_joins::{self, NotJoinable},
    members, offers,
};

#[tokio::test]
async fn auto_join_requires_a_verified_address_of_the_domain_and_excludes_removed_members() {
    let world = World::new().await;
    let (bob, eve, a1) = (&world.bob, &world.eve, &world.a1);
    let offers_of = async |who: &Person| {
        let mut tx = world.person(who).await;
        offers::notices(&mut tx).await.unwrap().joins.into_iter().map(|join| join.id).collect::<Vec<_>>()
    };
    assert_eq!(offers_of(eve).await, [], "it is on by default");
    let set = async |domain: &str, role: WorkspaceRole| {
        let mut tx = world.write(bob, a1).await;
        let can = tx.can::<ManageMembers>().unwrap();
        let join = AutoJoin { domain: Domain::parse(domain).unwrap(), role };
        let outcome = auto_joins::set(&mut tx, &can, &join).await.unwrap();
        tx.commit().await.unwrap();
        outcome
    };
    assert_eq!(set("stile.example", WorkspaceRole::Admin).await, Err(NotJoinable::Role));
    assert_eq!(set("nobody.example", WorkspaceRole::Member).await, Err(NotJoinable::NobodyThere));
    assert_eq!(set("stile.example", WorkspaceRole::Viewer).await, Ok(()));
    assert_eq!(offers_of(eve).await, [a1.id]);
    let mut superuser = world.db.superuser().await;
    for other in ["eve@sub.stile.example", "eve@evil-stile.example", "eve@stile.example.evil.example"] {
        run(&mut superuser, &format!("update account.users set email = '{other}' where name = 'eve'")).await;
        assert_eq!(offers_of(eve).await, [], "{other} may join");
    }
    run(
        &mut superuser,
        "update account.users set email = 'eve@stile.example', email_verified_at = null where name = 'eve'",
    )
    .await;
    assert_eq!(offers_of(eve).await, [], "an unverified address may join");
    run(&mut superuser, "update account.users set email_verified_at = now() where name = 'eve'").await;
    let join = async |who: &Person| {
        let mut tx = world.person(who).await;
        let joined = offers::join(&mut tx, a1.id).await.unwrap();
        tx.commit().await.unwrap();
        joined
    };
    assert_eq!(join(eve).await, Some(a1.slug.clone()));
    assert_eq!(world.read(eve, a1).await.tenant().seat.role(), WorkspaceRole::Viewer);
    let mut tx = world.write(bob, a1).await;
    let can = tx.can::<ManageMembers>().unwrap();
    members::remove(&mut tx, &can, eve.id).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!((offers_of(eve).await, join(eve).await), (vec![], None), "who was put out walks in again");
}
