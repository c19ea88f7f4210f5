//! How the quantities of a chart were computed, and what may be added up.

use super::add;
use crate::pricing::Quantity;
use serde::{Deserialize, Serialize};

/// How the quantities of a chart were computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Sum, for meters that count events or add up a property.
    Sum,
    /// Largest value of a day.
    Peak,
    /// Number of distinct values of a day and customer.
    Unique,
    /// Number of events that a meter counted, for people who can't read what the meter measures.
    Events,
}

impl Measure {
    /// Returns `true` if the quantities of several days may be added up. Otherwise the largest one stands for them.
    pub const fn adds_days(self) -> bool {
        matches!(self, Self::Sum | Self::Events)
    }

    /// Returns `true` if the quantities of several groups may be added up. Otherwise the largest one stands for them.
    pub const fn adds_groups(self) -> bool {
        !matches!(self, Self::Peak)
    }

    /// Returns the name of the quantity of several days.
    pub const fn total(self) -> &'static str {
        if self.adds_days() { "Total" } else { "Highest day" }
    }

    /// Returns what the quantities of a chart are, as a sentence.
    pub const fn explanation(self) -> &'static str {
        match self {
            Self::Sum => "Quantities of meters with this unit, added up.",
            Self::Peak => "Highest value of each day. Peaks are not added up.",
            Self::Unique => "Different values of each day and customer.",
            Self::Events => "Events that one meter counted.",
        }
    }

    /// Returns the quantity of several days.
    pub fn over_days(self, quantities: &[Quantity]) -> Quantity {
        let join = if self.adds_days() { add } else { Quantity::max };
        quantities.iter().copied().reduce(join).unwrap_or_default()
    }

    pub(super) fn over_groups(self, a: Quantity, b: Quantity) -> Quantity {
        if self.adds_groups() { add(a, b) } else { a.max(b) }
    }

    /// Adds the quantities of another group, day by day.
    pub(super) fn join(self, into: &mut [Quantity], other: &[Quantity]) {
        for (into, other) in into.iter_mut().zip(other) {
            *into = self.over_groups(*into, *other);
        }
    }
}
