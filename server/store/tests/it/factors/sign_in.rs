//! Sign-ins that wait for a second factor.

use super::authenticator::{code_of, secret, turn_on};
use crate::support::{World, execute, kind, sign_in};
use store::{
    door::{Credential, MfaSubject},
    factors::VerificationRefused,
    identity::{Device, SignInOutcome},
};

#[tokio::test]
async fn a_pending_sign_in_opens_nothing_and_becomes_one_session() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let holding = turn_on(&world, sign_in(&world.store, world.ann.id, "ann").await).await;
    let waiting = secret();
    let begun = world.store.begin_session(world.ann.id, &waiting, &Device::default(), None).await.unwrap();
    assert_eq!(begun, SignInOutcome::AwaitsFactor, "the password alone made a session");
    let credential = Credential::Session(waiting.hash());
    assert!(world.store.person(&credential).await.unwrap().is_none(), "it opens the account plane");
    let door = world.store.workspace(&credential, &world.a1.slug).await.unwrap();
    assert_eq!(kind(&door), "signed out", "it opens a workspace");
    assert!(world.store.organization(&credential, world.a1.organization).await.unwrap().is_none());

    let now = holding.now(&world).await;
    let wrong = holding.present(&world.store, &credential, &code_of(&holding.app, now, 40)).await;
    assert_eq!(wrong.err(), Some(VerificationRefused::Wrong));
    let fresh =
        holding.present(&world.store, &credential, &code_of(&holding.app, now, 1)).await.expect("the right code");
    assert!(world.store.mfa(&credential).await.unwrap().is_none(), "the sign-in can be finished twice");
    let session = Credential::Session(fresh.hash());
    assert!(world.store.person(&session).await.unwrap().is_some(), "it did not become a session");

    // A pending sign-in expires, can be abandoned, and is invalid once the user is disabled.
    for end in [
        "update account.sign_ins set expires_at = now()",
        "update account.users set disabled_at = now() where name = 'ann'",
    ] {
        let waiting = secret();
        world.store.begin_session(world.ann.id, &waiting, &Device::default(), None).await.unwrap();
        let credential = Credential::Session(waiting.hash());
        let mfa = world.store.mfa(&credential).await.unwrap().expect("the control: it waits");
        assert!(matches!(mfa.subject, MfaSubject::SignIn(_)));
        drop(mfa);
        execute(&mut superuser, end).await.unwrap();
        assert!(world.store.mfa(&credential).await.unwrap().is_none(), "still there after: {end}");
    }
    execute(&mut superuser, "update account.users set disabled_at = null").await.unwrap();
    let waiting = secret();
    world.store.begin_session(world.ann.id, &waiting, &Device::default(), None).await.unwrap();
    let credential = Credential::Session(waiting.hash());
    world.store.abandon_sign_in(&credential).await.unwrap();
    assert!(world.store.mfa(&credential).await.unwrap().is_none(), "given up, and still there");
}
