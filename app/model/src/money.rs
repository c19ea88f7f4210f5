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

/// The text is not an amount of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAnAmount {
    /// The text is not of the form `1234.50`.
    #[error("Enter an amount such as 1234.50, without separators or symbols.")]
    Malformed,
    /// The amount has more decimal places than its currency.
    #[error("{}", wrong_places(.0))]
    TooPrecise(Currency),
    /// The amount is negative.
    #[error("Enter an amount that is not negative.")]
    Negative,
    /// The amount has more than 13 digits before the decimal point.
    #[error("Enter a smaller amount.")]
    TooLarge,
}

fn wrong_places(currency: &Currency) -> String {
    let code = currency.code();
    match currency.exponent() {
        0 => format!("Wrong number of decimals: amounts in {code} have none."),
        places => format!("Wrong number of decimals: amounts in {code} have at most {places}."),
    }
}

impl Money {
    /// Parses an amount that is not negative: `20`, `1234.50`, with at most the decimal places of the currency.
    ///
    /// # Errors
    /// [`NotAnAmount`] says what is wrong. Further zeros are refused too: `1.000` can mean a thousand.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, NotAnAmount> {
        let text = text.trim();
        let unsigned = text.strip_prefix(['-', '−']).unwrap_or(text);
        let (whole, fraction) = match unsigned.split_once('.') {
            Some((_, "")) => return Err(NotAnAmount::Malformed),
            Some(parts) => parts,
            None => (unsigned, ""),
        };
        if whole.is_empty() || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
            return Err(NotAnAmount::Malformed);
        }
        if unsigned.len() < text.len() {
            return Err(NotAnAmount::Negative);
        }
        let places = currency.exponent() as usize;
        if fraction.len() > places {
            return Err(NotAnAmount::TooPrecise(currency));
        }
        if whole.trim_start_matches('0').len() > 13 {
            return Err(NotAnAmount::TooLarge);
        }
        let minor = format!("{whole}{fraction:0<places$}").parse().map_err(|_| NotAnAmount::TooLarge)?;
        Ok(Self { minor, currency })
    }

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
    fn amounts_are_read_with_the_decimal_places_of_their_currency() {
        let read = |text, code| Money::parse(text, Currency::from_code(code).unwrap()).map(|amount| amount.minor);
        assert_eq!(read("20", "USD"), Ok(2_000));
        assert_eq!(read(" 1234.5 ", "USD"), Ok(123_450));
        assert_eq!(read("00012.01", "USD"), Ok(1_201));
        assert_eq!(read("8", "JPY"), Ok(8));
        assert_eq!(read("0.001", "KWD"), Ok(1));
        assert_eq!(read("9999999999999.9999", "CLF"), Ok(99_999_999_999_999_999));
        assert_eq!(read("10000000000000", "JPY"), Err(NotAnAmount::TooLarge));
        assert_eq!(read("-1", "USD"), Err(NotAnAmount::Negative));
        for (text, code) in [("1.000", "USD"), ("8.0", "JPY"), ("0.0001", "KWD")] {
            let currency = Currency::from_code(code).unwrap();
            assert_eq!(read(text, code), Err(NotAnAmount::TooPrecise(currency)), "{text} {code}");
        }
        for text in ["", " ", "1,5", "1.234,50", "1.", ".5", "1e3", "NaN", "$1", "1.5.0", "--1"] {
            assert_eq!(read(text, "USD"), Err(NotAnAmount::Malformed), "{text:?}");
        }
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
