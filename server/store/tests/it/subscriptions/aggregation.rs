//! Promise: usage is priced by the aggregation of its meter, over the days of each phase.

use super::*;
use crate::support::{
    events::{batch, event, ingest, words},
    line,
};
use model::meter::{Aggregation, MeterDraft};
use time::macros::datetime;

#[tokio::test]
async fn a_maximum_and_distinct_values_are_those_of_the_phase_and_not_sums_of_its_days() {
    let shop = Shop::open().await;
    let (mut tx, can) = shop.write().await;
    let mut charges = Vec::new();
    for aggregation in [Aggregation::Count, Aggregation::Sum, Aggregation::Max, Aggregation::Unique] {
        let code = aggregation.as_str();
        let property = (aggregation != Aggregation::Count).then(|| line("value"));
        let meter = MeterDraft { event_type: line("used"), aggregation, property, ..catalog::meter_draft(code, code) };
        let meter = meters::create(&mut tx, &can, shop.product, &meter).await.unwrap().id;
        charges.push(catalog::per_unit(meter, "1"));
    }
    let plan = rate_plans::create(&mut tx, &can, &catalog::plan_draft("plan", "plan")).await.unwrap();
    catalog::publish(&mut tx, &can, plan, 1, &catalog::version(charges)).await;
    tx.commit().await.unwrap();
    let subject = shop.customer.to_string();
    let used = [
        (datetime!(2026-01-10 12:00 UTC), "5"),
        (datetime!(2026-01-11 12:00 UTC), "5"),
        (datetime!(2026-01-20 12:00 UTC), "5"),
        (datetime!(2026-01-21 12:00 UTC), "3"),
        (datetime!(2026-02-01 12:00 UTC), "9"),
    ];
    let used = used
        .into_iter()
        .enumerate()
        .map(|(n, (at, value))| event(&n.to_string(), "used", &subject, Some(at), &format!("{{\"value\":{value}}}")));
    let outcomes = ingest(&shop.world, &shop.world.ann, &shop.world.a1, &batch(used)).await;
    assert_eq!(words(&outcomes), ["accepted"; 5]);

    let id = done(shop.start(plan, date!(2026 - 01 - 01)).await);
    let january = async || {
        let (mut tx, _) = shop.write().await;
        let end = ChangeInput::proposed(ChangeKind::End, date!(2026 - 01 - 31), 1);
        let page = subscriptions::change_page(&mut tx, id, end).await.unwrap().unwrap();
        let invoice = page.preview.invoices[0].before.clone().unwrap();
        (invoice.on, invoice.lines.iter().map(|line| line.minor).collect::<Vec<_>>())
    };
    assert_eq!(january().await, (date!(2026 - 02 - 01), vec![400, 1_800, 500, 200]));
    // A change of the seats begins another phase, which counts from its own zero.
    done(shop.change(id, Change::Seats { seats: 2, from_on: date!(2026 - 01 - 16) }).await);
    assert_eq!(january().await.1, [200, 1_000, 500, 100, 200, 800, 500, 200]);
}
