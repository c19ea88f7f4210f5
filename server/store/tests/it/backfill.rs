//! Promise: a meter that counts from an earlier day has counted exactly what it would have counted if it had been
//! created before the events were stored, and no other meter counts anything of them.

use crate::support::{
    Person, Place, World, catalog, change, draft,
    events::{batch, event, ingest, sums, words},
    line, texts,
};
use model::{
    capability::EditContent,
    catalog::ProductDraft,
    id::{CustomerId, ProductId},
    meter::{Aggregation, MeterDraft, StoredEvents},
};
use store::{
    StoreError, customers,
    meters::{self, Created},
    products,
};
use time::{
    Date, Duration, OffsetDateTime,
    macros::{date, datetime},
};

/// Events of the type `calls` are stored, because a meter counts them by number.
struct Shop {
    product: ProductId,
    customers: [CustomerId; 2],
}

impl Shop {
    async fn open(world: &World, who: &Person, place: &Place) -> Self {
        let mut tx = world.write(who, place).await;
        let can = tx.can::<EditContent>().unwrap();
        let product = ProductDraft { name: line("Calls"), code: "calls".to_owned(), description: String::new() };
        let product = products::create(&mut tx, &can, &product).await.unwrap();
        let all = meter("all", Aggregation::Count, "", Some(date!(2000 - 01 - 01)));
        meters::create(&mut tx, &can, product, &all).await.unwrap();
        let first = customers::create(&mut tx, &can, &draft("First")).await.unwrap();
        let second = customers::create(&mut tx, &can, &draft("Second")).await.unwrap();
        tx.commit().await.unwrap();
        Self { product, customers: [first, second] }
    }

    /// Creates a meter in a transaction that excludes other writes.
    async fn meter(&self, world: &World, who: &Person, place: &Place, draft: &MeterDraft) -> StoredEvents {
        let mut tx = world.write_alone(who, place).await;
        let can = tx.can::<EditContent>().unwrap();
        let Created { stored, .. } = meters::create(&mut tx, &can, self.product, draft).await.unwrap();
        tx.commit().await.unwrap();
        stored
    }
}

/// Returns the draft of a meter of the property `value` of `calls`. `region` is its filter, if any.
fn meter(code: &str, aggregation: Aggregation, region: &str, counts_from: Option<Date>) -> MeterDraft {
    let filter = (!region.is_empty()).then(|| ("region".to_owned(), region.to_owned()));
    MeterDraft {
        event_type: line("calls"),
        aggregation,
        property: (aggregation != Aggregation::Count).then(|| line("value")),
        filter: filter.into_iter().collect(),
        counts_from,
        ..catalog::meter_draft(code, code)
    }
}

/// Reports of other systems: a new meter billed old events.
#[tokio::test]
async fn a_new_meter_counts_none_of_500_stored_events_or_all_from_the_chosen_day() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let (ann, a1) = (&world.ann, &world.a1);
    let shop = Shop::open(&world, ann, a1).await;
    let now = world.store.now().await.unwrap();
    let subject = shop.customers[0].to_string();
    let old = (0..500).map(|n| {
        let at = now - Duration::days(7);
        event(&n.to_string(), "calls", &subject, Some(at), "{\"value\":1}")
    });
    assert_eq!(words(&ingest(&world, ann, a1, &batch(old)).await), ["accepted"; 500]);

    let from_today = shop.meter(&world, ann, a1, &meter("today", Aggregation::Sum, "", None)).await;
    assert_eq!(from_today, StoredEvents::default(), "a new meter counts old events");
    let chosen = now.date() - Duration::days(30);
    let from_then = shop.meter(&world, ann, a1, &meter("chosen", Aggregation::Sum, "", Some(chosen))).await;
    assert_eq!(from_then, StoredEvents { counted: 500, left_out: 0 });
    let day = (now - Duration::days(7)).date();
    assert_eq!(sums(&mut superuser, a1).await, [format!("all {day} 500 500 1"), format!("chosen {day} 500 500 1")]);
    let logged = texts(
        &mut superuser,
        "select coalesce(detail ->> 'counted_events', 'none') from workspace.audit_log where action = 'meter_created' order by id",
    )
    .await;
    assert_eq!(logged, ["none", "none", "500"]);
}

/// Two workspaces get the same events. In one, the meters exist before; in the other they are created after.
#[tokio::test]
async fn stored_events_are_counted_as_if_the_meters_had_existed_before() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    // Midnight in this zone is at 12:00 UTC in June, so it splits the events.
    for place in [&world.a1, &world.b1] {
        change(&mut superuser, place, "time_zone = 'Pacific/Auckland'").await;
    }
    let early = Shop::open(&world, &world.ann, &world.a1).await;
    let late = Shop::open(&world, &world.ola, &world.b1).await;
    let from = Some(date!(2026 - 06 - 02));
    let drafts: Vec<MeterDraft> = Aggregation::ALL
        .into_iter()
        .flat_map(|aggregation| {
            ["", "eu", "7", "true"].map(|region| {
                let code = format!("{}-{region}", aggregation.as_str());
                meter(&code, aggregation, region, from)
            })
        })
        .collect();
    for draft in &drafts {
        assert_eq!(early.meter(&world, &world.ann, &world.a1, draft).await, StoredEvents::default());
    }

    // Numbers and texts with numbers; regions of each type, of which only equal ones match.
    let values = ["1", "0.1", "\"2.50\"", "0", "9007199254740993", "0.000001", "\"007\"", "12.5", "3.10"];
    let regions = ["\"eu\"", "\"us\"", "7", "\"7\"", "true", "\"true\"", "null", "[\"eu\"]", "{\"eu\":7}"];
    let start: OffsetDateTime = datetime!(2026-06-01 00:00 UTC);
    let events = |shop: &Shop| {
        let subjects = shop.customers.map(|id| id.to_string());
        let mut all = Vec::new();
        for number in 0..243_usize {
            let (value, region) = (values[number % 9], regions[number / 9 % 9]);
            let at = start + Duration::minutes(i64::try_from(number * 37 % 5_760).unwrap());
            let data = format!("{{\"value\":{value},\"region\":{region}}}");
            all.push(event(&number.to_string(), "calls", &subjects[number % 2], Some(at), &data));
        }
        batch(all)
    };
    for (shop, who, place) in [(&early, &world.ann, &world.a1), (&late, &world.ola, &world.b1)] {
        assert_eq!(words(&ingest(&world, who, place, &events(shop)).await), ["accepted"; 243]);
    }
    for draft in &drafts {
        let stored = late.meter(&world, &world.ola, &world.b1, draft).await;
        assert!(stored.counted > 0 && stored.left_out == 0, "{}: {stored:?}", draft.code);
    }

    let expected = sums(&mut superuser, &world.a1).await;
    assert!(expected.iter().any(|line| line.starts_with("sum- 2026-06-02")), "control: the first day is counted");
    assert!(!expected.iter().any(|line| line.starts_with("sum- 2026-06-01")), "control: the day before is not");
    assert_eq!(sums(&mut superuser, &world.b1).await, expected);
    let of_customers = |place: &Place| {
        format!(
            "select m.code || ' ' || c.name || ' ' || d.day || ' ' || sum(d.events) || ' ' || trim_scale(sum(d.quantity))
            from workspace.usage_days d
            join workspace.meters m on m.workspace_id = d.workspace_id and m.id = d.meter_id
            join workspace.customers c on c.workspace_id = d.workspace_id and c.id = d.customer_id
            where d.workspace_id = '{}' group by m.code, c.name, d.day order by 1",
            place.id
        )
    };
    let by_customer = texts(&mut superuser, &of_customers(&world.a1)).await;
    assert_eq!(texts(&mut superuser, &of_customers(&world.b1)).await, by_customer);
    let distinct = |place: &Place| {
        format!(
            "select m.code || ' ' || c.name || ' ' || u.day || ' ' || u.value from workspace.usage_uniques u
            join workspace.meters m on m.workspace_id = u.workspace_id and m.id = u.meter_id
            join workspace.customers c on c.workspace_id = u.workspace_id and c.id = u.customer_id
            where u.workspace_id = '{}' order by 1",
            place.id
        )
    };
    let values = texts(&mut superuser, &distinct(&world.a1)).await;
    assert!(values.len() > 20, "control: there are distinct values");
    assert_eq!(texts(&mut superuser, &distinct(&world.b1)).await, values);
}

#[tokio::test]
async fn stored_events_that_a_meter_would_have_refused_are_left_out_and_reported() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let (ann, a1) = (&world.ann, &world.a1);
    let shop = Shop::open(&world, ann, a1).await;
    let subject = shop.customers[0].to_string();
    let noon = datetime!(2026-03-01 12:00 UTC);
    let good = ["5", "\"1.5\"", "-0"];
    let bad = ["-1", "\"x\"", "0.1234567", "\"1e3\"", "\" 1\"", "\"\"", "null", "true", "[1]", "1000000000000000000"];
    let values = good.iter().chain(&bad).map(|value| format!("{{\"value\":{value}}}"));
    let data: Vec<String> = values.chain(["{}".to_owned()]).collect();
    let events = data.iter().enumerate().map(|(n, data)| event(&n.to_string(), "calls", &subject, Some(noon), data));
    assert!(words(&ingest(&world, ann, a1, &batch(events)).await).iter().all(|word| *word == "accepted"));

    let from = Some(date!(2026 - 03 - 01));
    let sum = shop.meter(&world, ann, a1, &meter("sum", Aggregation::Sum, "", from)).await;
    assert_eq!(sum, StoredEvents { counted: 3, left_out: 11 });
    let max = shop.meter(&world, ann, a1, &meter("top", Aggregation::Max, "", from)).await;
    assert_eq!(max, StoredEvents { counted: 3, left_out: 11 });
    // An empty text, null, a list and a missing property are no values.
    let unique = shop.meter(&world, ann, a1, &meter("unique", Aggregation::Unique, "", from)).await;
    assert_eq!(unique, StoredEvents { counted: 10, left_out: 4 });
    assert_eq!(
        sums(&mut superuser, a1).await,
        ["all 2026-03-01 14 14 1", "sum 2026-03-01 3 6.5 5", "top 2026-03-01 3 6.5 5", "unique 2026-03-01 10 0 0"]
    );
}

#[tokio::test]
async fn stored_events_are_not_counted_while_other_transactions_may_store_more() {
    let world = World::new().await;
    let (ann, a1) = (&world.ann, &world.a1);
    let shop = Shop::open(&world, ann, a1).await;
    let stored = event("1", "calls", &shop.customers[0].to_string(), Some(datetime!(2026-03-01 12:00 UTC)), "{}");
    assert_eq!(words(&ingest(&world, ann, a1, &batch([stored])).await), ["accepted"]);
    let draft = meter("count", Aggregation::Count, "", Some(date!(2026 - 01 - 01)));
    let mut tx = world.write(ann, a1).await;
    let can = tx.can::<EditContent>().unwrap();
    let shared = meters::create(&mut tx, &can, shop.product, &draft).await;
    assert!(matches!(shared, Err(StoreError::Inconsistent(_))), "counted under a shared lock");
    drop(tx);
    assert_eq!(shop.meter(&world, ann, a1, &draft).await.counted, 1, "control: it is counted alone");
}

#[tokio::test]
async fn events_of_another_workspace_are_not_counted() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let alpha = Shop::open(&world, &world.ann, &world.a1).await;
    let beta = Shop::open(&world, &world.ola, &world.b1).await;
    let noon = datetime!(2026-03-01 12:00 UTC);
    let of_beta = event("1", "calls", &beta.customers[0].to_string(), Some(noon), "{\"value\":3}");
    assert_eq!(words(&ingest(&world, &world.ola, &world.b1, &batch([of_beta])).await), ["accepted"]);
    let draft = meter("sum", Aggregation::Sum, "", Some(date!(2026 - 01 - 01)));
    let counted = alpha.meter(&world, &world.ann, &world.a1, &draft).await;
    assert_eq!(counted, StoredEvents::default(), "A counts events of B");
    assert!(sums(&mut superuser, &world.a1).await.is_empty());
    assert_eq!(beta.meter(&world, &world.ola, &world.b1, &draft).await.counted, 1, "control: B counts its own");
}
