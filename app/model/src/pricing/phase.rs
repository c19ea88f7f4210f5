//! The lines of a phase: a part of a period in which a subscription has one plan version and one number of seats.

use super::{
    OutOfRange, Quantity,
    charge::{Charge, Fee, FeeBasis, Metered},
    period::{Period, part},
    price::{Calculation, price},
};
use crate::currency::Currency;
use serde::{Deserialize, Serialize};
use time::Date;

/// The prices of a plan version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prices {
    /// Currency of all amounts.
    pub currency: Currency,
    /// Charges, by position.
    pub charges: Vec<Charge>,
    /// Minimum per period in minor units. If the charges cost less, the difference is added.
    pub minimum_minor: Option<i64>,
}

/// Item that a line charges for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Item {
    /// The charge at this position.
    Charge(usize),
    /// The difference to the minimum.
    Minimum,
}

/// How the amount of a line was computed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// A part of a fee.
    Fee {
        /// Fee of the whole period in minor units, for all seats.
        whole_minor: i64,
        /// Seats; `None` if the fee does not depend on them.
        seats: Option<u32>,
    },
    /// Usage.
    Usage(Calculation),
    /// The difference between the minimum and the other lines.
    Minimum {
        /// Minimum of the phase in minor units.
        minimum_minor: i64,
        /// Sum of the other lines in minor units.
        others_minor: i64,
    },
}

/// A line of a phase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Item that is charged.
    pub item: Item,
    /// Amount in minor units, rounded.
    pub minor: i64,
    /// How the amount was computed.
    pub reason: Reason,
}

/// A phase within a period of a subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Phase {
    /// The whole period.
    pub period: Period,
    /// The days of the phase, which lie in the period.
    pub days: Period,
    /// Number of seats.
    pub seats: u32,
}

impl Phase {
    /// Returns a phase that lasts for the whole period.
    pub const fn whole(period: Period, seats: u32) -> Self {
        Self { period, days: period, seats }
    }

    /// Returns the part of a whole number that belongs to the days of the phase.
    fn part(self, whole: i128) -> Result<i128, OutOfRange> {
        let day = |date: Date| (date - self.period.from).whole_days();
        part(whole, self.period.days(), day(self.days.from), day(self.days.until))
    }

    /// Returns the part of an amount in minor units.
    fn prorated_minor(self, minor: i64) -> Result<i64, OutOfRange> {
        i64::try_from(self.part(i128::from(minor))?).map_err(|_| OutOfRange)
    }

    /// Returns the part of a quantity, in millionths. The parts of consecutive phases add up to the quantity.
    fn prorated_quantity(self, quantity: Quantity) -> Result<Quantity, OutOfRange> {
        Quantity::from_millionths(self.part(quantity.millionths())?).ok_or(OutOfRange)
    }
}

impl Prices {
    /// Returns the lines of a phase: one for each charge in the order of their positions, then one for the minimum if
    /// it was not reached. Fees, the minimum and included quantities are prorated by day ([`part`]). Bounds of tiers
    /// and packages are not. `used` returns the quantity that the metered charge at a position counted in the phase.
    ///
    /// # Errors
    /// [`OutOfRange`] with the item whose amount can't be computed, for example because the days of the phase are not
    /// in its period.
    pub fn lines(&self, phase: Phase, used: impl Fn(usize) -> Quantity) -> Result<Vec<Line>, (Item, OutOfRange)> {
        let mut lines = Vec::with_capacity(self.charges.len() + 1);
        for (position, charge) in self.charges.iter().enumerate() {
            let item = Item::Charge(position);
            let (minor, reason) = match charge {
                Charge::Fee(fee) => fee_line(*fee, phase),
                Charge::Metered(metered) => self.usage_line(metered, phase, used(position)),
            }
            .map_err(|error| (item, error))?;
            lines.push(Line { item, minor, reason });
        }
        if let Some(minimum) = self.minimum_minor {
            let failed = |error| (Item::Minimum, error);
            let minimum_minor = phase.prorated_minor(minimum).map_err(failed)?;
            let others = lines.iter().map(|line| i128::from(line.minor)).sum::<i128>();
            let others_minor = i64::try_from(others).map_err(|_| failed(OutOfRange))?;
            if others_minor < minimum_minor {
                let minor = minimum_minor.checked_sub(others_minor).ok_or(failed(OutOfRange))?;
                lines.push(Line {
                    item: Item::Minimum,
                    minor,
                    reason: Reason::Minimum { minimum_minor, others_minor },
                });
            }
        }
        Ok(lines)
    }

    fn usage_line(&self, metered: &Metered, phase: Phase, used: Quantity) -> Result<(i64, Reason), OutOfRange> {
        let prorated = Metered { included: phase.prorated_quantity(metered.included)?, model: metered.model.clone() };
        let calculation = price(&prorated, used, self.currency)?;
        Ok((calculation.exact.round(self.currency)?, Reason::Usage(calculation)))
    }
}

fn fee_line(fee: Fee, phase: Phase) -> Result<(i64, Reason), OutOfRange> {
    let seats = match fee.basis {
        FeeBasis::Subscription => None,
        FeeBasis::Seat => Some(phase.seats),
    };
    let whole_minor = fee.minor.checked_mul(i64::from(seats.unwrap_or(1))).ok_or(OutOfRange)?;
    Ok((phase.prorated_minor(whole_minor)?, Reason::Fee { whole_minor, seats }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pricing::{
        UnitPrice,
        charge::{Model, Tier, Tiers, Timing},
        tax,
    };
    use time::{Duration, macros::date};

    const JANUARY: Period = Period { from: date!(2026 - 01 - 01), until: date!(2026 - 02 - 01) };

    fn quantity(text: &str) -> Quantity {
        Quantity::parse(text).unwrap()
    }

    fn fee(minor: i64, basis: FeeBasis) -> Charge {
        Charge::Fee(Fee { minor, basis, timing: Timing::Arrears })
    }

    fn per_unit(price: &str, included: &str) -> Charge {
        let model = Model::PerUnit(UnitPrice::parse(price).unwrap());
        Charge::Metered(Metered { included: quantity(included), model })
    }

    fn prices(charges: Vec<Charge>, minimum_minor: Option<i64>) -> Prices {
        Prices { currency: Currency::USD, charges, minimum_minor }
    }

    fn amounts(prices: &Prices, phase: Phase, used: &str) -> Vec<i64> {
        prices.lines(phase, |_| quantity(used)).unwrap().iter().map(|line| line.minor).collect()
    }

    #[test]
    fn the_minimum_line_is_the_difference_between_the_minimum_and_the_other_lines() {
        let plan = prices(vec![fee(5_000, FeeBasis::Subscription), per_unit("10", "0")], Some(10_000));
        assert_eq!(amounts(&plan, Phase::whole(JANUARY, 1), "3"), [5_000, 3_000, 2_000]);
        assert_eq!(amounts(&plan, Phase::whole(JANUARY, 1), "5"), [5_000, 5_000], "reached exactly");
        let days = Period { from: date!(2026 - 01 - 01), until: date!(2026 - 01 - 16) };
        let plan = prices(vec![per_unit("1", "0")], Some(1_000));
        assert_eq!(amounts(&plan, Phase { period: JANUARY, days, seats: 1 }, "2"), [200, 284], "15 of 31 days");
    }

    /// A real file of requests to language models: 18,059,974 prompt tokens and 245,896 generated tokens.
    #[test]
    fn a_month_of_real_usage_costs_56_53_and_67_27_with_tax() {
        let unit_price = |price: &str| UnitPrice::parse(price).unwrap();
        let first = Tier { up_to: Some(quantity("10000000")), unit_price: unit_price("0.0000025"), flat_minor: 0 };
        let rest = Tier { up_to: None, unit_price: unit_price("0.00000125"), flat_minor: 0 };
        let model = Model::Graduated(Tiers::new(vec![first, rest]).unwrap());
        let prompt = Charge::Metered(Metered { included: Quantity::ZERO, model });
        let plan = prices(vec![fee(2_000, FeeBasis::Subscription), prompt, per_unit("0.00001", "100000")], None);
        let days = Period { from: date!(2023 - 11 - 01), until: date!(2023 - 12 - 01) };
        let used = |position: usize| quantity(if position == 1 { "18059974" } else { "245896" });
        let lines = plan.lines(Phase::whole(days, 1), used).unwrap();
        let minor: Vec<i64> = lines.iter().map(|line| line.minor).collect();
        assert_eq!(minor, [2_000, 3_507, 146]);
        assert_eq!(minor.iter().sum::<i64>(), 5_653);
        let exact = |at: usize| match &lines[at].reason {
            Reason::Usage(calculation) => calculation.exact.to_string(),
            other => panic!("not usage: {other:?}"),
        };
        assert_eq!((exact(1), exact(2)), ("35.0749675".to_owned(), "1.45896".to_owned()));
        let percent = tax::Percent::parse("19").unwrap();
        let taxes = tax::taxes(minor.iter().map(|net| (tax::Category::S, percent, *net))).unwrap();
        let [group] = taxes.as_slice() else { panic!("one rate: {taxes:?}") };
        assert_eq!((group.tax_minor, group.net_minor + group.tax_minor), (1_074, 6_727));
    }

    #[test]
    fn seats_multiply_the_fee_before_it_is_prorated() {
        let plan = prices(vec![fee(1_000, FeeBasis::Seat), fee(1_000, FeeBasis::Subscription)], None);
        let days = Period { from: date!(2026 - 01 - 17), until: date!(2026 - 02 - 01) };
        assert_eq!(amounts(&plan, Phase { period: JANUARY, days, seats: 3 }, "0"), [1_452, 484]);
    }

    #[test]
    fn the_included_quantity_is_prorated() {
        let plan = prices(vec![per_unit("1", "100000")], None);
        let days = Period { from: date!(2026 - 01 - 17), until: date!(2026 - 02 - 01) };
        let lines = plan.lines(Phase { period: JANUARY, days, seats: 1 }, |_| quantity("48388")).unwrap();
        let Reason::Usage(calculation) = &lines[0].reason else { panic!("not usage") };
        assert_eq!(calculation.included, quantity("48387.096774"));
        assert_eq!(calculation.exact.to_string(), "0.903226");
    }

    #[test]
    fn unit_prices_tiers_and_packages_are_not_prorated() {
        let metered = |model| Charge::Metered(Metered { included: Quantity::ZERO, model });
        let unit_price = |price| UnitPrice::parse(price).unwrap();
        let tiers = || {
            let first = Tier { up_to: Some(quantity("100")), unit_price: unit_price("0.10"), flat_minor: 200 };
            Tiers::new(vec![first, Tier { up_to: None, unit_price: unit_price("0.05"), flat_minor: 0 }]).unwrap()
        };
        let charges = vec![
            metered(Model::PerUnit(unit_price("0.10"))),
            metered(Model::Graduated(tiers())),
            metered(Model::Volume(tiers())),
            metered(Model::Package { size: quantity("100"), minor: 500 }),
        ];
        let days = Period { from: date!(2026 - 01 - 17), until: date!(2026 - 02 - 01) };
        let half = Phase { period: JANUARY, days, seats: 1 };
        assert_eq!(amounts(&prices(charges, None), half, "100"), [1_000, 1_200, 1_200, 500]);
    }

    #[test]
    fn days_outside_of_the_period_are_out_of_range() {
        let charge = |charge| (prices(vec![charge], None), Item::Charge(0));
        let plans = [
            charge(fee(1_000, FeeBasis::Subscription)),
            charge(per_unit("1", "100")),
            (prices(vec![], Some(1_000)), Item::Minimum),
        ];
        let (before, after) = (date!(2025 - 12 - 31), date!(2026 - 02 - 02));
        for (plan, item) in plans {
            let lines = |from, until| {
                plan.lines(Phase { period: JANUARY, days: Period { from, until }, seats: 1 }, |_| Quantity::ZERO)
            };
            for (from, until) in [(before, JANUARY.until), (JANUARY.from, after), (JANUARY.until, JANUARY.from)] {
                assert_eq!(lines(from, until), Err((item, OutOfRange)), "{from} to {until}");
            }
            assert!(lines(JANUARY.from, JANUARY.until).is_ok(), "control: {item:?}");
        }
    }

    #[test]
    fn usage_below_zero_costs_nothing_and_is_shown() {
        let plan = prices(vec![per_unit("1", "0")], None);
        let lines = plan.lines(Phase::whole(JANUARY, 1), |_| quantity("-5")).unwrap();
        let Reason::Usage(calculation) = &lines[0].reason else { panic!("not usage") };
        assert_eq!((lines[0].minor, calculation.used), (0, quantity("-5")));
    }

    #[test]
    fn an_amount_out_of_range_names_its_charge() {
        let plan = prices(vec![fee(1, FeeBasis::Subscription), per_unit("999999999999", "0")], None);
        let used = "999999999999999999.999999";
        assert_eq!(plan.lines(Phase::whole(JANUARY, 1), |_| quantity(used)), Err((Item::Charge(1), OutOfRange)));
        let plan = prices(vec![fee(i64::MAX, FeeBasis::Seat)], None);
        assert_eq!(plan.lines(Phase::whole(JANUARY, 2), |_| Quantity::ZERO), Err((Item::Charge(0), OutOfRange)));
    }

    proptest::proptest! {
        /// A change of plan on any day of a period must not change the total of a price that stays the same.
        #[test]
        fn fees_of_phases_add_up_to_the_fee_of_the_period(
            minor in 0i64..1_000_000_000_000,
            seats in 1u32..10_000,
            change in 1i64..31,
        ) {
            let plan = prices(vec![fee(minor, FeeBasis::Seat)], None);
            let day = JANUARY.from + Duration::days(change);
            let of = |from, until| {
                amounts(&plan, Phase { period: JANUARY, days: Period { from, until }, seats }, "0")[0]
            };
            let sum = of(JANUARY.from, day) + of(day, JANUARY.until);
            proptest::prop_assert_eq!(sum, amounts(&plan, Phase::whole(JANUARY, seats), "0")[0]);
        }

        /// A customer must neither lose nor gain included units by a change of plan.
        #[test]
        fn included_quantities_of_phases_add_up_to_that_of_the_period(
            millionths in 0i128..1_000_000_000_000_000_000_000_000,
            days in 1i64..800,
            mut changes in proptest::collection::vec(0i64..800, 0..6),
        ) {
            changes.retain(|change| *change <= days);
            changes.extend([0, days]);
            changes.sort_unstable();
            let day = |number: i64| JANUARY.from + Duration::days(number);
            let period = Period { from: day(0), until: day(days) };
            let included = Quantity::from_millionths(millionths).unwrap();
            let plan = prices(vec![per_unit("1", &included.to_string())], None);
            let mut sum = 0;
            for change in changes.windows(2) {
                let days = Period { from: day(change[0]), until: day(change[1]) };
                let lines = plan.lines(Phase { period, days, seats: 1 }, |_| Quantity::ZERO).unwrap();
                let Reason::Usage(calculation) = &lines[0].reason else { panic!("not usage") };
                sum += calculation.included.millionths();
            }
            proptest::prop_assert_eq!(sum, millionths);
        }
    }
}
