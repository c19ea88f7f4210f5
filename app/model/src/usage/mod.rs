//! Usage: what the meters of a workspace counted, by day, and the events behind it.
//!
//! Quantities of different units are never added up. A page has one chart per unit, and a chart of its own for each
//! meter whose quantity is not a sum.

mod adjustment;
mod axis;
mod event;
mod measure;
mod query;
mod report;

pub use adjustment::{AdjustmentDraft, AdjustmentInput, AdjustmentPage, UsageAdjustment};
pub use axis::{Axis, levels};
pub use event::{
    Counted, CustomerUsage, EventDetail, EventPage, EventQuery, EventRow, Health, MeterDays, MeterUse, RefusedEvent,
    UnknownSubject,
};
pub use measure::Measure;
pub use query::{Days, GroupBy, MAX_DAYS, Range, UsageQuery};
pub use report::{ChartHead, Mover, Point, SERIES_LISTED, Series, UsageChart, UsageReport, charts};

pub use crate::{
    calendar::{day, parse_day},
    count::amount,
};

use crate::pricing::Quantity;

/// Returns the sum of two quantities, or the largest or smallest quantity if it is out of range.
pub fn add(a: Quantity, b: Quantity) -> Quantity {
    const LIMIT: i128 = 10i128.pow(24) - 1;
    let sum = a.millionths().saturating_add(b.millionths()).clamp(-LIMIT, LIMIT);
    Quantity::from_millionths(sum).unwrap_or_default()
}

/// Returns `a - b`, or the largest or smallest quantity if it is out of range.
pub fn subtract(a: Quantity, b: Quantity) -> Quantity {
    let negated = Quantity::from_millionths(-b.millionths()).unwrap_or_default();
    add(a, negated)
}

/// Returns the change from `before` to `now` in whole percent. `None` if `before` is zero or the change is beyond a
/// million percent.
pub fn change(now: Quantity, before: Quantity) -> Option<i64> {
    let (now, before) = (now.millionths(), before.millionths());
    let percent = now.checked_sub(before)?.checked_mul(100)?.checked_div(before.abs())?;
    i64::try_from(percent).ok().filter(|percent| percent.abs() <= 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn q(text: &str) -> Quantity {
        Quantity::parse(text).unwrap()
    }

    #[test]
    fn sums_and_changes_are_exact_and_never_overflow() {
        assert_eq!(add(q("0.1"), q("0.2")), q("0.3"));
        assert_eq!(subtract(q("1"), q("3")), q("-2"));
        let most = q("999999999999999999.999999");
        assert_eq!(add(most, most), most);
        assert_eq!(change(q("150"), q("100")), Some(50));
        assert_eq!(change(q("50"), q("100")), Some(-50));
        assert_eq!(change(q("1"), Quantity::ZERO), None);
        assert_eq!(change(most, q("0.000001")), None, "no number of a percentage that nobody can read");
    }
}
