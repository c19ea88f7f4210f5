//! Lines of an invoice of a subscription: what its periods cost by the facts of today, less what other documents
//! charged for them.
//!
//! A slot is a charge of a phase within a period. All documents together charge for a slot what it costs, whatever the
//! order of late usage, changes of the plan, void invoices and credit notes: each invoice charges the difference.

use super::{DocumentLine, MANUAL_LINES_FROM, Slot};
use crate::{
    id::{MeterId, SubscriptionId},
    pricing::{
        Quantity,
        period::Period,
        phase::{Item, Reason},
        tax::{Category, Percent},
    },
    subscription::{
        Schedule,
        bill::{Facts, Take, Terms, Unpriced, Working},
    },
};
use time::{Date, Duration};

/// Number of days before an invoice in which periods are computed again. What changes in older periods is not charged.
pub const LATE_DAYS: i64 = 400;

/// What a slot costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owed {
    /// Slot.
    pub slot: Slot,
    /// Name of the charge.
    pub name: String,
    /// Plan and version.
    pub detail: String,
    /// Days of the phase in the period.
    pub service: Period,
    /// Quantity that was used, or number of seats.
    pub quantity: Option<Quantity>,
    /// Name of one unit, possibly empty.
    pub unit: String,
    /// Amount in minor units.
    pub minor: i64,
    /// How the amount is computed.
    pub working: Working,
}

impl Owed {
    /// Returns `true` if a meter counted something.
    fn is_used(&self) -> bool {
        self.slot.meter.is_some() && self.quantity.is_some_and(|quantity| quantity != Quantity::ZERO)
    }
}

/// What documents charged for a slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Billed {
    /// Slot.
    pub slot: Slot,
    /// Name on the last document.
    pub name: String,
    /// Plan and version.
    pub detail: String,
    /// Days of the phase in the period.
    pub service: Period,
    /// Name of one unit, possibly empty.
    pub unit: String,
    /// Sum of the net amounts on issued invoices, less those on credit notes whose usage is charged again.
    pub minor: i64,
}

/// Days of a subscription that matter for an invoice.
#[derive(Debug, Clone, Copy)]
pub struct Cut<'a> {
    /// Subscription.
    pub subscription: SubscriptionId,
    /// Its days and phases.
    pub schedule: &'a Schedule,
    /// Periods that ended before this day are not charged.
    pub bills_from: Date,
    /// Day of the invoice.
    pub on: Date,
}

impl Cut<'_> {
    /// Returns the days of the invoices of a subscription up to a day, in order: from `bills_from` on, the first day of
    /// the subscription, the day after each period, and the day after the last.
    pub fn days(schedule: &Schedule, bills_from: Date, until: Date) -> Vec<Date> {
        let mut days = Vec::new();
        let mut next = schedule.due_on(bills_from);
        while let Some(day) = next.filter(|day| *day <= until) {
            days.push(day);
            next = day.next_day().and_then(|day| schedule.due_on(day));
        }
        days
    }

    /// Returns the period that ends on the day of the invoice, if it is charged.
    pub fn period(&self) -> Option<Period> {
        let last = self.on.previous_day().filter(|last| *last >= self.schedule.starts_on)?;
        self.schedule.period_on(last).filter(|period| period.until == self.on && self.on > self.bills_from)
    }

    /// Returns the periods that the invoice charges, in order: the one that begins on its day, the one that ends on it,
    /// and the earlier ones that ended within [`LATE_DAYS`].
    fn periods(&self) -> Vec<Period> {
        let oldest = self.on.checked_sub(Duration::days(LATE_DAYS)).unwrap_or(Date::MIN);
        let mut day = self.schedule.starts_on.max(oldest).max(self.bills_from);
        let mut all = Vec::new();
        while let Some(period) = self.schedule.period_on(day) {
            if period.from > self.on {
                break;
            }
            day = period.until;
            all.push(period);
        }
        all
    }

    /// Returns the meters and days whose usage the invoice depends on.
    pub fn needed(&self, terms: &[Terms]) -> Vec<(MeterId, Period)> {
        let mut needed = Vec::new();
        let ended = self.periods().into_iter().filter(|period| period.until <= self.on);
        for part in ended.flat_map(|period| self.schedule.parts(period)) {
            let wanted = (part.phase.plan.plan, part.phase.plan.version);
            let found = terms.iter().filter(|terms| (terms.plan, terms.version) == wanted);
            for meter in found.flat_map(|terms| &terms.charges).filter_map(|charge| charge.meter.as_ref()) {
                if !needed.contains(&(meter.id, part.days)) {
                    needed.push((meter.id, part.days));
                }
            }
        }
        needed
    }

    /// Returns what is due on the day of the invoice: all charges of the periods that ended, and the fees in advance of
    /// the period that begins.
    ///
    /// # Errors
    /// [`Unpriced`] names what can't be computed.
    pub fn due(&self, facts: &Facts<'_>) -> Result<Vec<Owed>, Unpriced> {
        let mut all = Vec::new();
        for period in self.periods() {
            let take = if period.until <= self.on { Take::All } else { Take::Advance };
            for part in self.schedule.parts(period) {
                let charges = &facts.terms(part.phase)?.charges;
                for (item, line) in facts.lines(part, take)? {
                    let meter = match item {
                        Item::Charge(position) => charges.get(position).and_then(|charge| charge.meter.as_ref()),
                        Item::Minimum => None,
                    };
                    let item = match item {
                        Item::Charge(position) => position.to_string(),
                        Item::Minimum => "minimum".to_owned(),
                    };
                    let (from, plan, version) = (part.phase.from_on, part.phase.plan.plan, line.version);
                    let slot = Slot {
                        subscription: self.subscription,
                        period: part.period,
                        key: format!("{from}/{plan}/{version}/{item}"),
                        meter: meter.map(|meter| meter.id),
                    };
                    let (quantity, unit) = match &line.working {
                        Working::Price(Reason::Usage(calculation)) => (Some(calculation.used), line.unit.clone()),
                        Working::Price(Reason::Fee { seats: Some(seats), .. }) => {
                            let unit = if *seats == 1 { "seat" } else { "seats" };
                            (Quantity::from_decimal((*seats).into()).ok(), unit.to_owned())
                        }
                        _ => (None, String::new()),
                    };
                    all.push(Owed {
                        slot,
                        name: line.name,
                        detail: format!("{} v{version}", line.plan),
                        service: line.days,
                        quantity,
                        unit,
                        minor: line.minor,
                        working: line.working,
                    });
                }
            }
        }
        Ok(all)
    }

    /// Returns `true` if the invoice settles a slot that was charged and is not due: one of its periods that ended, or
    /// any slot if the subscription has ended.
    fn settles(&self, first: Option<Date>, billed: &Billed) -> bool {
        let is_late = first.is_some_and(|first| billed.service.until > first);
        let has_ended = self.schedule.ends_on.is_some_and(|end| end <= self.on);
        is_late && (billed.service.until <= self.on || has_ended)
    }

    /// Returns the lines of the invoice: what is due less what was charged. `rate` is the customer's tax rate, and
    /// `manual_minor` the sum of the lines that a person entered.
    ///
    /// A line of 0 is left out, unless it shows usage for the first time. Negative differences are taken only as far as
    /// the net amount of the invoice is not negative. What is left of them stays due.
    ///
    /// # Errors
    /// [`Unpriced`] names what can't be computed.
    pub fn lines(
        &self,
        facts: &Facts<'_>,
        billed: &[Billed],
        rate: (Category, Percent),
        manual_minor: i64,
    ) -> Result<Vec<DocumentLine>, Unpriced> {
        let owed = self.due(facts)?;
        let first = self.periods().first().map(|period| period.from);
        let is_due = |slot: &Slot| owed.iter().any(|owed| is_same(&owed.slot, slot));
        let gone: Vec<&Billed> =
            billed.iter().filter(|billed| self.settles(first, billed) && !is_due(&billed.slot)).collect();
        let mut lines = Vec::new();
        for owed in &owed {
            let before = billed.iter().find(|billed| is_same(&billed.slot, &owed.slot));
            let net = difference(owed.minor, before.map_or(0, |before| before.minor), &owed.name)?;
            if net != 0 || (before.is_none() && owed.is_used()) {
                lines.push(DocumentLine {
                    position: 0,
                    name: owed.name.clone(),
                    detail: owed.detail.clone(),
                    service: Some(owed.service),
                    quantity: owed.quantity,
                    unit: owed.unit.clone(),
                    net_minor: net,
                    due_minor: Some(owed.minor),
                    billed_minor: Some(before.map_or(0, |before| before.minor)),
                    category: rate.0,
                    percent: rate.1,
                    slot: Some(owed.slot.clone()),
                    working: Some(owed.working.clone()),
                    credits: None,
                    rebill: false,
                });
            }
        }
        for before in gone {
            let net = difference(0, before.minor, &before.name)?;
            if net != 0 {
                lines.push(DocumentLine {
                    position: 0,
                    name: before.name.clone(),
                    detail: before.detail.clone(),
                    service: Some(before.service),
                    quantity: None,
                    unit: before.unit.clone(),
                    net_minor: net,
                    due_minor: Some(0),
                    billed_minor: Some(before.minor),
                    category: rate.0,
                    percent: rate.1,
                    slot: Some(before.slot.clone()),
                    working: None,
                    credits: None,
                    rebill: false,
                });
            }
        }
        limited(&mut lines, manual_minor);
        if lines.len() > usize::from(MANUAL_LINES_FROM) {
            return Err(Unpriced::OutOfRange("The number of lines".to_owned()));
        }
        for (position, line) in (0_u16..).zip(&mut lines) {
            line.position = position;
        }
        Ok(lines)
    }
}

/// Returns `true` if both are the same charge of the same phase and period.
fn is_same(one: &Slot, other: &Slot) -> bool {
    (one.subscription, one.period, &one.key) == (other.subscription, other.period, &other.key)
}

fn difference(due: i64, billed: i64, name: &str) -> Result<i64, Unpriced> {
    due.checked_sub(billed).ok_or_else(|| Unpriced::OutOfRange(name.to_owned()))
}

/// Reduces the negative lines, in order, so that the sum is not negative.
fn limited(lines: &mut Vec<DocumentLine>, manual_minor: i64) {
    let positive = lines.iter().map(|line| i128::from(line.net_minor.max(0))).sum::<i128>();
    let mut left = i64::try_from((positive + i128::from(manual_minor)).max(0)).unwrap_or(i64::MAX);
    lines.retain_mut(|line| {
        if line.net_minor >= 0 {
            return true;
        }
        line.net_minor = line.net_minor.max(-left);
        left += line.net_minor;
        line.net_minor != 0
    });
}

/// Adds the lines of an invoice to what was charged, as issuing it does.
pub fn charge(billed: &mut Vec<Billed>, lines: &[DocumentLine]) {
    for line in lines {
        let (Some(slot), Some(service)) = (&line.slot, line.service) else { continue };
        match billed.iter_mut().find(|billed| is_same(&billed.slot, slot)) {
            Some(billed) => billed.minor = billed.minor.saturating_add(line.net_minor),
            None => billed.push(Billed {
                slot: slot.clone(),
                name: line.name.clone(),
                detail: line.detail.clone(),
                service,
                unit: line.unit.clone(),
                minor: line.net_minor,
            }),
        }
    }
}

#[cfg(test)]
mod tests;
