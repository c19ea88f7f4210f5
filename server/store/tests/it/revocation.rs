//! Invariant: once a revocation has returned, no write of that user in that workspace commits any more. The revocation
//! waits for a write in progress, a later write is rejected, and neither can block the other for long
//! (docs/SECURITY.md, I-5 and F-6).
//!
//! Revocations in these tests are raw SQL of a superuser: whoever removes a seat, in whatever way, has to wait.

use crate::support::{
    Person, World, connect, draft, execute, kind, membership, seat, texts, waiting_for, write_target,
};
use model::capability::EditContent;
use sqlx::{Connection, PgConnection};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use store::{
    customers,
    door::{Door, WorkspaceTx, Write},
    identity,
};
use tokio::task::JoinSet;

const ROUNDS: usize = 150;
const WRITERS: usize = 3;

async fn add(tx: &mut WorkspaceTx<Write>, name: &str) {
    let can = tx.can::<EditContent>().unwrap();
    customers::create(tx, &can, &draft(name)).await.unwrap();
}

async fn added(superuser: &mut PgConnection, name: &str) -> i64 {
    sqlx::query_scalar("select count(*) from workspace.customers where name = $1")
        .bind(name)
        .fetch_one(superuser)
        .await
        .unwrap()
}

/// Writes repeatedly until the write is rejected.
async fn write_on(world: Arc<World>, name: String, acknowledged: Arc<AtomicUsize>) {
    let (carl, a1) = (&world.carl, &world.a1);
    loop {
        match world.store.workspace_write(&carl.session(), &a1.slug, write_target(carl, a1)).await.unwrap() {
            Door::Open(mut tx) => {
                add(&mut tx, &name).await;
                tx.commit().await.unwrap();
                acknowledged.fetch_add(1, Ordering::SeqCst);
            }
            Door::Absent(_) | Door::SignedOut => return,
            other => panic!("a revoked writer was told: {}", kind(&other)),
        }
    }
}

async fn race(rounds: usize, give: &[&str], take: &str) {
    let world = Arc::new(World::new().await);
    let mut superuser = world.db.superuser().await;
    seat(&mut superuser, &world.a1, &world.carl, None).await;
    let ids = |sql: &str| {
        sql.replace("{workspace}", &world.a1.id.to_string())
            .replace("{organization}", &world.a1.organization.to_string())
            .replace("{person}", &world.carl.id.to_string())
    };
    let mut total = 0;
    for round in 0..rounds {
        execute(&mut superuser, &ids(give[round % give.len()])).await.unwrap();
        let (name, acknowledged) = (format!("round {round}"), Arc::new(AtomicUsize::new(0)));
        let mut writers = JoinSet::new();
        for _ in 0..WRITERS {
            writers.spawn(write_on(Arc::clone(&world), name.clone(), Arc::clone(&acknowledged)));
        }
        // Revokes while the writers are active, at a different point in each round.
        while acknowledged.load(Ordering::SeqCst) < round % 5 {
            tokio::task::yield_now().await;
        }
        // The rows that exist when the seat has been removed, even before that is committed, must be all that ever
        // exist.
        let mut revocation = superuser.begin().await.unwrap();
        assert_eq!(execute(&mut revocation, &ids(take)).await.unwrap(), 1);
        let at_revocation = added(&mut revocation, &name).await;
        revocation.commit().await.unwrap();
        writers.join_all().await;
        let in_the_end = added(&mut superuser, &name).await;
        assert_eq!(in_the_end, at_revocation, "round {round}: writes were committed after the seat was gone");
        assert_eq!(
            in_the_end as usize,
            acknowledged.load(Ordering::SeqCst),
            "round {round}: an acknowledged write is lost"
        );
        total += in_the_end;
    }
    assert!(total > rounds as i64, "only {total} writes in {rounds} rounds: this was no race");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_write_commits_after_its_seat_was_revoked() {
    race(
        // The race occurs only in some of the rounds.
        1_000,
        &["insert into account.workspace_members values ('{workspace}', '{person}', 'member')"],
        "delete from account.workspace_members where workspace_id = '{workspace}' and user_id = '{person}'",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_write_commits_after_its_organization_role_was_revoked() {
    race(
        ROUNDS,
        &[
            "insert into account.organization_members values ('{organization}', '{person}', 'member')",
            "insert into account.organization_members values ('{organization}', '{person}', 'owner')",
        ],
        "delete from account.organization_members where organization_id = '{organization}' and user_id = '{person}'",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_write_commits_after_its_session_was_ended() {
    race(
        ROUNDS,
        &["insert into account.workspace_members values ('{workspace}', '{person}', 'member') on conflict do nothing;
            update account.sessions set ended_at = null, end_reason = null where user_id = '{person}'"],
        "update account.sessions set ended_at = now(), end_reason = 'signed_out' where user_id = '{person}' and ended_at is null",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_out_waits_for_the_write_in_flight() {
    let world = Arc::new(World::new().await);
    let mut superuser = world.db.superuser().await;
    let mut writing = world.write(&world.bob, &world.a1).await;
    add(&mut writing, "in flight").await;
    let leaving = Arc::clone(&world);
    let leaving = tokio::spawn(async move {
        let mut tx = leaving.person(&leaving.bob).await;
        identity::sign_out(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
    });
    waiting_for(&mut superuser, "advisory").await;
    assert!(!leaving.is_finished(), "the sign-out did not wait for the write in flight");
    writing.commit().await.unwrap();
    leaving.await.unwrap();
    let (bob, a1) = (&world.bob, &world.a1);
    let next = world.store.workspace_write(&bob.session(), &a1.slug, write_target(bob, a1)).await.unwrap();
    assert_eq!(kind(&next), "signed out");
    assert_eq!(added(&mut superuser, "in flight").await, 1);
}

/// Returns every kind of change that reduces a seat in A1 (and controls), each with the expected result of a later
/// write.
fn revocations(world: &World, who: &Person) -> Vec<(String, &'static str)> {
    let (a1, organization, who) = (world.a1.id, world.a1.organization, who.id);
    let seat = format!("account.workspace_members where workspace_id = '{a1}' and user_id = '{who}'");
    let membership =
        format!("account.organization_members where organization_id = '{organization}' and user_id = '{who}'");
    vec![
        (format!("update {}", membership.replace(" where", " set role = 'member' where")), "open"),
        (format!("delete from {membership}"), "open"),
        (format!("update {}", seat.replace(" where", " set role = 'member' where")), "open"),
        (format!("delete from {seat}"), "absent"),
        (format!("insert into {} values ('{a1}', '{who}', 'owner')", "account.workspace_members"), "open"),
        (format!("update account.workspaces set slug = 'a-renamed' where id = '{a1}'"), "moved"),
        (format!("update account.workspaces set slug = 'a-one' where id = '{a1}'"), "open"),
        (format!("update account.workspaces set deleted_at = now() where id = '{a1}'"), "gone"),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revocation_waits_for_the_write_in_flight() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let (bob, a1) = (&world.bob, &world.a1);
    membership(&mut superuser, a1, bob, Some("owner")).await;
    for (statement, expected) in revocations(&world, bob) {
        // Controls: a new seat, or a return to the former slug, takes access from nobody.
        let takes = !statement.starts_with("insert") && !statement.contains("'a-one'");
        if takes {
            let (mut let_in, mut writing) = (world.write(bob, a1).await, world.write(bob, a1).await);
            add(&mut writing, "in flight").await;
            let mut revoker = world.db.superuser().await;
            let revocation = statement.clone();
            let revoking = tokio::spawn(async move { execute(&mut revoker, &revocation).await.unwrap() });
            waiting_for(&mut superuser, "advisory").await;
            assert!(!revoking.is_finished(), "did not wait for the write in flight: {statement}");
            // No deadlock: a transaction that was already open completes, whether it has written yet or not.
            add(&mut let_in, "in flight").await;
            let_in.commit().await.unwrap();
            writing.commit().await.unwrap();
            assert_eq!(revoking.await.unwrap(), 1, "nothing came of: {statement}");
        } else {
            execute(&mut superuser, &statement).await.unwrap();
        }
        let next = world.store.workspace_write(&bob.session(), &a1.slug, write_target(bob, a1)).await.unwrap();
        assert_eq!(kind(&next), expected, "after: {statement}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_waits_for_the_revocation_in_flight() {
    let world = Arc::new(World::new().await);
    let mut superuser = world.db.superuser().await;
    let mut revoker = world.db.superuser().await;
    for (end, expected) in [("rollback", "open"), ("commit", "absent")] {
        execute(&mut revoker, "begin").await.unwrap();
        seat(&mut revoker, &world.a1, &world.bob, None).await;
        // Reads are not blocked, and the seat is valid until the revocation commits.
        assert_eq!(kind(&world.door(&world.bob, &world.a1).await), "open");
        let writer = Arc::clone(&world);
        let writing = tokio::spawn(async move {
            let (bob, a1) = (&writer.bob, &writer.a1);
            kind(&writer.store.workspace_write(&bob.session(), &a1.slug, write_target(bob, a1)).await.unwrap())
        });
        waiting_for(&mut superuser, "advisory").await;
        assert!(!writing.is_finished(), "a write went past a revocation in flight");
        // Control: other users write in the same workspace meanwhile.
        add(&mut world.write(&world.carl, &world.a1).await, "meanwhile").await;
        execute(&mut revoker, end).await.unwrap();
        assert_eq!(writing.await.unwrap(), expected, "a write that waited, after {end}");
    }
}

#[tokio::test]
async fn a_write_in_flight_does_not_delay_revocations_of_others() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    execute(&mut superuser, "set lock_timeout = '1s'").await.unwrap();
    let mut writing = world.write(&world.bob, &world.a1).await;
    add(&mut writing, "in flight").await;
    seat(&mut superuser, &world.a1, &world.carl, None).await;
    writing.commit().await.unwrap();
    assert_eq!(added(&mut superuser, "in flight").await, 1);
}

/// Control for the advisory lock: without its trigger, the same steps end with a write that commits after the
/// revocation.
#[tokio::test]
async fn without_the_fence_trigger_a_write_commits_after_the_revocation() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    execute(&mut superuser, "drop trigger fence on account.workspace_members").await.unwrap();
    let mut writing = world.write(&world.bob, &world.a1).await;
    add(&mut writing, "too late").await;
    seat(&mut superuser, &world.a1, &world.bob, None).await;
    assert_eq!(added(&mut superuser, "too late").await, 0);
    writing.commit().await.unwrap();
    assert_eq!(
        added(&mut superuser, "too late").await,
        1,
        "something else fences: then these tests prove nothing of the trigger"
    );
}

#[tokio::test]
async fn an_abandoned_write_delays_a_revocation_by_five_seconds_at_most() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let mut abandoned = world.write(&world.bob, &world.a1).await;
    add(&mut abandoned, "abandoned").await;
    let started = Instant::now();
    seat(&mut superuser, &world.a1, &world.bob, None).await;
    let waited = started.elapsed();
    assert!(waited < Duration::from_millis(6_500), "the revocation waited {waited:?}");
    assert!(waited > Duration::from_secs(1), "it did not wait at all: {waited:?}");
    assert!(abandoned.commit().await.is_err(), "a write was acknowledged after its seat was revoked");
    assert_eq!(added(&mut superuser, "abandoned").await, 0, "a write was committed after its seat was revoked");
}

#[tokio::test]
async fn writes_fail_while_a_revocation_hangs() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let mut hanging = world.db.superuser().await;
    execute(&mut hanging, "begin").await.unwrap();
    seat(&mut hanging, &world.a1, &world.bob, None).await;
    let write =
        world.store.workspace_write(&world.bob.session(), &world.a1.slug, write_target(&world.bob, &world.a1)).await;
    let error = write.err().expect("a write went past a revocation in flight");
    assert!(error.is_unavailable(), "a write that could not wait any longer is told: {error}");
    execute(&mut hanging, "rollback").await.unwrap();
    add(&mut world.write(&world.bob, &world.a1).await, "afterwards").await;
    assert!(texts(&mut superuser, "select name from workspace.customers").await.is_empty());
}

/// Leak guarded: the advisory lock keys of a person and of a workspace are distinct, even for the same id.
#[tokio::test]
async fn lock_keys_of_people_and_workspaces_differ() {
    let world = World::new().await;
    let mut app = connect(&world.db.app()).await;
    let id = world.a1.id.uuid();
    let keys: (i64, i64, i64) =
        sqlx::query_as("select ops.fence('person', $1), ops.fence('workspace', $1), ops.fence('person', $2)")
            .bind(id)
            .bind(world.ann.id.uuid())
            .fetch_one(&mut app)
            .await
            .unwrap();
    assert!(keys.0 != keys.1 && keys.0 != keys.2, "{keys:?}");
}
