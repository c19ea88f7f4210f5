//! The price of a quantity, with its steps.

use super::{
    Exact, OutOfRange, Quantity, UnitPrice,
    charge::{Metered, Model, Tiers},
};
use crate::currency::Currency;
use serde::{Deserialize, Serialize};

/// One step of a price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// A quantity times a unit price.
    Units {
        /// Number of units.
        quantity: Quantity,
        /// Price per unit.
        unit_price: UnitPrice,
        /// Bounds of the tier: above the first, up to the second. `None` if the price has no tiers.
        tier: Option<(Quantity, Option<Quantity>)>,
        /// The product.
        amount: Exact,
    },
    /// The flat amount of a tier.
    Flat {
        /// Bounds of the tier: above the first, up to the second.
        tier: (Quantity, Option<Quantity>),
        /// The amount.
        amount: Exact,
    },
    /// A number of packages.
    Packages {
        /// Number of packages, of which the last may be used in part.
        count: i64,
        /// Units in a package.
        size: Quantity,
        /// Price of a package in minor units.
        minor: i64,
        /// The product.
        amount: Exact,
    },
}

impl Step {
    /// Returns the amount of the step.
    pub const fn amount(&self) -> Exact {
        match self {
            Self::Units { amount, .. } | Self::Flat { amount, .. } | Self::Packages { amount, .. } => *amount,
        }
    }
}

/// Computation of a price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calculation {
    /// Quantity used. If adjustments make it negative, it is priced as zero.
    pub used: Quantity,
    /// Quantity that is free.
    pub included: Quantity,
    /// Steps, whose amounts add up to `exact`.
    pub steps: Vec<Step>,
    /// The price before it is rounded.
    pub exact: Exact,
}

/// Returns the price of a quantity. It is not rounded.
///
/// # Errors
/// [`OutOfRange`] if an amount has more digits than can be computed exactly.
pub fn price(charge: &Metered, used: Quantity, currency: Currency) -> Result<Calculation, OutOfRange> {
    let free = charge.included.max(Quantity::ZERO);
    let billable = Quantity::from_millionths((used.millionths() - free.millionths()).max(0)).ok_or(OutOfRange)?;
    let steps = match &charge.model {
        Model::PerUnit(unit_price) => units(billable, *unit_price, None)?.into_iter().collect(),
        Model::Graduated(tiers) => graduated(tiers, billable, currency)?,
        Model::Volume(tiers) => volume(tiers, billable, currency)?,
        Model::Package { size, minor } => packages(billable, *size, *minor, currency)?.into_iter().collect(),
    };
    let exact = steps.iter().try_fold(Exact::ZERO, |sum, step| sum.plus(step.amount()))?;
    Ok(Calculation { used, included: charge.included, steps, exact })
}

type Bounds = (Quantity, Option<Quantity>);

fn units(quantity: Quantity, unit_price: UnitPrice, tier: Option<Bounds>) -> Result<Option<Step>, OutOfRange> {
    if quantity <= Quantity::ZERO {
        return Ok(None);
    }
    let amount = quantity.exact().times(unit_price.exact())?;
    Ok(Some(Step::Units { quantity, unit_price, tier, amount }))
}

fn flat(minor: i64, tier: Bounds, currency: Currency) -> Option<Step> {
    (minor > 0).then(|| Step::Flat { tier, amount: Exact::minor(minor, currency) })
}

fn graduated(tiers: &Tiers, quantity: Quantity, currency: Currency) -> Result<Vec<Step>, OutOfRange> {
    let mut steps = Vec::new();
    for (lower, tier) in tiers.bounded().take_while(|(lower, _)| quantity > *lower) {
        let upper = tier.up_to.map_or(quantity, |bound| bound.min(quantity));
        let inside = Quantity::from_millionths(upper.millionths() - lower.millionths()).ok_or(OutOfRange)?;
        let bounds = (lower, tier.up_to);
        steps.extend(units(inside, tier.unit_price, Some(bounds))?);
        steps.extend(flat(tier.flat_minor, bounds, currency));
    }
    Ok(steps)
}

fn volume(tiers: &Tiers, quantity: Quantity, currency: Currency) -> Result<Vec<Step>, OutOfRange> {
    let Some((lower, tier)) = tiers.containing(quantity).filter(|_| quantity > Quantity::ZERO) else {
        return Ok(Vec::new());
    };
    let bounds = (lower, tier.up_to);
    let mut steps = Vec::new();
    steps.extend(units(quantity, tier.unit_price, Some(bounds))?);
    steps.extend(flat(tier.flat_minor, bounds, currency));
    Ok(steps)
}

fn packages(quantity: Quantity, size: Quantity, minor: i64, currency: Currency) -> Result<Option<Step>, OutOfRange> {
    let (quantity, in_package) = (quantity.millionths(), size.millionths());
    if quantity == 0 {
        return Ok(None);
    }
    if in_package <= 0 {
        return Err(OutOfRange);
    }
    let partial = i128::from(quantity % in_package > 0);
    let count = i64::try_from(quantity / in_package + partial).map_err(|_| OutOfRange)?;
    let amount = Exact::minor(minor, currency).times(Exact::from(count))?;
    Ok(Some(Step::Packages { count, size, minor, amount }))
}

#[cfg(test)]
mod tests;
