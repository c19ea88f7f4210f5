//! Taxes of a document, by the rules of EN 16931 (BR-CO-10 to BR-CO-17): the net amounts of a rate are added, and the
//! tax of the sum is rounded once.

use super::{
    Exact,
    exact::{OutOfRange, divide_rounded},
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::fmt;

/// VAT category (EN 16931, BT-118).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Category {
    /// Standard or reduced rate.
    S,
    /// Zero rated.
    Z,
    /// Exempt.
    E,
    /// Reverse charge.
    AE,
    /// Outside the scope of tax.
    O,
}

impl Category {
    /// All categories.
    pub const ALL: [Self; 5] = [Self::S, Self::Z, Self::E, Self::AE, Self::O];

    /// Returns the code, which is also the name stored in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::S => "S",
            Self::Z => "Z",
            Self::E => "E",
            Self::AE => "AE",
            Self::O => "O",
        }
    }

    /// Parses a code. Returns `None` if it is unknown.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|category| category.as_str() == word)
    }
}

/// Tax rate in percent: 0 to 100, with at most 4 decimal places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Percent(i64);

/// The number is not a tax rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Enter a percentage from 0 to 100 with at most 4 decimal places.")]
pub struct InvalidPercent;

impl Percent {
    /// Returns a rate in ten-thousandths of a percent.
    ///
    /// # Errors
    /// [`InvalidPercent`] if the rate is not between 0 and 100 percent.
    pub const fn new(ten_thousandths: i64) -> Result<Self, InvalidPercent> {
        if 0 <= ten_thousandths && ten_thousandths <= 1_000_000 {
            Ok(Self(ten_thousandths))
        } else {
            Err(InvalidPercent)
        }
    }

    /// Parses a rate: `19`, `5.5`.
    ///
    /// # Errors
    /// [`InvalidPercent`] if the text is not a number in range.
    pub fn parse(text: &str) -> Result<Self, InvalidPercent> {
        let quantity = super::Quantity::parse(text).map_err(|_| InvalidPercent)?;
        let millionths = quantity.millionths();
        if millionths % 100 != 0 {
            return Err(InvalidPercent);
        }
        Self::new(i64::try_from(millionths / 100).map_err(|_| InvalidPercent)?)
    }

    /// Returns the rate in percent.
    pub fn decimal(self) -> Decimal {
        Decimal::new(self.0, 4).normalize()
    }

    /// Returns the tax on a net amount in minor units, rounded half away from zero.
    ///
    /// # Errors
    /// [`OutOfRange`] if the tax does not fit.
    pub fn of(self, net_minor: i128) -> Result<i64, OutOfRange> {
        let product = net_minor.checked_mul(i128::from(self.0)).ok_or(OutOfRange)?;
        i64::try_from(divide_rounded(product, 1_000_000)?).map_err(|_| OutOfRange)
    }
}

impl TryFrom<i64> for Percent {
    type Error = InvalidPercent;

    fn try_from(ten_thousandths: i64) -> Result<Self, Self::Error> {
        Self::new(ten_thousandths)
    }
}

impl From<Percent> for i64 {
    fn from(percent: Percent) -> Self {
        percent.0
    }
}

impl fmt::Display for Percent {
    /// Formats the number without the sign: `5.5`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Exact::decimal(self.decimal()).fmt(f)
    }
}

/// Tax of all lines with one category and rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Category.
    pub category: Category,
    /// Rate.
    pub percent: Percent,
    /// Sum of the net amounts in minor units.
    pub net_minor: i64,
    /// Tax in minor units.
    pub tax_minor: i64,
}

/// Returns the taxes of lines with the given categories, rates and net amounts in minor units, sorted by category and
/// rate.
///
/// # Errors
/// [`OutOfRange`] if a sum does not fit.
pub fn taxes(lines: impl IntoIterator<Item = (Category, Percent, i64)>) -> Result<Vec<Group>, OutOfRange> {
    let mut sums = std::collections::BTreeMap::<(Category, Percent), i128>::new();
    for (category, percent, net) in lines {
        *sums.entry((category, percent)).or_default() += i128::from(net);
    }
    sums.into_iter()
        .map(|((category, percent), net)| {
            let net_minor = i64::try_from(net).map_err(|_| OutOfRange)?;
            Ok(Group { category, percent, net_minor, tax_minor: percent.of(net)? })
        })
        .collect()
}

/// Returns the tax of a credit note in minor units. `charged` is the group of the invoice. Earlier credit notes
/// credited the net amount `before_net` and returned the tax `returned_tax`; this one credits `now_net`. Its tax is the
/// tax of both net amounts less `returned_tax`.
///
/// Thus credits never return more tax than was charged, and credits of the whole net amount return exactly that. This
/// requires that `returned_tax` is the sum of the results for the earlier credit notes of the group.
///
/// # Errors
/// [`OutOfRange`] if more than the net amount of the group is credited in total, or if the tax does not fit.
pub fn credit_tax(charged: Group, before_net: i64, now_net: i64, returned_tax: i64) -> Result<i64, OutOfRange> {
    let net = i128::from(before_net) + i128::from(now_net);
    // The net amount of a group is negative if the invoice has credits for fees that were paid in advance.
    let charged_net = i128::from(charged.net_minor);
    if !(charged_net.min(0)..=charged_net.max(0)).contains(&net) {
        return Err(OutOfRange);
    }
    charged.percent.of(net)?.checked_sub(returned_tax).ok_or(OutOfRange)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn percent(text: &str) -> Percent {
        Percent::parse(text).unwrap()
    }

    fn group(net: i64, rate: &str) -> Group {
        taxes([(Category::S, percent(rate), net)]).unwrap()[0]
    }

    fn totals(lines: &[(i64, &str)]) -> (Vec<i64>, i64) {
        let groups = taxes(lines.iter().map(|(net, rate)| (Category::S, percent(rate), *net))).unwrap();
        let total = groups.iter().map(|group| group.net_minor + group.tax_minor).sum();
        (groups.iter().map(|group| group.tax_minor).collect(), total)
    }

    #[test]
    fn tax_is_rounded_once_for_each_rate() {
        assert_eq!(totals(&[(69_622, "25"), (69_622, "25")]), (vec![34_811], 174_055));
        assert_eq!(totals(&[(673_395, "19")]), (vec![127_945], 801_340), "a total of rounded lines");
        assert_eq!(totals(&[(535_066, "22")]), (vec![117_715], 652_781));
        assert_eq!(totals(&[(3_600, "5.5")]), (vec![198], 3_798));
        assert_eq!(totals(&[(360, "5.5"); 10]), (vec![198], 3_798), "ten lines of 1 are one line of 10");
        assert_eq!(totals(&[(346, "13"), (6, "24")]), (vec![45, 1], 398), "two rates");
    }

    #[test]
    fn credits_of_all_lines_return_exactly_the_tax_that_was_charged() {
        let lines = [6_833i64, 5_750, 8_500, 6_833];
        let charged = group(lines.iter().sum(), "20");
        let (mut net, mut tax, mut notes) = (0, 0, Vec::new());
        for line in lines {
            let returned = credit_tax(charged, net, line, tax).unwrap();
            notes.push((returned, line + returned));
            (net, tax) = (net + line, tax + returned);
        }
        assert_eq!(notes, [(1_367, 8_200), (1_150, 6_900), (1_700, 10_200), (1_366, 8_199)]);
        assert_eq!(net + tax, 33_499);
    }

    #[test]
    fn credits_of_more_than_the_net_amount_are_refused() {
        let charged = group(1_000, "19");
        assert_eq!(credit_tax(charged, 600, 401, 114), Err(OutOfRange));
        assert_eq!(credit_tax(charged, 0, -1, 0), Err(OutOfRange));
        assert_eq!(credit_tax(charged, 600, 400, 114), Ok(76), "control: all of it");
        let negative = group(-1_000, "19");
        assert_eq!(credit_tax(negative, -600, -401, -114), Err(OutOfRange));
        assert_eq!(credit_tax(negative, 0, 1, 0), Err(OutOfRange));
        assert_eq!(credit_tax(negative, -600, -400, -114), Ok(-76), "control: all of it");
    }

    #[test]
    fn rates_are_read_exactly() {
        assert_eq!(percent("5.5").to_string(), "5.5");
        assert_eq!(percent("100").to_string(), "100");
        assert_eq!(percent("0.0001").to_string(), "0.0001");
        for text in ["100.0001", "-1", "0.00001", "19%", "19,5", ""] {
            assert_eq!(Percent::parse(text), Err(InvalidPercent), "{text:?}");
        }
    }

    proptest! {
        /// Credits any parts of an invoice, not its lines, and computes the tax that was charged independently.
        #[test]
        #[test]
        fn credits_in_any_parts_never_return_more_than_the_tax_and_return_it_in_total(
            lines in prop::collection::vec(1i64..10_000_000, 1..20),
            cuts in prop::collection::vec(0i64..200_000_000, 0..20),
            rate in 0i64..=1_000_000,
        ) {
            let net: i64 = lines.iter().sum();
            let percent = Percent::new(rate).unwrap();
            let charged = taxes(lines.iter().map(|net| (Category::S, percent, *net))).unwrap()[0];
            // Adding a half before the division rounds positive halves up.
            let tax = (net * rate + 500_000) / 1_000_000;
            prop_assert_eq!((charged.net_minor, charged.tax_minor), (net, tax));
            let mut cuts: Vec<_> = cuts.into_iter().filter(|cut| *cut < net).chain([net]).collect();
            cuts.sort_unstable();
            let (mut before, mut returned) = (0, 0);
            for cut in cuts {
                let now = credit_tax(charged, before, cut - before, returned).unwrap();
                prop_assert!(now >= 0);
                (before, returned) = (cut, returned + now);
                prop_assert!(returned <= tax, "{returned} of {tax}");
            }
            prop_assert_eq!(returned, tax);
        }
    }
}
