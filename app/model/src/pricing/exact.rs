//! Exact amounts.

use crate::currency::Currency;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A result is too large to be computed exactly or stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the amount is out of range")]
pub struct OutOfRange;

/// An amount in major units of a currency (dollars, not cents) that is not rounded: `mantissa / 10^scale`.
///
/// `rust_decimal` rounds a product silently when it has more than 28 digits. Here every operation is exact or fails.
/// Trailing zeros are removed, so that equal amounts are equal values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Exact {
    mantissa: i128,
    scale: u32,
}

impl Exact {
    /// Zero.
    pub const ZERO: Self = Self { mantissa: 0, scale: 0 };

    fn new(mut mantissa: i128, mut scale: u32) -> Self {
        while scale > 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            scale -= 1;
        }
        Self { mantissa, scale }
    }

    /// Returns an amount of minor units of a currency.
    pub fn minor(minor: i64, currency: Currency) -> Self {
        Self::new(i128::from(minor), currency.exponent())
    }

    /// Returns the decimal number as an amount.
    pub fn decimal(value: Decimal) -> Self {
        Self::new(value.mantissa(), value.scale())
    }

    /// Adds an amount.
    ///
    /// # Errors
    /// [`OutOfRange`] if the sum has more than 38 digits.
    pub fn plus(self, other: Self) -> Result<Self, OutOfRange> {
        let scale = self.scale.max(other.scale);
        let sum = self.scaled(scale)?.checked_add(other.scaled(scale)?).ok_or(OutOfRange)?;
        Ok(Self::new(sum, scale))
    }

    /// Multiplies by an amount or number.
    ///
    /// # Errors
    /// [`OutOfRange`] if the product has more than 38 digits.
    pub fn times(self, other: Self) -> Result<Self, OutOfRange> {
        let product = self.mantissa.checked_mul(other.mantissa).ok_or(OutOfRange)?;
        Ok(Self::new(product, self.scale.checked_add(other.scale).ok_or(OutOfRange)?))
    }

    /// Rounds to minor units of the currency, half away from zero.
    ///
    /// # Errors
    /// [`OutOfRange`] if the result does not fit in 64 bits.
    pub fn round(self, currency: Currency) -> Result<i64, OutOfRange> {
        let digits = currency.exponent();
        let minor = if self.scale <= digits {
            self.scaled(digits)?
        } else {
            divide_rounded(self.mantissa, power_of_ten(self.scale - digits)?)?
        };
        i64::try_from(minor).map_err(|_| OutOfRange)
    }

    /// Returns how many of `parts` equal parts of `whole` the amount is, rounded: the coordinate of a drawing.
    ///
    /// # Errors
    /// [`OutOfRange`] if `whole` is not above zero or the result can't be computed.
    pub(crate) fn share(self, whole: Self, parts: u32) -> Result<i128, OutOfRange> {
        let scale = self.scale.max(whole.scale);
        let product = self.scaled(scale)?.checked_mul(i128::from(parts)).ok_or(OutOfRange)?;
        divide_rounded(product, whole.scaled(scale)?)
    }

    /// Returns whether the amount is less than another.
    ///
    /// # Errors
    /// [`OutOfRange`] if the amounts can't be compared exactly.
    pub fn is_below(self, other: Self) -> Result<bool, OutOfRange> {
        let scale = self.scale.max(other.scale);
        Ok(self.scaled(scale)? < other.scaled(scale)?)
    }

    fn scaled(self, scale: u32) -> Result<i128, OutOfRange> {
        self.mantissa.checked_mul(power_of_ten(scale - self.scale)?).ok_or(OutOfRange)
    }
}

fn power_of_ten(exponent: u32) -> Result<i128, OutOfRange> {
    10i128.checked_pow(exponent).ok_or(OutOfRange)
}

/// Divides, rounding half away from zero. The divisor must be positive.
///
/// # Errors
/// [`OutOfRange`] if the divisor is not positive or the result does not fit.
pub(super) fn divide_rounded(dividend: i128, divisor: i128) -> Result<i128, OutOfRange> {
    if divisor <= 0 {
        return Err(OutOfRange);
    }
    let (quotient, rest) = (dividend / divisor, dividend % divisor);
    // Compared by the difference: twice the rest can overflow.
    let half = rest.abs() >= divisor - rest.abs();
    quotient.checked_add(if half { dividend.signum() } else { 0 }).ok_or(OutOfRange)
}

impl fmt::Display for Exact {
    /// Formats all digits: `35.0749675`, `-3`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.mantissa < 0 { "-" } else { "" };
        let digits = self.mantissa.unsigned_abs().to_string();
        let scale = self.scale as usize;
        let padded = format!("{digits:0>width$}", width = scale + 1);
        let (whole, fraction) = padded.split_at(padded.len() - scale);
        let point = if scale == 0 { "" } else { "." };
        write!(f, "{sign}{whole}{point}{fraction}")
    }
}

impl From<i64> for Exact {
    fn from(number: i64) -> Self {
        Self::new(i128::from(number), 0)
    }
}

impl From<Exact> for String {
    fn from(exact: Exact) -> Self {
        exact.to_string()
    }
}

impl TryFrom<String> for Exact {
    type Error = OutOfRange;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let (whole, fraction) = match text.split_once('.') {
            Some((_, "")) => return Err(OutOfRange),
            Some(parts) => parts,
            None => (text.as_str(), ""),
        };
        let digits = whole.strip_prefix('-').unwrap_or(whole);
        if digits.is_empty() || !digits.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
            return Err(OutOfRange);
        }
        let mantissa = format!("{whole}{fraction}").parse().map_err(|_| OutOfRange)?;
        Ok(Self::new(mantissa, u32::try_from(fraction.len()).map_err(|_| OutOfRange)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn exact(text: &str) -> Exact {
        Exact::try_from(text.to_owned()).unwrap()
    }

    #[test]
    fn halves_are_rounded_away_from_zero() {
        let cases = [
            ("0.005", 1),
            ("0.004999", 0),
            ("-0.005", -1),
            ("-0.0049", 0),
            ("3.0864175", 309),
            ("1155.5", 115_550),
            ("2", 200),
        ];
        for (amount, minor) in cases {
            assert_eq!(exact(amount).round(Currency::USD), Ok(minor), "{amount}");
        }
        let dinar = Currency::from_code("KWD").unwrap();
        assert_eq!(exact("0.0005").round(dinar), Ok(1));
        assert_eq!(exact("0.0004").round(dinar), Ok(0));
        assert_eq!(exact("55552.5").round(Currency::JPY), Ok(55_553));
    }

    #[test]
    fn amounts_that_do_not_fit_are_errors() {
        let large = exact("99999999999999999999999999999999999999");
        assert_eq!(large.times(large), Err(OutOfRange));
        assert_eq!(large.plus(exact("0.1")), Err(OutOfRange));
        assert_eq!(large.round(Currency::USD), Err(OutOfRange));
        assert_eq!(exact("92233720368547758.07").round(Currency::USD), Ok(i64::MAX));
        assert_eq!(exact("92233720368547758.08").round(Currency::USD), Err(OutOfRange));
        assert_eq!(divide_rounded(i128::MAX, 1), Ok(i128::MAX));
        assert_eq!(divide_rounded(1, 0), Err(OutOfRange));
    }

    /// A decimal point needs digits on both sides, as in a quantity.
    #[test]
    fn text_that_is_not_a_plain_number_is_refused() {
        for text in
            ["", "-", ".", "-.", "1.", "-1.", ".5", "-.5", "1.2.3", "1e3", "NaN", "+1", " 1", "1_0", "--1", "1.-2"]
        {
            assert!(Exact::try_from(text.to_owned()).is_err(), "{text:?}");
        }
        assert_eq!(exact("-0.50"), Exact { mantissa: -5, scale: 1 }, "control: digits on both sides");
    }

    proptest! {
        #[test]
        fn text_keeps_every_digit(mantissa in any::<i128>(), scale in 0u32..30) {
            let amount = Exact::new(mantissa, scale);
            prop_assert_eq!(Exact::try_from(amount.to_string()), Ok(amount));
        }

        #[test]
        fn sums_and_products_are_those_of_fractions(a in any::<i64>(), b in any::<i64>(), m in 0u32..12, n in 0u32..12) {
            use num_rational::BigRational;
            let fraction = |value: i64, scale: u32| BigRational::new(value.into(), num_bigint::BigInt::from(10).pow(scale));
            let read = |exact: Exact| BigRational::new(exact.mantissa.into(), num_bigint::BigInt::from(10).pow(exact.scale));
            let (x, y) = (Exact::new(a.into(), m), Exact::new(b.into(), n));
            prop_assert_eq!(read(x.plus(y).unwrap()), fraction(a, m) + fraction(b, n));
            prop_assert_eq!(read(x.times(y).unwrap()), fraction(a, m) * fraction(b, n));
        }
    }
}
