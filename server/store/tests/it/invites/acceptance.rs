//! Who may accept an invite, and when.

use super::helpers::{email, run};
use crate::support::{World, execute, seat, texts};
use model::{Email, WorkspaceRole, invite::InviteState};
use std::sync::Arc;
use store::{
    invites::SendOutcome,
    offers::{self, AcceptOutcome},
};
use tokio::task::JoinSet;

#[tokio::test]
async fn only_the_person_with_the_verified_address_can_accept() {
    let world = World::new().await;
    let (bob, eve, mal, a1) = (&world.bob, &world.eve, &world.mal, &world.a1);
    let mut superuser = world.db.superuser().await;
    let sent = world.invited(bob, a1, "eve", WorkspaceRole::Viewer).await;
    assert_eq!(world.accept(mal, sent.id).await, AcceptOutcome::OtherPerson);
    for twin in ["eve+x@stile.example", "eve@stile.example.evil.example", "evе@stile.example"] {
        assert_ne!(Email::parse(twin).ok(), Some(email("eve")), "{twin} passes for eve");
    }
    run(&mut superuser, "update account.users set email_verified_at = null where name = 'eve'").await;
    assert_eq!(world.accept(eve, sent.id).await, AcceptOutcome::Unverified);
    run(
        &mut superuser,
        "update account.users set email_verified_at = now(), email = 'other@stile.example' where name = 'eve'",
    )
    .await;
    assert_eq!(world.accept(eve, sent.id).await, AcceptOutcome::OtherPerson, "the address was changed after sending");
    run(&mut superuser, "update account.users set email = 'eve@stile.example' where name = 'eve'").await;
    assert_eq!(world.state(&sent.links.mailed).await, Some(InviteState::Open), "a refusal used it up");
    let refusals = texts(
        &mut superuser,
        "select detail ->> 'reason' from account.audit_log where action = 'invite_refused' order by id",
    )
    .await;
    assert_eq!(refusals, ["other_person", "unverified", "other_person"], "refusals are noted");
    assert!(!world.has_seat(eve, a1).await && !world.has_seat(mal, a1).await);

    assert_eq!(world.accept(eve, sent.id).await, AcceptOutcome::Workspace(a1.slug.clone()), "the control");
    assert!(world.has_seat(eve, a1).await);
    let log = texts(&mut superuser, "select action from workspace.audit_log where actor = 'eve'").await;
    assert_eq!(log, ["invite_accepted"], "the workspace's own log tells of it");
    assert_eq!(world.accept(eve, sent.id).await, AcceptOutcome::Before(Some(a1.slug.clone())), "twice");
}

#[tokio::test]
async fn expired_revoked_declined_and_withdrawn_invites_create_no_seat() {
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
        assert_eq!(world.accept(eve, sent.id).await, AcceptOutcome::Closed(state), "{fact}");
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
    assert_eq!(world.accept(eve, sent.id).await, AcceptOutcome::Closed(InviteState::Declined));
    assert_eq!(
        world.send(ann, a1, &email("eve"), WorkspaceRole::Viewer).await.unwrap().0,
        SendOutcome::Declined,
        "invited again at once"
    );
    assert!(!world.has_seat(eve, a1).await);
    let mut tx = world.person(&world.mal).await;
    let foreign = world.invited(bob, a1, "dora", WorkspaceRole::Viewer).await;
    assert!(offers::decline(&mut tx, foreign.id).await.unwrap().is_none(), "somebody else declined it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_acceptances_create_one_seat() {
    let world = Arc::new(World::new().await);
    let sent = world.invited(&world.bob, &world.a1, "eve", WorkspaceRole::Viewer).await;
    let mut tries = JoinSet::new();
    for _ in 0..50 {
        let (world, id) = (Arc::clone(&world), sent.id);
        tries.spawn(async move { world.accept(&world.eve, id).await });
    }
    let outcomes = tries.join_all().await;
    let seated = outcomes.iter().filter(|o| matches!(o, AcceptOutcome::Workspace(_))).count();
    let before = outcomes.iter().filter(|o| matches!(o, AcceptOutcome::Before(_))).count();
    assert_eq!((seated, before), (1, 49), "{outcomes:?}");
    let mut superuser = world.db.superuser().await;
    let log = texts(&mut superuser, "select action from workspace.audit_log where action = 'invite_accepted'").await;
    assert_eq!(log.len(), 1, "it is noted once");
}
