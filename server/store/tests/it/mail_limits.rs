//! Invariant: mails that a user can cause to be sent to others are counted in the database, so the limits hold across
//! servers: per recipient over all workspaces, per sender, and per organization.

use crate::support::{Person, Place, World, execute, texts};
use model::{Email, WorkspaceRole, capability::ManageMembers};
use std::sync::Arc;
use store::{
    Store,
    door::{Door, WriteTarget},
    invites::{self, SendOutcome},
    links::{self, Purpose},
    mail::MailQuotaCheck,
    offers, organizations,
    secret::Secret,
};
use tokio::task::JoinSet;

fn email(name: &str) -> Email {
    Email::parse(&format!("{name}@stile.example")).unwrap()
}

/// Sends an invite through the given server.
async fn send(store: &Store, by: &Person, place: &Place, to: &Email) -> SendOutcome {
    let target = WriteTarget { user: by.id, workspace: place.id };
    let Door::Open(mut tx) = store.workspace_write(&by.session(), &place.slug, target).await.unwrap() else {
        panic!("{} can't write in {}", by.name, place.slug)
    };
    let can = tx.can::<ManageMembers>().unwrap();
    let links = offers::links().unwrap();
    let sending = invites::send(&mut tx, &can, to, WorkspaceRole::Viewer, &links).await.unwrap();
    if matches!(sending, SendOutcome::Sent(_)) {
        tx.commit().await.unwrap();
    }
    sending
}

/// Makes all accounts and organizations old enough that the limits of new ones do not apply.
async fn grow_old(world: &World) {
    let mut superuser = world.db.superuser().await;
    for table in ["users", "organizations"] {
        execute(&mut superuser, &format!("update account.{table} set created_at = now() - interval '1 year'"))
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn mails_to_one_address_are_limited_across_organizations_and_servers() {
    let world = World::new().await;
    let second = world.db.store();
    let to = email("target");
    // Three organizations, four workspaces and two servers, together.
    let mut superuser = world.db.superuser().await;
    let senders = [(&world.ann, &world.a1), (&world.ann, &world.a2), (&world.ola, &world.b1), (&world.mal, &world.m1)];
    let mut sent = 0;
    for round in 0..3 {
        for (number, (by, place)) in senders.iter().enumerate() {
            let store = if number % 2 == 0 { &world.store } else { &second };
            if matches!(send(store, by, place, &to).await, SendOutcome::Sent(_)) {
                sent += 1;
            }
        }
        execute(&mut superuser, "update account.invites set revoked_at = now() where revoked_at is null")
            .await
            .unwrap();
        assert!(round < 2 || sent == 10, "{sent} mails to one address in a day");
    }
    assert!(
        matches!(send(&second, &world.mal, &world.m1, &email("another")).await, SendOutcome::Sent(_)),
        "control: others get theirs"
    );
    execute(&mut superuser, "update account.caused_mails set at = at - interval '25 hours'").await.unwrap();
    assert!(matches!(send(&second, &world.mal, &world.m1, &to).await, SendOutcome::Sent(_)), "the next day");
}

#[tokio::test]
async fn one_organization_cannot_exhaust_the_limit_of_an_address() {
    let world = World::new().await;
    grow_old(&world).await;
    let (to, mut superuser) = (email("target"), world.db.superuser().await);
    let mut sent = 0;
    for (by, place) in
        [(&world.ann, &world.a1), (&world.ann, &world.a2), (&world.bob, &world.a1)].iter().cycle().take(9)
    {
        if matches!(send(&world.store, by, place, &to).await, SendOutcome::Sent(_)) {
            sent += 1;
        }
        execute(&mut superuser, "update account.invites set revoked_at = now() where revoked_at is null")
            .await
            .unwrap();
    }
    assert_eq!(sent, 4, "mails of one organization to one address");
    assert!(
        matches!(send(&world.store, &world.ola, &world.b1, &to).await, SendOutcome::Sent(_)),
        "another organization's"
    );
}

#[tokio::test]
async fn limits_hold_for_concurrent_requests() {
    let world = Arc::new(World::new().await);
    grow_old(&world).await;
    let mut racing = JoinSet::new();
    let (stores, to) = ([world.store.clone(), world.db.store()], email("target"));
    for number in 0..8 {
        let (world, store, to) = (Arc::clone(&world), stores[number % 2].clone(), to.clone());
        racing.spawn(async move {
            // Address changes are counted like invites, but no open invite prevents a second one.
            let who = if number % 2 == 0 { &world.eve } else { &world.mal };
            let mut tx = store.person(&who.session()).await.unwrap().unwrap();
            let offered = links::offer_address(&mut tx, &to, &Secret::generate("").unwrap()).await.unwrap();
            if offered.is_ok() {
                tx.commit().await.unwrap();
            }
            offered.is_ok()
        });
    }
    let sent = racing.join_all().await.into_iter().filter(|sent| *sent).count();
    assert_eq!(sent, 5, "mails to one address by a race");
}

#[tokio::test]
async fn new_accounts_have_a_lower_mail_limit() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let mut sent = 0;
    for number in 0..30 {
        match send(&world.store, &world.mal, &world.m1, &email(&format!("p{number}"))).await {
            SendOutcome::Sent(_) => sent += 1,
            SendOutcome::Spent(wait) => assert!((80_000..=86_400).contains(&wait), "{wait} seconds"),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(sent, 20, "mails by an account of today");
    let mut tx = world.write(&world.mal, &world.m1).await;
    let can = tx.can::<ManageMembers>().unwrap();
    assert_eq!(invites::allowance(&mut tx, &can).await.unwrap().left, 0, "what is told before");
    drop(tx);
    assert!(
        matches!(send(&world.store, &world.ann, &world.a1, &email("p0")).await, SendOutcome::Sent(_)),
        "control: somebody else"
    );
    execute(&mut superuser, "update account.users set created_at = now() - interval '2 days' where name = 'mal'")
        .await
        .unwrap();
    assert!(
        matches!(send(&world.store, &world.mal, &world.m1, &email("next")).await, SendOutcome::Sent(_)),
        "an account of two days"
    );
}

#[tokio::test]
async fn members_share_the_mail_limit_of_their_organization() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    execute(&mut superuser, "update account.users set created_at = now() - interval '1 year'").await.unwrap();
    let mut sent = 0;
    for number in 0..60 {
        let (by, place) = if number % 2 == 0 { (&world.ann, &world.a2) } else { (&world.bob, &world.a1) };
        if matches!(send(&world.store, by, place, &email(&format!("p{number}"))).await, SendOutcome::Sent(_)) {
            sent += 1;
        }
    }
    assert_eq!(sent, 50, "mails by an organization of today");
    let mut tx = world.organization(&world.ann, &world.a1).await;
    let links = offers::links().unwrap();
    let sending =
        organizations::send_invite(&mut tx, &email("whole"), model::OrganizationRole::Member, &links).await.unwrap();
    assert!(matches!(sending, SendOutcome::Spent(_)), "its own invites: {sending:?}");
    assert!(
        matches!(send(&world.store, &world.ola, &world.b1, &email("p0")).await, SendOutcome::Sent(_)),
        "control: another organization"
    );
}

#[tokio::test]
async fn resends_are_counted_and_refused_mails_are_not() {
    let world = World::new().await;
    grow_old(&world).await;
    let to = email("target");
    let SendOutcome::Sent(id) = send(&world.store, &world.bob, &world.a1, &to).await else { panic!("not sent") };
    let mut outcomes = Vec::new();
    for _ in 0..5 {
        let mut tx = world.write(&world.bob, &world.a1).await;
        let can = tx.can::<ManageMembers>().unwrap();
        let links = offers::links().unwrap();
        let (sending, _) = invites::resend(&mut tx, &can, id, &links).await.unwrap().unwrap();
        outcomes.push(matches!(sending, SendOutcome::Sent(_)));
        tx.commit().await.unwrap();
    }
    assert_eq!(outcomes, [true, true, true, false, false]);
    let mut superuser = world.db.superuser().await;
    assert_eq!(texts(&mut superuser, "select count(*)::text from account.caused_mails").await, ["4"]);
}

#[tokio::test]
async fn reset_links_are_limited_per_address_across_servers() {
    let world = World::new().await;
    let stores = [world.store.clone(), world.db.store()];
    let ask = async |number: usize, to: &str| {
        let (to, token) = (email(to), Secret::generate("").unwrap());
        let letter = |_| model::mail::Letter::new(&to, "A link");
        stores[number % 2].offer_link(Purpose::Reset, &to, &token, None, letter).await.unwrap()
    };
    for number in 0..4 {
        assert_eq!(ask(number, "eve").await, MailQuotaCheck::Counted);
        assert_eq!(
            ask(number, "nobody").await,
            MailQuotaCheck::Counted,
            "an address without an account counts the same"
        );
    }
    for number in 0..2 {
        assert!(matches!(ask(number, "eve").await, MailQuotaCheck::Recipient(1..=720)));
        assert!(matches!(ask(number, "nobody").await, MailQuotaCheck::Recipient(1..=720)));
    }
    assert_eq!(ask(0, "somebody").await, MailQuotaCheck::Counted, "control");
    let mut superuser = world.db.superuser().await;
    let kept = texts(
        &mut superuser,
        "select count(*)::text from account.caused_mails where encode(recipient, 'escape') like '%@%'",
    )
    .await;
    assert_eq!(kept, ["0"], "an address is kept as it is");
}
