//! Quantities and unit prices: decimal numbers that people and programs enter.

use super::exact::Exact;
use crate::{currency::Currency, money::grouped};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Decimal places of a quantity.
const QUANTITY_PLACES: u32 = 6;
/// Decimal places of a unit price.
const PRICE_PLACES: u32 = 12;

/// The text is not a decimal number that can be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotADecimal {
    /// The text is not of the form `-1234.5`: digits, and at most one decimal point with digits on both sides.
    #[error("Enter a number such as 1234.5, without separators.")]
    Malformed,
    /// The number has more decimal places than are stored.
    #[error("Enter at most {0} decimal places.")]
    TooPrecise(u32),
    /// The number has too many digits before the decimal point.
    #[error("Enter a smaller number.")]
    TooLarge,
    /// The number is negative where it can't be.
    #[error("Enter a number that is not negative.")]
    Negative,
}

/// Reads a decimal number with at most `places` decimal places and `digits` digits before the point. Zeros at the end
/// of the fraction don't count.
fn read(text: &str, digits: usize, places: u32) -> Result<Decimal, NotADecimal> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = match unsigned.split_once('.') {
        Some((_, "")) => return Err(NotADecimal::Malformed),
        Some(parts) => parts,
        None => (unsigned, ""),
    };
    if whole.is_empty() || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
        return Err(NotADecimal::Malformed);
    }
    if fraction.trim_end_matches('0').len() > places as usize {
        return Err(NotADecimal::TooPrecise(places));
    }
    let whole = whole.trim_start_matches('0');
    if whole.len() > digits {
        return Err(NotADecimal::TooLarge);
    }
    let sign = if text.starts_with('-') { "-" } else { "" };
    let shortened = format!("{sign}{whole:0>1}.{:0<1}", fraction.trim_end_matches('0'));
    Decimal::from_str_exact(&shortened).map(|value| value.normalize()).map_err(|_| NotADecimal::TooLarge)
}

/// Returns the decimal if it has at most the given digits before and after the point.
fn bounded(value: Decimal, digits: usize, places: u32) -> Result<Decimal, NotADecimal> {
    read(&value.to_string(), digits, places)
}

/// Quantity of usage: less than 10^18, with at most 6 decimal places. Negative only as a sum with adjustments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Quantity(Decimal);

impl Quantity {
    /// Zero.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// Parses a quantity: `1234.5`.
    ///
    /// # Errors
    /// [`NotADecimal`] if the text is not a number in range.
    pub fn parse(text: &str) -> Result<Self, NotADecimal> {
        read(text, 18, QUANTITY_PLACES).map(Self)
    }

    /// Returns a stored number as a quantity.
    ///
    /// # Errors
    /// [`NotADecimal`] if the number is not in range.
    pub fn from_decimal(value: Decimal) -> Result<Self, NotADecimal> {
        bounded(value, 18, QUANTITY_PLACES).map(Self)
    }

    /// Returns a stored sum for display: the largest or smallest quantity if it is out of range. What is charged must not
    /// be computed from it.
    pub fn clamped(value: Decimal) -> Self {
        let most = Decimal::try_from_i128_with_scale(10_i128.pow(24) - 1, QUANTITY_PLACES).unwrap_or(Decimal::MAX);
        Self::from_decimal(value).unwrap_or(Self(if value.is_sign_negative() { -most } else { most }))
    }

    /// Returns a quantity of `millionths / 10^6`; `None` if it is out of range.
    pub(crate) fn from_millionths(millionths: i128) -> Option<Self> {
        let value = Decimal::try_from_i128_with_scale(millionths, QUANTITY_PLACES).ok()?;
        Self::from_decimal(value).ok()
    }

    /// Returns the quantity as a multiple of 10^-6.
    pub(crate) fn millionths(self) -> i128 {
        self.0.mantissa() * 10i128.pow(QUANTITY_PLACES.saturating_sub(self.0.scale()))
    }

    /// Returns the number.
    pub const fn decimal(self) -> Decimal {
        self.0
    }

    /// Returns the number for computing.
    pub fn exact(self) -> Exact {
        Exact::decimal(self.0)
    }

    /// Returns whether the quantity is less than zero.
    pub fn is_negative(self) -> bool {
        self < Self::ZERO
    }

    /// Formats the quantity for people, with thousands separators: `18,059,974`, `−0.5`.
    pub fn grouped(self) -> String {
        let text = self.0.abs().to_string();
        let (whole, fraction) =
            text.split_once('.').map_or((text.as_str(), String::new()), |(w, f)| (w, format!(".{f}")));
        let sign = if self.is_negative() { "−" } else { "" };
        format!("{sign}{}{fraction}", grouped(whole.parse().unwrap_or_default()))
    }
}

/// Price of one unit in major units of a currency: not negative, less than 10^12, with at most 12 decimal places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UnitPrice(Decimal);

impl UnitPrice {
    /// Parses a price: `0.0000025`.
    ///
    /// # Errors
    /// [`NotADecimal`] if the text is not a number in range.
    pub fn parse(text: &str) -> Result<Self, NotADecimal> {
        Self::checked(read(text, 12, PRICE_PLACES)?)
    }

    /// Returns a stored number as a price.
    ///
    /// # Errors
    /// [`NotADecimal`] if the number is not in range.
    pub fn from_decimal(value: Decimal) -> Result<Self, NotADecimal> {
        Self::checked(bounded(value, 12, PRICE_PLACES)?)
    }

    fn checked(value: Decimal) -> Result<Self, NotADecimal> {
        if value < Decimal::ZERO { Err(NotADecimal::Negative) } else { Ok(Self(value)) }
    }

    /// Returns the number.
    pub const fn decimal(self) -> Decimal {
        self.0
    }

    /// Returns the number for computing.
    pub fn exact(self) -> Exact {
        Exact::decimal(self.0)
    }

    /// Formats the price with its currency and all its digits, at least those of the minor unit: `$0.0000025`, `¥4.5`,
    /// `HUF 1.50`.
    pub fn display(self, currency: Currency) -> String {
        let text = self.0.to_string();
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let places = currency.exponent() as usize;
        let fraction = format!("{fraction:0<places$}");
        let point = if fraction.is_empty() { "" } else { "." };
        format!("{}{}{point}{fraction}", currency.prefix(), grouped(whole.parse().unwrap_or_default()))
    }
}

macro_rules! text {
    ($type:ident) => {
        impl fmt::Display for $type {
            /// Formats the plain number: `1234.5`.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl From<$type> for String {
            fn from(value: $type) -> Self {
                value.to_string()
            }
        }

        impl TryFrom<String> for $type {
            type Error = NotADecimal;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::parse(&text)
            }
        }
    };
}

text!(Quantity);
text!(UnitPrice);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_sum_that_is_too_large_is_shown_as_the_largest_quantity() {
        let shown = |text: &str| Quantity::clamped(Decimal::from_str_exact(text).unwrap()).to_string();
        assert_eq!(shown("999999999999999999.999999"), "999999999999999999.999999");
        assert_eq!(shown("1000000000000000000"), "999999999999999999.999999");
        assert_eq!(shown("-1000000000000000000"), "-999999999999999999.999999");
        assert_eq!(shown("7.500000"), "7.5");
    }

    #[test]
    fn numbers_are_read_exactly() {
        for (text, shown) in [
            ("0.1", "0.1"),
            ("9007199254740993", "9007199254740993"),
            ("-5", "-5"),
            ("00012", "12"),
            ("1.500", "1.5"),
            ("-0", "0"),
            ("999999999999999999.999999", "999999999999999999.999999"),
            ("0.000000", "0"),
            ("0.1000000", "0.1"),
        ] {
            assert_eq!(Quantity::parse(text).map(|q| q.to_string()), Ok(shown.to_owned()), "{text}");
        }
        assert_eq!(UnitPrice::parse("0.000000000001").unwrap().to_string(), "0.000000000001");
        assert_eq!(UnitPrice::parse("-1"), Err(NotADecimal::Negative));
    }

    #[test]
    fn text_that_is_not_a_plain_number_is_refused() {
        for text in [
            "", " ", "1e3", "NaN", "inf", "1,5", "1 000", "1_000", "+1", ".5", "5.", "-", "--1", "1.2.3", "٣", "0x10",
            "1.-5",
        ] {
            assert_eq!(Quantity::parse(text), Err(NotADecimal::Malformed), "{text:?}");
        }
        assert_eq!(Quantity::parse("0.1234567"), Err(NotADecimal::TooPrecise(6)));
        assert_eq!(Quantity::parse("1000000000000000000"), Err(NotADecimal::TooLarge));
        assert_eq!(UnitPrice::parse("0.0000000000001"), Err(NotADecimal::TooPrecise(12)));
        assert_eq!(UnitPrice::parse("1000000000000"), Err(NotADecimal::TooLarge));
    }

    #[test]
    fn formatted_numbers_have_all_digits() {
        let huf = Currency::from_code("HUF").unwrap();
        assert_eq!(UnitPrice::parse("1.5").unwrap().display(huf), "HUF\u{a0}1.50");
        assert_eq!(UnitPrice::parse("0.0000025").unwrap().display(Currency::USD), "$0.0000025");
        assert_eq!(UnitPrice::parse("4.5").unwrap().display(Currency::JPY), "¥4.5");
        assert_eq!(UnitPrice::parse("1234").unwrap().display(Currency::JPY), "¥1,234");
        assert_eq!(Quantity::parse("18059974").unwrap().grouped(), "18,059,974");
        assert_eq!(Quantity::parse("-1234.25").unwrap().grouped(), "−1,234.25");
    }

    proptest! {
        #[test]
        fn formatting_and_parsing_a_quantity_does_not_change_it(
            millionths in -999_999_999_999_999_999_999_999i128..=999_999_999_999_999_999_999_999,
        ) {
            let quantity = Quantity::from_millionths(millionths).unwrap();
            prop_assert_eq!(quantity.millionths(), millionths);
            prop_assert_eq!(Quantity::parse(&quantity.to_string()), Ok(quantity));
        }

        #[test]
        fn parsing_never_panics(text in "\\PC*") {
            let _ = (Quantity::parse(&text), UnitPrice::parse(&text));
        }
    }
}
