//! Formatting of numbers with their noun or unit.

use crate::{money::grouped, pricing::Quantity};
use std::borrow::Cow;

/// Formats a number with the singular or the plural of a noun: `1 customer`, `1,204 customers`.
pub fn pluralize(number: i64, one: &str, many: &str) -> String {
    format!("{} {}", signed(number), if number.unsigned_abs() == 1 { one } else { many })
}

/// Formats a quantity with its unit: `18,059,974 tokens`, `1 token`, `0.5 GPU hours`.
pub fn amount(quantity: Quantity, unit: &str) -> String {
    let number = quantity.grouped();
    if unit.is_empty() {
        return number;
    }
    format!("{number} {}", unit_of(if number == "1" { 1 } else { 2 }, unit))
}

/// Formats a number with thousands separators, and a minus sign if it is negative.
fn signed(number: i64) -> String {
    let sign = if number < 0 { "−" } else { "" };
    format!("{sign}{}", grouped(number.unsigned_abs()))
}

/// Returns the form of a meter's unit for a quantity.
///
/// Users choose units, so only an ordinary English noun gets a plural: its last word is at least three lowercase
/// letters. Symbols (`TB`, `kg`), units with a number (`1M tokens`) and plurals stay as they are.
pub fn unit_of(number: i64, unit: &str) -> Cow<'_, str> {
    let noun = unit.rsplit(' ').next().unwrap_or_default();
    let plain = noun.len() >= 3 && noun.bytes().all(|b| b.is_ascii_lowercase());
    let abbreviated = matches!(noun, "min" | "sec") || !noun.bytes().any(is_vowel);
    if number.unsigned_abs() == 1
        || !plain
        || abbreviated
        || noun.ends_with('s')
        || unit.bytes().any(|b| b.is_ascii_digit())
    {
        return Cow::Borrowed(unit);
    }
    let stem = unit.strip_suffix('y').filter(|stem| !stem.bytes().next_back().is_some_and(is_vowel));
    Cow::Owned(match stem {
        Some(stem) => format!("{stem}ies"),
        None if ["x", "z", "ch", "sh"].iter().any(|end| noun.ends_with(end)) => format!("{unit}es"),
        None => format!("{unit}s"),
    })
}

const fn is_vowel(letter: u8) -> bool {
    matches!(letter, b'a' | b'e' | b'i' | b'o' | b'u' | b'y')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pluralize_uses_the_singular_for_one_and_the_plural_otherwise() {
        assert_eq!(pluralize(0, "customer", "customers"), "0 customers");
        assert_eq!(pluralize(1, "customer", "customers"), "1 customer");
        assert_eq!(pluralize(1_204, "person", "people"), "1,204 people");
        assert_eq!(pluralize(-1, "customer", "customers"), "−1 customer");
        assert_eq!(pluralize(-1_204, "customer", "customers"), "−1,204 customers");
    }

    #[test]
    fn only_ordinary_nouns_get_a_plural() {
        for (unit, many) in [
            ("machine", "machines"),
            ("entity", "entities"),
            ("day", "days"),
            ("box", "boxes"),
            ("GPU hour", "GPU hours"),
            ("TB", "TB"),
            ("kg", "kg"),
            ("kwh", "kwh"),
            ("min", "min"),
            ("seats", "seats"),
            ("1M tokens", "1M tokens"),
            ("€10k converted", "€10k converted"),
            ("Größe", "Größe"),
            ("", ""),
        ] {
            assert_eq!(unit_of(49, unit), many);
            assert_eq!(unit_of(1, unit), unit);
        }
    }

    #[test]
    fn amounts_have_the_plural_of_their_unit() {
        let of = |quantity: &str, unit: &str| amount(Quantity::parse(quantity).unwrap(), unit);
        assert_eq!(of("1", "token"), "1 token");
        assert_eq!(of("0.5", "token"), "0.5 tokens");
        assert_eq!(of("12351", "GPU hour"), "12,351 GPU hours");
        assert_eq!(of("3", ""), "3");
    }
}
