//! Invariant: a mailed link works only once, for a limited time, and only with its token, which was sent to that
//! address; its stored hash is not accepted. A request for a link does not reveal whether the address has an account
//! (docs/SECURITY.md, I-15, I-16, I-25).

use crate::support::{Person, World, execute, sign_in, texts};
use model::{Email, link::DeadLink, mail::Letter};
use sqlx::PgConnection;
use std::sync::{Arc, Mutex};
use store::{
    StoreError,
    identity::Device,
    links::{self, LinkState, Purpose},
    profile,
    secret::Secret,
};
use tokio::{sync::Barrier, task::JoinSet};

fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

/// Requests a link. Returns the token, and `true` if the letter was written for an existing account.
async fn ask(world: &World, purpose: Purpose, to: &str) -> (Secret, bool) {
    let (token, told) = (Secret::generate("").unwrap(), Mutex::new(false));
    let to = email(to);
    let letter = |known| {
        *told.lock().unwrap() = known;
        Letter::new(&to, "A link")
    };
    world.store.offer_link(purpose, &to, &token, None, letter).await.unwrap();
    let told = *told.lock().unwrap();
    (token, told)
}

async fn count(superuser: &mut PgConnection, what: &str) -> String {
    texts(superuser, &format!("select count(*)::text from {what}")).await.remove(0)
}

fn open(email: &str, name: Option<&str>) -> LinkState {
    LinkState::Open { email: email.to_owned(), name: name.map(str::to_owned) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_sign_ups_with_one_link_create_one_account() {
    let world = Arc::new(World::new().await);
    let (token, known) = ask(&world, Purpose::SignUp, "nia@stile.example").await;
    assert!(!known);
    for _ in 0..3 {
        assert_eq!(
            world.store.link(Purpose::SignUp, &token).await.unwrap(),
            open("nia@stile.example", None),
            "looking used it up"
        );
    }
    let start = Arc::new(Barrier::new(50));
    let mut tries = JoinSet::new();
    for i in 0..50 {
        let (world, start, token) = (Arc::clone(&world), Arc::clone(&start), token.clone());
        tries.spawn(async move {
            start.wait().await;
            world.store.sign_up(&token, &format!("Nia {i}"), "no password opens this").await
        });
    }
    let outcomes = tries.join_all().await;
    let made = outcomes.iter().filter(|o| matches!(o, Ok(Ok(_)))).count();
    assert_eq!(made, 1, "{outcomes:?}");
    let lost = outcomes.iter().filter(|o| matches!(o, Ok(Err(DeadLink::Used)))).count();
    // With 16 connections, some attempts may exceed the pool's timeout. They must not have had any effect.
    let turned_away = outcomes.iter().filter(|o| matches!(o, Err(e) if e.is_unavailable())).count();
    assert_eq!(made + lost + turned_away, 50, "{outcomes:?}");
    let mut superuser = world.db.superuser().await;
    assert_eq!(count(&mut superuser, "account.users where email = 'nia@stile.example'").await, "1");
    assert_eq!(
        count(&mut superuser, "account.audit_log where action = 'signed_up'").await,
        "1",
        "one line for the one account"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_resets_with_one_link_set_one_password() {
    let world = Arc::new(World::new().await);
    let (token, known) = ask(&world, Purpose::Reset, "eve@stile.example").await;
    assert!(known);
    let start = Arc::new(Barrier::new(50));
    let mut tries = JoinSet::new();
    for i in 0..50 {
        let (world, start, token) = (Arc::clone(&world), Arc::clone(&start), token.clone());
        tries.spawn(async move {
            start.wait().await;
            let letter = |to: &Email| Letter::new(to, "Changed");
            world.store.reset_password(&token, &format!("hash {i}"), &Device::default(), letter).await
        });
    }
    let outcomes = tries.join_all().await;
    assert_eq!(outcomes.iter().filter(|o| matches!(o, Ok(Ok(())))).count(), 1, "{outcomes:?}");
    let mut superuser = world.db.superuser().await;
    assert_eq!(count(&mut superuser, "account.audit_log where action = 'password_reset'").await, "1");
}

#[tokio::test]
async fn expired_links_are_rejected() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let (sign_up, _) = ask(&world, Purpose::SignUp, "nia@stile.example").await;
    let (reset, _) = ask(&world, Purpose::Reset, "eve@stile.example").await;
    let lasts = texts(
        &mut superuser,
        "select purpose || ' ' || extract(epoch from expires_at - created_at)::int from account.mail_links order by 1",
    )
    .await;
    assert_eq!(lasts, ["reset 3600", "sign_up 86400"]);
    execute(&mut superuser, "update account.mail_links set expires_at = now()").await.unwrap();
    let dead = LinkState::Dead(DeadLink::Expired);
    assert_eq!(world.store.link(Purpose::SignUp, &sign_up).await.unwrap(), dead);
    assert_eq!(world.store.sign_up(&sign_up, "Nia", "hash").await.unwrap(), Err(DeadLink::Expired));
    let letter = |to: &Email| Letter::new(to, "Changed");
    let outcome = world.store.reset_password(&reset, "hash", &Device::default(), letter).await.unwrap();
    assert_eq!(outcome, Err(DeadLink::Expired));
    assert_eq!(count(&mut superuser, "account.users where password_hash = 'hash'").await, "0");
}

#[tokio::test]
async fn altered_links_hashes_and_links_of_another_kind_are_rejected() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let (token, _) = ask(&world, Purpose::Reset, "eve@stile.example").await;
    let text = token.reveal();
    let flipped = format!("{}{}", if text.starts_with('A') { 'B' } else { 'A' }, &text[1..]);
    let hashes = texts(&mut superuser, "select encode(token_hash, 'hex') from account.mail_links").await;
    let base64 =
        texts(&mut superuser, "select translate(encode(token_hash, 'base64'), '+/=', '-_') from account.mail_links")
            .await;
    for wrong in [flipped, text[..42].to_owned(), format!("{text}A"), hashes[0].clone(), base64[0].clone()] {
        let wrong = Secret::presented(&wrong).unwrap();
        assert_eq!(world.store.link(Purpose::Reset, &wrong).await.unwrap(), LinkState::Dead(DeadLink::Unknown));
        let letter = |to: &Email| Letter::new(to, "Changed");
        let outcome = world.store.reset_password(&wrong, "hash", &Device::default(), letter).await.unwrap();
        assert_eq!(outcome, Err(DeadLink::Unknown));
    }
    assert_eq!(world.store.sign_up(&token, "Eve", "hash").await.unwrap(), Err(DeadLink::Unknown), "a reset signed up");
    assert_eq!(
        world.store.link(Purpose::Reset, &token).await.unwrap(),
        open("eve@stile.example", Some("eve")),
        "the control"
    );
    assert!(
        !texts(&mut superuser, "select l::text from account.mail_links l").await[0].contains(text),
        "it is kept as it is"
    );
}

#[tokio::test]
async fn a_reset_ends_all_sessions_and_other_reset_links() {
    let world = World::new().await;
    let phone = sign_in(&world.store, world.eve.id, "eve").await;
    let (first, _) = ask(&world, Purpose::Reset, "eve@stile.example").await;
    let (second, _) = ask(&world, Purpose::Reset, "eve@stile.example").await;
    let letter = |to: &Email| Letter::new(to, "Changed");
    assert_eq!(world.store.reset_password(&second, "new hash", &Device::default(), letter).await.unwrap(), Ok(()));
    for device in [&world.eve, &phone] {
        assert!(world.store.person(&device.session()).await.unwrap().is_none(), "a session outlived the reset");
    }
    assert!(world.store.person(&world.ann.session()).await.unwrap().is_some(), "somebody else was signed out");
    assert_eq!(world.store.link(Purpose::Reset, &first).await.unwrap(), LinkState::Dead(DeadLink::Used));
    assert_eq!(world.store.password_of(&email("eve@stile.example")).await.unwrap().unwrap().hash, "new hash");
    let mut superuser = world.db.superuser().await;
    let mails = "account.mail_queue where letter like '%Changed%' and letter like '%eve@stile.example%'";
    assert_eq!(count(&mut superuser, mails).await, "1", "the person was not told");
}

#[tokio::test]
async fn known_and_unknown_addresses_store_the_same_rows() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    for (purpose, word) in [(Purpose::SignUp, "sign_up"), (Purpose::Reset, "reset")] {
        for (to, known) in [("ann@stile.example", true), ("nobody@stile.example", false)] {
            let before = count(&mut superuser, "account.mail_queue").await;
            let (_, told) = ask(&world, purpose, to).await;
            assert_eq!(told, known, "the letter knows");
            let links = format!("account.mail_links where purpose = '{word}' and email = '{to}'");
            assert_eq!(count(&mut superuser, &links).await, "1");
            let after = count(&mut superuser, "account.mail_queue").await;
            assert_eq!(after.parse::<i32>().unwrap(), before.parse::<i32>().unwrap() + 1);
        }
    }
    // A reset link of an address without an account resets nothing, and a sign-up link of a taken address creates no
    // account.
    let (token, _) = ask(&world, Purpose::Reset, "nobody@stile.example").await;
    let letter = |to: &Email| Letter::new(to, "Changed");
    let outcome = world.store.reset_password(&token, "hash", &Device::default(), letter).await.unwrap();
    assert!(outcome.is_err());
    let (token, _) = ask(&world, Purpose::SignUp, "ann@stile.example").await;
    let refused = world.store.sign_up(&token, "Not Ann", "hash").await;
    assert!(matches!(&refused, Err(e) if e.is_refused_by("users_email_key")), "{refused:?}");
}

#[tokio::test]
async fn a_disabled_person_can_neither_reset_nor_sign_up() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let (before, _) = ask(&world, Purpose::Reset, "eve@stile.example").await;
    execute(&mut superuser, "update account.users set disabled_at = now() where name = 'eve'").await.unwrap();
    let (after, known) = ask(&world, Purpose::Reset, "eve@stile.example").await;
    assert!(!known);
    for token in [before, after] {
        let letter = |to: &Email| Letter::new(to, "Changed");
        assert!(world.store.reset_password(&token, "hash", &Device::default(), letter).await.unwrap().is_err());
    }
    assert!(ask(&world, Purpose::SignUp, "eve@stile.example").await.1, "their address could be signed up with again");
}

async fn take(world: &World, who: &Person, token: &Secret) -> Result<Result<(String, String), DeadLink>, StoreError> {
    let mut tx = world.person(who).await;
    let taken = links::take_address(&mut tx, token).await?;
    tx.commit().await?;
    Ok(taken)
}

async fn offer(world: &World, who: &Person, to: &str) -> (Secret, bool) {
    let token = Secret::generate("").unwrap();
    let mut tx = world.person(who).await;
    let taken = links::offer_address(&mut tx, &email(to), &token).await.unwrap();
    tx.commit().await.unwrap();
    (token, taken.unwrap())
}

#[tokio::test]
async fn an_address_change_requires_the_latest_link_of_the_account() {
    let world = World::new().await;
    let (old, _) = offer(&world, &world.eve, "eve2@stile.example").await;
    let (token, taken) = offer(&world, &world.eve, "eve3@stile.example").await;
    assert!(!taken);
    let (reset, _) = ask(&world, Purpose::Reset, "eve@stile.example").await;
    assert_eq!(take(&world, &world.eve, &old).await.unwrap(), Err(DeadLink::Used), "an earlier wish was granted");
    assert_eq!(take(&world, &world.mal, &token).await.unwrap(), Err(DeadLink::Unknown), "mal moved by eve's link");
    let moved = take(&world, &world.eve, &token).await.unwrap();
    assert_eq!(moved, Ok(("eve@stile.example".to_owned(), "eve3@stile.example".to_owned())));
    assert_eq!(take(&world, &world.eve, &token).await.unwrap(), Err(DeadLink::Used));
    assert!(
        world.store.password_of(&email("eve@stile.example")).await.unwrap().is_none(),
        "the old address still signs in"
    );
    assert!(world.store.password_of(&email("eve3@stile.example")).await.unwrap().is_some());
    let letter = |to: &Email| Letter::new(to, "Changed");
    let outcome = world.store.reset_password(&reset, "hash", &Device::default(), letter).await.unwrap();
    assert_eq!(outcome, Err(DeadLink::Used), "whoever reads the old address takes the account over");
}

#[tokio::test]
async fn an_address_change_to_a_taken_address_is_rejected() {
    let world = World::new().await;
    let (token, taken) = offer(&world, &world.mal, "ann@stile.example").await;
    assert!(taken);
    let refused = take(&world, &world.mal, &token).await;
    assert!(matches!(&refused, Err(e) if e.is_refused_by("users_email_key")), "{refused:?}");
    let record = world.store.password_of(&email("ann@stile.example")).await.unwrap().unwrap();
    assert_eq!(record.user, world.ann.id);
}

#[tokio::test]
async fn a_password_change_ends_other_sessions_and_rotates_the_secret() {
    let world = World::new().await;
    let phone = sign_in(&world.store, world.eve.id, "eve").await;
    let secret = Secret::generate("").unwrap();
    let mut tx = world.person(&world.eve).await;
    let before = tx.principal().session;
    profile::change_password(&mut tx, "new hash", &secret).await.unwrap();
    tx.commit().await.unwrap();
    assert!(world.store.person(&phone.session()).await.unwrap().is_none(), "another device stayed signed in");
    assert!(world.store.person(&world.eve.session()).await.unwrap().is_none(), "the old secret still opens");
    let now = world.store.person(&store::door::Credential::Session(secret.hash())).await.unwrap().unwrap();
    assert_eq!(now.principal().session, before, "tabs of this browser would be told that they were signed out");
    assert!(world.store.person(&world.ann.session()).await.unwrap().is_some());
}
