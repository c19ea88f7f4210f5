//! Invariant: each code proves a second factor only once, only for its own user, and only for its own purpose. A proof
//! rotates the session secret. A workspace that requires a second factor is closed to sessions that have not proven one
//! (docs/SECURITY.md, I-15, I-17).

use crate::support::{Person, Place, World, execute, fence, kind, sign_in};
use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use model::{
    capability::ManageSettings,
    factor::{FactorAsked, FactorCode, FactorStanding, RecoveryCode},
    token::TokenLife,
};
use serde_json::json;
use sha1::Sha1;
use sqlx::PgConnection;
use std::sync::Arc;
use store::{
    Store,
    door::{Credential, Door, Holder, PersonTx},
    factors::{self, Basis, ProofRefused, challenges, passkeys, recovery, totp},
    identity::{Begun, Device},
    seal::EncryptionKey,
    secret::Secret,
    security, tokens,
};
use tokio::{sync::Barrier, task::JoinSet};

/// Computes a TOTP code. Independent reimplementation of an authenticator app.
fn code_of(base32: &str, unix: i64, drift: i64) -> String {
    let key = BASE32_NOPAD.decode(base32.as_bytes()).unwrap();
    let mut mac = Hmac::<Sha1>::new_from_slice(&key).unwrap();
    mac.update(&(unix / 30 + drift).to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let offset = usize::from(hash[19] & 15);
    let number = u32::from_be_bytes(hash[offset..offset + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

/// A user with an authenticator app, its secret and the recovery codes.
struct Holding {
    who: Person,
    app: String,
    /// The code that confirmed the app.
    first: String,
    codes: Vec<RecoveryCode>,
    seal: EncryptionKey,
}

fn secret() -> Secret {
    Secret::generate("").unwrap()
}

async fn tx(store: &Store, who: &Person) -> PersonTx {
    store.person(&who.session()).await.unwrap().expect("a live session opened nothing")
}

/// Enables an authenticator app in a session of the user. The session secret is rotated.
async fn turn_on(world: &World, who: Person) -> Holding {
    let seal = EncryptionKey::new(&[3; 32]);
    let mut own = tx(&world.store, &who).await;
    let admitted = factors::admit(&mut own, Basis::Password).await.unwrap().expect("the first factor was not let in");
    let app = totp::start(&mut own, &admitted, &seal).await.unwrap().expect("there was an app").base32();
    own.commit().await.unwrap();
    let mut own = tx(&world.store, &who).await;
    let (now, fresh) = (own.live().now.unix_timestamp(), secret());
    let first = code_of(&app, now, 0);
    let codes = totp::confirm(&mut own, &seal, &first, &fresh).await.unwrap().expect("the app's own code was refused");
    own.commit().await.unwrap();
    assert!(world.store.person(&who.session()).await.unwrap().is_none(), "the session's old secret outlived the proof");
    Holding { who: Person { secret: fresh, ..who }, app, first, codes, seal }
}

impl Holding {
    async fn now(&self, world: &World) -> i64 {
        world.store.now().await.unwrap().unix_timestamp()
    }

    /// Presents a code with `credential`. Returns the new session secret if the code was accepted.
    async fn present(&self, store: &Store, credential: &Credential, code: &str) -> Result<Secret, ProofRefused> {
        let prover = store.prover(credential).await.unwrap().ok_or(ProofRefused::Ended)?;
        let (code, fresh) = (FactorCode::parse(code).unwrap(), secret());
        factors::prove_code(prover, &self.seal, &code, &fresh).await.unwrap().map(|()| fresh)
    }
}

async fn forget_tries(superuser: &mut PgConnection) {
    execute(superuser, "delete from account.factor_tries").await.unwrap();
}

async fn demand(world: &World, who: &Person, place: &Place, on: bool) -> Result<(), security::DemandRefused> {
    let Door::Open(mut tx) = world.store.workspace_write(&who.session(), &place.slug, fence(who, place)).await.unwrap()
    else {
        panic!("{} can't write in {}", who.name, place.slug)
    };
    let can = tx.can::<ManageSettings>().unwrap();
    let outcome = security::demand_factor(&mut tx, &can, on).await.unwrap();
    tx.commit().await.unwrap();
    outcome
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_one_code_presented_twenty_times_on_two_servers_one_gets_through() {
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
            assert!(matches!(begun, Begun::Session(_)), "asked at sign-in although the person chose otherwise");
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
async fn a_code_is_the_persons_own_of_about_now_and_proves_the_session_that_presents_it() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let session = sign_in(&world.store, world.ann.id, "ann").await;
    let holding = turn_on(&world, session).await;
    let bystander = sign_in(&world.store, world.bob.id, "bob").await;
    let bobs = turn_on(&world, bystander).await;
    let now = holding.now(&world).await;
    let ann = holding.who.session();
    for (code, whose) in [
        (holding.first.clone(), "the one that turned it on"),
        (code_of(&holding.app, now, -3), "old"),
        (code_of(&holding.app, now, 3), "of the future"),
        (code_of(&bobs.app, now, 1), "somebody else's"),
        (bobs.codes[0].shown(), "somebody else's recovery code"),
    ] {
        let outcome = holding.present(&world.store, &ann, &code).await;
        assert_eq!(outcome.err(), Some(ProofRefused::Wrong), "a code that is {whose}");
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
    assert_eq!(again.err(), Some(ProofRefused::Wrong), "a recovery code was good twice");

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
    assert_eq!(planted.err(), Some(ProofRefused::Wrong), "a secret sealed for another person opens for this one");
}

#[tokio::test]
async fn five_guesses_then_a_wait_for_the_person_on_all_servers() {
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
        assert_eq!(outcome.err(), Some(ProofRefused::Wrong), "guess {guess}");
    }
    let right = code_of(&holding.app, now, 1);
    for (store, code) in [(&world.store, &right), (&elsewhere, &right), (&elsewhere, &holding.codes[0].shown())] {
        let outcome = holding.present(store, &holding.who.session(), code).await;
        assert!(matches!(outcome, Err(ProofRefused::Wait(1..=900))), "the sixth was looked at: {outcome:?}");
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

#[tokio::test]
async fn a_sign_in_that_waits_opens_nothing_and_becomes_a_session_once() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let holding = turn_on(&world, sign_in(&world.store, world.ann.id, "ann").await).await;
    let waiting = secret();
    let begun = world.store.begin_session(world.ann.id, &waiting, &Device::default(), None).await.unwrap();
    assert_eq!(begun, Begun::AwaitsFactor, "the password alone made a session");
    let credential = Credential::Session(waiting.hash());
    assert!(world.store.person(&credential).await.unwrap().is_none(), "it opens the account plane");
    let door = world.store.workspace(&credential, &world.a1.slug).await.unwrap();
    assert_eq!(kind(&door), "signed out", "it opens a workspace");
    assert!(world.store.organization(&credential, world.a1.organization).await.unwrap().is_none());

    let now = holding.now(&world).await;
    let wrong = holding.present(&world.store, &credential, &code_of(&holding.app, now, 40)).await;
    assert_eq!(wrong.err(), Some(ProofRefused::Wrong));
    let fresh =
        holding.present(&world.store, &credential, &code_of(&holding.app, now, 1)).await.expect("the right code");
    assert!(world.store.prover(&credential).await.unwrap().is_none(), "the sign-in can be finished twice");
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
        let prover = world.store.prover(&credential).await.unwrap().expect("the control: it waits");
        assert!(matches!(prover.holder, Holder::SignIn(_)));
        drop(prover);
        execute(&mut superuser, end).await.unwrap();
        assert!(world.store.prover(&credential).await.unwrap().is_none(), "still there after: {end}");
    }
    execute(&mut superuser, "update account.users set disabled_at = null").await.unwrap();
    let waiting = secret();
    world.store.begin_session(world.ann.id, &waiting, &Device::default(), None).await.unwrap();
    let credential = Credential::Session(waiting.hash());
    world.store.abandon_sign_in(&credential).await.unwrap();
    assert!(world.store.prover(&credential).await.unwrap().is_none(), "given up, and still there");
}

#[tokio::test]
async fn factors_are_changed_only_by_whoever_has_just_proven_one() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let stolen = sign_in(&world.store, world.ann.id, "ann").await;
    let holding = turn_on(&world, sign_in(&world.store, world.ann.id, "ann").await).await;
    assert_eq!(holding.codes.len(), 10);

    // A session without a proven factor can't change factors, even with the password.
    let mut own = tx(&world.store, &stolen).await;
    assert_eq!(factors::standing(&mut own).await.unwrap(), FactorStanding::Stale);
    for basis in [Basis::Password, Basis::Factor] {
        assert!(factors::admit(&mut own, basis).await.unwrap().is_none(), "let in by {basis:?}");
    }
    drop(own);
    let mut own = tx(&world.store, &holding.who).await;
    let admitted = factors::admit(&mut own, Basis::Factor).await.unwrap().expect("the control: she has proven it");
    assert!(totp::start(&mut own, &admitted, &holding.seal).await.unwrap().is_none(), "an app in the place of the app");
    let renewed = recovery::renew(&mut own, &admitted).await.unwrap();
    factors::set_asked(&mut own, &admitted, FactorAsked::Workspace).await.unwrap();
    own.commit().await.unwrap();
    let old = holding.present(&world.store, &holding.who.session(), &holding.codes[0].shown()).await;
    assert_eq!(old.err(), Some(ProofRefused::Wrong), "a code of the old set");
    let fresh = holding.present(&world.store, &holding.who.session(), &renewed[0].shown()).await.expect("of the new");
    let who = Person { secret: fresh, ..holding.who };

    // A proof is fresh for 15 minutes.
    execute(&mut superuser, "update account.sessions set factor_at = factor_at - interval '16 minutes'").await.unwrap();
    let mut own = tx(&world.store, &who).await;
    assert!(factors::admit(&mut own, Basis::Factor).await.unwrap().is_none(), "a proof of 16 minutes ago");
    drop(own);
    execute(&mut superuser, "update account.sessions set factor_at = now()").await.unwrap();
    let mut own = tx(&world.store, &who).await;
    let admitted = factors::admit(&mut own, Basis::Factor).await.unwrap().unwrap();
    totp::turn_off(&mut own, &admitted).await.unwrap();
    let state = factors::state(&mut own).await.unwrap();
    assert_eq!((state.is_on(), state.recovery_left), (false, 0), "recovery codes are left without a factor");
    own.commit().await.unwrap();
    let begun = world.store.begin_session(world.ann.id, &secret(), &Device::default(), None).await.unwrap();
    assert!(matches!(begun, Begun::Session(_)), "asked for what is turned off");
}

#[tokio::test]
async fn a_challenge_is_taken_once_by_its_holder_for_its_purpose() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let (mine, other) = (sign_in(&world.store, world.ann.id, "ann").await, &world.ann);
    let state = json!({ "challenge": "x" });
    let keep = async |handle: &Secret| {
        let mut own = tx(&world.store, &mine).await;
        let admitted = factors::admit(&mut own, Basis::Password).await.unwrap().unwrap();
        challenges::keep_registration(&mut own, &admitted, handle, &state).await.unwrap();
        own.commit().await.unwrap();
    };
    let take = async |who: &Person, handle: &Secret| {
        let mut own = tx(&world.store, who).await;
        let taken = challenges::take_registration(&mut own, handle).await.unwrap();
        own.commit().await.unwrap();
        taken.map(|(state, _)| state)
    };
    let handle = secret();
    keep(&handle).await;
    assert_eq!(take(other, &handle).await, None, "another session of hers");
    assert_eq!(take(&world.bob, &handle).await, None, "another person");
    assert_eq!(take(&mine, &secret()).await, None, "a made-up handle");
    let mut prover = world.store.prover(&mine.session()).await.unwrap().unwrap();
    assert_eq!(challenges::take_proof(&mut prover, &handle).await.unwrap(), None, "another purpose");
    drop(prover);
    assert_eq!(world.store.take_sign_in_challenge(&handle).await.unwrap(), None, "a sign-in");
    assert_eq!(take(&mine, &handle).await, Some(state.clone()), "the control: its own");
    assert_eq!(take(&mine, &handle).await, None, "twice");

    let late = secret();
    keep(&late).await;
    execute(&mut superuser, "update account.challenges set expires_at = expires_at - interval '5 minutes'")
        .await
        .unwrap();
    assert_eq!(take(&mine, &late).await, None, "after five minutes");

    let (handle, late) = (secret(), secret());
    world.store.keep_sign_in_challenge(&handle, &state).await.unwrap();
    assert_eq!(world.store.take_sign_in_challenge(&handle).await.unwrap(), Some(state.clone()));
    assert_eq!(world.store.take_sign_in_challenge(&handle).await.unwrap(), None, "a sign-in twice");
    world.store.keep_sign_in_challenge(&late, &state).await.unwrap();
    execute(&mut superuser, "update account.challenges set expires_at = expires_at - interval '5 minutes'")
        .await
        .unwrap();
    assert_eq!(world.store.take_sign_in_challenge(&late).await.unwrap(), None, "a sign-in after five minutes");
    world.store.keep_sign_in_challenge(&secret(), &state).await.unwrap();
    let left: i64 = sqlx::query_scalar("select count(*) from account.challenges where expires_at < now()")
        .fetch_one(&mut superuser)
        .await
        .unwrap();
    assert_eq!(left, 0, "what ran out piles up");
}

#[tokio::test]
async fn a_passkey_is_one_persons_and_signs_in_as_them() {
    let world = World::new().await;
    let add = async |who: &Person, id: &[u8]| {
        let mut own = tx(&world.store, who).await;
        let admitted = factors::admit(&mut own, Basis::Password).await.unwrap().unwrap();
        let fresh = secret();
        let outcome = passkeys::add(&mut own, &admitted, "Laptop", id, &json!({ "key": 1 }), &fresh).await;
        if outcome.is_ok() {
            own.commit().await.unwrap();
        }
        outcome.map(|added| (added.unwrap(), fresh))
    };
    let session = sign_in(&world.store, world.ann.id, "ann").await;
    let (codes, fresh) = add(&session, b"credential of ann").await.unwrap();
    assert_eq!(codes.len(), 10, "the first factor comes with recovery codes");
    let session = Person { secret: fresh, ..session };
    let taken = add(&sign_in(&world.store, world.bob.id, "bob").await, b"credential of ann").await;
    assert!(taken.is_err_and(|e| e.is_refused_by("passkey_known")), "two people hold one passkey");

    let known = world.store.passkey(b"credential of ann").await.unwrap().expect("hers");
    assert_eq!(known.user, world.ann.id);
    assert!(world.store.passkey(b"credential of nobody").await.unwrap().is_none());
    let by = secret();
    let (user, device) = (known.user, Device::default());
    let begun = world.store.begin_session_by_passkey((user, known.id), &json!({ "key": 2 }), &by, &device, None).await;
    assert!(begun.unwrap().is_some(), "the passkey did not sign in");
    let mut own = world.store.person(&Credential::Session(by.hash())).await.unwrap().expect("a session");
    assert_eq!(factors::standing(&mut own).await.unwrap(), FactorStanding::Fresh, "a passkey is both factors");
    drop(own);

    let mut own = tx(&world.store, &world.bob).await;
    let admitted = factors::admit(&mut own, Basis::Password).await.unwrap().unwrap();
    assert!(!passkeys::remove(&mut own, &admitted, known.id).await.unwrap(), "bob removed ann's");
    drop(own);
    let mut own = tx(&world.store, &session).await;
    let admitted = factors::admit(&mut own, Basis::Factor).await.unwrap().unwrap();
    assert!(passkeys::remove(&mut own, &admitted, known.id).await.unwrap());
    own.commit().await.unwrap();
    let gone = world.store.begin_session_by_passkey((user, known.id), &json!({}), &secret(), &device, None).await;
    assert!(gone.unwrap().is_none(), "a passkey that was removed signs in");
}

#[tokio::test]
async fn a_workspace_that_demands_a_factor_opens_to_nobody_who_has_not_proven_one() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let refused = demand(&world, &world.bob, &world.a1, true).await;
    assert_eq!(refused, Err(security::DemandRefused::NotProven), "an admin locked himself out");
    assert_eq!(kind(&world.door(&world.bob, &world.a1).await), "open");

    let holding = turn_on(&world, sign_in(&world.store, world.bob.id, "bob").await).await;
    assert_eq!(demand(&world, &holding.who, &world.a1, true).await, Ok(()));
    assert_eq!(kind(&world.door(&holding.who, &world.a1).await), "open", "whoever proved one is kept out");
    let token = secret();
    let mut own = tx(&world.store, &holding.who).await;
    assert!(tokens::create(&mut own, "script", &token, TokenLife::default()).await.unwrap());
    own.commit().await.unwrap();
    let token = Credential::Token(token.hash());
    for (credential, whose) in [
        (world.bob.session(), "another session of the same person"),
        (world.carl.session(), "a member who has no factor"),
        (world.ann.session(), "an owner by the organization"),
        (token, "a token of whoever proved one"),
    ] {
        let door = world.store.workspace(&credential, &world.a1.slug).await.unwrap();
        assert_eq!(kind(&door), "factor", "{whose}");
    }
    let write = world.store.workspace_write(&world.carl.session(), &world.a1.slug, fence(&world.carl, &world.a1)).await;
    assert_eq!(kind(&write.unwrap()), "factor", "a write goes through");
    // Leak guarded: for users without a seat, the workspace stays absent. Control: other workspaces do not require a
    // factor.
    assert_eq!(kind(&world.door(&world.eve, &world.a1).await), "absent", "the demand tells that there is a workspace");
    assert_eq!(kind(&world.door(&world.ola, &world.a1).await), "absent");
    for (who, place) in [(&world.ann, &world.a2), (&world.carl, &world.b1)] {
        assert_eq!(kind(&world.door(who, place).await), "open", "{} of another workspace", who.name);
    }
    assert_eq!(kind(&world.store.workspace(&token, &world.a1.slug).await.unwrap()), "factor");

    // If a factor is required, no context is set, so row level security shows no rows.
    let visible: i64 = {
        let mut app = crate::support::connect(&world.db.app()).await;
        execute(&mut app, "begin").await.unwrap();
        let outcome: String = sqlx::query_scalar("select outcome from door.workspace('session', $1, 'a-one')")
            .bind(world.carl.hash())
            .fetch_one(&mut app)
            .await
            .unwrap();
        assert_eq!(outcome, "factor");
        sqlx::query_scalar("select count(*) from account.workspace_members").fetch_one(&mut app).await.unwrap()
    };
    assert_eq!(visible, 0, "the context of the workspace was set all the same");

    assert_eq!(demand(&world, &holding.who, &world.a1, false).await, Ok(()));
    assert_eq!(kind(&world.door(&world.carl, &world.a1).await), "open", "the demand was not taken back");
    let noted: Vec<String> = sqlx::query_scalar(
        "select detail::text from workspace.audit_log where action = 'second_factor_demanded' order by id",
    )
    .fetch_all(&mut superuser)
    .await
    .unwrap();
    assert_eq!(noted.len(), 2, "{noted:?}");
}
