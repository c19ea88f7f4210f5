//! Billing periods: half-open ranges of days.
//!
//! Periods are counted in local days of the workspace, so that daylight saving and time zones don't change them. The
//! boundaries of a subscription are computed from its anchor day, never from the boundary before: a subscription that
//! begins on the 31st renews on the last day of shorter months and on the 31st again after them.

use super::exact::{OutOfRange, divide_rounded};
use serde::{Deserialize, Serialize};
use time::{Date, Month};

/// Length of the periods of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Interval {
    /// One month.
    Month,
    /// Three months.
    Quarter,
    /// Twelve months.
    Year,
}

impl Interval {
    /// All intervals, by length.
    pub const ALL: [Self; 3] = [Self::Month, Self::Quarter, Self::Year];

    /// Returns the length in months.
    pub const fn months(self) -> i32 {
        match self {
            Self::Month => 1,
            Self::Quarter => 3,
            Self::Year => 12,
        }
    }

    /// Returns the name stored in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }

    /// Parses a stored name. Returns `None` if it is unknown.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|interval| interval.as_str() == word)
    }
}

/// A range of days: from the first to the day before the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Period {
    /// First day.
    pub from: Date,
    /// Day after the last.
    pub until: Date,
}

impl Period {
    /// Returns the number of days.
    pub fn days(self) -> i64 {
        (self.until - self.from).whole_days()
    }

    /// Returns `true` if the period contains the day.
    pub fn contains(self, day: Date) -> bool {
        self.from <= day && day < self.until
    }

    /// Returns the days that both periods have; `None` if there are none.
    pub fn overlap(self, other: Self) -> Option<Self> {
        let both = Self { from: self.from.max(other.from), until: self.until.min(other.until) };
        (both.from < both.until).then_some(both)
    }
}

/// Returns the first day of the period with number `k`, counted from the anchor day: `k` intervals later, or the last
/// day of that month if it is shorter. `None` if the day is out of the calendar's range.
pub fn boundary(anchor: Date, interval: Interval, k: i32) -> Option<Date> {
    let months = interval.months().checked_mul(k)?.checked_add(months_of(anchor))?;
    let (year, month) = (months.div_euclid(12), months.rem_euclid(12));
    let month = Month::try_from(u8::try_from(month + 1).ok()?).ok()?;
    Date::from_calendar_date(year, month, anchor.day().min(month.length(year))).ok()
}

/// Returns the period that contains a day; `None` if it is out of the calendar's range.
pub fn period_of(anchor: Date, interval: Interval, day: Date) -> Option<Period> {
    let k = (months_of(day) - months_of(anchor)).div_euclid(interval.months());
    // In the month of a boundary, the day may still belong to the period before.
    let k = if boundary(anchor, interval, k)? > day { k - 1 } else { k };
    Some(Period { from: boundary(anchor, interval, k)?, until: boundary(anchor, interval, k + 1)? })
}

/// Months from the year 0.
fn months_of(day: Date) -> i32 {
    day.year() * 12 + i32::from(u8::from(day.month())) - 1
}

/// Returns the part of a whole number, such as a fee in minor units, that belongs to the days `from..until` of a period
/// of `days` days: the rounded part of the days up to `until` less the rounded part of the days up to `from`. Thus
/// parts that follow one another always add up to the whole.
///
/// # Errors
/// [`OutOfRange`] if the days are not in the period, or if the whole is too large to be multiplied by days.
pub fn part(whole: i128, days: i64, from: i64, until: i64) -> Result<i128, OutOfRange> {
    if !(0 <= from && from <= until && until <= days) {
        return Err(OutOfRange);
    }
    let up_to = |day: i64| {
        let product = whole.checked_mul(i128::from(day)).ok_or(OutOfRange)?;
        divide_rounded(product, i128::from(days))
    };
    up_to(until)?.checked_sub(up_to(from)?).ok_or(OutOfRange)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::date;

    #[test]
    fn a_subscription_from_the_31st_renews_on_the_last_day_of_shorter_months() {
        let days: Vec<_> = (1..=5).filter_map(|k| boundary(date!(2026 - 01 - 31), Interval::Month, k)).collect();
        let expected = [
            date!(2026 - 02 - 28),
            date!(2026 - 03 - 31),
            date!(2026 - 04 - 30),
            date!(2026 - 05 - 31),
            date!(2026 - 06 - 30),
        ];
        assert_eq!(days, expected);
        assert_eq!(boundary(date!(2024 - 02 - 29), Interval::Year, 1), Some(date!(2025 - 02 - 28)));
        assert_eq!(boundary(date!(2024 - 02 - 29), Interval::Year, 4), Some(date!(2028 - 02 - 29)));
        assert_eq!(boundary(date!(2025 - 11 - 30), Interval::Quarter, 1), Some(date!(2026 - 02 - 28)));
    }

    /// A gap would leave usage unbilled, and an overlap would bill it twice.
    #[test]
    fn the_periods_of_every_anchor_from_2000_to_2400_have_no_gaps_or_overlaps() {
        let mut anchor = date!(2000 - 01 - 01);
        while anchor < date!(2400 - 01 - 01) {
            for interval in Interval::ALL {
                for k in -3..=16 {
                    let (from, until) =
                        (boundary(anchor, interval, k).unwrap(), boundary(anchor, interval, k + 1).unwrap());
                    let period = Period { from, until };
                    assert!(from < until, "{anchor} {interval:?} {k}");
                    assert_eq!(period_of(anchor, interval, from), Some(period), "{anchor} {interval:?} {k}");
                    let last = until.previous_day().unwrap();
                    assert_eq!(period_of(anchor, interval, last), Some(period), "{anchor} {interval:?} {k}");
                }
            }
            anchor = anchor.next_day().unwrap();
        }
    }

    #[test]
    fn parts_of_a_fee() {
        assert_eq!(part(1000, 31, 16, 31), Ok(484), "from the 17th to the 31st");
        assert_eq!((part(5, 2, 0, 1), part(5, 2, 1, 2)), (Ok(3), Ok(2)), "two halves of 0.05");
        assert_eq!(part(-2000, 30, 10, 30), Ok(-1333), "credit for the rest of a fee paid in advance");
        assert_eq!(part(5000, 30, 10, 30), Ok(3333));
        assert_eq!(part(4000, 731, 0, 366), Ok(2003), "by days, not by years");
        assert_eq!(part(1000, 0, 0, 0), Err(OutOfRange));
        assert_eq!(part(1000, 30, 5, 31), Err(OutOfRange));
        assert_eq!(part(1000, 30, 6, 5), Err(OutOfRange));
        assert_eq!(part(1000, 30, -1, 5), Err(OutOfRange));
        assert_eq!(part(i128::MAX, 30, 0, 2), Err(OutOfRange), "too large to be multiplied");
    }

    /// A month does not count as 30 days, nor a year as 365.
    #[test]
    fn a_part_depends_on_the_number_of_days_of_its_own_period() {
        let first_15_days = |whole: i128, interval: Interval, from: Date| {
            let period = period_of(from, interval, from).unwrap();
            part(whole, period.days(), 0, 15).unwrap()
        };
        assert_eq!(first_15_days(1_000, Interval::Month, date!(2026 - 01 - 01)), 484, "of 31");
        assert_eq!(first_15_days(1_000, Interval::Month, date!(2026 - 04 - 01)), 500, "of 30");
        assert_eq!(first_15_days(1_000, Interval::Month, date!(2026 - 02 - 01)), 536, "of 28");
        assert_eq!(first_15_days(1_000, Interval::Month, date!(2028 - 02 - 01)), 517, "of 29");
        assert_eq!(first_15_days(100_000, Interval::Year, date!(2026 - 01 - 01)), 4_110, "of 365");
        assert_eq!(first_15_days(100_000, Interval::Year, date!(2028 - 01 - 01)), 4_098, "of 366");
    }

    proptest! {
        #[test]
        fn parts_add_up_to_the_whole(
            whole in -1_000_000_000_000_000_000_000_000i128..1_000_000_000_000_000_000_000_000,
            days in 1i64..800,
            mut cuts in prop::collection::vec(0i64..800, 0..12),
        ) {
            cuts.retain(|cut| *cut <= days);
            cuts.extend([0, days]);
            cuts.sort_unstable();
            let sum: i128 = cuts.windows(2).map(|w| part(whole, days, w[0], w[1]).unwrap()).sum();
            prop_assert_eq!(sum, whole);
        }

        #[test]
        fn every_day_is_in_its_period(anchor in 0i32..200_000, day in 0i32..200_000, which in 0usize..3) {
            let at = |n: i32| Date::from_julian_day(2_415_021 + n).unwrap();
            let interval = Interval::ALL[which];
            let period = period_of(at(anchor), interval, at(day)).unwrap();
            prop_assert!(period.contains(at(day)));
        }
    }
}
