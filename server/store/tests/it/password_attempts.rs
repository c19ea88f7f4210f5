//! Attacks: exceeding the limit on password guesses by guessing concurrently, by using several servers, or by changing
//! the IP address within one host's range. Also the opposite: a stranger's guesses must not lock users out of their
//! accounts.

use crate::support::{Person, World};
use model::{Email, id::SessionId, token::TokenLife};
use sqlx::types::Uuid;
use std::{net::IpAddr, sync::Arc};
use store::{Store, door::PersonTx, identity::Device, password_attempts::AttemptSource, secret::Secret, tokens};
use tokio::task::JoinSet;

const PER_ACCOUNT: usize = 10;
const PER_ADDRESS: usize = 20;

fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

fn ip(text: &str) -> Option<IpAddr> {
    Some(text.parse().unwrap())
}

async fn takes(store: &Store, to: &Email, from: Option<IpAddr>, source: AttemptSource<'_>) -> bool {
    store.take_attempt(to, from, source).await.unwrap().is_ok()
}

/// Returns how many of `many` concurrent guesses, on two servers and from different addresses, are allowed.
async fn at_once(world: &World, many: usize, to: &str, from: impl Fn(usize) -> IpAddr) -> usize {
    let servers = [world.store.clone(), world.db.store()];
    let mut attempts = JoinSet::new();
    for n in 0..many {
        let (store, to, from) = (servers[n % 2].clone(), email(to), Some(from(n)));
        attempts.spawn(async move { takes(&store, &to, from, AttemptSource::Anybody).await });
    }
    attempts.join_all().await.into_iter().filter(|taken| *taken).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_guesses_count_together_across_servers() {
    let world = World::new().await;
    let elsewhere = |n: usize| IpAddr::from([10, 1, 0, n as u8]);
    for account in ["ann@stile.example", "nobody@stile.example"] {
        let taken = at_once(&world, 100, account, elsewhere).await;
        assert_eq!(taken, PER_ACCOUNT, "{account}: {taken} guesses were let through at once");
    }
    let mut one = JoinSet::new();
    for n in 0..60 {
        let (store, to) = (world.store.clone(), email(&format!("somebody{n}@stile.example")));
        one.spawn(async move { takes(&store, &to, ip("10.9.9.9"), AttemptSource::Anybody).await });
    }
    let taken = one.join_all().await.into_iter().filter(|taken| *taken).count();
    assert_eq!(taken, PER_ADDRESS, "{taken} guesses of one address were let through at once");
}

#[tokio::test]
async fn all_addresses_of_one_host_count_as_one() {
    let world = World::new().await;
    for (hosts, other) in [
        (["2001:db8:0:1::1", "2001:db8:0:1:ffff::2"], "2001:db8:0:2::1"),
        (["::ffff:10.8.8.8", "10.8.8.8"], "::ffff:10.8.8.9"),
    ] {
        let mut taken = 0;
        for n in 0..2 * PER_ADDRESS {
            let to = email(&format!("host{n}@stile.example"));
            taken += usize::from(takes(&world.store, &to, ip(hosts[n % 2]), AttemptSource::Anybody).await);
        }
        assert_eq!(taken, PER_ADDRESS, "{hosts:?} are counted apart");
        assert!(
            takes(&world.store, &email("host@stile.example"), ip(other), AttemptSource::Anybody).await,
            "{other} waits, too"
        );
    }
}

#[tokio::test]
async fn returned_attempts_do_not_count() {
    let world = World::new().await;
    let ann = email("ann@stile.example");
    for _ in 0..3 * PER_ADDRESS {
        let taken = world.store.take_attempt(&ann, ip("10.0.0.1"), AttemptSource::Anybody).await.unwrap();
        world.store.return_attempt(taken.expect("a right password was counted")).await.unwrap();
    }
    for n in 0..PER_ACCOUNT {
        assert!(takes(&world.store, &ann, ip("10.0.0.1"), AttemptSource::Anybody).await, "guess {n}");
    }
    let wait = world.store.take_attempt(&ann, ip("10.0.0.2"), AttemptSource::Anybody).await.unwrap();
    assert!(matches!(wait, Err(1..=11)), "{wait:?}");
}

#[tokio::test]
async fn guesses_by_strangers_do_not_lock_a_person_out_of_known_networks() {
    let world = World::new().await;
    let ann = email("ann@stile.example");
    for from in ["10.0.0.7", "2001:db8:5:5::7"] {
        let (device, secret) = (Device { ip: ip(from), user_agent: String::new() }, Secret::generate("").unwrap());
        world.store.begin_session(world.ann.id, &secret, &device, None).await.unwrap();
    }
    for n in 0..2 * PER_ACCOUNT {
        takes(&world.store, &ann, Some(IpAddr::from([10, 3, 0, n as u8])), AttemptSource::Anybody).await;
    }
    assert!(
        !takes(&world.store, &ann, ip("10.3.1.1"), AttemptSource::Anybody).await,
        "control: from elsewhere one waits"
    );
    for from in ["10.0.0.7", "::ffff:10.0.0.7", "2001:db8:5:5::99"] {
        assert!(takes(&world.store, &ann, ip(from), AttemptSource::Anybody).await, "ann is kept out at {from}");
    }
    let session = SessionId::from_uuid(Uuid::now_v7());
    for source in [AttemptSource::Device("a device"), AttemptSource::Session(session)] {
        let mut taken = 0;
        for _ in 0..2 * PER_ACCOUNT {
            taken += usize::from(takes(&world.store, &ann, ip("10.3.1.1"), source).await);
        }
        assert_eq!(taken, PER_ACCOUNT, "{source:?} guesses without a limit of its own, or not at all");
    }
    // The trusted address of one account is not trusted for another.
    let bob = email("bob@stile.example");
    for n in 0..2 * PER_ACCOUNT {
        takes(&world.store, &bob, Some(IpAddr::from([10, 4, 0, n as u8])), AttemptSource::Anybody).await;
    }
    assert!(!takes(&world.store, &bob, ip("10.0.0.7"), AttemptSource::Anybody).await, "bob never signed in there");
}

async fn created(tx: &mut PersonTx, name: &str) -> bool {
    tokens::create(tx, name, &Secret::generate("stile_").unwrap(), TokenLife::default()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_creations_do_not_exceed_the_token_limit() {
    let world = Arc::new(World::new().await);
    let other = world.db.store();
    let mut making = JoinSet::new();
    for n in 0..40 {
        let (world, store) = (Arc::clone(&world), if n % 2 == 0 { world.store.clone() } else { other.clone() });
        making.spawn(async move {
            let mut tx = store.person(&world.carl.session()).await.unwrap().expect("carl is signed in");
            let made = created(&mut tx, &format!("token {n}")).await;
            tx.commit().await.unwrap();
            made
        });
    }
    let made = making.join_all().await.into_iter().filter(|made| *made).count();
    assert_eq!(made, usize::try_from(model::token::TOKEN_LIMIT).unwrap());
    let held = tokens::list(&mut world.person(&world.carl).await).await.unwrap().len();
    assert_eq!(held, made);
    assert!(one_more(&world, &world.ann).await, "control: another person makes one");
}

async fn one_more(world: &World, who: &Person) -> bool {
    let mut tx = world.person(who).await;
    created(&mut tx, "one").await
}

#[tokio::test]
async fn guesses_from_many_devices_are_limited_together() {
    let world = World::new().await;
    let ann = email("ann@stile.example");
    let mut taken = 0;
    for n in 0..60 {
        let device = format!("device {n}");
        if takes(&world.store, &ann, ip("10.2.2.2"), AttemptSource::Device(&device)).await {
            taken += 1;
        }
    }
    assert_eq!(taken, 30, "devices collected before a change of the password guess without limit after it");
    let bob = email("bob@stile.example");
    assert!(
        takes(&world.store, &bob, ip("10.2.2.2"), AttemptSource::Device("device 1")).await,
        "control: another account"
    );
}
