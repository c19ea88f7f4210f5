//! Invariant: wherever a request is cancelled, its connection returns to the pool clean. No transaction stays open
//! without the pool's knowledge; otherwise the next borrower's acknowledged write would be rolled back with it
//! (docs/SECURITY.md, F-1).
//!
//! sqlx 0.8.4 to 0.9.0 returns a connection to the pool inside an open transaction if `begin()` is dropped while it
//! waits for the response to BEGIN. The last test demonstrates this with plain sqlx: when it fails, sqlx has fixed the
//! bug, and `Store::begin` no longer needs to run each BEGIN to completion.

use crate::support::{World, draft, texts, write_target};
use model::capability::EditContent;
use sqlx::{PgConnection, Row, postgres::PgPoolOptions};
use std::{
    future::poll_fn,
    pin::pin,
    sync::Arc,
    task::Poll,
    time::{Duration, Instant},
};
use store::{customers, door::Door, seats::Freshness};
use tokio::task::JoinSet;

/// More polls than any request in this file takes to complete.
const STEPS: usize = 24;
/// Number of concurrent requests. More than the pool has connections, so that some are cancelled while they wait for
/// one.
const TASKS: usize = 24;

/// Polls `request` up to `steps` times and then drops it: immediately, while the response is on its way, or (`late`)
/// after the response has arrived, but has not been read. Returns `None` if it was dropped.
pub(crate) async fn given_up_after<F: Future>(steps: usize, late: bool, request: F) -> Option<F::Output> {
    let mut request = pin!(request);
    let mut left = steps;
    poll_fn(move |context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match request.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if left == 0 && !late => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// Lists the backends of the app role that are inside a transaction, active or idle.
async fn left_open(superuser: &mut PgConnection) -> Vec<String> {
    texts(
        superuser,
        "select pid || ': ' || query from pg_stat_activity
        where datname = current_database() and usename = 'stile_app' and xact_start is not null",
    )
    .await
}

/// Polls until no transaction is open. Stops after 3 s, because the server would end an idle transaction after 5 s and
/// thereby hide the bug.
async fn settles(superuser: &mut PgConnection) -> Vec<String> {
    let started = Instant::now();
    loop {
        let open = left_open(superuser).await;
        if open.is_empty() || started.elapsed() > Duration::from_secs(3) {
            return open;
        }
        tokio::task::yield_now().await;
    }
}

/// Runs one of four kinds of requests as ann. Returns the name of the customer if the write was acknowledged.
async fn request(world: &World, kind: usize, name: String) -> Option<String> {
    let (ann, a1) = (&world.ann, &world.a1);
    match kind {
        0 => {
            let mut tx =
                match world.store.workspace_write(&ann.session(), &a1.slug, write_target(ann, a1)).await.unwrap() {
                    Door::Open(tx) => tx,
                    _ => panic!("ann has a seat in A1"),
                };
            let can = tx.can::<EditContent>().unwrap();
            customers::create(&mut tx, &can, &draft(&name)).await.unwrap();
            tx.commit().await.unwrap();
            return Some(name);
        }
        1 => drop(world.store.workspace(&ann.session(), &a1.slug).await.unwrap()),
        2 => drop(world.store.picker(&ann.session(), Freshness::Now).await.unwrap()),
        _ => drop(world.store.ping().await),
    }
    None
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancelled_request_leaves_no_open_transaction_and_loses_no_other_write() {
    let world = Arc::new(World::new().await);
    let mut superuser = world.db.superuser().await;
    let (mut acknowledged, mut given_up) = (Vec::new(), 0);
    for steps in 0..STEPS {
        // All requests are cancelled at the same step before the check, because a request that runs to completion would
        // clean up after a cancelled one.
        for late in [false, true] {
            let mut tasks = JoinSet::new();
            for task in 0..TASKS {
                let world = Arc::clone(&world);
                let name = format!("{steps} {late} {task}");
                tasks.spawn(async move { given_up_after(steps, late, request(&world, task % 4, name)).await });
            }
            for outcome in tasks.join_all().await {
                given_up += usize::from(outcome.is_none());
                acknowledged.extend(outcome.flatten());
            }
            let open = settles(&mut superuser).await;
            assert!(open.is_empty(), "given up at step {steps}, and still inside a transaction: {open:?}");
        }
        // Cancels after a timeout, as clients do, wherever the request is then.
        let mut tasks = JoinSet::new();
        for task in 0..TASKS {
            let world = Arc::clone(&world);
            let patience = Duration::from_micros(((task * 7 + steps * 3) % 60 * 100) as u64);
            tasks.spawn(async move {
                tokio::time::timeout(patience, request(&world, 0, format!("{steps} timed {task}"))).await
            });
        }
        for outcome in tasks.join_all().await {
            given_up += usize::from(outcome.is_err());
            acknowledged.extend(outcome.ok().flatten());
        }
        let open = settles(&mut superuser).await;
        assert!(open.is_empty(), "timed out, and still inside a transaction: {open:?}");
    }
    assert!(
        given_up > 300 && acknowledged.len() > 50,
        "{given_up} given up, {} written: not much of a trial",
        acknowledged.len()
    );

    // Every connection must be usable afterwards: more concurrent writers than the pool has connections, whose writes
    // persist.
    let mut readers = JoinSet::new();
    for _ in 0..2 * TASKS {
        let world = Arc::clone(&world);
        readers.spawn(async move { request(&world, 0, "afterwards".to_owned()).await });
    }
    acknowledged.extend(readers.join_all().await.into_iter().flatten());
    // Terminates all connections first: every write that the store acknowledged must be durable.
    let cut = "select pg_terminate_backend(pid)::text from pg_stat_activity where datname = current_database() and usename = 'stile_app'";
    texts(&mut superuser, cut).await;
    let mut written = texts(&mut superuser, "select name from workspace.customers order by 1").await;
    acknowledged.sort();
    // A commit whose response was not awaited may have succeeded as well; an acknowledged one must have.
    for name in acknowledged {
        let at = written.iter().position(|w| *w == name);
        written.remove(at.unwrap_or_else(|| panic!("the write {name:?} was acknowledged and is lost")));
    }
}

#[tokio::test]
async fn plain_sqlx_leaves_a_transaction_open() {
    let world = World::new().await;
    let pool = PgPoolOptions::new().max_connections(1).connect_with(world.db.app()).await.unwrap();
    let mut poisoned = false;
    // The step that waits for the response to BEGIN depends on how fast the responses arrive. The loop is therefore
    // limited by time, with a margin for a busy machine, rather than by the number of attempts.
    let patience = Instant::now() + Duration::from_secs(60);
    for attempt in 0.. {
        if Instant::now() > patience {
            break;
        }
        #[expect(clippy::disallowed_methods, reason = "it is this that is on trial")]
        let begun = given_up_after(attempt % 8 + 1, false, pool.begin()).await;
        drop(begun);
        // The next statement gets the only connection in the state in which it was returned. Outside a transaction,
        // now() equals statement_timestamp() to the microsecond if the statement is sent as one message.
        let inside = sqlx::raw_sql("select now() < statement_timestamp()").fetch_one(&pool).await.unwrap();
        poisoned = inside.get(0);
        if poisoned {
            break;
        }
    }
    assert!(poisoned, "sqlx cleans up by itself now: Uncancelled in Store::begin has no more reason");
    pool.close().await;
}
