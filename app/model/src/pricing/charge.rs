//! Charges of a plan version: fees, and prices for usage by several models.

use super::{Quantity, UnitPrice};
use serde::{Deserialize, Serialize};

/// When a fee is charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Timing {
    /// After the period.
    Arrears,
    /// Before the period.
    Advance,
}

impl Timing {
    /// All timings, in the order in which forms offer them.
    pub const ALL: [Self; 2] = [Self::Advance, Self::Arrears];

    /// Returns the name stored in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Arrears => "arrears",
            Self::Advance => "advance",
        }
    }

    /// Parses a stored name. Returns `None` if it is unknown.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|timing| timing.as_str() == word)
    }
}

/// Number by which a fee is multiplied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeeBasis {
    /// One: a fee per subscription.
    Subscription,
    /// The number of seats of the subscription.
    Seat,
}

/// A fixed fee per period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fee {
    /// Amount per period in minor units, not negative.
    pub minor: i64,
    /// Whether the amount is per subscription or per seat.
    pub basis: FeeBasis,
    /// Whether the fee is charged before or after the period.
    pub timing: Timing,
}

/// One tier of a graduated or volume price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tier {
    /// Largest quantity of the tier; `None` in the last tier. The tier begins above the bound of the tier before it, so
    /// that every quantity, also a fraction, belongs to one tier.
    pub up_to: Option<Quantity>,
    /// Price per unit.
    pub unit_price: UnitPrice,
    /// Flat amount in minor units, charged once if the quantity is above the lower bound of the tier. Not negative.
    pub flat_minor: i64,
}

/// Tiers of a price: bounds above zero that rise, and a last tier without a bound.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Tier>", into = "Vec<Tier>")]
pub struct Tiers(Vec<Tier>);

/// Reason why a list of tiers is invalid. The number is the index of the tier, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTiers {
    /// There is no tier.
    #[error("Add at least one tier.")]
    Empty,
    /// A tier other than the last has no upper bound.
    #[error("Enter the largest quantity of this tier.")]
    Unbounded(usize),
    /// The last tier has an upper bound, so that larger quantities have no price.
    #[error("The last tier has no upper bound.")]
    Bounded(usize),
    /// The upper bound is not above that of the tier before.
    #[error("Enter a larger quantity than in the tier before.")]
    NotRising(usize),
    /// A flat amount is negative.
    #[error("Enter an amount that is not negative.")]
    Negative(usize),
}

impl InvalidTiers {
    /// Returns the index of the tier in question.
    pub const fn tier(self) -> usize {
        match self {
            Self::Empty => 0,
            Self::Unbounded(tier) | Self::Bounded(tier) | Self::NotRising(tier) | Self::Negative(tier) => tier,
        }
    }
}

impl Tiers {
    /// Returns the tiers if they are valid.
    ///
    /// # Errors
    /// [`InvalidTiers`] names the first tier that breaks a rule.
    pub fn new(tiers: Vec<Tier>) -> Result<Self, InvalidTiers> {
        let last = tiers.len().checked_sub(1).ok_or(InvalidTiers::Empty)?;
        let mut below = Quantity::ZERO;
        for (index, tier) in tiers.iter().enumerate() {
            match tier.up_to {
                None if index < last => return Err(InvalidTiers::Unbounded(index)),
                Some(_) if index == last => return Err(InvalidTiers::Bounded(index)),
                Some(bound) if bound <= below => return Err(InvalidTiers::NotRising(index)),
                Some(bound) => below = bound,
                None => {}
            }
            if tier.flat_minor < 0 {
                return Err(InvalidTiers::Negative(index));
            }
        }
        Ok(Self(tiers))
    }

    /// Returns the tiers, each with its lower bound.
    pub fn bounded(&self) -> impl Iterator<Item = (Quantity, Tier)> {
        let lower = std::iter::once(Quantity::ZERO).chain(self.0.iter().filter_map(|tier| tier.up_to));
        lower.zip(self.0.iter().copied())
    }

    /// Returns the tier that contains a quantity, with its lower bound.
    pub fn containing(&self, quantity: Quantity) -> Option<(Quantity, Tier)> {
        self.bounded().find(|(_, tier)| tier.up_to.is_none_or(|bound| quantity <= bound))
    }
}

impl TryFrom<Vec<Tier>> for Tiers {
    type Error = InvalidTiers;

    fn try_from(tiers: Vec<Tier>) -> Result<Self, Self::Error> {
        Self::new(tiers)
    }
}

impl From<Tiers> for Vec<Tier> {
    fn from(tiers: Tiers) -> Self {
        tiers.0
    }
}

/// Pricing model of a metered charge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Model {
    /// Every unit has the same price.
    PerUnit(UnitPrice),
    /// Each unit has the price of the tier that it falls into.
    Graduated(Tiers),
    /// All units have the price of the tier that the whole quantity falls into.
    Volume(Tiers),
    /// Whole packages: a package that is used in part is charged in full.
    Package {
        /// Units in a package, above zero.
        size: Quantity,
        /// Price of a package in minor units, not negative.
        minor: i64,
    },
}

/// A price for usage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metered {
    /// Quantity per period that is free. It is subtracted first: tiers and packages count only the rest.
    pub included: Quantity,
    /// Price of the rest.
    pub model: Model,
}

/// A charge of a plan version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Charge {
    /// A fixed fee.
    Fee(Fee),
    /// A price for usage.
    Metered(Metered),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tier(up_to: Option<&str>, flat_minor: i64) -> Tier {
        Tier { up_to: up_to.map(|q| Quantity::parse(q).unwrap()), unit_price: UnitPrice::default(), flat_minor }
    }

    #[test]
    fn tiers_that_leave_a_quantity_without_a_price_are_refused() {
        let check = |tiers: Vec<Tier>| Tiers::new(tiers).map(|_| ());
        assert_eq!(check(vec![]), Err(InvalidTiers::Empty));
        assert_eq!(check(vec![tier(None, 0)]), Ok(()));
        assert_eq!(check(vec![tier(Some("10"), 0)]), Err(InvalidTiers::Bounded(0)));
        assert_eq!(check(vec![tier(None, 0), tier(None, 0)]), Err(InvalidTiers::Unbounded(0)));
        assert_eq!(check(vec![tier(Some("0"), 0), tier(None, 0)]), Err(InvalidTiers::NotRising(0)));
        assert_eq!(check(vec![tier(Some("5"), 0), tier(Some("5"), 0), tier(None, 0)]), Err(InvalidTiers::NotRising(1)));
        assert_eq!(
            check(vec![tier(Some("5"), 0), tier(Some("5.000001"), 0), tier(None, -1)]),
            Err(InvalidTiers::Negative(2))
        );
        assert_eq!(check(vec![tier(Some("5"), 0), tier(Some("5.000001"), 0), tier(None, 1)]), Ok(()));
    }

    #[test]
    fn invalid_tiers_are_not_deserialized() {
        let json = serde_json::to_string(&vec![tier(Some("10"), 0)]).unwrap();
        assert!(serde_json::from_str::<Tiers>(&json).is_err());
    }
}
