//! Names of the pricing models.

use crate::pricing::charge::{Charge, Model};
use serde::{Deserialize, Serialize};

/// Pricing model of a charge, without its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelKind {
    /// A fixed fee per period.
    Fee,
    /// Every unit has the same price.
    PerUnit,
    /// Each unit has the price of the tier that it falls into.
    Graduated,
    /// All units have the price of the tier that the whole quantity falls into.
    Volume,
    /// Whole packages.
    Package,
}

impl ModelKind {
    /// All models, in the order in which forms offer them.
    pub const ALL: [Self; 5] = [Self::Fee, Self::PerUnit, Self::Graduated, Self::Volume, Self::Package];

    /// Returns the model of a charge.
    pub const fn of(charge: &Charge) -> Self {
        match charge {
            Charge::Fee(_) => Self::Fee,
            Charge::Metered(metered) => match metered.model {
                Model::PerUnit(_) => Self::PerUnit,
                Model::Graduated(_) => Self::Graduated,
                Model::Volume(_) => Self::Volume,
                Model::Package { .. } => Self::Package,
            },
        }
    }

    /// Returns the name stored in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fee => "fee",
            Self::PerUnit => "per_unit",
            Self::Graduated => "graduated",
            Self::Volume => "volume",
            Self::Package => "package",
        }
    }

    /// Parses a stored name. Returns `None` if it is unknown.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// Returns the display name.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Fee => "Fee",
            Self::PerUnit => "Per unit",
            Self::Graduated => "Graduated",
            Self::Volume => "Volume",
            Self::Package => "Package",
        }
    }

    /// Returns a sentence that says how the model computes a price.
    pub const fn explanation(self) -> &'static str {
        match self {
            Self::Fee => "A fixed amount per period.",
            Self::PerUnit => "Every unit has the same price.",
            Self::Graduated => "Each unit has the price of the tier that it falls into.",
            Self::Volume => "All units have the price of the tier that the whole quantity falls into.",
            Self::Package => "Whole packages. A package that is used in part is charged in full.",
        }
    }
}
