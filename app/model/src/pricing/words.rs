//! Tiers and steps of prices in words.

use super::{Quantity, price::Step};
use crate::{
    count::amount,
    currency::Currency,
    money::{Money, grouped},
};

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

/// Returns a step of a price: `10 tokens × $5.00, up to 10`. `unit` is that of the meter.
pub fn step(step: &Step, unit: &str, currency: Currency) -> String {
    match step {
        Step::Units { quantity, unit_price, tier: bounds, .. } => {
            let price = format!("{} × {}", amount(*quantity, unit), unit_price.display(currency));
            match bounds {
                Some(bounds) => format!("{price}, {}", tier(*bounds)),
                None => price,
            }
        }
        Step::Flat { tier: bounds, .. } => format!("Flat amount, {}", tier(*bounds)),
        Step::Packages { count, size, minor, .. } => {
            let noun = if *count == 1 { "package" } else { "packages" };
            let price = Money { minor: *minor, currency };
            format!("{} {noun} of {} × {price}", grouped(count.unsigned_abs()), amount(*size, unit))
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
