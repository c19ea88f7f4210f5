//! Invariants of invites and access requests: an invite gives a seat only to the user whose verified email address it
//! names, only once, and with no higher role than its sender can grant at that moment. A request for access does not
//! reveal whether the workspace exists (docs/SECURITY.md, I-12, I-16).

use crate::support::{Person, Place, World, execute, membership, seat, sign_in, texts};
use model::{
    Email, OrganizationRole, Slug, WorkspaceRole,
    capability::ManageMembers,
    domain::Domain,
    id::{InviteId, UserId},
    invite::{InviteState, Mailbox},
    members::AutoJoin,
    seating::Refused,
};
use sqlx::PgConnection;
use std::sync::Arc;
use store::{
    StoreError,
    access::{self, Asked},
    auto_joins::{self, NotJoinable},
    invites::{self, Links, Sending},
    members::{self, Answer},
    offers::{self, Accepted},
    organizations,
    secret::Secret,
};
use tokio::task::JoinSet;

fn email(name: &str) -> Email {
    Email::parse(&format!("{name}@stile.example")).unwrap()
}

struct Sent {
    id: InviteId,
    links: Links,
}

impl World {
    async fn send(
        &self,
        by: &Person,
        place: &Place,
        to: &Email,
        role: WorkspaceRole,
    ) -> Result<(Sending, Links), StoreError> {
        let mut tx = self.write(by, place).await;
        let can = tx.can::<ManageMembers>().unwrap();
        let links = offers::links().unwrap();
        let sending = invites::send(&mut tx, &can, to, role, &links).await?;
        tx.commit().await?;
        Ok((sending, links))
    }

    async fn invited(&self, by: &Person, place: &Place, to: &str, role: WorkspaceRole) -> Sent {
        match self.send(by, place, &email(to), role).await.unwrap() {
            (Sending::Sent(id), links) => Sent { id, links },
            (other, _) => panic!("{to} was not invited: {other:?}"),
        }
    }

    async fn accept(&self, who: &Person, id: InviteId) -> Accepted {
        let mut tx = self.person(who).await;
        let accepted = offers::accept(&mut tx, id).await.unwrap();
        tx.commit().await.unwrap();
        accepted
    }

    async fn has_seat(&self, who: &Person, place: &Place) -> bool {
        matches!(self.door(who, place).await, store::door::Door::Open(_))
    }

    async fn state(&self, token: &Secret) -> Option<InviteState> {
        self.store.invite(&token.hash()).await.unwrap().map(|linked| linked.invite.state)
    }
}

async fn run(superuser: &mut PgConnection, sql: &str) {
    assert_ne!(execute(superuser, sql).await.unwrap(), 0, "nothing came of: {sql}");
}

#[tokio::test]
async fn only_the_person_whose_verified_address_it_names_takes_it() {
    let world = World::new().await;
    let (bob, eve, mal, a1) = (&world.bob, &world.eve, &world.mal, &world.a1);
    let mut superuser = world.db.superuser().await;
    let sent = world.invited(bob, a1, "eve", WorkspaceRole::Viewer).await;
    assert_eq!(world.accept(mal, sent.id).await, Accepted::OtherPerson);
    for twin in ["eve+x@stile.example", "eve@stile.example.evil.example", "evе@stile.example"] {
        assert_ne!(Email::parse(twin).ok(), Some(email("eve")), "{twin} passes for eve");
    }
    run(&mut superuser, "update account.users set email_verified_at = null where name = 'eve'").await;
    assert_eq!(world.accept(eve, sent.id).await, Accepted::Unverified);
    run(
        &mut superuser,
        "update account.users set email_verified_at = now(), email = 'other@stile.example' where name = 'eve'",
    )
    .await;
    assert_eq!(world.accept(eve, sent.id).await, Accepted::OtherPerson, "the address was changed after sending");
    run(&mut superuser, "update account.users set email = 'eve@stile.example' where name = 'eve'").await;
    assert_eq!(world.state(&sent.links.mailed).await, Some(InviteState::Open), "a refusal used it up");
    let refusals = texts(
        &mut superuser,
        "select detail ->> 'reason' from account.audit_log where action = 'invite_refused' order by id",
    )
    .await;
    assert_eq!(refusals, ["other_person", "unverified", "other_person"], "refusals are noted");
    assert!(!world.has_seat(eve, a1).await && !world.has_seat(mal, a1).await);

    assert_eq!(world.accept(eve, sent.id).await, Accepted::Workspace(a1.slug.clone()), "the control");
    assert!(world.has_seat(eve, a1).await);
    let log = texts(&mut superuser, "select action from workspace.audit_log where actor = 'eve'").await;
    assert_eq!(log, ["invite_accepted"], "the workspace's own log tells of it");
    assert_eq!(world.accept(eve, sent.id).await, Accepted::Before(Some(a1.slug.clone())), "twice");
}

#[tokio::test]
async fn what_is_expired_revoked_declined_or_withdrawn_seats_nobody() {
    let world = World::new().await;
    let (ann, bob, eve, a1) = (&world.ann, &world.bob, &world.eve, &world.a1);
    let mut superuser = world.db.superuser().await;
    let cases: [(&str, InviteState); 5] = [
        ("update account.invites set expires_at = now() where id = '{}'", InviteState::Expired),
        ("update account.invites set revoked_at = now() where id = '{}'", InviteState::Revoked),
        ("update account.workspace_members set role = 'viewer' where user_id = '{bob}'", InviteState::Withdrawn),
        ("delete from account.workspace_members where user_id = '{bob}'", InviteState::Withdrawn),
        ("update account.workspaces set deleted_at = now() where id = '{a1}'", InviteState::Withdrawn),
    ];
    for (fact, state) in cases {
        let sent = world.invited(bob, a1, "eve", WorkspaceRole::Admin).await;
        let fact = fact
            .replace("{}", &sent.id.to_string())
            .replace("{bob}", &bob.id.to_string())
            .replace("{a1}", &a1.id.to_string());
        run(&mut superuser, &fact).await;
        assert_eq!(world.accept(eve, sent.id).await, Accepted::Closed(state), "{fact}");
        assert_eq!(world.state(&sent.links.copied).await, Some(state), "{fact}");
        run(&mut superuser, &format!("update account.workspaces set deleted_at = null where id = '{}'", a1.id)).await;
        seat(&mut superuser, a1, bob, Some("admin")).await;
        execute(
            &mut superuser,
            "delete from account.invite_links; delete from account.invites; delete from account.caused_mails",
        )
        .await
        .unwrap();
    }
    // Resets the daily limit of mails to her, which the cases above have reached.
    execute(&mut superuser, "delete from account.caused_mails").await.unwrap();
    let sent = world.invited(bob, a1, "eve", WorkspaceRole::Admin).await;
    let mut tx = world.person(eve).await;
    let declined = offers::decline(&mut tx, sent.id).await.unwrap().expect("nothing to decline");
    assert_eq!((declined.inviter, declined.place.as_str()), (email("bob"), "A a-one"));
    tx.commit().await.unwrap();
    assert_eq!(world.accept(eve, sent.id).await, Accepted::Closed(InviteState::Declined));
    assert_eq!(
        world.send(ann, a1, &email("eve"), WorkspaceRole::Viewer).await.unwrap().0,
        Sending::Declined,
        "invited again at once"
    );
    assert!(!world.has_seat(eve, a1).await);
    let mut tx = world.person(&world.mal).await;
    let foreign = world.invited(bob, a1, "dora", WorkspaceRole::Viewer).await;
    assert!(offers::decline(&mut tx, foreign.id).await.unwrap().is_none(), "somebody else declined it");
}

#[tokio::test]
async fn nobody_invites_above_their_own_role_and_nobody_is_flooded() {
    let world = World::new().await;
    let (bob, a1) = (&world.bob, &world.a1);
    let above = world.send(bob, a1, &email("eve"), WorkspaceRole::Owner).await;
    assert!(matches!(above, Err(StoreError::Seating(Refused::AboveYou))), "an admin invited an owner");
    assert!(world.write(&world.carl, a1).await.can::<ManageMembers>().is_err(), "a member may invite");
    assert_eq!(world.send(bob, a1, &email("carl"), WorkspaceRole::Viewer).await.unwrap().0, Sending::Seated);
    let sent = world.invited(bob, a1, "eve", WorkspaceRole::Viewer).await;
    assert_eq!(world.send(bob, a1, &email("eve"), WorkspaceRole::Viewer).await.unwrap().0, Sending::Pending);
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
    assert_eq!(last, Some(Sending::Throttled), "a fifth mail went out");
    let mut tx = world.write(&world.ola, &world.b1).await;
    let can = tx.can::<ManageMembers>().unwrap();
    assert!(invites::revoke(&mut tx, &can, sent.id).await.unwrap().is_none(), "another workspace revoked it");
    let mut tx = world.write(bob, a1).await;
    let can = tx.can::<ManageMembers>().unwrap();
    assert_eq!(invites::revoke(&mut tx, &can, sent.id).await.unwrap().as_deref(), Some("eve@stile.example"));
    tx.commit().await.unwrap();
    assert_eq!(world.accept(&world.eve, sent.id).await, Accepted::Closed(InviteState::Revoked));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_at_once_seat_one_person_once() {
    let world = Arc::new(World::new().await);
    let sent = world.invited(&world.bob, &world.a1, "eve", WorkspaceRole::Viewer).await;
    let mut tries = JoinSet::new();
    for _ in 0..50 {
        let (world, id) = (Arc::clone(&world), sent.id);
        tries.spawn(async move { world.accept(&world.eve, id).await });
    }
    let outcomes = tries.join_all().await;
    let seated = outcomes.iter().filter(|o| matches!(o, Accepted::Workspace(_))).count();
    let before = outcomes.iter().filter(|o| matches!(o, Accepted::Before(_))).count();
    assert_eq!((seated, before), (1, 49), "{outcomes:?}");
    let mut superuser = world.db.superuser().await;
    let log = texts(&mut superuser, "select action from workspace.audit_log where action = 'invite_accepted'").await;
    assert_eq!(log.len(), 1, "it is noted once");
}

#[tokio::test]
async fn a_token_is_known_by_its_hash_alone_and_no_other_opens_it() {
    let world = World::new().await;
    let sent = world.invited(&world.bob, &world.a1, "new.person", WorkspaceRole::Member).await;
    let mailed = sent.links.mailed.reveal();
    let flipped: String =
        mailed.chars().enumerate().map(|(i, c)| if i == 7 { if c == 'A' { 'B' } else { 'A' } } else { c }).collect();
    for wrong in [&flipped, &mailed[..42], &format!("{mailed}A")] {
        let hash = Secret::presented(wrong).unwrap().hash();
        assert!(world.store.invite(&hash).await.unwrap().is_none(), "{wrong} opened it");
    }
    let mut superuser = world.db.superuser().await;
    let hashes = texts(&mut superuser, "select encode(token_hash, 'hex') from account.invite_links").await;
    let as_token = Secret::presented(&hashes[0]).unwrap().hash();
    assert!(world.store.invite(&as_token).await.unwrap().is_none(), "the stored hash is a token");
    for table in ["account.invites", "account.invite_links", "workspace.audit_log", "account.mail_queue"] {
        let rows = texts(&mut superuser, &format!("select t::text from {table} t")).await.join("\n");
        assert!(!rows.contains(mailed), "{table} holds the token");
    }
    // Leaks guarded: the copied link does not prove that its holder owns the mailbox, and does not reveal whether the
    // address has an account.
    let look = async |token: &Secret| world.store.invite(&token.hash()).await.unwrap().unwrap().mailbox;
    assert_eq!((look(&sent.links.mailed).await, look(&sent.links.copied).await), (Mailbox::New, Mailbox::Unproven));
    let register = async |token: &Secret| {
        world.store.register_by_invite(&token.hash(), "New", "no password opens this").await.unwrap()
    };
    assert_eq!(
        register(&sent.links.copied).await,
        None,
        "the inviter's link made an account of somebody else's address"
    );
    let id = register(&sent.links.mailed).await.expect("the mailed link made no account");
    assert_eq!(register(&sent.links.mailed).await, None, "a second account of one address");
    assert_eq!(look(&sent.links.mailed).await, Mailbox::Known);
    let person = sign_in(&world.store, id, "new").await;
    assert_eq!(world.accept(&person, sent.id).await, Accepted::Workspace(world.a1.slug.clone()));
}

#[tokio::test]
async fn organization_invites_bind_at_sign_in_to_the_verified_address_in_one_step() {
    let world = World::new().await;
    let (ann, ola, a1, a2, b1) = (&world.ann, &world.ola, &world.a1, &world.a2, &world.b1);
    for (by, place, role) in [(ann, a1, OrganizationRole::Admin), (ola, b1, OrganizationRole::Member)] {
        let mut tx = world.organization(by, place).await;
        let sending =
            organizations::send_invite(&mut tx, &email("eve"), role, &offers::links().unwrap()).await.unwrap();
        assert!(matches!(sending, Sending::Sent(_)));
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

#[tokio::test]
async fn a_domain_lets_in_only_its_own_people_below_admin_and_nobody_who_was_put_out() {
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

#[tokio::test]
async fn asking_for_a_seat_answers_the_same_for_what_is_there_and_what_is_not() {
    let world = World::new().await;
    let (bob, eve, a1) = (&world.bob, &world.eve, &world.a1);
    let ask = async |who: &Person, slug: &str| {
        let mut tx = world.person(who).await;
        let asked = access::request(&mut tx, &Slug::parse(slug).unwrap()).await.unwrap();
        tx.commit().await.unwrap();
        asked
    };
    for slug in ["a-one", "no-such-place", "a-one", "no-such-place"] {
        assert_eq!(ask(eve, slug).await, Asked::Noted, "{slug}");
    }
    assert_eq!(ask(&world.carl, "a-one").await, Asked::Seated);
    let waiting = async || {
        let mut tx = world.write(bob, a1).await;
        let can = tx.can::<ManageMembers>().unwrap();
        members::requests(&mut tx, &can).await.unwrap()
    };
    let requests = waiting().await;
    assert_eq!(
        requests.iter().map(|r| r.email.as_str()).collect::<Vec<_>>(),
        ["eve@stile.example"],
        "asked twice, there once"
    );
    let mut notices = world.person(bob).await;
    let counts: Vec<_> = offers::notices(&mut notices)
        .await
        .unwrap()
        .requests
        .into_iter()
        .map(|w| (w.slug.to_string(), w.count))
        .collect();
    assert_eq!(counts, [("a-one".to_owned(), 1)]);
    for outsider in [&world.carl, &world.ola] {
        let mut tx = world.person(outsider).await;
        assert!(offers::notices(&mut tx).await.unwrap().requests.is_empty(), "{} hears of it", outsider.name);
    }
    let answer = async |answer: Answer| {
        let mut tx = world.write(bob, a1).await;
        let can = tx.can::<ManageMembers>().unwrap();
        let outcome = members::answer(&mut tx, &can, requests[0].id, answer).await;
        if outcome.is_ok() {
            tx.commit().await.unwrap();
        }
        outcome.map(|request| request.is_some())
    };
    assert!(matches!(answer(Answer::Approve(WorkspaceRole::Owner)).await, Err(StoreError::Seating(Refused::AboveYou))));
    assert!(answer(Answer::Refuse).await.unwrap());
    assert!(!answer(Answer::Refuse).await.unwrap(), "answered twice");
    assert_eq!(ask(eve, "a-one").await, Asked::Noted, "a refusal shows");
    assert!(waiting().await.is_empty(), "who was refused asks again at once");
    for number in 0..8 {
        assert_eq!(ask(eve, &format!("place-{number}")).await, Asked::Noted);
    }
    for slug in ["a-two", "nothing-here"] {
        assert_eq!(ask(eve, slug).await, Asked::Limited, "{slug}: an eleventh on one day");
    }
}

#[tokio::test]
async fn a_foreign_workspace_sees_nothing_of_invites_and_requests() {
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
