//! What a subscription costs: the lines of its next invoices, and how a change alters them.

use super::schedule::{Part, Phase, Schedule};
use crate::{
    currency::Currency,
    id::{MeterId, RatePlanId},
    money::Money,
    pricing::{
        OutOfRange, Quantity,
        charge::{Charge, Timing},
        period::Period,
        phase::{Item, Phase as PricedPhase, Prices, Reason},
    },
};
use serde::{Deserialize, Serialize};
use time::Date;

/// Number of invoices that a preview shows.
const PREVIEWED: usize = 2;

/// Meter of a charge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChargedMeter {
    /// Meter ID.
    pub id: MeterId,
    /// Name of one unit.
    pub unit: String,
}

/// Name and meter of a charge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChargeTerms {
    /// Name on invoices.
    pub name: String,
    /// Meter; `None` for a fee.
    pub meter: Option<ChargedMeter>,
}

/// Prices of a plan version, with the names of its charges.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Plan ID.
    pub plan: RatePlanId,
    /// Version number.
    pub version: i32,
    /// Prices.
    pub prices: Prices,
    /// Names of the charges of `prices`, at the same positions.
    pub charges: Vec<ChargeTerms>,
}

/// Quantity that a meter counted for the customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Used {
    /// Meter.
    pub meter: MeterId,
    /// Days in which it was counted.
    pub days: Period,
    /// Quantity, according to the aggregation of the meter.
    pub quantity: Quantity,
}

/// How the amount of a line is computed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Working {
    /// A price.
    Price(Reason),
    /// The difference between a fee and what was charged for it in advance.
    Difference {
        /// Fee in minor units for the days in which it was in force.
        due_minor: i64,
        /// Amount in minor units that was charged in advance.
        charged_minor: i64,
    },
}

/// A line of an upcoming invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillLine {
    /// Name of the plan.
    pub plan: String,
    /// Version of the plan.
    pub version: i32,
    /// Name of the charge.
    pub name: String,
    /// Name of one unit; empty for fees.
    pub unit: String,
    /// Days that are charged.
    pub days: Period,
    /// The whole period, of which these days are a part.
    pub period: Period,
    /// Number of seats in these days.
    pub seats: u32,
    /// Amount in minor units.
    pub minor: i64,
    /// How the amount is computed.
    pub working: Working,
}

impl BillLine {
    /// Returns `true` if only a part of the period is charged.
    pub fn is_prorated(&self) -> bool {
        self.days != self.period
    }
}

/// An upcoming invoice of a subscription, before tax.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bill {
    /// Day on which it is issued.
    pub on: Date,
    /// Period that ends on this day, if one does.
    pub period: Option<Period>,
    /// Lines, by day.
    pub lines: Vec<BillLine>,
    /// Sum of the lines.
    pub total: Money,
}

/// An upcoming invoice before and after a change. One of them is `None` if there is no such invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// The invoice without the change.
    pub before: Option<Bill>,
    /// The invoice with the change.
    pub after: Option<Bill>,
}

/// The cost of the current period of a subscription, up to now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SoFar {
    /// Name of the plan in force.
    pub plan: String,
    /// The current period.
    pub period: Period,
    /// All fees of the period, and usage so far.
    pub total: Money,
}

/// An amount can't be computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unpriced {
    /// The prices of a phase are not known.
    #[error("The prices of {0} are not known.")]
    Unknown(String),
    /// A line has more digits than can be computed.
    #[error("{0} is too large to be computed.")]
    OutOfRange(String),
}

/// Everything that determines the costs of a subscription except its schedule.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// Today, in the workspace's time zone.
    pub today: Date,
    /// Currency of the subscription.
    pub currency: Currency,
    /// Prices of all plan versions of the schedule.
    pub terms: &'a [Terms],
    /// Usage. What is missing is zero.
    pub used: &'a [Used],
}

/// Which lines of a part to return.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Take {
    /// All.
    All,
    /// Fees that are charged in advance.
    Advance,
    /// The others.
    Arrears,
}

impl Facts<'_> {
    pub(crate) fn terms(&self, phase: &Phase) -> Result<&Terms, Unpriced> {
        let wanted = (phase.plan.plan, phase.plan.version);
        let found = self.terms.iter().find(|terms| (terms.plan, terms.version) == wanted);
        found.ok_or_else(|| Unpriced::Unknown(phase.plan.name.clone()))
    }

    fn quantity(&self, terms: &Terms, position: usize, days: Period) -> Quantity {
        let meter = terms.charges.get(position).and_then(|charge| charge.meter.as_ref());
        let used = meter.and_then(|meter| self.used.iter().find(|used| used.meter == meter.id && used.days == days));
        used.map_or(Quantity::ZERO, |used| used.quantity)
    }

    /// Returns the lines of a part, each with the position of its charge.
    pub(crate) fn lines(&self, part: Part<'_>, take: Take) -> Result<Vec<(Item, BillLine)>, Unpriced> {
        let terms = self.terms(part.phase)?;
        let name = |item: Item| match item {
            Item::Charge(position) => {
                terms.charges.get(position).map_or_else(|| part.phase.plan.name.clone(), |charge| charge.name.clone())
            }
            Item::Minimum => "Minimum".to_owned(),
        };
        let priced = PricedPhase { period: part.period, days: part.days, seats: part.phase.seats };
        let lines = terms.prices.lines(priced, |position| self.quantity(terms, position, part.days));
        let lines = lines.map_err(|(item, OutOfRange)| Unpriced::OutOfRange(name(item)))?;
        let is_wanted = |item: Item| {
            let in_advance = match item {
                Item::Charge(position) => {
                    matches!(terms.prices.charges.get(position), Some(Charge::Fee(fee)) if fee.timing == Timing::Advance)
                }
                Item::Minimum => false,
            };
            take == Take::All || (take == Take::Advance) == in_advance
        };
        let unit = |item: Item| match item {
            Item::Charge(position) => {
                let meter = terms.charges.get(position).and_then(|charge| charge.meter.as_ref());
                meter.map_or_else(String::new, |meter| meter.unit.clone())
            }
            Item::Minimum => String::new(),
        };
        let line = |line: crate::pricing::phase::Line| {
            let bill_line = BillLine {
                plan: part.phase.plan.name.clone(),
                version: part.phase.plan.version,
                name: name(line.item),
                unit: unit(line.item),
                days: part.days,
                period: part.period,
                seats: part.phase.seats,
                minor: line.minor,
                working: Working::Price(line.reason),
            };
            (line.item, bill_line)
        };
        Ok(lines.into_iter().filter(|line| is_wanted(line.item)).map(line).collect())
    }

    fn of_days(&self, schedule: &Schedule, days: Period, take: Take) -> Result<Vec<BillLine>, Unpriced> {
        let mut all = Vec::new();
        for part in schedule.parts(days) {
            all.extend(self.lines(part, take)?.into_iter().map(|(_, line)| line));
        }
        Ok(all)
    }

    /// Returns the differences between the advance fees of a period and what was charged on its first day. A change
    /// within a period is taken as made after its first day, so that the whole fee of the plan in force on that day was
    /// charged.
    fn differences(&self, schedule: &Schedule, period: Period) -> Result<Vec<BillLine>, Unpriced> {
        if period.from > self.today {
            return Ok(Vec::new());
        }
        let known = schedule.as_of(period.from);
        let whole = known.period_on(period.from).unwrap_or(period);
        let mut charged = Vec::new();
        for part in known.parts(whole) {
            charged.extend(
                self.lines(part, Take::Advance)?.into_iter().map(|(item, line)| (part.phase.from_on, item, line)),
            );
        }
        let mut differences = Vec::new();
        for part in schedule.parts(period) {
            for (item, line) in self.lines(part, Take::Advance)? {
                let at = charged.iter().position(|(from, other, _)| (*from, *other) == (part.phase.from_on, item));
                let charged_minor = at.map_or(0, |at| charged.swap_remove(at).2.minor);
                differences.push(difference(line, charged_minor)?);
            }
        }
        // No charged fee is left over: only the phase in force on the first day was charged, and it has a part in the
        // period.
        Ok(differences.into_iter().filter(|line| line.minor != 0).collect())
    }

    /// Returns the invoice that is due on a day: what is charged after the period that ends on the day, differences to
    /// what was charged for it in advance, and what is charged in advance for the period that begins on the day.
    ///
    /// # Errors
    /// [`Unpriced`] names what can't be computed.
    pub fn bill(&self, schedule: &Schedule, on: Date) -> Result<Bill, Unpriced> {
        let period =
            if on > schedule.starts_on { on.previous_day().and_then(|day| schedule.period_on(day)) } else { None };
        let mut lines = Vec::new();
        if let Some(period) = period {
            lines.extend(self.of_days(schedule, period, Take::Arrears)?);
            lines.extend(self.differences(schedule, period)?);
        }
        if let Some(next) = schedule.period_on(on) {
            // What begins later within the period is settled on the next invoice.
            let known = if next.from > self.today { schedule.clone() } else { schedule.as_of(next.from) };
            let days = known.period_on(on).unwrap_or(next);
            lines.extend(self.of_days(&known, days, Take::Advance)?);
        }
        let total = self.sum(&lines)?;
        Ok(Bill { on, period, lines, total })
    }

    /// Returns the invoices from a day on, at most two. Invoices without lines before the first with lines are left
    /// out.
    ///
    /// # Errors
    /// As [`bill`](Self::bill).
    pub fn bills(&self, schedule: &Schedule, from: Date) -> Result<Vec<Bill>, Unpriced> {
        let mut bills: Vec<Bill> = Vec::new();
        let mut next = schedule.due_on(from);
        while let Some(on) = next
            && bills.len() < PREVIEWED
        {
            let bill = self.bill(schedule, on)?;
            if !bill.lines.is_empty() || on > schedule.starts_on {
                bills.push(bill);
            }
            next = on.next_day().and_then(|day| schedule.due_on(day));
        }
        Ok(bills)
    }

    /// Returns the next invoice after today.
    ///
    /// # Errors
    /// As [`bill`](Self::bill).
    pub fn upcoming(&self, schedule: &Schedule) -> Result<Option<Bill>, Unpriced> {
        let Some(tomorrow) = self.today.next_day() else { return Ok(None) };
        Ok(self.bills(schedule, tomorrow)?.into_iter().next())
    }

    /// Returns the invoices from the first that a change on `day` affects, without and with the change.
    ///
    /// # Errors
    /// As [`bill`](Self::bill).
    pub fn compare(&self, before: &Schedule, after: &Schedule, day: Date) -> Result<Vec<Comparison>, Unpriced> {
        let from = first_affected(before, day, self.today);
        let mut before = self.bills(before, from)?.into_iter();
        let mut after = self.bills(after, from)?.into_iter();
        let mut all = Vec::new();
        for _ in 0..PREVIEWED {
            let pair = Comparison { before: before.next(), after: after.next() };
            if pair.before.is_some() || pair.after.is_some() {
                all.push(pair);
            }
        }
        Ok(all)
    }

    /// Returns what the period that contains today costs so far; `None` if the subscription does not run today.
    ///
    /// # Errors
    /// As [`bill`](Self::bill).
    pub fn so_far(&self, schedule: &Schedule) -> Result<Option<SoFar>, Unpriced> {
        let (Some(period), Some(phase)) = (schedule.period_on(self.today), schedule.phase_on(self.today)) else {
            return Ok(None);
        };
        let total = self.sum(&self.of_days(schedule, period, Take::All)?)?;
        Ok(Some(SoFar { plan: phase.plan.name.clone(), period, total }))
    }

    fn sum(&self, lines: &[BillLine]) -> Result<Money, Unpriced> {
        let sum = lines.iter().map(|line| i128::from(line.minor)).sum::<i128>();
        let minor = i64::try_from(sum).map_err(|_| Unpriced::OutOfRange("The total".to_owned()))?;
        Ok(Money { minor, currency: self.currency })
    }
}

fn difference(line: BillLine, charged_minor: i64) -> Result<BillLine, Unpriced> {
    let due_minor = line.minor;
    let minor = due_minor.checked_sub(charged_minor).ok_or_else(|| Unpriced::OutOfRange(line.name.clone()))?;
    Ok(BillLine { minor, working: Working::Difference { due_minor, charged_minor }, ..line })
}

/// Returns the day of the first invoice that a change on `day` can affect: the first day of its period, if that is
/// later than today, because fees may be charged in advance then. Otherwise the invoice after the change.
pub fn first_affected(before: &Schedule, day: Date, today: Date) -> Date {
    before.period_on(day).map(|period| period.from).filter(|from| *from > today).unwrap_or(day)
}

/// Returns the meters and days whose usage the invoices from a day on depend on, as well as the current period.
/// `schedules` are the schedule before and after a change, or one.
pub fn needed(schedules: &[&Schedule], terms: &[Terms], today: Date, from: Date) -> Vec<(MeterId, Period)> {
    let mut needed = Vec::new();
    for schedule in schedules {
        let mut periods: Vec<Period> = schedule.period_on(today).into_iter().collect();
        let mut next = schedule.due_on(from);
        for _ in 0..=PREVIEWED {
            let Some(on) = next else { break };
            periods.extend(on.previous_day().and_then(|day| schedule.period_on(day)));
            next = on.next_day().and_then(|day| schedule.due_on(day));
        }
        for part in periods.into_iter().flat_map(|period| schedule.parts(period)) {
            let wanted = (part.phase.plan.plan, part.phase.plan.version);
            let found = terms.iter().filter(|terms| (terms.plan, terms.version) == wanted);
            for meter in found.flat_map(|terms| &terms.charges).filter_map(|charge| charge.meter.as_ref()) {
                if !needed.contains(&(meter.id, part.days)) {
                    needed.push((meter.id, part.days));
                }
            }
        }
    }
    needed
}

#[cfg(test)]
mod tests;
