//! The days of a subscription: its phases, its billing periods, and changes of both.

use crate::{
    id::RatePlanId,
    pricing::period::{Interval, Period, period_of},
};
use serde::{Deserialize, Serialize};
use time::{Date, macros::date};

/// End of subscriptions without an end, for comparisons.
const NEVER: Date = date!(9999 - 12 - 31);

/// Version of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanVersion {
    /// Plan ID.
    pub plan: RatePlanId,
    /// Version number, from 1.
    pub version: i32,
    /// Name of the plan.
    pub name: String,
    /// Length of the billing periods.
    pub interval: Interval,
}

impl PlanVersion {
    /// Returns `true` if both are the same version of the same plan.
    pub fn is_same(&self, other: &Self) -> bool {
        (self.plan, self.version) == (other.plan, other.version)
    }
}

/// A phase of a subscription: from its first day until the next phase or the end, one plan version and one number of
/// seats are in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phase {
    /// First day.
    pub from_on: Date,
    /// Plan version in force.
    pub plan: PlanVersion,
    /// Number of seats, at least 1.
    pub seats: u32,
}

/// State of a subscription on a day. It is derived from its days and never stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It starts later.
    Planned,
    /// It runs and has no end.
    Active,
    /// It runs and has an end.
    Ending,
    /// It has ended.
    Ended,
}

impl State {
    /// Returns the state on a day. `ends_on` is the first day after the subscription.
    pub fn on(day: Date, starts_on: Date, ends_on: Option<Date>) -> Self {
        match ends_on {
            Some(end) if end <= day => Self::Ended,
            _ if day < starts_on => Self::Planned,
            Some(_) => Self::Ending,
            None => Self::Active,
        }
    }

    /// Returns the name in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Active => "active",
            Self::Ending => "ending",
            Self::Ended => "ended",
        }
    }

    /// Returns the label of the status badge.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Planned => "Planned",
            Self::Active => "Active",
            Self::Ending => "Ending",
            Self::Ended => "Ended",
        }
    }
}

/// A part of a billing period in which one phase is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part<'a> {
    /// The phase.
    pub phase: &'a Phase,
    /// The whole period, of which the part is charged.
    pub period: Period,
    /// Days of the part, which lie in the period and in the phase.
    pub days: Period,
}

/// Why a change does not fit a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// The day is before the first day or after the last.
    #[error("Choose a day on which the subscription runs.")]
    NotRunning,
    /// The end would be before a planned change.
    #[error("A change is planned for a later day. Undo it first, or choose a later last day.")]
    BeforeChange,
    /// The last day would be before the first.
    #[error("Choose a last day that is not before the first day.")]
    BeforeStart,
    /// Nothing would change.
    #[error("This changes nothing.")]
    Nothing,
    /// There is no planned change on the day.
    #[error("There is no change on this day.")]
    NoChange,
}

/// The days of a subscription and what is in force on each of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// The periods begin on the day of the month of this date.
    pub anchor_on: Date,
    /// First day.
    pub starts_on: Date,
    /// First day after the subscription; `None` if it has no end.
    pub ends_on: Option<Date>,
    /// Phases, the first from `starts_on`, in order. A phase lasts until the next one or the end.
    pub phases: Vec<Phase>,
}

impl Schedule {
    /// Returns the days on which the subscription runs. Without an end, they last until the end of the calendar.
    pub fn days(&self) -> Period {
        Period { from: self.starts_on, until: self.ends_on.unwrap_or(NEVER) }
    }

    /// Returns the state on a day.
    pub fn state(&self, day: Date) -> State {
        State::on(day, self.starts_on, self.ends_on)
    }

    /// Returns the phases with their days.
    pub fn phases(&self) -> impl Iterator<Item = (&Phase, Period)> {
        let end = self.days().until;
        let ends = self.phases.iter().skip(1).map(|next| next.from_on).chain([end]);
        self.phases.iter().zip(ends).map(|(phase, until)| (phase, Period { from: phase.from_on, until }))
    }

    /// Returns the phase that is in force on a day; `None` if the subscription does not run then.
    pub fn phase_on(&self, day: Date) -> Option<&Phase> {
        self.phases().find(|(_, days)| days.contains(day)).map(|(phase, _)| phase)
    }

    /// Returns the days of consecutive phases with the same interval that include the day. When the interval changes,
    /// the running period ends early.
    fn span(&self, day: Date) -> Option<(Interval, Period)> {
        let mut span: Option<(Interval, Period)> = None;
        for (phase, days) in self.phases() {
            span = match span {
                Some((interval, known)) if interval == phase.plan.interval => {
                    Some((interval, Period { until: days.until, ..known }))
                }
                Some((_, known)) if known.contains(day) => break,
                _ => Some((phase.plan.interval, days)),
            };
        }
        span.filter(|(_, days)| days.contains(day))
    }

    /// Returns the billing period that contains a day, without days on which the subscription does not run; `None` if
    /// it does not run on the day.
    pub fn period_on(&self, day: Date) -> Option<Period> {
        let (interval, span) = self.span(day)?;
        period_of(self.anchor_on, interval, day)?.overlap(span)
    }

    /// Returns the first day, from `day` on, on which an invoice is due: the first day of the subscription, the day
    /// after each period, and the day after the last.
    pub fn due_on(&self, day: Date) -> Option<Date> {
        if day <= self.starts_on {
            return Some(self.starts_on);
        }
        Some(self.period_on(day.previous_day()?)?.until)
    }

    /// Returns the parts of billing periods that lie in `days`, by day.
    pub fn parts(&self, days: Period) -> Vec<Part<'_>> {
        let mut parts = Vec::new();
        for (phase, in_force) in self.phases() {
            let Some(both) = in_force.overlap(days) else { continue };
            let mut day = both.from;
            while day < both.until {
                let Some(period) = period_of(self.anchor_on, phase.plan.interval, day) else { break };
                let Some(days) = period.overlap(both) else { break };
                day = days.until;
                parts.push(Part { phase, period, days });
            }
        }
        parts
    }

    /// Returns the schedule as it was known on a day: without phases that begin later and without an end.
    pub fn as_of(&self, day: Date) -> Self {
        let day = day.max(self.starts_on);
        let phases = self.phases.iter().filter(|phase| phase.from_on <= day).cloned().collect();
        Self { ends_on: None, phases, ..self.clone() }
    }

    /// Returns the schedule with another plan version from a day on, until the next change of the plan.
    ///
    /// # Errors
    /// [`Misfit::NotRunning`], or [`Misfit::Nothing`] if the version is in force already.
    pub fn with_plan(&self, from_on: Date, plan: &PlanVersion) -> Result<Self, Misfit> {
        let before = self.phase_on(from_on).ok_or(Misfit::NotRunning)?.plan.clone();
        self.changed(from_on, |phase| {
            let same = phase.plan.is_same(&before);
            if same {
                phase.plan = plan.clone();
            }
            same
        })
    }

    /// Returns the schedule with another number of seats from a day on, until the next change of the seats.
    ///
    /// # Errors
    /// [`Misfit::NotRunning`], or [`Misfit::Nothing`] if there are as many seats already.
    pub fn with_seats(&self, from_on: Date, seats: u32) -> Result<Self, Misfit> {
        let before = self.phase_on(from_on).ok_or(Misfit::NotRunning)?.seats;
        self.changed(from_on, |phase| {
            let same = phase.seats == before;
            if same {
                phase.seats = seats;
            }
            same
        })
    }

    /// Begins a phase on a day and changes it and those after it, until `change` returns `false`. A phase that is equal
    /// to the one before it is dropped.
    fn changed(&self, from_on: Date, mut change: impl FnMut(&mut Phase) -> bool) -> Result<Self, Misfit> {
        let current = self.phase_on(from_on).ok_or(Misfit::NotRunning)?;
        let mut phases: Vec<Phase> = self.phases.iter().filter(|phase| phase.from_on < from_on).cloned().collect();
        let later = self.phases.iter().filter(|phase| phase.from_on > from_on).cloned();
        let mut changing = true;
        for mut phase in [Phase { from_on, ..current.clone() }].into_iter().chain(later) {
            changing = changing && change(&mut phase);
            phases.push(phase);
        }
        phases.dedup_by(|next, before| next.plan.is_same(&before.plan) && next.seats == before.seats);
        let after = Self { phases, ..self.clone() };
        if after == *self { Err(Misfit::Nothing) } else { Ok(after) }
    }

    /// Returns the schedule with a last day.
    ///
    /// # Errors
    /// [`Misfit::BeforeStart`], [`Misfit::BeforeChange`] if a phase begins later, or [`Misfit::Nothing`] if it is the
    /// last day already.
    pub fn ending(&self, last_on: Date) -> Result<Self, Misfit> {
        let ends_on = last_on.next_day().filter(|end| *end < NEVER).ok_or(Misfit::NotRunning)?;
        if last_on < self.starts_on {
            return Err(Misfit::BeforeStart);
        }
        if self.phases.iter().any(|phase| phase.from_on > last_on) {
            return Err(Misfit::BeforeChange);
        }
        if self.ends_on == Some(ends_on) {
            return Err(Misfit::Nothing);
        }
        Ok(Self { ends_on: Some(ends_on), ..self.clone() })
    }

    /// Returns the schedule without its end.
    ///
    /// # Errors
    /// [`Misfit::NoChange`] if it has none.
    pub fn without_end(&self) -> Result<Self, Misfit> {
        if self.ends_on.is_none() {
            return Err(Misfit::NoChange);
        }
        Ok(Self { ends_on: None, ..self.clone() })
    }

    /// Returns the schedule without the phase that begins on a day, so that the phase before it goes on.
    ///
    /// # Errors
    /// [`Misfit::NoChange`] if no phase but the first begins then.
    pub fn without_change(&self, from_on: Date) -> Result<Self, Misfit> {
        if from_on == self.starts_on || !self.phases.iter().any(|phase| phase.from_on == from_on) {
            return Err(Misfit::NoChange);
        }
        let mut phases: Vec<Phase> = self.phases.iter().filter(|phase| phase.from_on != from_on).cloned().collect();
        phases.dedup_by(|next, before| next.plan.is_same(&before.plan) && next.seats == before.seats);
        Ok(Self { phases, ..self.clone() })
    }
}

#[cfg(test)]
mod tests;
