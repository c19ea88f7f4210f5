//! Subscriptions: what the database refuses whoever asks, also two transactions at once, and what previews show.

mod aggregation;
mod moving;

use crate::support::{World, catalog, connect, constraint, done, draft, execute, refusal, seat, started, waiting_for};
use model::{
    Currency,
    capability::EditContent,
    catalog::ProductDraft,
    id::{CustomerId, MeterId, ProductId, RatePlanId, SubscriptionId},
    list::{ListQuery, Noun},
    rate_plan::RatePlanDraft,
    subscription::{Change, ChangeInput, ChangeKind, NewSubscriptionInput, State},
};
use store::{
    Written, customers,
    door::{Can, WorkspaceTx, Write},
    meters, products, rate_plans,
    subscriptions::{self, NewSchedule},
};
use time::{Date, Duration, macros::date};

/// A product with a meter in A1, and a customer.
struct Shop {
    world: World,
    product: ProductId,
    meter: MeterId,
    customer: CustomerId,
}

impl Shop {
    async fn open() -> Self {
        let world = World::new().await;
        let mut tx = world.write(&world.ann, &world.a1).await;
        let can = tx.can::<EditContent>().unwrap();
        let product =
            ProductDraft { name: crate::support::line("API"), code: "api".to_owned(), description: String::new() };
        let product = products::create(&mut tx, &can, &product).await.unwrap();
        let meter = meters::create(&mut tx, &can, product, &catalog::meter_draft("Calls", "calls")).await.unwrap().id;
        let customer = customers::create(&mut tx, &can, &draft("Acme")).await.unwrap();
        tx.commit().await.unwrap();
        Self { world, product, meter, customer }
    }

    async fn write(&self) -> (WorkspaceTx<Write>, Can<EditContent>) {
        let tx = self.world.write(&self.world.ann, &self.world.a1).await;
        let can = tx.can::<EditContent>().unwrap();
        (tx, can)
    }

    /// Creates a plan whose published version 1 has a fee and, if `metered`, a price per call.
    async fn plan(&self, code: &str, minor: i64, metered: bool) -> RatePlanId {
        let (mut tx, can) = self.write().await;
        let plan = rate_plans::create(&mut tx, &can, &catalog::plan_draft(code, code)).await.unwrap();
        let mut charges = vec![catalog::fee(self.product, minor)];
        if metered {
            charges.push(catalog::per_unit(self.meter, "0.10"));
        }
        catalog::publish(&mut tx, &can, plan, 1, &catalog::version(charges)).await;
        tx.commit().await.unwrap();
        plan
    }

    async fn start(&self, plan: RatePlanId, starts_on: Date) -> Written<SubscriptionId> {
        let (mut tx, can) = self.write().await;
        let outcome = subscriptions::create(&mut tx, &can, self.customer, &started(plan, starts_on)).await.unwrap();
        if matches!(outcome, Written::Done(_)) {
            tx.commit().await.unwrap();
        }
        outcome
    }

    async fn change(&self, id: SubscriptionId, change: Change) -> Written<()> {
        let (mut tx, can) = self.write().await;
        let outcome = subscriptions::change(&mut tx, &can, id, &change).await.unwrap();
        if matches!(outcome, Written::Done(())) {
            tx.commit().await.unwrap();
        }
        outcome
    }

    async fn today(&self) -> Date {
        self.world.read(&self.world.ann, &self.world.a1).await.today()
    }
}

fn field<T>(outcome: Written<T>) -> Option<String> {
    match outcome {
        Written::Invalid(errors) => errors.0.first().map(|error| error.field.clone()),
        Written::Done(_) | Written::Absent => None,
    }
}

#[tokio::test]
async fn usage_is_not_priced_by_two_subscriptions_on_the_same_day() {
    let shop = Shop::open().await;
    let (metered, also, plain) = (
        shop.plan("metered", 900, true).await,
        shop.plan("also", 100, true).await,
        shop.plan("plain", 100, false).await,
    );
    let first = done(shop.start(metered, date!(2026 - 01 - 01)).await);
    assert_eq!(field(shop.start(also, date!(2026 - 06 - 01)).await).as_deref(), Some("plan"), "priced twice");
    done(shop.start(plain, date!(2026 - 06 - 01)).await);

    // After the first has ended, its usage can be priced by another one.
    done(shop.change(first, Change::End { last_on: date!(2026 - 05 - 31) }).await);
    done(shop.start(also, date!(2026 - 06 - 01)).await);
    let (mut tx, can) = shop.write().await;
    let outcome = subscriptions::cancel_end(&mut tx, &can, first).await.unwrap();
    assert!(matches!(outcome, Written::Invalid(_)), "the first would price it again");
}

/// The phase before the removed one becomes longer.
#[tokio::test]
async fn usage_is_not_priced_twice_after_a_change_is_undone() {
    let shop = Shop::open().await;
    let (metered, also, plain) = (
        shop.plan("metered", 900, true).await,
        shop.plan("also", 100, true).await,
        shop.plan("plain", 100, false).await,
    );
    let today = shop.today().await;
    let later = today + Duration::days(10);
    let first = done(shop.start(metered, today - Duration::days(40)).await);
    let change = Change::Plan { plan: plain, from_on: later };
    done(shop.change(first, change).await);
    let (mut tx, can) = shop.write().await;
    let outcome = subscriptions::undo(&mut tx, &can, first, later).await.unwrap();
    assert!(matches!(outcome, Written::Done(())), "control: nothing else prices it");
    drop(tx);
    done(shop.start(also, later).await);
    let (mut tx, can) = shop.write().await;
    let outcome = subscriptions::undo(&mut tx, &can, first, later).await.unwrap();
    assert_eq!(field(outcome).as_deref(), Some("from_on"), "both price it from that day on");
}

/// Neither transaction sees what the other has not committed, so the second waits for the customer's lock.
#[tokio::test]
async fn two_transactions_at_once_do_not_price_usage_twice() {
    let shop = Shop::open().await;
    let plans = [shop.plan("one", 900, true).await, shop.plan("two", 900, true).await];
    let starts_on = date!(2026 - 01 - 01);
    let (mut tx, can) = shop.write().await;
    done(subscriptions::create(&mut tx, &can, shop.customer, &started(plans[0], starts_on)).await.unwrap());
    let second = shop.start(plans[1], starts_on);
    let (outcome, ()) = tokio::join!(second, async {
        let mut superuser = shop.world.db.superuser().await;
        waiting_for(&mut superuser, "transactionid").await;
        tx.commit().await.unwrap();
    });
    assert_eq!(field(outcome).as_deref(), Some("plan"), "both were stored");
    let mut tx = shop.world.read(&shop.world.ann, &shop.world.a1).await;
    assert_eq!(
        subscriptions::of_customer(&mut tx, shop.customer).await.unwrap().len(),
        1,
        "control: the first is there"
    );
}

#[tokio::test]
async fn only_published_versions_in_the_currency_of_the_subscription_are_used() {
    let shop = Shop::open().await;
    let plan = shop.plan("plan", 900, true).await;
    let (mut tx, can) = shop.write().await;
    let unpublished = rate_plans::create(&mut tx, &can, &catalog::plan_draft("new", "new")).await.unwrap();
    let dollars = RatePlanDraft { currency: Currency::USD, ..catalog::plan_draft("dollars", "dollars") };
    let dollars = rate_plans::create(&mut tx, &can, &dollars).await.unwrap();
    let mut version = catalog::version(vec![catalog::fee(shop.product, 900)]);
    version.currency = Currency::USD;
    catalog::publish(&mut tx, &can, dollars, 1, &version).await;
    tx.commit().await.unwrap();

    let starts_on = date!(2026 - 01 - 01);
    assert_eq!(field(shop.start(unpublished, starts_on).await).as_deref(), Some("plan"), "a draft was used");
    let id = done(shop.start(plan, starts_on).await);
    let change = Change::Plan { plan: dollars, from_on: date!(2026 - 02 - 01) };
    assert_eq!(field(shop.change(id, change).await).as_deref(), Some("plan"), "another currency was used");

    // The database refuses the same without the checks of the store.
    let mut superuser = shop.world.db.superuser().await;
    for (plan, version) in [(unpublished, 1), (dollars, 1)] {
        let fact = format!(
            "insert into workspace.subscription_phases (workspace_id, subscription_id, from_on, customer_id, plan_id, version)
            values ('{}', '{id}', '2026-02-01', '{}', '{plan}', {version})",
            shop.world.a1.id, shop.customer
        );
        assert_eq!(refusal(&execute(&mut superuser, &fact).await).as_deref(), Some("23000"), "{plan} was stored");
    }
    let early = format!("update workspace.subscriptions set ends_on = '2026-02-01' where id = '{id}'");
    assert_eq!(execute(&mut superuser, &early).await.unwrap(), 1, "control: an end is stored");
}

#[tokio::test]
async fn phases_lie_within_their_subscription() {
    let shop = Shop::open().await;
    let plan = shop.plan("plan", 900, true).await;
    let id = done(shop.start(plan, date!(2026 - 01 - 01)).await);
    done(shop.change(id, Change::End { last_on: date!(2026 - 06 - 30) }).await);
    let outside = Change::Seats { seats: 3, from_on: date!(2026 - 07 - 01) };
    assert_eq!(field(shop.change(id, outside).await).as_deref(), Some("from_on"), "a phase after the end");
    done(shop.change(id, Change::Seats { seats: 3, from_on: date!(2026 - 06 - 30) }).await);
    let before = Change::End { last_on: date!(2026 - 06 - 29) };
    assert_eq!(field(shop.change(id, before).await).as_deref(), Some("last_on"), "an end before a phase");

    let mut superuser = shop.world.db.superuser().await;
    let (a1, customer) = (shop.world.a1.id, shop.customer);
    for day in ["2026-07-01", "2025-12-31"] {
        let fact = format!(
            "insert into workspace.subscription_phases (workspace_id, subscription_id, from_on, customer_id, plan_id, version)
            values ('{a1}', '{id}', '{day}', '{customer}', '{plan}', 1)"
        );
        assert_eq!(refusal(&execute(&mut superuser, &fact).await).as_deref(), Some("23000"), "a phase from {day}");
    }
}

/// The import writes whole schedules, so it is refused as a whole.
#[tokio::test]
async fn an_import_with_an_impossible_schedule_stores_nothing() {
    let shop = Shop::open().await;
    let plan = shop.plan("plan", 900, true).await;
    let id = done(shop.start(plan, date!(2026 - 01 - 01)).await);
    let mut tx = shop.world.read(&shop.world.ann, &shop.world.a1).await;
    let schedule = subscriptions::get(&mut tx, id).await.unwrap().unwrap().schedule;
    drop(tx);
    let (mut tx, can) = shop.write().await;
    let other = customers::create(&mut tx, &can, &draft("Other")).await.unwrap();
    tx.commit().await.unwrap();
    let new =
        |customer| NewSchedule { customer, external_id: None, currency: Currency::EUR, schedule: schedule.clone() };
    let (mut tx, can) = shop.write().await;
    let refused = constraint(subscriptions::import(&mut tx, &can, &[new(other), new(shop.customer)]).await);
    assert_eq!(refused.as_deref(), Some("subscription_meter_twice"));
    drop(tx);
    let mut tx = shop.world.read(&shop.world.ann, &shop.world.a1).await;
    assert!(subscriptions::of_customer(&mut tx, other).await.unwrap().is_empty(), "a part of the import was stored");
    drop(tx);
    let (mut tx, can) = shop.write().await;
    subscriptions::import(&mut tx, &can, &[new(other)]).await.unwrap();
    assert_eq!(subscriptions::of_customer(&mut tx, other).await.unwrap().len(), 1, "control: a possible one is stored");
}

#[tokio::test]
async fn planned_changes_and_ends_can_be_undone() {
    let shop = Shop::open().await;
    let plan = shop.plan("plan", 900, true).await;
    let today = shop.today().await;
    let id = done(shop.start(plan, today - Duration::days(40)).await);
    let later = today + Duration::days(10);
    done(shop.change(id, Change::Seats { seats: 5, from_on: later }).await);
    done(shop.change(id, Change::Seats { seats: 2, from_on: today }).await);
    let (mut tx, can) = shop.write().await;
    assert_eq!(field(subscriptions::undo(&mut tx, &can, id, today).await.unwrap()).as_deref(), Some("from_on"));
    done(subscriptions::undo(&mut tx, &can, id, later).await.unwrap());
    let detail = subscriptions::get(&mut tx, id).await.unwrap().unwrap();
    assert_eq!(detail.schedule.phases.iter().map(|phase| phase.seats).collect::<Vec<_>>(), [1, 2]);
    tx.commit().await.unwrap();

    // "Today" is the last day, so it runs until the day is over.
    done(shop.change(id, Change::End { last_on: today }).await);
    let (mut tx, can) = shop.write().await;
    let detail = subscriptions::get(&mut tx, id).await.unwrap().unwrap();
    assert_eq!((detail.row.state, detail.row.ends_on), (State::Ending, today.next_day()));
    done(subscriptions::cancel_end(&mut tx, &can, id).await.unwrap());
    let detail = subscriptions::get(&mut tx, id).await.unwrap().unwrap();
    assert_eq!(detail.row.state, State::Active);
}

#[tokio::test]
async fn all_subscriptions_of_a_version_move_to_another_one_from_their_next_period() {
    let shop = Shop::open().await;
    let plan = shop.plan("plan", 900, true).await;
    let today = shop.today().await;
    let running = done(shop.start(plan, today - Duration::days(10)).await);
    let (mut tx, can) = shop.write().await;
    let other = customers::create(&mut tx, &can, &draft("Later")).await.unwrap();
    let planned = started(plan, today + Duration::days(10));
    let planned = done(subscriptions::create(&mut tx, &can, other, &planned).await.unwrap());
    rate_plans::new_draft(&mut tx, &can, plan).await.unwrap();
    catalog::publish(&mut tx, &can, plan, 2, &catalog::version(vec![catalog::fee(shop.product, 1_900)])).await;
    tx.commit().await.unwrap();

    let (mut tx, can) = shop.write().await;
    let page = subscriptions::move_page(&mut tx, plan, 2).await.unwrap().unwrap();
    assert_eq!(page.from, [(1, 2)], "the preview");
    assert_eq!(subscriptions::move_page(&mut tx, plan, 3).await.unwrap(), None, "no such version");
    let moved = done(subscriptions::move_to_version(&mut tx, &can, plan, 1, 2).await.unwrap());
    assert_eq!(moved.moved, 2);
    let versions = async |tx: &mut WorkspaceTx<Write>, id| {
        let schedule = subscriptions::get(tx, id).await.unwrap().unwrap().schedule;
        let phase = |day: Date| schedule.phase_on(day).map(|phase| phase.plan.version);
        (phase(schedule.starts_on), schedule.phases.last().map(|phase| (phase.from_on, phase.plan.version)))
    };
    let next = subscriptions::get(&mut tx, running).await.unwrap().unwrap().schedule.phases[1].from_on;
    assert!(next > today, "this period keeps its prices");
    assert_eq!(versions(&mut tx, running).await, (Some(1), Some((next, 2))));
    assert_eq!(versions(&mut tx, planned).await.0, Some(2), "a subscription that starts later starts on the version");
    let again = done(subscriptions::move_to_version(&mut tx, &can, plan, 1, 2).await.unwrap());
    assert_eq!(again.moved, 0, "there is nothing left to move");
}

#[tokio::test]
async fn the_preview_of_a_change_is_what_the_subscription_then_shows() {
    let shop = Shop::open().await;
    let (plan, bigger) = (shop.plan("plan", 3_000, true).await, shop.plan("bigger", 9_000, true).await);
    let today = shop.today().await;
    let first = today - Duration::days(1);
    let id = done(shop.start(plan, first).await);
    let mut superuser = shop.world.db.superuser().await;
    let usage = format!(
        "insert into workspace.usage_days (workspace_id, meter_id, customer_id, day, part, events, quantity, peak)
        values ('{}', '{}', '{}', '{first}', gen_random_uuid(), 2, 12.5, 10)",
        shop.world.a1.id, shop.meter, shop.customer
    );
    execute(&mut superuser, &usage).await.unwrap();

    let input = ChangeInput { plan: bigger.to_string(), ..ChangeInput::proposed(ChangeKind::Plan, today, 1) };
    let mut tx = shop.world.read(&shop.world.ann, &shop.world.a1).await;
    let page = subscriptions::change_page(&mut tx, id, input.clone()).await.unwrap().unwrap();
    drop(tx);
    assert_eq!(page.preview.problem, None);
    let previewed = page.preview.invoices[0].after.clone().unwrap();
    done(shop.change(id, input.parse().unwrap()).await);
    let mut tx = shop.world.read(&shop.world.ann, &shop.world.a1).await;
    let detail = subscriptions::get(&mut tx, id).await.unwrap().unwrap();
    assert_eq!(detail.bills.first(), Some(&previewed));
    assert!(previewed.lines.iter().any(|line| line.minor == 125), "12.5 calls at 0.10");
    assert!(detail.so_far.is_some_and(|so_far| so_far.total.minor > 0));
    let new = NewSubscriptionInput::proposed(today, Some(plan));
    let page = subscriptions::new_page(&mut tx, shop.customer, new).await.unwrap().unwrap();
    assert!(!page.preview.invoices.is_empty());
}

#[tokio::test]
async fn a_guest_sees_subscriptions_of_shared_customers_without_prices() {
    let world = World::new().await;
    let [alpha, beta] = world.furnish().await;
    let mut superuser = world.db.superuser().await;
    seat(&mut superuser, &world.a1, &world.eve, Some("guest")).await;
    let share = format!(
        "insert into workspace.customer_shares values ('{}', '{}', '{}')",
        world.a1.id, alpha.customers[0], world.eve.id
    );
    execute(&mut superuser, &share).await.unwrap();
    let mut tx = world.read(&world.ann, &world.a1).await;
    let all = subscriptions::list(&mut tx, None, 100).await.unwrap();
    assert_eq!(all.len(), 2, "control: the owner sees both");
    drop(tx);

    let mut tx = world.read(&world.eve, &world.a1).await;
    let seen = subscriptions::list(&mut tx, None, 100).await.unwrap();
    assert_eq!(seen.iter().map(|row| row.customer_id).collect::<Vec<_>>(), [alpha.customers[0]]);
    let detail = subscriptions::get(&mut tx, seen[0].id).await.unwrap().expect("the shared subscription");
    assert!(detail.row.plan.is_none() && detail.bills.is_empty() && detail.so_far.is_none(), "a guest sees prices");
    let shared = customers::get(&mut tx, alpha.customers[0]).await.unwrap().unwrap();
    assert_eq!((shared.contacts.len(), shared.subjects.len(), shared.subscriptions.len()), (1, 2, 1));
    let hidden = all.iter().find(|row| row.customer_id == alpha.customers[1]).unwrap();
    assert!(subscriptions::get(&mut tx, hidden.id).await.unwrap().is_none(), "a subscription of another customer");
    assert!(subscriptions::of_customer(&mut tx, alpha.customers[1]).await.unwrap().is_empty());
    drop(tx);

    // Another workspace's subscriptions are absent.
    let mut tx = world.read(&world.ola, &world.b1).await;
    assert!(subscriptions::get(&mut tx, hidden.id).await.unwrap().is_none(), "B opens a subscription of A");
    assert!(subscriptions::of_customer(&mut tx, alpha.customers[0]).await.unwrap().is_empty());
    assert_eq!(subscriptions::of_customer(&mut tx, beta.customers[0]).await.unwrap().len(), 1, "control");
    drop(tx);
    let mut tx = world.write(&world.ola, &world.b1).await;
    let can = tx.can::<EditContent>().unwrap();
    let end = Change::End { last_on: date!(2027 - 01 - 01) };
    assert_eq!(subscriptions::change(&mut tx, &can, hidden.id, &end).await.unwrap(), Written::Absent);
    assert_eq!(subscriptions::cancel_end(&mut tx, &can, hidden.id).await.unwrap(), Written::Absent);
    let moved = subscriptions::move_to_version(&mut tx, &can, alpha.plan, 1, 1).await.unwrap();
    assert_eq!(moved, Written::Absent, "B moves subscriptions of A");
    drop(tx);

    // Without a door, nothing is visible.
    let mut app = connect(&world.db.app()).await;
    assert_eq!(execute(&mut app, "select from workspace.subscriptions").await.unwrap(), 0);
}

#[tokio::test]
async fn a_customer_row_names_the_plans_of_today() {
    let shop = Shop::open().await;
    let (plan, other) = (shop.plan("plan", 900, true).await, shop.plan("other", 900, false).await);
    let today = shop.today().await;
    done(shop.start(plan, today).await);
    done(shop.start(other, today + Duration::days(1)).await);
    let mut tx = shop.world.read(&shop.world.ann, &shop.world.a1).await;
    let page = customers::list(&mut tx, &ListQuery::new(Noun::Customers)).await.unwrap();
    assert_eq!(page.rows[0].plans, ["plan"], "the other one starts tomorrow");
}
