//! Amounts of money in minor units, with their currency.

use crate::currency::Currency;
use serde::{Deserialize, Serialize};
use std::fmt;

/// An amount in minor units (cents; whole yen).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// Amount in minor units. Negative for a credit.
    pub minor: i64,
    /// Currency of the amount.
    pub currency: Currency,
}

impl Money {
    /// Returns the amount as a plain decimal number, with the decimal places of its currency: `1234.50`, `-3.00`, `900`.
    pub fn decimal(self) -> String {
        let sign = if self.minor < 0 { "-" } else { "" };
        let (whole, fraction) = self.split();
        format!("{sign}{whole}{fraction}")
    }

    /// Returns the absolute amount: the whole units, and the point with the decimal places if the currency has some.
    fn split(self) -> (u64, String) {
        let digits = self.currency.exponent();
        let unit = 10u64.pow(digits);
        let minor = self.minor.unsigned_abs();
        let fraction = match digits {
            0 => String::new(),
            digits => format!(".{:0width$}", minor % unit, width = digits as usize),
        };
        (minor / unit, fraction)
    }
}

impl fmt::Display for Money {
    /// Formats the amount for people: `$1,234.50`, `−€3.00`, `¥900`, `CHF 12.00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.minor < 0 { "−" } else { "" };
        let (whole, fraction) = self.split();
        write!(f, "{sign}{}{}{fraction}", self.currency.prefix(), grouped(whole))
    }
}

/// Formats a whole number with thousands separators: `1,234,567`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_formatted_with_symbol_and_separators() {
        let show = |minor, currency| Money { minor, currency }.to_string();
        assert_eq!(show(123_450, Currency::USD), "$1,234.50");
        assert_eq!(show(-305, Currency::EUR), "−€3.05");
        assert_eq!(show(1_000_900, Currency::JPY), "¥1,000,900");
        assert_eq!(show(8, Currency::JPY), "¥8");
        assert_eq!(show(1, Currency::from_code("KWD").unwrap()), "KWD\u{a0}0.001");
        assert_eq!(show(-1_200, Currency::from_code("CHF").unwrap()), "−CHF\u{a0}12.00");
        assert_eq!(show(i64::MIN, Currency::GBP), "−£92,233,720,368,547,758.08");
    }

    #[test]
    fn plain_amounts_have_the_decimal_places_of_their_currency() {
        let plain = |minor, code| Money { minor, currency: Currency::from_code(code).unwrap() }.decimal();
        assert_eq!(plain(8, "JPY"), "8");
        assert_eq!(plain(1, "KWD"), "0.001");
        assert_eq!(plain(-305, "EUR"), "-3.05");
        assert_eq!(plain(123_450, "USD"), "1234.50");
    }
}
