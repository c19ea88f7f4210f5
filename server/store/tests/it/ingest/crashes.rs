//! Attack: connections that end at any moment. A sender repeats each batch until it is acknowledged. If an id
//! were stored before its event is counted, the repetition would count nothing.

use super::*;
use crate::{
    cancelled_begin::given_up_after,
    support::events::{ingest, sums, words},
};
use model::api_key::Scope;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};
use store::door::Door;
use time::macros::datetime;
use tokio::task::JoinSet;

const NOON: OffsetDateTime = datetime!(2026-03-01 12:00 UTC);
const WRITERS: usize = 4;
/// Each writer sends at least as many batches, and more until there were enough kills.
const BATCHES: usize = 25;
const EVENTS: usize = 20;
const KILLS: usize = 1_000;

#[tokio::test]
async fn a_batch_that_is_repeated_until_it_is_acknowledged_is_counted_once() {
    let world = Arc::new(World::new().await);
    let mut superuser = world.db.superuser().await;
    let shop = Arc::new(Shop::open(&world, &world.ann, &world.a1).await);
    let key = world.key(&world.ann, &world.a1, &[Scope::EventsWrite]).await;
    let (done, kills) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let mut killer = world.db.superuser().await;
    let killing = tokio::spawn({
        let (done, kills) = (Arc::clone(&done), Arc::clone(&kills));
        async move {
            while !done.load(Ordering::Relaxed) && kills.load(Ordering::Relaxed) < KILLS {
                let killed: i64 = sqlx::query_scalar(
                    "select count(*) filter (where pg_terminate_backend(pid)) from (
                        select pid from pg_stat_activity
                        where datname = current_database() and usename = 'stile_app' and state <> 'idle' order by random() limit 1) one",
                )
                .fetch_one(&mut killer)
                .await
                .unwrap();
                kills.fetch_add(usize::try_from(killed).unwrap(), Ordering::Relaxed);
            }
        }
    });
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let (world, shop, kills) = (Arc::clone(&world), Arc::clone(&shop), Arc::clone(&kills));
        writers.spawn(async move {
            let mut number = 0;
            while number < BATCHES || kills.load(Ordering::Relaxed) < KILLS {
                let calls = (0..EVENTS).map(|n| shop.call(&format!("{writer}-{number}-{n}"), NOON, "1"));
                let batch = batch(calls);
                let mut tries = 0;
                loop {
                    tries += 1;
                    // The first attempts end before the commit: the transaction is dropped.
                    let attempt = async {
                        let Door::Open(mut tx) = world.store.workspace_program(&key, &world.a1.slug).await? else {
                            panic!("the key opened nothing")
                        };
                        let can = tx.can::<RecordUsage>().unwrap();
                        let outcomes = store::events::ingest(&mut tx, &can, &batch).await?;
                        if tries == 1 && number % 2 == 0 {
                            drop(tx);
                            return Ok(None);
                        }
                        tx.commit().await?;
                        Ok::<_, store::StoreError>(Some(outcomes))
                    };
                    if let Ok(Some(outcomes)) = attempt.await {
                        let all = words(&outcomes);
                        assert!(
                            all.iter().all(|word| *word == all[0] && matches!(*word, "accepted" | "duplicate")),
                            "{all:?}"
                        );
                        break;
                    }
                    assert!(tries < 10_000, "the batch was never acknowledged");
                }
                number += 1;
            }
            number
        });
    }
    let finished = tokio::time::timeout(Duration::from_secs(180), writers.join_all()).await;
    done.store(true, Ordering::Relaxed);
    killing.await.unwrap();
    let sent: usize = finished.expect("batches were not acknowledged in time").into_iter().sum();
    let total = sent * EVENTS;
    assert!(kills.load(Ordering::Relaxed) >= KILLS, "control: connections were ended");
    assert_eq!(sums(&mut superuser, &world.a1).await, [format!("sum 2026-03-01 {total} {total} 1")]);
}

/// Known fault of metering: an id that is stored before its event is counted makes the repetition count nothing.
#[tokio::test]
async fn a_batch_of_1000_that_was_cut_off_at_any_step_is_counted_once_when_it_is_sent_again() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let (ann, a1) = (&world.ann, &world.a1);
    let shop = Shop::open(&world, ann, a1).await;
    let batch = batch((0..1_000).map(|n| shop.call(&n.to_string(), NOON, "1")));
    let whole = ["sum 2026-03-01 1000 1000 1"];
    let mut cut = 0;
    let outcomes = loop {
        if let Some(outcomes) = given_up_after(cut, false, ingest(&world, ann, a1, &batch)).await {
            break outcomes;
        }
        let counted = sums(&mut superuser, a1).await;
        assert!(counted.is_empty() || counted == whole, "a part was counted after step {cut}: {counted:?}");
        cut += 1;
        assert!(cut < 2_000, "the batch was never acknowledged");
    };
    assert!(cut > 1, "control: the batch was cut off");
    let words = words(&outcomes);
    assert!(words.iter().all(|word| *word == words[0] && matches!(*word, "accepted" | "duplicate")), "{words:?}");
    assert_eq!(sums(&mut superuser, a1).await, whole);
    let again = ingest(&world, ann, a1, &batch).await;
    assert!(again.iter().all(|outcome| *outcome == Outcome::Duplicate));
    assert_eq!(sums(&mut superuser, a1).await, whole);
}
