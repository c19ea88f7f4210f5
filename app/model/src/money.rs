//! Amounts of money in minor units, with their currency.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Currencies in which a workspace can charge (ISO 4217).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Currency {
    /// US dollar.
    Usd,
    /// Euro.
    Eur,
    /// Pound sterling.
    Gbp,
    /// Japanese yen, which has no minor unit.
    Jpy,
}

impl Currency {
    /// All currencies.
    pub const ALL: [Self; 4] = [Self::Usd, Self::Eur, Self::Gbp, Self::Jpy];

    /// Returns the ISO 4217 code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Usd => "USD",
            Self::Eur => "EUR",
            Self::Gbp => "GBP",
            Self::Jpy => "JPY",
        }
    }

    /// Parses an ISO 4217 code in uppercase. Returns `None` if the currency is not supported.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.code() == code)
    }

    const fn symbol(self) -> &'static str {
        match self {
            Self::Usd => "$",
            Self::Eur => "€",
            Self::Gbp => "£",
            Self::Jpy => "¥",
        }
    }

    /// Number of decimal places.
    const fn exponent(self) -> u32 {
        match self {
            Self::Jpy => 0,
            _ => 2,
        }
    }
}

/// An amount in minor units (cents; whole yen).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// Amount in minor units. Negative for a credit.
    pub minor: i64,
    /// Currency of the amount.
    pub currency: Currency,
}

impl fmt::Display for Money {
    /// Formats the amount with its symbol: `$1,234.50`, `−€3.00`, `¥900`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = 10u64.pow(self.currency.exponent());
        let minor = self.minor.unsigned_abs();
        let sign = if self.minor < 0 { "−" } else { "" };
        write!(f, "{sign}{}{}", self.currency.symbol(), grouped(minor / unit))?;
        match self.currency.exponent() {
            0 => Ok(()),
            digits => write!(f, ".{:0width$}", minor % unit, width = digits as usize),
        }
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
        assert_eq!(show(123_450, Currency::Usd), "$1,234.50");
        assert_eq!(show(-305, Currency::Eur), "−€3.05");
        assert_eq!(show(1_000_900, Currency::Jpy), "¥1,000,900");
        assert_eq!(show(i64::MIN, Currency::Gbp), "−£92,233,720,368,547,758.08");
    }
}
