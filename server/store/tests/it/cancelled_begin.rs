//! Invariant: however a request is given up, its connection comes back clean. No transaction stays open without the
//! pool knowing of it. Otherwise the next borrower's acknowledged write would be undone with it (docs/SECURITY.md,
//! F-1).
//!
//! sqlx 0.8.4 to 0.9.0 hands a connection back inside an open transaction when `begin()` is dropped while it waits for
//! the answer to BEGIN. The last test here shows that with plain sqlx: when it fails, sqlx has fixed it, and
//! `Store::begin` no longer has to run each BEGIN to its end.

use crate::support::{World, draft, fence, texts};
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

/// More steps than any request here takes until it is done.
const STEPS: usize = 24;
/// Requests under way at once: more than the pool has connections, so that some are given up while they queue.
const TASKS: usize = 24;

/// Polls `request` up to `steps` times and then drops it: at once, with its answer on the way, or (`late`) when the
/// answer has come and nobody has read it. `None` when it was given up.
async fn given_up_after<F: Future>(steps: usize, late: bool, request: F) -> Option<F::Output> {
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

/// Backends of the app role that are inside a transaction, be they busy or idle.
async fn left_open(superuser: &mut PgConnection) -> Vec<String> {
    texts(
        superuser,
        "select pid || ': ' || query from pg_stat_activity
        where datname = current_database() and usename = 'stile_app' and xact_start is not null",
    )
    .await
}

/// Asks until no transaction is open. The server itself would end one after 5 s, and so hide the fault: this is sooner.
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

/// One request of ann's, of four kinds; the name of what was acknowledged as written.
async fn request(world: &World, kind: usize, name: String) -> Option<String> {
    let (ann, a1) = (&world.ann, &world.a1);
    match kind {
        0 => {
            let mut tx = match world.store.workspace_write(&ann.session(), &a1.slug, fence(ann, a1)).await.unwrap() {
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
async fn a_request_given_up_anywhere_leaves_no_transaction_open_and_undoes_no_other() {
    let world = Arc::new(World::new().await);
    let mut superuser = world.db.superuser().await;
    let (mut acknowledged, mut given_up) = (Vec::new(), 0);
    for steps in 0..STEPS {
        // All at the same step, and then a look: the next request that is let finish would tidy up behind this one.
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
        // And as clients do it: after some time, wherever that finds the request.
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

    // Every connection is good for the next: as many readers at once as the pool holds, and writes that stay.
    let mut readers = JoinSet::new();
    for _ in 0..2 * TASKS {
        let world = Arc::clone(&world);
        readers.spawn(async move { request(&world, 0, "afterwards".to_owned()).await });
    }
    acknowledged.extend(readers.join_all().await.into_iter().flatten());
    // Seen from outside: with its connections cut, what the store was told stays, stays.
    let cut = "select pg_terminate_backend(pid)::text from pg_stat_activity where datname = current_database() and usename = 'stile_app'";
    texts(&mut superuser, cut).await;
    let mut written = texts(&mut superuser, "select name from workspace.customers order by 1").await;
    acknowledged.sort();
    // A commit whose answer nobody waited for may have gone through, too; what was acknowledged must have.
    for name in acknowledged {
        let at = written.iter().position(|w| *w == name);
        written.remove(at.unwrap_or_else(|| panic!("the write {name:?} was acknowledged and is lost")));
    }
}

#[tokio::test]
async fn plain_sqlx_does_leave_one_open() {
    let world = World::new().await;
    let pool = PgPoolOptions::new().max_connections(1).connect_with(world.db.app()).await.unwrap();
    let mut poisoned = false;
    // Which step it is that waits for the answer to BEGIN depends on how fast the answers come: it is tried for as long as
    // a busy machine may need, and not so many times.
    let patience = Instant::now() + Duration::from_secs(60);
    for attempt in 0.. {
        if Instant::now() > patience {
            break;
        }
        #[expect(clippy::disallowed_methods, reason = "it is this that is on trial")]
        let begun = given_up_after(attempt % 8 + 1, false, pool.begin()).await;
        drop(begun);
        // The one connection is lent to the next statement as it came back. A statement that is its own transaction
        // is as old as that; sent as one message, to the microsecond.
        let inside = sqlx::raw_sql("select now() < statement_timestamp()").fetch_one(&pool).await.unwrap();
        poisoned = inside.get(0);
        if poisoned {
            break;
        }
    }
    assert!(poisoned, "sqlx cleans up by itself now: ToItsEnd in Store::begin has no more reason");
    pool.close().await;
}
