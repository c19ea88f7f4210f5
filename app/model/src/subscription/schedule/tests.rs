use super::*;
use proptest::prelude::*;
use time::Duration;
use uuid::Uuid;

fn plan(number: u128, interval: Interval) -> PlanVersion {
    let plan = RatePlanId::from_uuid(Uuid::from_u128(number));
    PlanVersion { plan, version: 1, name: format!("Plan {number}"), interval }
}

fn schedule(starts_on: Date) -> Schedule {
    let phases = vec![Phase { from_on: starts_on, plan: plan(1, Interval::Month), seats: 1 }];
    Schedule { anchor_on: starts_on, starts_on, ends_on: None, phases }
}

/// A subscription from the 31st must not drift to the 28th.
#[test]
fn periods_of_a_subscription_from_the_31st_end_on_the_last_day_of_shorter_months() {
    let schedule = schedule(date!(2026 - 01 - 31));
    let mut all = Vec::new();
    let mut day = date!(2026 - 02 - 01);
    while all.len() < 5 {
        let due = schedule.due_on(day).unwrap();
        day = due.next_day().unwrap();
        all.push(due);
    }
    let expected = [
        date!(2026 - 02 - 28),
        date!(2026 - 03 - 31),
        date!(2026 - 04 - 30),
        date!(2026 - 05 - 31),
        date!(2026 - 06 - 30),
    ];
    assert_eq!(all, expected);
}

/// However often it is asked on the day, the invoice is due on the same day.
#[test]
fn the_invoice_of_a_period_is_due_on_the_day_after_it() {
    let schedule = schedule(date!(2023 - 05 - 23));
    assert_eq!(schedule.due_on(date!(2023 - 05 - 23)), Some(date!(2023 - 05 - 23)), "the first day");
    assert_eq!(schedule.due_on(date!(2023 - 05 - 24)), Some(date!(2023 - 06 - 23)));
    assert_eq!(schedule.due_on(date!(2023 - 06 - 23)), Some(date!(2023 - 06 - 23)));
    assert_eq!(schedule.due_on(date!(2023 - 06 - 24)), Some(date!(2023 - 07 - 23)));
}

#[test]
fn the_state_follows_from_the_days() {
    let mut schedule = schedule(date!(2026 - 03 - 10));
    assert_eq!(schedule.state(date!(2026 - 03 - 09)), State::Planned);
    assert_eq!(schedule.state(date!(2026 - 03 - 10)), State::Active);
    schedule = schedule.ending(date!(2026 - 03 - 20)).unwrap();
    assert_eq!(schedule.state(date!(2026 - 03 - 09)), State::Planned);
    assert_eq!(schedule.state(date!(2026 - 03 - 20)), State::Ending, "until the end of the last day");
    assert_eq!(schedule.state(date!(2026 - 03 - 21)), State::Ended);
    assert_eq!(schedule.without_end().unwrap().state(date!(2026 - 03 - 21)), State::Active);
}

#[test]
fn a_change_of_seats_lasts_until_the_next_change_of_seats() {
    let first = schedule(date!(2026 - 01 - 01));
    let planned = first.with_plan(date!(2026 - 06 - 01), &plan(2, Interval::Month)).unwrap();
    let planned = planned.with_seats(date!(2026 - 08 - 01), 9).unwrap();
    let changed = planned.with_seats(date!(2026 - 03 - 15), 5).unwrap();
    let seats: Vec<_> = changed.phases.iter().map(|phase| (phase.from_on, phase.seats)).collect();
    let expected = [
        (date!(2026 - 01 - 01), 1),
        (date!(2026 - 03 - 15), 5),
        (date!(2026 - 06 - 01), 5),
        (date!(2026 - 08 - 01), 9),
    ];
    assert_eq!(seats, expected);
    assert_eq!(changed.with_seats(date!(2026 - 03 - 15), 1).unwrap(), planned, "and back");
    assert_eq!(planned.with_seats(date!(2026 - 03 - 15), 1), Err(Misfit::Nothing));
    assert_eq!(planned.with_seats(date!(2025 - 12 - 31), 2), Err(Misfit::NotRunning));
}

#[test]
fn a_planned_change_can_be_undone_and_an_end_must_follow_it() {
    let first = schedule(date!(2026 - 01 - 01));
    let planned = first.with_plan(date!(2026 - 06 - 01), &plan(2, Interval::Month)).unwrap();
    assert_eq!(planned.without_change(date!(2026 - 06 - 01)).unwrap(), first);
    assert_eq!(planned.without_change(date!(2026 - 06 - 02)), Err(Misfit::NoChange));
    assert_eq!(planned.without_change(date!(2026 - 01 - 01)), Err(Misfit::NoChange), "the first phase stays");
    assert_eq!(planned.ending(date!(2026 - 05 - 31)), Err(Misfit::BeforeChange));
    assert!(planned.ending(date!(2026 - 06 - 01)).is_ok());
    assert_eq!(first.ending(date!(2025 - 12 - 31)), Err(Misfit::BeforeStart));
    assert!(first.ending(date!(2026 - 01 - 01)).is_ok(), "one day");
}

#[test]
fn a_change_of_the_interval_ends_the_running_period() {
    let first = schedule(date!(2026 - 01 - 01));
    let yearly = first.with_plan(date!(2026 - 03 - 11), &plan(2, Interval::Year)).unwrap();
    let period = |day| yearly.period_on(day).unwrap();
    assert_eq!(period(date!(2026 - 03 - 10)), Period { from: date!(2026 - 03 - 01), until: date!(2026 - 03 - 11) });
    assert_eq!(period(date!(2026 - 03 - 11)), Period { from: date!(2026 - 03 - 11), until: date!(2027 - 01 - 01) });
    let parts = yearly.parts(period(date!(2026 - 03 - 11)));
    assert_eq!(parts.len(), 1);
    assert_eq!(
        parts[0].period,
        Period { from: date!(2026 - 01 - 01), until: date!(2027 - 01 - 01) },
        "295 of 365 days"
    );
}

fn day(number: i64) -> Date {
    date!(2024 - 01 - 31) + Duration::days(number)
}

/// Any number of changes of plan and seats on any days, and perhaps an end.
fn changed() -> impl Strategy<Value = Schedule> {
    let change = (0i64..900, 1u128..5, 1u32..4, any::<bool>());
    (prop::collection::vec(change, 0..8), prop::option::of(0i64..1_200)).prop_map(|(changes, end)| {
        let mut schedule = schedule(day(0));
        for (at, number, seats, is_plan) in changes {
            let interval = Interval::ALL[(number % 3) as usize];
            let next = if is_plan {
                schedule.with_plan(day(at), &plan(number, interval))
            } else {
                schedule.with_seats(day(at), seats)
            };
            schedule = next.unwrap_or(schedule);
        }
        end.and_then(|end| schedule.ending(day(end)).ok()).unwrap_or(schedule)
    })
}

proptest! {
    /// A gap would leave usage unbilled, and an overlap would bill it twice.
    #[test]
    fn phases_and_parts_tile_the_days_of_the_subscription(schedule in changed()) {
        let days = Period { from: day(0), until: schedule.ends_on.unwrap_or(day(1_300)) };
        let mut next = days.from;
        for (_, phase) in schedule.phases() {
            prop_assert_eq!(phase.from, next);
            prop_assert!(phase.from < phase.until);
            next = phase.until;
        }
        prop_assert_eq!(next, schedule.days().until);
        let mut next = days.from;
        for part in schedule.parts(days) {
            prop_assert_eq!(part.days.from, next);
            prop_assert!(part.period.from <= part.days.from && part.days.until <= part.period.until);
            prop_assert_eq!(Some(part.phase), schedule.phase_on(part.days.from));
            next = part.days.until;
        }
        prop_assert_eq!(next, days.until);
    }

    #[test]
    fn billing_periods_tile_the_days_of_the_subscription(schedule in changed()) {
        let mut next = day(0);
        let end = schedule.ends_on.unwrap_or(day(1_300));
        while next < end {
            let period = schedule.period_on(next).unwrap();
            prop_assert_eq!(period.from, next);
            prop_assert_eq!(schedule.due_on(period.until), Some(period.until));
            next = period.until;
        }
        prop_assert!(schedule.ends_on.is_none() || next == end);
    }

    /// After a change, each day has the new plan until the next change of the plan, and the old seats.
    #[test]
    fn a_change_of_plan_changes_nothing_but_the_plan_from_its_day_on(schedule in changed(), at in 0i64..1_200) {
        let to = plan(9, Interval::Month);
        if let Ok(after) = schedule.with_plan(day(at), &to) {
            let was = schedule.phase_on(day(at)).unwrap().plan.clone();
            let mut changing = true;
            for number in 0..1_300 {
                let (before, now) = (schedule.phase_on(day(number)), after.phase_on(day(number)));
                prop_assert_eq!(before.map(|phase| phase.seats), now.map(|phase| phase.seats));
                let (Some(before), Some(now)) = (before, now) else { continue };
                changing = changing && (number < at || before.plan.is_same(&was));
                let expected = if number >= at && changing { &to } else { &before.plan };
                prop_assert_eq!(&now.plan, expected);
            }
        }
    }
}
