//! Words for prices.

use model::{
    currency::Currency,
    money::Money,
    pricing::{
        Exact, Quantity,
        charge::{Fee, FeeBasis, Timing},
        price::Step,
    },
    rate_plan::Interval,
    usage::amount,
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

/// Returns the quantities of a tier: `up to 10`, `above 10, up to 20`, `above 20`, `any quantity`.
pub fn tier((lower, upper): (Quantity, Option<Quantity>)) -> String {
    let from = (lower > Quantity::ZERO).then(|| format!("above {}", lower.grouped()));
    let to = upper.map(|upper| format!("up to {}", upper.grouped()));
    match (from, to) {
        (Some(from), Some(to)) => format!("{from}, {to}"),
        (Some(only), None) | (None, Some(only)) => only,
        (None, None) => "any quantity".to_owned(),
    }
}

/// Returns an amount that is not rounded, with its currency and all its digits.
pub fn exact(amount: Exact, currency: Currency) -> String {
    format!("{}{amount}", currency.prefix())
}

/// Returns a step of a price: `10 tokens × $5.00, up to 10`.
pub fn step(step: &Step, unit: &str, currency: Currency) -> String {
    match step {
        Step::Units { quantity, unit_price, tier: bounds, .. } => {
            let price = format!("{} × {}", amount(*quantity, unit), unit_price.display(currency));
            bounds.map_or(price.clone(), |bounds| format!("{price}, {}", tier(bounds)))
        }
        Step::Flat { tier: bounds, .. } => format!("flat amount, {}", tier(*bounds)),
        Step::Packages { count, size, minor, .. } => {
            let noun = if *count == 1 { "package" } else { "packages" };
            let price = Money { minor: *minor, currency };
            format!("{count} {noun} of {} × {price}", amount(*size, unit))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiers_are_named_by_their_bounds() {
        let q = |text: &str| Quantity::parse(text).unwrap();
        assert_eq!(tier((Quantity::ZERO, None)), "any quantity");
        assert_eq!(tier((Quantity::ZERO, Some(q("10")))), "up to 10");
        assert_eq!(tier((q("10"), Some(q("2000.5")))), "above 10, up to 2,000.5");
        assert_eq!(tier((q("20"), None)), "above 20");
    }
}
