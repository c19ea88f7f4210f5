//! Promise: a request with an idempotency key writes once, whatever is repeated, at once, on several servers, or after a
//! crash. An answer is repeated to nobody but the person who got it, in the role in which they got it.

use crate::support::{Person, Place, World, draft, execute};
use model::{WorkspaceRole, capability::EditContent};
use store::{
    Store, StoreError, customers,
    door::{Door, WorkspaceTx, Write, WriteTarget},
    idempotency::{self, Answer, Attempt, Claim, Digest256},
};
use tokio::task::JoinSet;

fn key() -> Digest256 {
    Digest256::of(&[b"a key".as_slice()])
}

fn request(body: &str) -> Digest256 {
    Digest256::of(&[body.as_bytes()])
}

fn answer(body: &str) -> Answer {
    let content_type = Some("application/json".to_owned());
    Answer { status: 201, content_type, location: None, etag: None, body: body.as_bytes().to_vec() }
}

async fn claim(world: &World, who: &Person, place: &Place, body: &str) -> Claim {
    let mut tx = world.visit(who, place).await;
    let claim = idempotency::claim(&mut tx, &who.session(), key(), request(body)).await.unwrap();
    tx.commit().await.unwrap();
    claim
}

async fn run(world: &World, who: &Person, place: &Place, body: &str) -> Attempt {
    match claim(world, who, place, body).await {
        Claim::Run(attempt) => attempt,
        other => panic!("the key can't be claimed: {other:?}"),
    }
}

async fn create(tx: &mut WorkspaceTx<Write>, name: &str) {
    let can = tx.can::<EditContent>().unwrap();
    customers::create(tx, &can, &draft(name)).await.unwrap();
}

async fn customers_of(world: &World) -> i64 {
    let mut superuser = world.db.superuser().await;
    sqlx::query_scalar("select count(*) from workspace.customers").fetch_one(&mut superuser).await.unwrap()
}

async fn age(world: &World, by: &str) {
    let mut superuser = world.db.superuser().await;
    execute(&mut superuser, &format!("update account.idempotency_keys set at = now() - interval '{by}'"))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_kept_answer_is_repeated_to_the_same_request_of_the_same_person_only() {
    let world = World::new().await;
    let attempt = run(&world, &world.carl, &world.a1, "one").await;
    assert!(matches!(claim(&world, &world.carl, &world.a1, "one").await, Claim::InUse));
    assert!(matches!(claim(&world, &world.carl, &world.a1, "two").await, Claim::Reused));
    world.store.settle_attempt(attempt, Some(&answer("first"))).await.unwrap();
    match claim(&world, &world.carl, &world.a1, "one").await {
        Claim::Replay(kept) => assert_eq!(kept, answer("first")),
        other => panic!("the answer was not repeated: {other:?}"),
    }
    assert!(matches!(claim(&world, &world.carl, &world.a1, "two").await, Claim::Reused));
    assert!(matches!(claim(&world, &world.ann, &world.a1, "one").await, Claim::Run(_)), "another person's key");

    world.grant(&world.ann, &world.a1, &world.carl, WorkspaceRole::Guest).await;
    assert!(matches!(claim(&world, &world.carl, &world.a1, "one").await, Claim::OtherRole));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_sixteen_requests_at_once_on_two_servers_one_runs() {
    let world = World::new().await;
    let servers = [world.store.clone(), world.db.store()];
    let mut requests = JoinSet::new();
    for n in 0..16 {
        let (store, credential, slug) = (servers[n % 2].clone(), world.ann.session(), world.a1.slug.clone());
        requests.spawn(async move {
            let Door::Open(mut tx) = store.workspace_visit(&credential, &slug).await.unwrap() else {
                panic!("ann has no seat")
            };
            let claim = idempotency::claim(&mut tx, &credential, key(), request("one")).await.unwrap();
            tx.commit().await.unwrap();
            claim
        });
    }
    let claims = requests.join_all().await;
    let ran = claims.iter().filter(|claim| matches!(claim, Claim::Run(_))).count();
    let waiting = claims.iter().filter(|claim| matches!(claim, Claim::InUse)).count();
    assert_eq!((ran, waiting), (1, 15));
}

#[tokio::test]
async fn a_failed_request_releases_its_key_unless_it_wrote() {
    let world = World::new().await;
    let attempt = run(&world, &world.ann, &world.a1, "one").await;
    world.store.settle_attempt(attempt, None).await.unwrap();
    let attempt = run(&world, &world.ann, &world.a1, "two").await;
    idempotency::run(&attempt, async {
        let mut tx = world.write(&world.ann, &world.a1).await;
        create(&mut tx, "Written").await;
        tx.commit().await.unwrap();
    })
    .await;
    assert!(matches!(claim(&world, &world.ann, &world.a1, "two").await, Claim::InUse), "its answer may still be kept");
    age(&world, "3 minutes").await;
    assert!(matches!(claim(&world, &world.ann, &world.a1, "two").await, Claim::Lost), "it would be written twice");
    age(&world, "0 minutes").await;
    world.store.settle_attempt(attempt, None).await.unwrap();
    assert!(matches!(claim(&world, &world.ann, &world.a1, "two").await, Claim::Lost), "its answer is not kept");
    age(&world, "23 hours").await;
    assert!(matches!(claim(&world, &world.ann, &world.a1, "two").await, Claim::Lost));
    age(&world, "25 hours").await;
    assert!(matches!(claim(&world, &world.ann, &world.a1, "three").await, Claim::Run(_)), "a day is over");
}

#[tokio::test]
async fn a_slow_request_whose_key_was_taken_over_writes_nothing() {
    let world = World::new().await;
    let slow = run(&world, &world.ann, &world.a1, "one").await;
    age(&world, "1 minute").await;
    assert!(matches!(claim(&world, &world.ann, &world.a1, "one").await, Claim::InUse));
    age(&world, "3 minutes").await;
    let fast = run(&world, &world.ann, &world.a1, "one").await;
    for (attempt, name) in [(&slow, "Slow"), (&fast, "Fast")] {
        let written = idempotency::run(attempt, async {
            let mut tx = world.write(&world.ann, &world.a1).await;
            create(&mut tx, name).await;
            tx.commit().await
        })
        .await;
        match name {
            "Slow" => assert!(matches!(written, Err(StoreError::Superseded))),
            _ => assert!(written.is_ok(), "the control"),
        }
    }
    assert_eq!(customers_of(&world).await, 1);
    world.store.settle_attempt(slow, Some(&answer("slow"))).await.unwrap();
    world.store.settle_attempt(fast, Some(&answer("fast"))).await.unwrap();
    match claim(&world, &world.ann, &world.a1, "one").await {
        Claim::Replay(kept) => assert_eq!(kept, answer("fast")),
        other => panic!("the answer was not repeated: {other:?}"),
    }
}

#[tokio::test]
async fn answers_are_deleted_after_a_day() {
    let world = World::new().await;
    let attempt = run(&world, &world.carl, &world.a1, "one").await;
    world.store.settle_attempt(attempt, Some(&answer("old"))).await.unwrap();
    age(&world, "25 hours").await;
    let attempt = run(&world, &world.ann, &world.a1, "one").await;
    world.store.settle_attempt(attempt, Some(&answer("new"))).await.unwrap();
    let mut superuser = world.db.superuser().await;
    let kept: Vec<Vec<u8>> =
        sqlx::query_scalar("select body from account.idempotency_keys").fetch_all(&mut superuser).await.unwrap();
    assert_eq!(kept, [b"new".to_vec()]);
}

#[tokio::test]
async fn a_request_without_a_key_is_not_marked() {
    let world = World::new().await;
    let attempt = run(&world, &world.ann, &world.a1, "one").await;
    let store: &Store = &world.store;
    let target = WriteTarget { user: world.ann.id, workspace: world.a1.id };
    let Door::Open(mut tx) = store.workspace_write(&world.ann.session(), &world.a1.slug, target).await.unwrap() else {
        panic!("ann can't write")
    };
    create(&mut tx, "Without a key").await;
    tx.commit().await.unwrap();
    store.settle_attempt(attempt, None).await.unwrap();
    assert!(matches!(claim(&world, &world.ann, &world.a1, "one").await, Claim::Run(_)));
}
