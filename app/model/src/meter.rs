//! Meters: what a workspace counts of the events that it receives.

use crate::{
    catalog::Lifecycle,
    id::{MeterId, ProductId},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use time::Date;

/// How a meter computes a quantity from the events that it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aggregation {
    /// Number of events.
    Count,
    /// Sum of a property.
    Sum,
    /// Largest value of a property.
    Max,
    /// Number of distinct values of a property.
    Unique,
}

impl Aggregation {
    /// All aggregations, in the order in which forms offer them.
    pub const ALL: [Self; 4] = [Self::Count, Self::Sum, Self::Max, Self::Unique];

    /// Returns the name stored in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Sum => "sum",
            Self::Max => "max",
            Self::Unique => "unique",
        }
    }

    /// Parses a stored name. Returns `None` if it is unknown.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|a| a.as_str() == word)
    }
}

/// A meter. Only its name, unit and status can change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meter {
    /// Meter ID.
    pub id: MeterId,
    /// Product whose usage the meter counts.
    pub product_id: ProductId,
    /// Meter name.
    pub name: String,
    /// Code in the API, unique in the workspace.
    pub code: String,
    /// Type of the events that the meter counts.
    pub event_type: String,
    /// How the quantity is computed.
    pub aggregation: Aggregation,
    /// Property of the event data that is aggregated; `None` only for [`Aggregation::Count`].
    pub property: Option<String>,
    /// Properties that the event data must have, at most 5, with their values as text.
    pub filter: BTreeMap<String, String>,
    /// Name of one unit.
    pub unit: String,
    /// First day that is counted.
    pub counts_from: Date,
    /// Active or archived. An archived meter counts nothing.
    pub status: Lifecycle,
}
