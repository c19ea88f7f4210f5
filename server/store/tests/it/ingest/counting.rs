//! What is counted, on which day, and what is refused.

use super::*;
use crate::support::{
    change,
    events::{ingest, sums, words},
    execute, texts,
};
use model::{
    api_key::Scope,
    event::{Ages, Batch, Refusal},
    usage::UsageQuery,
};
use std::sync::Arc;
use store::{door::Door, events::fold};
use time::{Duration, macros::datetime};
use tokio::task::JoinSet;

const NOON: OffsetDateTime = datetime!(2026-03-01 12:00 UTC);

#[tokio::test]
async fn each_meter_counts_by_its_aggregation_without_rounding() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let (ann, a1) = (&world.ann, &world.a1);
    let shop = Shop::open(&world, ann, a1).await;
    for (code, aggregation) in
        [("count", Aggregation::Count), ("max", Aggregation::Max), ("unique", Aggregation::Unique)]
    {
        shop.meter(&world, ann, a1, "calls", code, aggregation).await;
    }
    // Ten times 0.1 is 1, and 2^53 + 1 stays odd.
    let tenths = (0..10).map(|n| shop.call(&format!("tenth-{n}"), NOON, "0.1"));
    assert_eq!(words(&ingest(&world, ann, a1, &batch(tenths)).await), ["accepted"; 10]);
    let large = shop.call("large", NOON + Duration::DAY, "9007199254740993");
    assert_eq!(words(&ingest(&world, ann, a1, &batch([large])).await), ["accepted"]);
    assert_eq!(
        sums(&mut superuser, a1).await,
        [
            "count 2026-03-01 10 10 1",
            "count 2026-03-02 1 1 1",
            "max 2026-03-01 10 1 0.1",
            "max 2026-03-02 1 9007199254740993 9007199254740993",
            "sum 2026-03-01 10 1 0.1",
            "sum 2026-03-02 1 9007199254740993 9007199254740993",
            "unique 2026-03-01 10 0 0",
            "unique 2026-03-02 1 0 0",
        ]
    );
    let distinct =
        texts(&mut superuser, "select day || ' ' || count(*) from workspace.usage_uniques group by day order by day")
            .await;
    assert_eq!(distinct, ["2026-03-01 1", "2026-03-02 1"]);
}

/// Otherwise, whoever can send events could make the console fail for everybody.
#[tokio::test]
async fn a_sum_with_too_many_digits_is_shown_and_no_error() {
    let world = World::new().await;
    let (ann, a1) = (&world.ann, &world.a1);
    let shop = Shop::open(&world, ann, a1).await;
    let now = world.read(ann, a1).await.today().midnight().assume_utc();
    let calls = (0..101).map(|n| shop.call(&format!("huge-{n}"), now, "9999999999999999"));
    assert_eq!(words(&ingest(&world, ann, a1, &batch(calls)).await), ["accepted"; 101]);
    let over = shop.call("over", now, "10000000000000000");
    assert_eq!(words(&ingest(&world, ann, a1, &batch([over])).await), ["bad_value"]);
    let mut tx = world.read(ann, a1).await;
    store::overview::read(&mut tx).await.unwrap();
    store::usage::report(&mut tx, &UsageQuery::default()).await.unwrap();
    let customer = customers::get(&mut tx, shop.customer).await.unwrap().unwrap();
    assert_eq!(customer.usage.meters[0].total.to_string(), "999999999999999999.999999");
}

/// Known fault of metering: one duplicate fails its whole batch, or a part of the batch is stored without being counted.
#[tokio::test]
async fn a_bad_event_does_not_keep_the_others_of_its_batch_from_being_counted() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let (ann, a1) = (&world.ann, &world.a1);
    let shop = Shop::open(&world, ann, a1).await;
    let before = shop.call("1", NOON, "7");
    assert_eq!(words(&ingest(&world, ann, a1, &batch([before.clone()])).await), ["accepted"]);
    let mixed = batch([before.clone(), shop.call("2", NOON, "5"), shop.call("3", NOON, "\"12abc\"")]);
    assert_eq!(words(&ingest(&world, ann, a1, &mixed).await), ["duplicate", "accepted", "bad_value"]);
    assert_eq!(sums(&mut superuser, a1).await, ["sum 2026-03-01 2 12 7"]);
    // Within one batch: the same again, and the same id with other content.
    let twins = batch([shop.call("4", NOON, "1"), shop.call("4", NOON, "1.0"), shop.call("4", NOON, "2")]);
    assert_eq!(words(&ingest(&world, ann, a1, &twins).await), ["accepted", "duplicate", "id_reused"]);
    // Each field in which two events with the same id differ.
    let other = |kind: &str, subject: &str, at, data: &str| event("1", kind, subject, Some(at), data);
    let acme = shop.customer.to_string();
    let reused = batch([
        other("calls", &acme, NOON, "{\"value\":8}"),
        other("calls", &acme, NOON + Duration::SECOND, "{\"value\":7}"),
        other("other", &acme, NOON, "{\"value\":7}"),
        other("calls", "nobody", NOON, "{\"value\":7}"),
    ]);
    let outcomes = ingest(&world, ann, a1, &reused).await;
    let fields: Vec<&str> = outcomes
        .iter()
        .map(|outcome| match outcome {
            Outcome::Refused(Refusal::IdReused { field }) => *field,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(fields, ["data", "time", "type", "subject"]);
    assert_eq!(sums(&mut superuser, a1).await, ["sum 2026-03-01 3 13 7"]);
    let counts = texts(
        &mut superuser,
        "select sum(accepted) || ' ' || sum(duplicate) || ' ' || sum(late) || ' ' || sum(refused) from workspace.event_days",
    )
    .await;
    assert_eq!(counts, ["3 2 3 6"], "all that were accepted are of an earlier day");
    let kept = texts(&mut superuser, "select code from workspace.refusals order by id").await;
    assert_eq!(kept, ["bad_value", "id_reused", "id_reused", "id_reused", "id_reused", "id_reused"]);
}

#[tokio::test]
async fn an_event_is_refused_with_the_reason() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let (ann, a1) = (&world.ann, &world.a1);
    let shop = Shop::open(&world, ann, a1).await;
    let mut tx = world.write(ann, a1).await;
    let can = tx.can::<EditContent>().unwrap();
    let archived = customers::create(&mut tx, &can, &draft("Gone")).await.unwrap();
    customers::set_status(&mut tx, &can, archived, model::catalog::Lifecycle::Archived).await.unwrap();
    tx.commit().await.unwrap();
    let subject = format!(
        "insert into workspace.customer_subjects (workspace_id, subject, customer_id) values ('{}', 'acme', '{}')",
        a1.id, shop.customer
    );
    execute(&mut superuser, &subject).await.unwrap();
    let now = world.store.now().await.unwrap();
    let acme = shop.customer.to_string();
    let call = |id: &str, subject: &str, at, data: &str| event(id, "calls", subject, at, data);
    let value = "{\"value\":1}";
    let cases = [
        (call("a", "acme", None, value), "accepted"),
        (call("b", &acme, Some(now + Duration::minutes(9)), value), "accepted"),
        (call("c", &acme, Some(now - Duration::days(34)), value), "accepted"),
        (call("d", "nobody", None, value), "unknown_customer"),
        (call("e", &archived.to_string(), None, value), "customer_archived"),
        (event("f", "unheard", &acme, None, value), "unknown_type"),
        (call("g", &acme, None, "{}"), "bad_value"),
        (call("h", &acme, None, "{\"value\":-1}"), "negative_value"),
        (call("i", &acme, Some(now - Duration::days(37)), value), "too_old"),
        (call("j", &acme, Some(now + Duration::minutes(11)), value), "in_the_future"),
    ];
    let (sent, expected): (Vec<Event>, Vec<&str>) = cases.into_iter().unzip();
    let recent = Batch { ages: Ages::Recent, ..batch(sent) };
    assert_eq!(words(&ingest(&world, ann, a1, &recent).await), expected);
}

/// Known fault of metering: duplicates are only found within a day, or a month.
#[tokio::test]
async fn an_event_that_is_sent_again_after_a_year_is_still_a_duplicate() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let (ann, a1) = (&world.ann, &world.a1);
    let shop = Shop::open(&world, ann, a1).await;
    let now = world.store.now().await.unwrap();
    for age in [25, 24 * 33, 24 * 400] {
        let old = shop.call(&format!("{age} hours"), now - Duration::hours(age), "1");
        assert_eq!(words(&ingest(&world, ann, a1, &batch([old.clone()])).await), ["accepted"]);
        let again = Batch { ages: Ages::Recent, ..batch([old]) };
        assert_eq!(words(&ingest(&world, ann, a1, &again).await), ["duplicate"], "after {age} hours");
    }
    // Control: an event of that age that was never sent.
    let late = Batch { ages: Ages::Recent, ..batch([shop.call("late", now - Duration::days(400), "1")]) };
    assert_eq!(words(&ingest(&world, ann, a1, &late).await), ["too_old"]);
    let counted = sums(&mut superuser, a1).await;
    assert!(counted.len() == 3 && counted.iter().all(|day| day.ends_with(" 1 1 1")), "{counted:?}");
}

#[tokio::test]
async fn a_day_begins_and_ends_in_the_time_zone_of_the_workspace() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let (ann, a1) = (&world.ann, &world.a1);
    let shop = Shop::open(&world, ann, a1).await;
    change(&mut superuser, a1, "time_zone = 'America/Los_Angeles'").await;
    let pacific = batch([
        shop.call("1", datetime!(2024-03-01 07:59:59 UTC), "1"),
        shop.call("2", datetime!(2024-03-01 08:00:00 UTC), "1"),
    ]);
    ingest(&world, ann, a1, &pacific).await;
    change(&mut superuser, a1, "time_zone = 'America/New_York'").await;
    // The clocks go back on 1 November, so 05:30 and 06:30 UTC are both 01:30 of that day.
    let eastern = [
        datetime!(2026-11-01 03:59:59 UTC),
        datetime!(2026-11-01 05:30 UTC),
        datetime!(2026-11-01 06:30 UTC),
        datetime!(2026-11-02 04:59:59 UTC),
        datetime!(2026-11-02 05:00 UTC),
    ];
    let eastern = eastern.into_iter().zip(3..).map(|(at, n): (_, i32)| shop.call(&n.to_string(), at, "1"));
    ingest(&world, ann, a1, &batch(eastern)).await;
    assert_eq!(
        sums(&mut superuser, a1).await,
        [
            "sum 2024-02-29 1 1 1", "sum 2024-03-01 1 1 1", "sum 2026-10-31 1 1 1", "sum 2026-11-01 3 3 1",
            "sum 2026-11-02 1 1 1",
        ]
    );
}

/// Known fault of metering: a new meter counts events of the past.
#[tokio::test]
async fn a_meter_counts_from_its_first_day() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let (ann, a1) = (&world.ann, &world.a1);
    let shop = Shop::open(&world, ann, a1).await;
    let mut tx = world.write(ann, a1).await;
    let can = tx.can::<EditContent>().unwrap();
    let product = meters::get(&mut tx, shop.sum).await.unwrap().unwrap().product_id;
    let today = tx.today();
    for (code, from) in [("today", None), ("week", Some(today - Duration::days(7)))] {
        let draft = MeterDraft {
            event_type: line("calls"),
            property: Some(line("value")),
            counts_from: from,
            ..catalog::meter_draft(code, code)
        };
        meters::create(&mut tx, &can, product, &draft).await.unwrap();
    }
    tx.commit().await.unwrap();
    let now = world.store.now().await.unwrap();
    let old = (0..500).map(|n| shop.call(&n.to_string(), now - Duration::days(3), "1"));
    assert_eq!(words(&ingest(&world, ann, a1, &batch(old)).await), ["accepted"; 500]);
    let counted: Vec<String> =
        sums(&mut superuser, a1).await.into_iter().map(|line| line.split(' ').next().unwrap().to_owned()).collect();
    assert_eq!(counted, ["sum", "week"], "a meter counted events from before its first day");
}

#[tokio::test]
async fn sixteen_writers_count_exactly_and_never_wait_for_each_other_for_ever() {
    const WRITERS: usize = 16;
    const EACH: usize = 4;
    let world = Arc::new(World::new().await);
    let mut superuser = world.db.superuser().await;
    let shop = Arc::new(Shop::open(&world, &world.ann, &world.a1).await);
    shop.meter(&world, &world.ann, &world.a1, "calls", "unique", Aggregation::Unique).await;
    let key = world.key(&world.ann, &world.a1, &[Scope::EventsWrite]).await;
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let (world, shop) = (Arc::clone(&world), Arc::clone(&shop));
        writers.spawn(async move {
            let mut accepted = 0;
            for round in 0..EACH {
                // Half of the events are those of the other writers, in another order.
                let own = (0..50).map(|n| shop.call(&format!("{writer}-{round}-{n}"), NOON, "1"));
                let shared = (0..50)
                    .map(|n| (n * 7 + writer * 13) % 50)
                    .map(|n| shop.call(&format!("all-{round}-{n}"), NOON, "1"));
                let batch = batch(own.chain(shared));
                loop {
                    match world.store.workspace_program(&key, &world.a1.slug).await {
                        Ok(Door::Open(mut tx)) => {
                            let can = tx.can::<RecordUsage>().unwrap();
                            let outcomes =
                                store::events::ingest(&mut tx, &can, &batch).await.expect("a deadlock, or a timeout");
                            if round == 1 {
                                fold(&mut tx, &can).await.unwrap();
                            }
                            tx.commit().await.unwrap();
                            accepted += words(&outcomes).iter().filter(|word| **word == "accepted").count();
                            break;
                        }
                        Ok(_) => panic!("the key opened nothing"),
                        // More at once than the workspace may do.
                        Err(error) => {
                            assert!(matches!(error, store::StoreError::Busy(_)) || error.is_unavailable(), "{error}")
                        }
                    }
                }
            }
            accepted
        });
    }
    let accepted: usize = writers.join_all().await.into_iter().sum();
    let expected = WRITERS * EACH * 50 + EACH * 50;
    assert_eq!(accepted, expected, "an event was accepted twice");
    let lines = sums(&mut superuser, &world.a1).await;
    assert_eq!(lines, [format!("sum 2026-03-01 {expected} {expected} 1"), format!("unique 2026-03-01 {expected} 0 0")]);
}

#[tokio::test]
async fn folding_keeps_all_sums() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let (ann, a1) = (&world.ann, &world.a1);
    let shop = Shop::open(&world, ann, a1).await;
    let parts = "select count(distinct part)::text from workspace.usage_days";
    for n in 0..6 {
        let calls = [
            shop.call(&format!("{n}-a"), NOON, "1.5"),
            shop.call(&format!("{n}-b"), NOON + Duration::DAY, &n.to_string()),
        ];
        ingest(&world, ann, a1, &batch(calls)).await;
        if n % 2 == 1 {
            let before = sums(&mut superuser, a1).await;
            let mut tx = world.write(ann, a1).await;
            let can = tx.can::<RecordUsage>().unwrap();
            assert!(fold(&mut tx, &can).await.unwrap());
            // Another one at the same time does nothing.
            let mut other = world.write(ann, a1).await;
            let also = other.can::<RecordUsage>().unwrap();
            assert!(!fold(&mut other, &also).await.unwrap());
            drop(other);
            tx.commit().await.unwrap();
            assert_eq!(sums(&mut superuser, a1).await, before);
            assert_eq!(texts(&mut superuser, parts).await, ["1"]);
        }
    }
    assert_eq!(sums(&mut superuser, a1).await, ["sum 2026-03-01 6 9 1.5", "sum 2026-03-02 6 15 5"]);
    let counts = texts(&mut superuser, "select sum(accepted)::text from workspace.event_days").await;
    assert_eq!(counts, ["12"]);
}

#[tokio::test]
async fn only_the_latest_refusals_are_kept() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let (ann, a1) = (&world.ann, &world.a1);
    Shop::open(&world, ann, a1).await;
    let unknown = |from: usize| {
        (from..from + 700).map(|n| event(&n.to_string(), "calls", "nobody", None, "{}")).collect::<Vec<_>>()
    };
    ingest(&world, ann, a1, &batch(unknown(0))).await;
    execute(&mut superuser, "update workspace.refusals set at = now() - interval '8 days' where event_id = '699'")
        .await
        .unwrap();
    ingest(&world, ann, a1, &batch(unknown(700))).await;
    let kept = texts(&mut superuser, "select count(*) || ' ' || max(event_id::int) || ' ' || count(*) filter (where event_id = '699') from workspace.refusals").await;
    assert_eq!(kept, ["999 1399 0"]);
}
