use super::*;
use crate::{
    pricing::{
        UnitPrice,
        charge::{Fee, FeeBasis, Metered, Model},
        period::Interval,
    },
    subscription::schedule::PlanVersion,
};
use proptest::prelude::*;
use time::{Duration, macros::date};
use uuid::Uuid;

fn meter() -> MeterId {
    MeterId::from_uuid(Uuid::from_u128(7))
}

fn version(version: i32) -> PlanVersion {
    let plan = RatePlanId::from_uuid(Uuid::from_u128(1));
    PlanVersion { plan, version, name: "Tokens".to_owned(), interval: Interval::Month }
}

fn fee(minor: i64, timing: Timing) -> (Charge, ChargeTerms) {
    let terms = ChargeTerms { name: "Base fee".to_owned(), meter: None };
    (Charge::Fee(Fee { minor, basis: FeeBasis::Subscription, timing }), terms)
}

fn per_unit(price: &str) -> (Charge, ChargeTerms) {
    let model = Model::PerUnit(UnitPrice::parse(price).unwrap());
    let meter = Some(ChargedMeter { id: meter(), unit: "call".to_owned() });
    let charge = Charge::Metered(Metered { included: Quantity::ZERO, model });
    (charge, ChargeTerms { name: "Calls".to_owned(), meter })
}

fn terms(number: i32, charges: Vec<(Charge, ChargeTerms)>) -> Terms {
    let (charges, names) = charges.into_iter().unzip();
    let prices = Prices { currency: Currency::USD, charges, minimum_minor: None };
    Terms { plan: version(number).plan, version: number, prices, charges: names }
}

fn schedule(anchor_on: Date, starts_on: Date) -> Schedule {
    let phases = vec![Phase { from_on: starts_on, plan: version(1), seats: 1 }];
    Schedule { anchor_on, starts_on, ends_on: None, phases }
}

fn used(from: Date, until: Date, quantity: &str) -> Used {
    Used { meter: meter(), days: Period { from, until }, quantity: Quantity::parse(quantity).unwrap() }
}

fn facts<'a>(today: Date, terms: &'a [Terms], used: &'a [Used]) -> Facts<'a> {
    Facts { today, currency: Currency::USD, terms, used }
}

fn amounts(bill: &Bill) -> Vec<i64> {
    bill.lines.iter().map(|line| line.minor).collect()
}

/// By hours, the month in which clocks change would give 15.98.
#[test]
fn a_month_in_which_clocks_change_is_charged_by_days() {
    let terms = [terms(1, vec![fee(3_100, Timing::Arrears)])];
    let schedule = schedule(date!(2026 - 03 - 01), date!(2026 - 03 - 16));
    let bill = facts(date!(2026 - 03 - 16), &terms, &[]).bill(&schedule, date!(2026 - 04 - 01)).unwrap();
    assert_eq!(bill.total.minor, 1_600);
    assert!(bill.lines[0].is_prorated());
}

/// Usage of the last day must not be lost.
#[test]
fn the_last_day_is_charged_with_its_usage() {
    let terms = [terms(1, vec![fee(3_100, Timing::Arrears), per_unit("2")])];
    let schedule = schedule(date!(2026 - 01 - 01), date!(2026 - 01 - 01)).ending(date!(2026 - 08 - 01)).unwrap();
    assert_eq!(schedule.ends_on, Some(date!(2026 - 08 - 02)));
    let used = [used(date!(2026 - 08 - 01), date!(2026 - 08 - 02), "5")];
    let facts = facts(date!(2026 - 08 - 01), &terms, &used);
    let bill = facts.bill(&schedule, date!(2026 - 08 - 02)).unwrap();
    assert_eq!(amounts(&bill), [100, 1_000], "a day of 31, and 5 units");
    assert_eq!(schedule.due_on(date!(2026 - 08 - 03)), None, "nothing after the end");
}

/// A new price must not rewrite the past.
#[test]
fn usage_before_a_change_has_the_old_price() {
    let terms = [terms(1, vec![per_unit("0.10")]), terms(2, vec![per_unit("0.20")])];
    let first = schedule(date!(2026 - 01 - 01), date!(2026 - 01 - 01));
    let changed = first.with_plan(date!(2026 - 01 - 16), &version(2)).unwrap();
    let used = [
        used(date!(2025 - 12 - 01), date!(2026 - 01 - 01), "999"),
        used(date!(2026 - 01 - 01), date!(2026 - 01 - 16), "100"),
        used(date!(2026 - 01 - 16), date!(2026 - 02 - 01), "100"),
    ];
    let bill = facts(date!(2026 - 01 - 20), &terms, &used).bill(&changed, date!(2026 - 02 - 01)).unwrap();
    assert_eq!(amounts(&bill), [1_000, 2_000]);
}

/// The fee of a year is divided by the days of the year.
#[test]
fn a_year_is_charged_by_its_days() {
    let terms = [terms(1, vec![fee(36_600, Timing::Arrears)])];
    let mut schedule = schedule(date!(2028 - 01 - 01), date!(2028 - 01 - 01));
    schedule.phases[0].plan.interval = Interval::Year;
    let schedule = schedule.ending(date!(2028 - 02 - 29)).unwrap();
    let bill = facts(date!(2028 - 02 - 29), &terms, &[]).bill(&schedule, date!(2028 - 03 - 01)).unwrap();
    assert_eq!(bill.total.minor, 6_000, "60 of 366 days");
}

#[test]
fn an_upgrade_within_a_period_that_was_paid_in_advance_is_settled_on_the_next_invoice() {
    let terms = [terms(1, vec![fee(2_000, Timing::Advance)]), terms(2, vec![fee(5_000, Timing::Advance)])];
    let before = schedule(date!(2026 - 04 - 01), date!(2026 - 04 - 01));
    let change = date!(2026 - 04 - 11);
    let after = before.with_plan(change, &version(2)).unwrap();
    let facts = facts(change, &terms, &[]);
    let compared = facts.compare(&before, &after, change).unwrap();
    let bills = |index: usize| {
        let pair: &Comparison = &compared[index];
        (amounts(pair.before.as_ref().unwrap()), amounts(pair.after.as_ref().unwrap()))
    };
    assert_eq!(bills(0), (vec![2_000], vec![-1_333, 3_333, 5_000]));
    assert_eq!(bills(1), (vec![2_000], vec![5_000]), "without differences");
    assert_eq!(compared[0].after.as_ref().unwrap().on, date!(2026 - 05 - 01));
}

/// The invoice on the first day of the period knows of the change already.
#[test]
fn a_change_that_is_planned_for_a_later_period_is_charged_in_advance() {
    let terms = [terms(1, vec![fee(3_100, Timing::Advance)]), terms(2, vec![fee(6_200, Timing::Advance)])];
    let before = schedule(date!(2031 - 01 - 01), date!(2031 - 01 - 17));
    let change = date!(2031 - 02 - 11);
    let after = before.with_plan(change, &version(2)).unwrap();
    let compared = facts(date!(2026 - 11 - 30), &terms, &[]).compare(&before, &after, change).unwrap();
    let first = &compared[0];
    assert_eq!(first.before.as_ref().map(|bill| (bill.on, bill.total.minor)), Some((date!(2031 - 02 - 01), 3_100)));
    assert_eq!(first.after.as_ref().map(amounts), Some(vec![1_107, 3_986]), "10 and 18 of 28 days");
    assert_eq!(compared[1].after.as_ref().map(amounts), Some(vec![6_200]));
}

#[test]
fn the_first_period_of_a_new_subscription_is_prorated() {
    let terms = [terms(1, vec![fee(1_000, Timing::Advance), per_unit("1")])];
    let schedule = schedule(date!(2026 - 01 - 01), date!(2026 - 01 - 17));
    let bills = facts(date!(2026 - 01 - 10), &terms, &[]).bills(&schedule, schedule.starts_on).unwrap();
    assert_eq!(amounts(&bills[0]), [484], "15 of 31 days, in advance");
    assert_eq!((bills[0].on, bills[0].period), (date!(2026 - 01 - 17), None));
    assert_eq!(amounts(&bills[1]), [0, 1_000], "usage of January, and February in advance");
    assert_eq!(bills[1].period, Some(Period { from: date!(2026 - 01 - 17), until: date!(2026 - 02 - 01) }));
}

#[test]
fn a_subscription_without_advance_fees_has_no_invoice_on_its_first_day() {
    let terms = [terms(1, vec![fee(1_000, Timing::Arrears)])];
    let schedule = schedule(date!(2026 - 01 - 01), date!(2026 - 01 - 17));
    let bills = facts(date!(2026 - 01 - 10), &terms, &[]).bills(&schedule, schedule.starts_on).unwrap();
    assert_eq!(bills.iter().map(|bill| bill.on).collect::<Vec<_>>(), [date!(2026 - 02 - 01), date!(2026 - 03 - 01)]);
}

#[test]
fn a_plan_without_known_prices_is_named() {
    let schedule = schedule(date!(2026 - 01 - 01), date!(2026 - 01 - 01));
    let unknown = facts(date!(2026 - 01 - 10), &[], &[]).upcoming(&schedule);
    assert_eq!(unknown, Err(Unpriced::Unknown("Tokens".to_owned())));
}

#[test]
fn the_needed_usage_is_that_of_the_parts() {
    let terms = [terms(1, vec![per_unit("0.10")]), terms(2, vec![per_unit("0.20")])];
    let first = schedule(date!(2026 - 01 - 01), date!(2026 - 01 - 01));
    let changed = first.with_plan(date!(2026 - 01 - 16), &version(2)).unwrap();
    let needed = needed(&[&changed], &terms, date!(2026 - 01 - 20), date!(2026 - 01 - 21));
    let first_days: Vec<_> = needed.iter().take(2).map(|(_, days)| (days.from, days.until)).collect();
    let expected = [(date!(2026 - 01 - 01), date!(2026 - 01 - 16)), (date!(2026 - 01 - 16), date!(2026 - 02 - 01))];
    assert_eq!(first_days, expected);
}

proptest! {
    /// A change on any day must charge each day once: what the parts say, to the cent.
    #[test]
    fn a_change_of_plan_on_any_day_charges_the_part_of_each_plan(
        old in 0i64..1_000_000,
        new in 0i64..1_000_000,
        start in 0i64..31,
        change in 1i64..400,
        in_advance in any::<bool>(),
    ) {
        let timing = if in_advance { Timing::Advance } else { Timing::Arrears };
        let terms = [terms(1, vec![fee(old, timing)]), terms(2, vec![fee(new, timing)])];
        let starts_on = date!(2026 - 01 - 01) + Duration::days(start);
        let before = schedule(date!(2026 - 01 - 01), starts_on);
        let day = starts_on + Duration::days(change);
        let after = before.with_plan(day, &version(2)).unwrap();
        // The change becomes known on its day.
        let facts = facts(day, &terms, &[]);
        let last = after.due_on(day).unwrap();
        let mut charged = 0;
        let mut next = Some(starts_on);
        while let Some(on) = next && on <= last {
            charged += facts.bill(&after, on).unwrap().total.minor;
            next = on.next_day().and_then(|day| after.due_on(day));
        }
        // What was charged in advance for the period that begins on the day is not part of the days before it.
        if in_advance {
            let period = after.period_on(last).unwrap();
            charged -= facts.of_days(&after, period, Take::Advance).unwrap().iter().map(|line| line.minor).sum::<i64>();
        }
        let due: i64 = after
            .parts(Period { from: starts_on, until: last })
            .iter()
            .map(|part| {
                let whole = if part.phase.plan.version == 1 { old } else { new };
                let at = |day: Date| (day - part.period.from).whole_days();
                let part = crate::pricing::period::part(
                    i128::from(whole), part.period.days(), at(part.days.from), at(part.days.until),
                );
                i64::try_from(part.unwrap()).unwrap()
            })
            .sum();
        prop_assert_eq!(charged, due);
    }
}
