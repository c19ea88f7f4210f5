//! Query of the usage page: days, grouping and comparison.

use crate::calendar::{day, parse_day};
use serde::{Deserialize, Serialize};
use time::{Date, Duration};

/// Largest number of days in a range.
pub const MAX_DAYS: i64 = 366;

/// Range of days of the workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Days {
    /// First day.
    pub from: Date,
    /// First day after the range.
    pub until: Date,
}

impl Days {
    /// Returns the range if it has 1 to [`MAX_DAYS`] days.
    pub fn new(from: Date, until: Date) -> Option<Self> {
        let days = Self { from, until };
        (1..=MAX_DAYS).contains(&days.count()).then_some(days)
    }

    /// Returns the last `count` days up to and including `today`.
    pub fn last(count: i64, today: Date) -> Self {
        let until = after(today, 1);
        Self { from: after(until, -count), until }
    }

    /// Returns the number of days.
    pub fn count(self) -> i64 {
        (self.until - self.from).whole_days()
    }

    /// Returns the last day.
    pub fn to(self) -> Date {
        after(self.until, -1)
    }

    /// Returns the position of a day in the range.
    pub fn position(self, day: Date) -> Option<usize> {
        let position = usize::try_from((day - self.from).whole_days()).ok()?;
        (day < self.until).then_some(position)
    }

    /// Returns the days in order.
    pub fn iter(self) -> impl Iterator<Item = Date> {
        (0..self.count()).map(move |days| after(self.from, days))
    }
}

/// Returns the day `days` later, or the same day at the end of the calendar.
fn after(day: Date, days: i64) -> Date {
    day.checked_add(Duration::days(days)).unwrap_or(day)
}

/// Returns the first day of the month of `day`.
fn month_of(day: Date) -> Date {
    day.replace_day(1).unwrap_or(day)
}

/// Days that the usage page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Range {
    /// The current month up to today.
    ThisMonth,
    /// The month before.
    LastMonth,
    /// The last 7 days.
    Week,
    /// The last 30 days.
    #[default]
    Month,
    /// The last 90 days.
    Quarter,
    /// Chosen days.
    Days(Days),
}

impl Range {
    /// The ranges with a name, in the order of the filter.
    pub const NAMED: [Self; 5] = [Self::ThisMonth, Self::LastMonth, Self::Week, Self::Month, Self::Quarter];
    /// Value of the query parameter for chosen days.
    pub const CHOSEN: &'static str = "days";

    /// Returns the value of the query parameter.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ThisMonth => "month",
            Self::LastMonth => "last-month",
            Self::Week => "7d",
            Self::Month => "30d",
            Self::Quarter => "90d",
            Self::Days(_) => Self::CHOSEN,
        }
    }

    /// Returns the display name in the filter.
    pub const fn label(self) -> &'static str {
        match self {
            Self::ThisMonth => "This month",
            Self::LastMonth => "Last month",
            Self::Week => "Last 7 days",
            Self::Month => "Last 30 days",
            Self::Quarter => "Last 90 days",
            Self::Days(_) => "Chosen days",
        }
    }

    /// Returns the days, and those that they are compared with: as many days of the month before for a month, else the
    /// same number of days directly before. The compared days never overlap the range.
    pub fn days(self, today: Date) -> (Days, Days) {
        let this_month = month_of(today);
        let last_month = month_of(after(this_month, -1));
        let days = match self {
            Self::ThisMonth => Days { from: this_month, until: after(today, 1) },
            Self::LastMonth => Days { from: last_month, until: this_month },
            Self::Week => Days::last(7, today),
            Self::Month => Days::last(30, today),
            Self::Quarter => Days::last(90, today),
            Self::Days(days) => days,
        };
        let before = match self {
            Self::ThisMonth => Days { from: last_month, until: after(last_month, days.count()).min(this_month) },
            Self::LastMonth => Days { from: month_of(after(last_month, -1)), until: last_month },
            _ => Days { from: after(days.from, -days.count()), until: days.from },
        };
        (days, before)
    }
}

/// What each series of a chart stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupBy {
    /// A meter.
    #[default]
    Meter,
    /// A product.
    Product,
    /// A customer.
    Customer,
}

impl GroupBy {
    /// All groupings, in the order of the filter.
    pub const ALL: [Self; 3] = [Self::Meter, Self::Product, Self::Customer];

    /// Returns the value of the query parameter.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Meter => "meter",
            Self::Product => "product",
            Self::Customer => "customer",
        }
    }

    /// Returns the display name.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Meter => "Meter",
            Self::Product => "Product",
            Self::Customer => "Customer",
        }
    }

    /// Returns the plural for running text.
    pub const fn many(self) -> &'static str {
        match self {
            Self::Meter => "meters",
            Self::Product => "products",
            Self::Customer => "customers",
        }
    }
}

/// Query of the usage page as encoded in a URL. Invalid parameters fall back to the defaults, so that old bookmarks keep
/// working.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct UsageQuery {
    /// Days to show.
    pub range: Range,
    /// Grouping of the series.
    pub by: GroupBy,
    /// `true` if the charts also show the days before.
    pub compare: bool,
}

impl UsageQuery {
    /// Parses the decoded parameters of a query string. `from` and `to` are the first and the last day; they count if no
    /// named range is given.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut query = Self::default();
        let (mut named, mut from, mut to) = (None, None, None);
        for (name, value) in pairs {
            match name {
                "range" => named = Range::NAMED.into_iter().find(|range| range.as_str() == value),
                "from" => from = parse_day(value),
                "to" => to = parse_day(value),
                "by" => query.by = GroupBy::ALL.into_iter().find(|by| by.as_str() == value).unwrap_or_default(),
                "compare" => query.compare = value == "before",
                _ => {}
            }
        }
        let chosen = from.zip(to).and_then(|(from, to)| Days::new(from, to.next_day()?));
        query.range = named.or(chosen.map(Range::Days)).unwrap_or_default();
        query
    }

    /// Returns the parameters of the query string. Defaults are omitted, so that equal queries have equal URLs.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        match self.range {
            Range::Days(days) => {
                pairs.push(("from", day(days.from)));
                pairs.push(("to", day(days.to())));
            }
            range if range != Range::default() => pairs.push(("range", range.as_str().to_owned())),
            _ => {}
        }
        if self.by != GroupBy::default() {
            pairs.push(("by", self.by.as_str().to_owned()));
        }
        if self.compare {
            pairs.push(("compare", "before".to_owned()));
        }
        pairs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::date;

    #[test]
    fn ranges_are_compared_with_as_many_days_before() {
        let today = date!(2026 - 03 - 31);
        let of = |range: Range| {
            let (days, before) = range.days(today);
            (days.from, days.until, before.from, before.until)
        };
        assert_eq!(
            of(Range::Month),
            (date!(2026 - 03 - 02), date!(2026 - 04 - 01), date!(2026 - 01 - 31), date!(2026 - 03 - 02))
        );
        assert_eq!(
            of(Range::ThisMonth),
            (date!(2026 - 03 - 01), date!(2026 - 04 - 01), date!(2026 - 02 - 01), date!(2026 - 03 - 01)),
            "a shorter month before is compared whole"
        );
        assert_eq!(
            of(Range::LastMonth),
            (date!(2026 - 02 - 01), date!(2026 - 03 - 01), date!(2026 - 01 - 01), date!(2026 - 02 - 01))
        );
    }

    #[test]
    fn bad_values_fall_back_to_the_defaults() {
        let of = |pairs: &[(&str, &str)]| UsageQuery::from_pairs(pairs.iter().copied());
        for pairs in [
            &[("range", "1y"), ("by", "secret"), ("compare", "x")][..],
            &[("from", "2026-03-02"), ("to", "2026-03-01")],
            &[("from", "2026-02-30"), ("to", "2026-03-01")],
            &[("from", "2020-01-01"), ("to", "2026-03-01")],
            &[("from", "2026-03-01")],
            &[("from", "+026-03-01"), ("to", "2026-3-01")],
            &[("from", "9999-12-31"), ("to", "9999-12-31")],
        ] {
            assert_eq!(of(pairs), UsageQuery::default(), "{pairs:?}");
        }
        let both = [("range", "7d"), ("from", "2026-03-01"), ("to", "2026-03-02")];
        assert_eq!(of(&both).range, Range::Week, "the choice of a named range wins over dates that were left");
        let chosen = [("range", "days"), ("from", "2026-03-01"), ("to", "2026-03-01")];
        assert_eq!(of(&chosen).range.days(date!(2026 - 06 - 01)).0.count(), 1);
    }

    proptest! {
        #[test]
        fn a_query_round_trips_through_its_url(
            named in 0usize..6, by in 0usize..3, compare in any::<bool>(), from in 2_400_000i32..2_500_000, count in 1i64..=MAX_DAYS,
        ) {
            let from = Date::from_julian_day(from).unwrap();
            let days = Days::new(from, from + Duration::days(count)).unwrap();
            let range = Range::NAMED.get(named).copied().unwrap_or(Range::Days(days));
            let query = UsageQuery { range, by: GroupBy::ALL[by], compare };
            let pairs = query.pairs();
            prop_assert_eq!(UsageQuery::from_pairs(pairs.iter().map(|(k, v)| (*k, v.as_str()))), query);
            let (days, before) = range.days(from);
            prop_assert!(before.until <= days.from && before.count() > 0 && before.count() <= MAX_DAYS);
        }

        #[test]
        fn any_text_is_a_day_or_none(text in "\\PC{0,12}") {
            if let Some(parsed) = parse_day(&text) {
                prop_assert_eq!(day(parsed), text);
            }
        }
    }
}
