//! Invariant: a handoff code admits its session to its workspace, once and within 60 s, and grants nothing else. It
//! never replaces a seat, which is read when the code is redeemed (docs/SECURITY.md, I-14).

use crate::support::{Person, Place, World, change, execute, kind, seat, sign_in, slug, texts};
use model::{Slug, WorkspaceRole, token::TokenLife};
use std::sync::Arc;
use store::{
    door::{Credential, Door},
    handoffs::{self, HandoffRefused},
    identity,
    seats::Freshness,
    secret::Secret,
    tokens,
};
use tokio::{sync::Barrier, task::JoinSet};

async fn mint(world: &World, who: &Person, place: &Place) -> Secret {
    let code = Secret::generate("").unwrap();
    let mut tx = world.visit(who, place).await;
    handoffs::mint(&mut tx, &code).await.unwrap();
    tx.commit().await.unwrap();
    code
}

/// Redeems a code in a workspace that must be accessible, and commits.
async fn redeem(world: &World, credential: &Credential, slug: &Slug, code: &Secret) -> Result<(), HandoffRefused> {
    let mut tx = match world.store.workspace_visit(credential, slug).await.unwrap() {
        Door::Open(tx) => tx,
        other => panic!("{slug} is {}, so the code was not even looked at", kind(&other)),
    };
    let outcome = handoffs::redeem(&mut tx, code).await.unwrap();
    tx.commit().await.unwrap();
    outcome
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_that_is_redeemed_concurrently_works_once() {
    let world = Arc::new(World::new().await);
    let elsewhere = world.db.store();
    for _ in 0..5 {
        let code = mint(&world, &world.ann, &world.a2).await;
        let start = Arc::new(Barrier::new(100));
        let mut redeemers = JoinSet::new();
        for i in 0..100 {
            // Two servers, one session.
            let store = if i % 2 == 0 { world.store.clone() } else { elsewhere.clone() };
            let (world, code, start) = (Arc::clone(&world), code.clone(), Arc::clone(&start));
            redeemers.spawn(async move {
                start.wait().await;
                let Door::Open(mut tx) = store.workspace_visit(&world.ann.session(), &world.a2.slug).await.unwrap()
                else {
                    panic!("ann has a seat in A2")
                };
                let outcome = handoffs::redeem(&mut tx, &code).await.unwrap();
                tx.commit().await.unwrap();
                outcome
            });
        }
        let outcomes = redeemers.join_all().await;
        let won = outcomes.iter().filter(|o| o.is_ok()).count();
        assert_eq!(won, 1, "one code was accepted {won} times");
        let used = outcomes.iter().filter(|o| **o == Err(HandoffRefused::Used)).count();
        assert_eq!(used, 99, "the other requests got another error: {outcomes:?}");
    }
}

#[tokio::test]
async fn a_code_works_once_for_its_session_and_workspace() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let (ann, a2) = (world.ann.session(), &world.a2.slug);
    let other_device = sign_in(&world.store, world.ann.id, "ann, elsewhere").await;
    seat(&mut superuser, &world.a2, &world.bob, Some("owner")).await;
    let token = Secret::generate("stile_").unwrap();
    let mut tx = world.person(&world.ann).await;
    assert!(tokens::create(&mut tx, "laptop", &token, TokenLife::default()).await.unwrap());
    tx.commit().await.unwrap();

    let code = mint(&world, &world.ann, &world.a2).await;
    for (credential, slug, said) in [
        (other_device.session(), a2, "another session of the same person"),
        (world.bob.session(), a2, "another person with a seat there"),
        (ann, &world.a1.slug, "another workspace of hers"),
        (Credential::Token(token.hash()), a2, "an operator token"),
    ] {
        let outcome = redeem(&world, &credential, slug, &code).await;
        assert_eq!(outcome, Err(HandoffRefused::Foreign), "the code was accepted for {said}");
    }
    assert_eq!(
        redeem(&world, &ann, a2, &Secret::generate("").unwrap()).await,
        Err(HandoffRefused::Foreign),
        "a made-up code"
    );
    let stored: Vec<String> = sqlx::query_scalar("select encode(code_hash, 'hex') from account.handoffs")
        .fetch_all(&mut superuser)
        .await
        .unwrap();
    let stored = Secret::presented(&stored[0]).unwrap();
    assert_eq!(
        redeem(&world, &ann, a2, &stored).await,
        Err(HandoffRefused::Foreign),
        "what is stored of a code passes for it"
    );
    // None of the rejected attempts consumed the code.
    assert_eq!(redeem(&world, &ann, a2, &code).await, Ok(()));
    assert_eq!(redeem(&world, &ann, a2, &code).await, Err(HandoffRefused::Used));

    // A redemption that was rolled back does not consume the code.
    let code = mint(&world, &world.ann, &world.a2).await;
    let mut tx = world.visit(&world.ann, &world.a2).await;
    assert_eq!(handoffs::redeem(&mut tx, &code).await.unwrap(), Ok(()));
    drop(tx);
    assert_eq!(redeem(&world, &ann, a2, &code).await, Ok(()), "a rolled back entry made the code invalid");
}

#[tokio::test]
async fn a_code_expires_after_60_seconds() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let ann = world.ann.session();
    let code = mint(&world, &world.ann, &world.a2).await;
    let lifetime: String = sqlx::query_scalar("select (expires_at - created_at)::text from account.handoffs")
        .fetch_one(&mut superuser)
        .await
        .unwrap();
    assert_eq!(lifetime, "00:01:00");
    let age = async |superuser: &mut sqlx::PgConnection, by: &str| {
        let older = format!(
            "update account.handoffs set created_at = created_at - interval '{by}', expires_at = expires_at - interval '{by}'"
        );
        execute(superuser, &older).await.unwrap();
    };
    age(&mut superuser, "50 seconds").await;
    let mut tx = world.visit(&world.ann, &world.a2).await;
    assert_eq!(handoffs::redeem(&mut tx, &code).await.unwrap(), Ok(()), "refused before it expired");
    drop(tx);
    age(&mut superuser, "10 seconds").await;
    assert_eq!(redeem(&world, &ann, &world.a2.slug, &code).await, Err(HandoffRefused::Expired), "accepted after 60 s");

    // A code that was used and has since expired is reported as used.
    let code = mint(&world, &world.ann, &world.a2).await;
    assert_eq!(redeem(&world, &ann, &world.a2.slug, &code).await, Ok(()));
    age(&mut superuser, "30 minutes").await;
    assert_eq!(redeem(&world, &ann, &world.a2.slug, &code).await, Err(HandoffRefused::Used));

    // Creating a code deletes the user's own old codes, but nobody else's.
    mint(&world, &world.bob, &world.a1).await;
    age(&mut superuser, "2 hours").await;
    mint(&world, &world.ann, &world.a2).await;
    let left: Vec<(String, i64)> = sqlx::query_as("select u.name, count(*) from account.handoffs h join account.users u on u.id = h.user_id group by 1 order by 1")
        .fetch_all(&mut superuser)
        .await
        .unwrap();
    assert_eq!(left, [("ann".to_owned(), 1), ("bob".to_owned(), 1)]);
}

#[tokio::test]
async fn redeeming_reads_the_current_seat_and_session() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;

    let code = mint(&world, &world.carl, &world.b1).await;
    seat(&mut superuser, &world.b1, &world.carl, Some("viewer")).await;
    let mut tx = world.visit(&world.carl, &world.b1).await;
    assert_eq!(handoffs::redeem(&mut tx, &code).await.unwrap(), Ok(()));
    assert_eq!(tx.tenant().seat.role(), WorkspaceRole::Viewer, "entered with the role from when the code was created");
    drop(tx);

    seat(&mut superuser, &world.b1, &world.carl, None).await;
    assert_eq!(kind(&world.door(&world.carl, &world.b1).await), "absent", "a code opens a workspace without a seat");

    // A code is bound to the workspace's id, not to its slug.
    let code = mint(&world, &world.ann, &world.a1).await;
    change(&mut superuser, &world.a1, "slug = 'a-renamed'").await;
    assert_eq!(kind(&world.door(&world.ann, &world.a1).await), "moved");
    assert_eq!(
        redeem(&world, &world.ann.session(), &slug("a-renamed"), &code).await,
        Ok(()),
        "a rename burnt the code"
    );

    mint(&world, &world.ann, &world.a2).await;
    change(&mut superuser, &world.a2, "deleted_at = now()").await;
    assert_eq!(kind(&world.door(&world.ann, &world.a2).await), "gone", "a code opens a deleted workspace");

    mint(&world, &world.mal, &world.m1).await;
    let mut tx = world.person(&world.mal).await;
    identity::sign_out(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(kind(&world.door(&world.mal, &world.m1).await), "signed out", "the door opened for an ended session");
}

#[tokio::test]
async fn only_a_recorded_visit_changes_the_last_workspace() {
    let world = World::new().await;
    let last = async || {
        let (_, picker) = world.store.picker(&world.ann.session(), Freshness::Now).await.unwrap().unwrap();
        picker.default_workspace().map(|w| w.slug.clone())
    };
    let code = mint(&world, &world.ann, &world.a2).await;
    assert_eq!(redeem(&world, &world.ann.session(), &world.a2.slug, &code).await, Ok(()));
    assert_eq!(last().await, None, "a code that was redeemed counts as a visit");
    for place in [&world.a2, &world.a1] {
        let mut tx = world.visit(&world.ann, place).await;
        handoffs::record_visit(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(last().await.as_ref(), Some(&place.slug));
    }
}

/// Promise: a code that is created and redeemed in one step is stored like any other redeemed code, and can't be
/// redeemed again.
#[tokio::test]
async fn a_code_created_and_redeemed_in_one_step_cannot_be_redeemed_again() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let visits = "select entered_at::text from account.visits";
    for visited in [false, true] {
        let code = Secret::generate("").unwrap();
        let mut tx = world.visit(&world.ann, &world.a2).await;
        let passed = if visited {
            handoffs::mint_redeemed_and_visit(&mut tx, &code).await
        } else {
            handoffs::mint_redeemed(&mut tx, &code).await
        };
        passed.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(texts(&mut superuser, visits).await.len(), usize::from(visited), "only a visit is recorded as one");
        let said = redeem(&world, &world.ann.session(), &world.a2.slug, &code).await;
        assert_eq!(said, Err(HandoffRefused::Used), "a redeemed code was accepted again");
    }
    let noted = "select code_hash::text from account.handoffs where redeemed_at is not null";
    assert_eq!(texts(&mut superuser, noted).await.len(), 2);
}
