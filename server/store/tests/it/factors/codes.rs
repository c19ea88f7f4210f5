//! Codes of an authenticator app and recovery codes: single use and guess limit.

use super::authenticator::{code_of, forget_tries, secret, turn_on};
use crate::support::{World, execute, sign_in};
use data_encoding::BASE32_NOPAD;
use std::sync::Arc;
use store::{
    door::Credential,
    factors::VerificationRefused,
    identity::{Device, SignInOutcome},
};
use tokio::{sync::Barrier, task::JoinSet};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_that_is_presented_concurrently_is_accepted_once() {
    let world = Arc::new(World::new().await);
    let elsewhere = world.db.store();
    let other = sign_in(&world.store, world.ann.id, "ann").await;
    let holding = Arc::new(turn_on(&world, other).await);
    let mut superuser = world.db.superuser().await;
    let app_code = code_of(&holding.app, holding.now(&world).await, 1);
    for code in [app_code, holding.codes[0].shown()] {
        // Each attempt has its own session, so that none fails because of a rotated session secret. The guess limit is
        // lifted.
        let mut sessions = Vec::new();
        for _ in 0..20 {
            let session = secret();
            execute(
                &mut superuser,
                &format!(
                    "insert into account.preferences (user_id, factor_asked) values ('{}', 'workspace')
                    on conflict (user_id) do update set factor_asked = 'workspace'",
                    world.ann.id
                ),
            )
            .await
            .unwrap();
            let begun = world.store.begin_session(world.ann.id, &session, &Device::default(), None).await.unwrap();
            assert!(matches!(begun, SignInOutcome::Session(_)), "asked at sign-in although the person chose otherwise");
            sessions.push(session);
        }
        forget_tries(&mut superuser).await;
        execute(
            &mut superuser,
            &format!("insert into account.factor_tries (user_id, failed) values ('{}', -100)", world.ann.id),
        )
        .await
        .unwrap();
        let start = Arc::new(Barrier::new(20));
        let mut tries = JoinSet::new();
        for (i, session) in sessions.into_iter().enumerate() {
            let store = if i % 2 == 0 { world.store.clone() } else { elsewhere.clone() };
            let (holding, start, code) = (Arc::clone(&holding), Arc::clone(&start), code.clone());
            tries.spawn(async move {
                start.wait().await;
                holding.present(&store, &Credential::Session(session.hash()), &code).await.is_ok()
            });
        }
        let through = tries.join_all().await.into_iter().filter(|through| *through).count();
        assert_eq!(through, 1, "one code proved {through} sessions");
        forget_tries(&mut superuser).await;
    }
}

#[tokio::test]
async fn a_code_is_valid_for_its_owner_and_time_and_verifies_one_session() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let session = sign_in(&world.store, world.ann.id, "ann").await;
    let holding = turn_on(&world, session).await;
    let bystander = sign_in(&world.store, world.bob.id, "bob").await;
    let bobs = turn_on(&world, bystander).await;
    let now = holding.now(&world).await;
    let ann = holding.who.session();
    for (code, owner) in [
        (holding.first.clone(), "the one that turned it on"),
        (code_of(&holding.app, now, -3), "old"),
        (code_of(&holding.app, now, 3), "of the future"),
        (code_of(&bobs.app, now, 1), "somebody else's"),
        (bobs.codes[0].shown(), "somebody else's recovery code"),
    ] {
        let outcome = holding.present(&world.store, &ann, &code).await;
        assert_eq!(outcome.err(), Some(VerificationRefused::Wrong), "a code that is {owner}");
        forget_tries(&mut superuser).await;
    }
    let fresh = holding.present(&world.store, &ann, &code_of(&holding.app, now, 1)).await.expect("the right code");
    assert!(world.store.person(&ann).await.unwrap().is_none(), "the session's old secret outlived the proof");
    let ann = Credential::Session(fresh.hash());
    assert!(world.store.person(&ann).await.unwrap().is_some(), "the new one opens nothing");

    // A recovery code works only once, in any spelling.
    let code = holding.codes[3].shown();
    let fresh = holding.present(&world.store, &ann, &code).await.expect("a recovery code");
    let ann = Credential::Session(fresh.hash());
    let again = holding.present(&world.store, &ann, &code.to_uppercase().replace('-', "")).await;
    assert_eq!(again.err(), Some(VerificationRefused::Wrong), "a recovery code was good twice");

    // Leak guarded: the database content must not suffice to prove a factor.
    let stored: Vec<u8> = sqlx::query_scalar("select secret from account.totp where user_id = $1")
        .bind(world.ann.id.uuid())
        .fetch_one(&mut superuser)
        .await
        .unwrap();
    let key = BASE32_NOPAD.decode(holding.app.as_bytes()).unwrap();
    assert!(!stored.windows(key.len()).any(|w| w == key), "the secret is in the database as it is");
    execute(
        &mut superuser,
        &format!(
            "update account.totp a set secret = b.secret, last_step = 0 from account.totp b
            where a.user_id = '{}' and b.user_id = '{}'",
            world.ann.id, world.bob.id
        ),
    )
    .await
    .unwrap();
    let planted = holding.present(&world.store, &ann, &code_of(&bobs.app, now, 1)).await;
    assert_eq!(
        planted.err(),
        Some(VerificationRefused::Wrong),
        "a secret sealed for another person opens for this one"
    );
}

#[tokio::test]
async fn five_wrong_codes_lock_the_person_on_all_servers() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let session = sign_in(&world.store, world.ann.id, "ann").await;
    let holding = turn_on(&world, session).await;
    let elsewhere = world.db.store();
    let now = holding.now(&world).await;
    let wrong = code_of(&holding.app, now, 40);
    for guess in 0..5 {
        let store = if guess % 2 == 0 { &world.store } else { &elsewhere };
        let outcome = holding.present(store, &holding.who.session(), &wrong).await;
        assert_eq!(outcome.err(), Some(VerificationRefused::Wrong), "guess {guess}");
    }
    let right = code_of(&holding.app, now, 1);
    for (store, code) in [(&world.store, &right), (&elsewhere, &right), (&elsewhere, &holding.codes[0].shown())] {
        let outcome = holding.present(store, &holding.who.session(), code).await;
        assert!(matches!(outcome, Err(VerificationRefused::Wait(1..=900))), "the sixth was looked at: {outcome:?}");
    }
    // The limit applies to the user, not to the session or server, and does not affect other users.
    execute(&mut superuser, "update account.preferences set factor_asked = 'workspace'").await.unwrap();
    let bob = sign_in(&world.store, world.bob.id, "bob").await;
    let bobs = turn_on(&world, bob).await;
    assert!(bobs.present(&world.store, &bobs.who.session(), &code_of(&bobs.app, now, 1)).await.is_ok());
    execute(&mut superuser, "update account.factor_tries set since = since - interval '16 minutes'").await.unwrap();
    assert!(holding.present(&world.store, &holding.who.session(), &right).await.is_ok(), "the wait never ends");
    let failed: i32 = sqlx::query_scalar("select failed from account.factor_tries where user_id = $1")
        .bind(world.ann.id.uuid())
        .fetch_one(&mut superuser)
        .await
        .unwrap();
    assert_eq!(failed, 0, "success does not wipe the slate");
}
