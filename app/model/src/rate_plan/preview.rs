//! What the editor of a plan version shows of its prices: amounts at some quantities, a curve, jumps, the other model
//! of the same tiers, and what a change would cost existing subscriptions.
//!
//! All functions are pure, so that the browser computes them while a person types.

use super::plan::PlanPrices;
use crate::{
    currency::Currency,
    id::{CustomerId, MeterId, SubscriptionId},
    money::Money,
    pricing::{
        Exact, OutOfRange, Quantity,
        charge::{Metered, Model, Tier, Tiers},
        period::Period,
        phase::{Item, Line, Phase, Prices},
        price::{Calculation, price},
    },
};
use serde::{Deserialize, Serialize};
use time::macros::date;

/// The smallest quantity, in millionths.
const STEP: i128 = 1;
/// One unit, in millionths.
const UNIT: i128 = 1_000_000;
/// Whole quantities of the table.
const TABLE: [i128; 6] = [10, 100, 1_000, 10_000, 100_000, 1_000_000];
/// Largest number of packages of which a curve has each.
const MAX_PACKAGES: i128 = 60;
/// Number of pieces of a curve whose packages are too many.
const PIECES: i128 = 120;
/// Largest number of subscriptions in [`Impact::moves`].
pub const MAX_MOVES: usize = 10;

/// The price of a quantity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Working {
    /// Steps of the computation, and the price before it is rounded.
    pub calculation: Calculation,
    /// The price, rounded.
    pub amount: Money,
}

/// Returns the price of a quantity with its steps.
///
/// # Errors
/// [`OutOfRange`] if the price can't be computed.
pub fn working(charge: &Metered, quantity: Quantity, currency: Currency) -> Result<Working, OutOfRange> {
    let calculation = price(charge, quantity, currency)?;
    let amount = Money { minor: calculation.exact.round(currency)?, currency };
    Ok(Working { calculation, amount })
}

/// Returns the lines of a whole period. `used` returns the quantity of the metered charge at a position.
///
/// # Errors
/// [`OutOfRange`] with the item whose amount can't be computed.
pub fn whole_period(
    prices: &Prices,
    seats: u32,
    used: impl Fn(usize) -> Quantity,
) -> Result<Vec<Line>, (Item, OutOfRange)> {
    // Nothing of a whole period is prorated, so any period will do.
    let period = Period { from: date!(2026 - 01 - 01), until: date!(2026 - 02 - 01) };
    prices.lines(Phase::whole(period, seats), used)
}

/// Returns the price of 10, 100 and so on up to 1,000,000 units. `None` where it can't be computed.
pub fn table(charge: &Metered, currency: Currency) -> Vec<(Quantity, Option<Money>)> {
    let quantities = TABLE.iter().filter_map(|whole| Quantity::from_millionths(whole * UNIT));
    quantities
        .map(|quantity| (quantity, working(charge, quantity, currency).ok().map(|working| working.amount)))
        .collect()
}

/// A point of a price curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// Quantity used.
    pub quantity: Quantity,
    /// Price, not rounded.
    pub amount: Exact,
}

/// A price as a function of the quantity. Between two points, the price is a straight line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Curve {
    /// Points from zero to the end, with rising quantities. A jump has a point before it and one after it, which are a
    /// millionth apart.
    pub points: Vec<Point>,
    /// Largest amount of all points.
    pub top: Exact,
}

impl Curve {
    /// Returns the points in a drawing of the given size: x from the left, and y from the top. Empty if there is nothing
    /// to draw.
    pub fn drawn(&self, width: u32, height: u32) -> Vec<(u32, u32)> {
        let Some(end) = self.points.last().map(|point| point.quantity.exact()) else { return Vec::new() };
        let top = if self.top == Exact::ZERO { Exact::from(1) } else { self.top };
        let place = |point: &Point| {
            let x = u32::try_from(point.quantity.exact().share(end, width).ok()?).ok()?;
            let up = u32::try_from(point.amount.share(top, height).ok()?).ok()?;
            Some((x.min(width), height.saturating_sub(up)))
        };
        self.points.iter().filter_map(place).collect()
    }
}

/// Returns the upper bounds of all tiers but the last.
fn bounds(tiers: &Tiers) -> Vec<Quantity> {
    tiers.bounded().filter_map(|(_, tier)| tier.up_to).collect()
}

const fn tiers_of(charge: &Metered) -> Option<&Tiers> {
    match &charge.model {
        Model::Graduated(tiers) | Model::Volume(tiers) => Some(tiers),
        Model::PerUnit(_) | Model::Package { .. } => None,
    }
}

/// Returns a quantity at which a curve of the price can end, so that it shows every tier, or ten packages.
pub fn curve_end(charge: &Metered) -> Quantity {
    let beyond = match &charge.model {
        Model::PerUnit(_) => 1_000 * UNIT,
        Model::Graduated(tiers) | Model::Volume(tiers) => match bounds(tiers).last() {
            // Half as much again as the last bound.
            Some(last) => last.millionths() / 2 * 3,
            None => 1_000 * UNIT,
        },
        Model::Package { size, .. } => size.millionths() * 10,
    };
    let end = charge.included.millionths().saturating_add(beyond).max(UNIT);
    Quantity::from_millionths(end).unwrap_or(Quantity::ZERO)
}

/// Returns the curve of a price from zero to `end`.
///
/// # Errors
/// [`OutOfRange`] if a price can't be computed.
pub fn curve(charge: &Metered, end: Quantity, currency: Currency) -> Result<Curve, OutOfRange> {
    let (included, end) = (charge.included.millionths(), end.millionths());
    let mut at = vec![0, included, included + STEP, end];
    match &charge.model {
        Model::PerUnit(_) => {}
        Model::Graduated(tiers) | Model::Volume(tiers) => {
            for bound in bounds(tiers) {
                let bound = included + bound.millionths();
                at.extend([bound, bound + STEP]);
            }
        }
        Model::Package { size, .. } => {
            let packages = (end - included).max(0) / size.millionths().max(STEP);
            if packages <= MAX_PACKAGES {
                at.extend((1..=packages).map(|n| included + n * size.millionths()).flat_map(|n| [n, n + STEP]));
            } else {
                at.extend((1..PIECES).map(|piece| end / PIECES * piece));
            }
        }
    }
    at.retain(|quantity| (0..=end).contains(quantity));
    at.sort_unstable();
    at.dedup();
    let mut points = Vec::with_capacity(at.len());
    let mut top = Exact::ZERO;
    for millionths in at {
        let quantity = Quantity::from_millionths(millionths).ok_or(OutOfRange)?;
        let amount = price(charge, quantity, currency)?.exact;
        if top.is_below(amount)? {
            top = amount;
        }
        points.push(Point { quantity, amount });
    }
    Ok(Curve { points, top })
}

/// A quantity at which a price jumps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jump {
    /// The smallest quantity after the jump.
    pub at: Quantity,
    /// Price of the quantity before it.
    pub before: Money,
    /// Price of the quantity `at`.
    pub after: Money,
    /// `true` if the price falls: more usage costs less.
    pub falls: bool,
}

impl Jump {
    /// Returns a sentence: `At 10.000001 the price falls from $8.00 to $5.00.`
    pub fn sentence(&self) -> String {
        let verb = if self.falls { "falls" } else { "rises" };
        format!("At {} the price {verb} from {} to {}.", self.at.grouped(), self.before, self.after)
    }
}

/// Returns the jumps of a price at the bounds of its tiers: those of a volume price, whose tiers price all units, and
/// those by flat amounts.
///
/// # Errors
/// [`OutOfRange`] if a price can't be computed.
pub fn jumps(charge: &Metered, currency: Currency) -> Result<Vec<Jump>, OutOfRange> {
    let Some(tiers) = tiers_of(charge) else { return Ok(Vec::new()) };
    let volume = matches!(charge.model, Model::Volume(_));
    let tiers: Vec<_> = tiers.bounded().map(|(_, tier)| tier).collect();
    let mut jumps = Vec::new();
    for pair in tiers.windows(2) {
        let [below, above] = pair else { continue };
        let Some(bound) = below.up_to else { continue };
        // The price of the bound itself by either tier. A rise by a millionth of a unit is no jump.
        let by =
            |tier: &Tier| bound.exact().times(tier.unit_price.exact())?.plus(Exact::minor(tier.flat_minor, currency));
        let (from, to) =
            if volume { (by(below)?, by(above)?) } else { (Exact::ZERO, Exact::minor(above.flat_minor, currency)) };
        if from == to {
            continue;
        }
        let last = charge.included.millionths() + bound.millionths();
        let last = Quantity::from_millionths(last).ok_or(OutOfRange)?;
        let at = Quantity::from_millionths(last.millionths() + STEP).ok_or(OutOfRange)?;
        jumps.push(Jump {
            at,
            before: working(charge, last, currency)?.amount,
            after: working(charge, at, currency)?.amount,
            falls: to.is_below(from)?,
        });
    }
    Ok(jumps)
}

/// The price of a quantity by each model that has tiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// The quantity.
    pub quantity: Quantity,
    /// Price if each unit has the price of its own tier.
    pub graduated: Money,
    /// Price if all units have the price of the tier of the whole quantity.
    pub volume: Money,
}

/// Compares both models with the tiers of a charge, one unit above its first bound. `None` if the charge has less than
/// two tiers, or if both cost the same.
///
/// # Errors
/// [`OutOfRange`] if a price can't be computed.
pub fn comparison(charge: &Metered, currency: Currency) -> Result<Option<Comparison>, OutOfRange> {
    let Some(tiers) = tiers_of(charge) else { return Ok(None) };
    let Some(first) = bounds(tiers).first().copied() else { return Ok(None) };
    let quantity = charge.included.millionths() + first.millionths() + UNIT;
    let quantity = Quantity::from_millionths(quantity).ok_or(OutOfRange)?;
    let by = |model| working(&Metered { included: charge.included, model }, quantity, currency);
    let graduated = by(Model::Graduated(tiers.clone()))?.amount;
    let volume = by(Model::Volume(tiers.clone()))?.amount;
    Ok((graduated != volume).then_some(Comparison { quantity, graduated, volume }))
}

/// Usage of a subscription in its last whole period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionUse {
    /// Subscription ID.
    pub subscription: SubscriptionId,
    /// ID of its customer.
    pub customer: CustomerId,
    /// Name of that customer.
    pub name: String,
    /// Number of seats.
    pub seats: u32,
    /// The period.
    pub period: Period,
    /// Quantity of each meter that was used.
    pub used: Vec<(MeterId, Quantity)>,
}

/// A subscription whose price would change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// Subscription ID.
    pub subscription: SubscriptionId,
    /// ID of its customer.
    pub customer: CustomerId,
    /// Name of that customer.
    pub name: String,
    /// Price of the period by the present prices.
    pub before: Money,
    /// Price of the period by the other prices.
    pub after: Money,
}

/// What a period of several subscriptions would have cost by other prices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Impact {
    /// Number of subscriptions.
    pub subscriptions: usize,
    /// Sum by the present prices.
    pub before: Money,
    /// Sum by the other prices.
    pub after: Money,
    /// Number of subscriptions that would pay more.
    pub dearer: usize,
    /// Number of subscriptions that would pay less.
    pub cheaper: usize,
    /// Subscriptions with the largest changes, at most [`MAX_MOVES`], the largest first.
    pub moves: Vec<Move>,
}

/// Prices the usage of subscriptions by two versions of a plan.
///
/// # Errors
/// [`OutOfRange`] if a price or a sum can't be computed.
pub fn impact(before: &PlanPrices, after: &PlanPrices, uses: &[SubscriptionUse]) -> Result<Impact, OutOfRange> {
    let currency = before.prices.currency;
    let mut moves = Vec::with_capacity(uses.len());
    let (mut sum_before, mut sum_after) = (0i64, 0i64);
    for of in uses {
        let (old, new) = (total(before, of)?, total(after, of)?);
        sum_before = sum_before.checked_add(old).ok_or(OutOfRange)?;
        sum_after = sum_after.checked_add(new).ok_or(OutOfRange)?;
        moves.push(Move {
            subscription: of.subscription,
            customer: of.customer,
            name: of.name.clone(),
            before: Money { minor: old, currency },
            after: Money { minor: new, currency },
        });
    }
    let count = |moved: fn(&Move) -> bool| moves.iter().filter(|of| moved(of)).count();
    let dearer = count(|of| of.after.minor > of.before.minor);
    let cheaper = count(|of| of.after.minor < of.before.minor);
    moves.retain(|of| of.after.minor != of.before.minor);
    moves.sort_by_key(|of| std::cmp::Reverse(of.after.minor.abs_diff(of.before.minor)));
    moves.truncate(MAX_MOVES);
    Ok(Impact {
        subscriptions: uses.len(),
        before: Money { minor: sum_before, currency },
        after: Money { minor: sum_after, currency },
        dearer,
        cheaper,
        moves,
    })
}

/// Returns the price of a period in minor units.
fn total(plan: &PlanPrices, of: &SubscriptionUse) -> Result<i64, OutOfRange> {
    let used = |position: usize| {
        let meter = plan.charges.get(position).and_then(|charge| charge.meter);
        let found = of.used.iter().find(|(used, _)| Some(*used) == meter);
        found.map_or(Quantity::ZERO, |(_, quantity)| *quantity)
    };
    let lines = whole_period(&plan.prices, of.seats, used).map_err(|(_, error)| error)?;
    lines.iter().try_fold(0i64, |sum, line| sum.checked_add(line.minor)).ok_or(OutOfRange)
}

#[cfg(test)]
mod tests;
