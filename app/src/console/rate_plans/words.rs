//! Words for prices.

pub use model::pricing::words::{step, tier};

use model::{
    currency::Currency,
    pricing::{
        Exact,
        charge::{Fee, FeeBasis, Timing},
    },
    rate_plan::Interval,
};

/// Returns the name of an interval in "per month".
pub const fn per(interval: Interval) -> &'static str {
    match interval {
        Interval::Month => "per month",
        Interval::Quarter => "per quarter",
        Interval::Year => "per year",
    }
}

/// Returns the label of an interval as a choice.
pub const fn interval_label(interval: Interval) -> &'static str {
    match interval {
        Interval::Month => "Month",
        Interval::Quarter => "Quarter",
        Interval::Year => "Year",
    }
}

/// Returns the label of a timing as a choice.
pub const fn timing_label(timing: Timing) -> &'static str {
    match timing {
        Timing::Advance => "Before the period",
        Timing::Arrears => "After the period",
    }
}

/// Returns how a fee is charged: `per month and seat, before the period`.
pub fn fee(fee: &Fee, interval: Interval) -> String {
    let seat = match fee.basis {
        FeeBasis::Subscription => "",
        FeeBasis::Seat => " and seat",
    };
    let when = match fee.timing {
        Timing::Advance => "before the period",
        Timing::Arrears => "after the period",
    };
    format!("{}{seat}, {when}", per(interval))
}

/// Returns an amount that is not rounded, with its currency and all its digits.
pub fn exact(amount: Exact, currency: Currency) -> String {
    format!("{}{amount}", currency.prefix())
}
