//! Promise: an adjustment counts wherever usage is read, is never changed, and reaches no other workspace or customer.

use crate::support::{
    DENIED, Person, Place, World, catalog, connect, done, draft,
    events::{batch, event, ingest, sums, words},
    execute, line, meter, refusal, seat, started, texts,
};
use model::{
    capability::{EditContent, RecordUsage},
    id::{CustomerId, MeterId, SubscriptionId},
    pricing::Quantity,
    usage::{AdjustmentDraft, Days, UsageAdjustment},
};
use sqlx::Connection;
use store::{
    Written, customers, events, rate_plans, subscriptions,
    usage::{self, Lines, adjustment, adjustments},
    usage_adjustments,
};
use time::{Date, Duration, macros::date};

fn q(text: &str) -> Quantity {
    Quantity::parse(text).unwrap()
}

fn of(meter: MeterId, day: Date, quantity: &str) -> AdjustmentDraft {
    AdjustmentDraft { meter, day, quantity: q(quantity), reason: line("Counted twice") }
}

async fn adjust(world: &World, who: &Person, place: &Place, customer: CustomerId, draft: &AdjustmentDraft) {
    let mut tx = world.write(who, place).await;
    let can = tx.can::<EditContent>().unwrap();
    done(usage_adjustments::create(&mut tx, &can, customer, draft).await.unwrap());
    tx.commit().await.unwrap();
}

async fn seen(world: &World, who: &Person, place: &Place) -> Vec<UsageAdjustment> {
    adjustments(&mut world.read(who, place).await, None, None, None, 50).await.unwrap()
}

/// Returns what the next invoice charges for calls, in minor units.
async fn calls(world: &World, subscription: SubscriptionId) -> i64 {
    let mut tx = world.read(&world.ann, &world.a1).await;
    let detail = subscriptions::get(&mut tx, subscription).await.unwrap().unwrap();
    detail.bills[0].lines.iter().filter(|line| line.name == "Calls").map(|line| line.minor).sum()
}

/// Reports of other systems: a negative state inflated the next period.
#[tokio::test]
async fn usage_below_zero_is_shown_and_priced_as_zero_and_the_next_period_begins_at_zero() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let (ann, a1) = (&world.ann, &world.a1);
    let stock = world.stock(ann, a1, "Alpha").await;
    let mut tx = world.write(ann, a1).await;
    let can = tx.can::<EditContent>().unwrap();
    let today = tx.today();
    let this_month = today.replace_day(1).unwrap();
    let last_month = (this_month - Duration::DAY).replace_day(1).unwrap();
    let customer = customers::create(&mut tx, &can, &draft("Acme")).await.unwrap();
    let plan = rate_plans::create(&mut tx, &can, &catalog::plan_draft("Calls", "calls-plan")).await.unwrap();
    let charges = catalog::version(vec![catalog::per_unit(stock.meter, "0.10")]);
    catalog::publish(&mut tx, &can, plan, 1, &charges).await;
    let subscription = done(subscriptions::create(&mut tx, &can, customer, &started(plan, last_month)).await.unwrap());
    tx.commit().await.unwrap();
    let noon = |day: Date| Some(day.midnight().assume_utc() + Duration::minutes(1));
    let used = |id: &str, day: Date, quantity: &str| {
        event(id, "metered", &customer.to_string(), noon(day), &format!("{{\"quantity\":{quantity}}}"))
    };
    let all = batch([used("last", last_month, "20"), used("this", this_month, "3")]);
    assert_eq!(words(&ingest(&world, ann, a1, &all).await), ["accepted"; 2]);
    adjust(&world, ann, a1, customer, &of(stock.meter, last_month, "-25")).await;

    let mut tx = world.read(ann, a1).await;
    let days = Days::new(last_month, this_month).unwrap();
    let Lines::All(lines) = usage::lines(&mut tx, days, false, true).await.unwrap() else { panic!("too many lines") };
    let own = lines.iter().find(|line| line.customer.as_ref().is_some_and(|(id, _)| *id == customer)).unwrap();
    assert_eq!((own.quantity, own.events), (q("-5"), 1), "the sum is not shown as it is");
    let impact = rate_plans::impact(&mut tx, plan).await.unwrap().unwrap();
    assert_eq!(impact[0].used, [(stock.meter, q("-5"))], "the last period of the effect of prices");
    drop(tx);
    assert_eq!(calls(&world, subscription).await, 30, "the next period does not begin at 0");

    adjust(&world, ann, a1, customer, &of(stock.meter, this_month, "-8")).await;
    assert_eq!(calls(&world, subscription).await, 0, "3 - 8 = -5 is not priced as 0");
    let mut tx = world.read(ann, a1).await;
    let page = customers::get(&mut tx, customer).await.unwrap().unwrap().usage;
    let quantities: Vec<Quantity> = page.adjustments.iter().map(|made| made.quantity).collect();
    assert_eq!(quantities, [q("-8"), q("-25")], "the customer's page lists the latest first");
    drop(tx);
    adjust(&world, ann, a1, customer, &of(stock.meter, this_month, "9.5")).await;
    assert_eq!(calls(&world, subscription).await, 45);

    // Folding the parts keeps the sums.
    let before = sums(&mut superuser, a1).await;
    let mut tx = world.write(ann, a1).await;
    let can = tx.can::<RecordUsage>().unwrap();
    assert!(events::fold(&mut tx, &can).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(sums(&mut superuser, a1).await, before);
    assert_eq!(calls(&world, subscription).await, 45);
    let logged = "select detail ->> 'quantity' from workspace.audit_log where action = 'usage_adjusted' order by id";
    assert_eq!(texts(&mut superuser, logged).await, ["−25 calls", "−8 calls", "9.5 calls"]);
}

#[tokio::test]
async fn only_sums_of_counted_days_are_adjusted() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let (ann, a1) = (&world.ann, &world.a1);
    let stock = world.stock(ann, a1, "Alpha").await;
    let customer = stock.customers[0];
    let [count, max, unique] = [
        meter(&mut superuser, a1, stock.product, ("count", "other", "count", "call")).await,
        meter(&mut superuser, a1, stock.product, ("max", "other", "max", "seat")).await,
        meter(&mut superuser, a1, stock.product, ("unique", "other", "unique", "user")).await,
    ]
    .map(MeterId::from_uuid);
    let mut tx = world.write(ann, a1).await;
    let can = tx.can::<EditContent>().unwrap();
    let today = tx.today();
    let nobody = MeterId::from_uuid(sqlx::types::Uuid::nil());
    for (what, draft, field) in [
        ("a maximum", of(max, today, "1"), "meter"),
        ("distinct values", of(unique, today, "1"), "meter"),
        ("an unknown meter", of(nobody, today, "1"), "meter"),
        ("a day to come", of(count, today + Duration::DAY, "1"), "day"),
        ("a day before the first", of(count, date!(2019 - 12 - 31), "1"), "day"),
    ] {
        let outcome = usage_adjustments::create(&mut tx, &can, customer, &draft).await.unwrap();
        let Written::Invalid(errors) = outcome else { panic!("{what} is adjusted: {outcome:?}") };
        assert!(errors.of(field).is_some(), "{what}: {errors:?}");
    }
    for draft in [of(count, today, "1"), of(count, date!(2020 - 01 - 01), "-1"), of(stock.meter, today, "0.000001")] {
        done(usage_adjustments::create(&mut tx, &can, customer, &draft).await.unwrap());
    }
    let page = usage_adjustments::page(&mut tx, customer).await.unwrap().unwrap();
    let offered: Vec<MeterId> = page.meters.iter().map(|(id, _)| *id).collect();
    assert!(offered.contains(&count) && offered.contains(&stock.meter) && !offered.contains(&max));
}

#[tokio::test]
async fn adjustments_of_another_workspace_are_as_if_absent() {
    let world = World::new().await;
    let alpha = world.stock(&world.ann, &world.a1, "Alpha").await;
    let beta = world.stock(&world.ola, &world.b1, "Beta").await;
    let own = of(alpha.meter, date!(2026 - 03 - 01), "-1");
    adjust(&world, &world.ann, &world.a1, alpha.customers[0], &own).await;
    let foreign = seen(&world, &world.ola, &world.b1).await;
    assert_eq!(foreign.len(), 2);
    assert!(foreign.iter().all(|made| made.meter_id == beta.meter), "B reads adjustments of A");

    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<EditContent>().unwrap();
    let crossing = usage_adjustments::create(&mut tx, &can, beta.customers[0], &own).await.unwrap();
    assert_eq!(crossing, Written::Absent, "A adjusts the usage of a customer of B");
    let of_beta = of(beta.meter, date!(2026 - 03 - 01), "-1");
    let crossing = usage_adjustments::create(&mut tx, &can, alpha.customers[0], &of_beta).await.unwrap();
    assert!(matches!(crossing, Written::Invalid(_)), "A adjusts a meter of B");
    assert!(usage_adjustments::page(&mut tx, beta.customers[0]).await.unwrap().is_none());
    assert!(adjustment(&mut tx, foreign[0].id).await.unwrap().is_none(), "A opens an adjustment of B");
    let of_foreign = adjustments(&mut tx, Some(beta.customers[0]), None, None, 50).await.unwrap();
    assert!(of_foreign.is_empty(), "A lists adjustments of a customer of B");
    drop(tx);
    let all = seen(&world, &world.ann, &world.a1).await;
    assert_eq!(all.len(), 3, "control: the own ones are listed");
    let mut tx = world.read(&world.ann, &world.a1).await;
    assert_eq!(adjustment(&mut tx, all[0].id).await.unwrap().as_ref(), Some(&all[0]), "control: one is opened");
    let rest = adjustments(&mut tx, None, None, Some(all[0].id), 50).await.unwrap();
    assert_eq!(rest, all[1..], "control: the list goes on");
    let of_second = adjustments(&mut tx, Some(alpha.customers[1]), Some(alpha.meter), None, 50).await.unwrap();
    assert_eq!(of_second.len(), 1, "control: the filters");
}

#[tokio::test]
async fn a_guest_reads_adjustments_of_shared_customers_only_and_no_names() {
    let world = World::new().await;
    let stock = world.stock(&world.ann, &world.a1, "Alpha").await;
    let mut superuser = world.db.superuser().await;
    seat(&mut superuser, &world.a1, &world.eve, Some("guest")).await;
    assert!(seen(&world, &world.eve, &world.a1).await.is_empty(), "a guest reads what nobody shared");
    let share = format!(
        "insert into workspace.customer_shares values ('{}', '{}', '{}')",
        world.a1.id, stock.customers[1], world.eve.id
    );
    execute(&mut superuser, &share).await.unwrap();
    let shared = seen(&world, &world.eve, &world.a1).await;
    assert_eq!(shared.iter().map(|made| made.customer_id).collect::<Vec<_>>(), [stock.customers[1]]);
    assert_eq!((shared[0].meter.as_str(), shared[0].actor.as_str()), ("", ""), "a guest reads names");
    assert!(world.write(&world.eve, &world.a1).await.can::<EditContent>().is_err(), "a guest adjusts usage");
    let all = seen(&world, &world.ann, &world.a1).await;
    assert_eq!(all.len(), 2, "control: the owner reads both");
    assert_eq!((all[0].meter.as_str(), all[0].actor.as_str()), ("Alpha meter", "ann"));
    let hidden = all.iter().find(|made| made.customer_id == stock.customers[0]).unwrap();
    let mut tx = world.read(&world.eve, &world.a1).await;
    assert!(adjustment(&mut tx, hidden.id).await.unwrap().is_none(), "a guest opens a hidden one by id");
}

#[tokio::test]
async fn sql_of_the_server_neither_changes_nor_removes_an_adjustment() {
    let world = World::new().await;
    let stock = world.stock(&world.ann, &world.a1, "Alpha").await;
    let mut app = connect(&world.db.app()).await;
    let mut superuser = world.db.superuser().await;
    let context = format!(
        "select set_config('stile.workspace_id', '{}', true), set_config('stile.reach', 'all', true)",
        world.a1.id
    );
    let columns = texts(
        &mut superuser,
        "select attname::text from pg_attribute
        where attrelid = 'workspace.usage_adjustments'::regclass and attnum > 0 and not attisdropped",
    )
    .await;
    for column in columns {
        let mut tx = app.begin().await.unwrap();
        execute(&mut tx, &context).await.unwrap();
        let changed = execute(&mut tx, &format!("update workspace.usage_adjustments set {column} = {column}")).await;
        assert_eq!(refusal(&changed).as_deref(), DENIED, "{column} can be changed");
    }
    for statement in ["delete from workspace.usage_adjustments", "truncate workspace.usage_adjustments"] {
        let mut tx = app.begin().await.unwrap();
        execute(&mut tx, &context).await.unwrap();
        assert_eq!(refusal(&execute(&mut tx, statement).await).as_deref(), DENIED, "{statement}");
    }
    let mut tx = app.begin().await.unwrap();
    execute(&mut tx, &context).await.unwrap();
    let insert = |quantity: &str| {
        format!(
            "insert into workspace.usage_adjustments (workspace_id, id, meter_id, customer_id, day, quantity, reason, user_id)
            values ('{}', gen_random_uuid(), '{}', '{}', '2026-03-01', {quantity}, 'why', '{}')",
            world.a1.id, stock.meter, stock.customers[0], world.ann.id
        )
    };
    assert_eq!(execute(&mut tx, &insert("-1")).await.unwrap(), 1, "control: the same role adds one");
    let zero = execute(&mut tx, &insert("0")).await;
    assert_eq!(refusal(&zero).as_deref(), Some("23514"), "an adjustment by nothing");
}
