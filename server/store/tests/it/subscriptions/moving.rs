//! Promise: any number of subscriptions move to another version of their plan in one act, or none of them.

use super::*;
use crate::support::texts;
use model::{
    catalog::Lifecycle,
    pricing::period::Interval,
    subscription::{Phase, PlanVersion, Schedule},
};
use store::customers::NewCustomer;

const MANY: usize = 1_000;

#[tokio::test]
async fn a_thousand_subscriptions_move_to_another_version_at_once_and_are_logged_once() {
    let shop = Shop::open().await;
    let plan = shop.plan("plan", 900, true).await;
    let first = shop.today().await.replace_day(1).unwrap();
    let (mut tx, can) = shop.write().await;
    let new =
        |n: usize| NewCustomer { draft: draft(&format!("Customer {n}")), status: Lifecycle::Active, created_at: None };
    let all: Vec<NewCustomer> = (0..MANY).map(new).collect();
    let all = customers::import(&mut tx, &can, &all).await.unwrap();
    let version = PlanVersion { plan, version: 1, name: "plan".to_owned(), interval: Interval::Month };
    let phase = Phase { from_on: first, plan: version, seats: 1 };
    let schedule = Schedule { anchor_on: first, starts_on: first, ends_on: None, phases: vec![phase] };
    let all: Vec<NewSchedule> = all
        .into_iter()
        .map(|customer| NewSchedule {
            customer,
            external_id: None,
            currency: Currency::EUR,
            schedule: schedule.clone(),
        })
        .collect();
    subscriptions::import(&mut tx, &can, &all).await.unwrap();
    rate_plans::new_draft(&mut tx, &can, plan).await.unwrap();
    let charges = vec![catalog::fee(shop.product, 1_900), catalog::per_unit(shop.meter, "0.20")];
    catalog::publish(&mut tx, &can, plan, 2, &catalog::version(charges)).await;
    tx.commit().await.unwrap();

    let (mut tx, can) = shop.write().await;
    let page = subscriptions::move_page(&mut tx, plan, 2).await.unwrap().unwrap();
    assert_eq!(page.from, [(1, 1_000)], "the preview");
    let moved = done(subscriptions::move_to_version(&mut tx, &can, plan, 1, 2).await.unwrap());
    assert_eq!(moved.moved, MANY);
    drop(tx);
    let mut superuser = shop.world.db.superuser().await;
    let on = |version: i32| {
        format!(
            "select count(*) || ' from ' || min(from_on) from workspace.subscription_phases where version = {version}"
        )
    };
    assert_eq!(texts(&mut superuser, &on(1)).await, [format!("1000 from {first}")], "control: nothing is committed");
    assert_eq!(texts(&mut superuser, "select 'x' from workspace.subscription_phases where version = 2").await, [""; 0]);

    let (mut tx, can) = shop.write().await;
    done(subscriptions::move_to_version(&mut tx, &can, plan, 1, 2).await.unwrap());
    tx.commit().await.unwrap();
    let next = model::pricing::period::period_of(first, Interval::Month, first).unwrap().until;
    assert_eq!(texts(&mut superuser, &on(1)).await, [format!("1000 from {first}")], "this period keeps its prices");
    assert_eq!(texts(&mut superuser, &on(2)).await, [format!("1000 from {next}")]);
    let logged = "select detail ->> 'subscriptions' from workspace.audit_log where action = 'subscriptions_moved'";
    assert_eq!(texts(&mut superuser, logged).await, ["1000"]);
}
