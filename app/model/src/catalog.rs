//! Products and rate plans.

use crate::{
    field::FieldErrors,
    id::{ProductId, RatePlanId},
    moment::Moment,
    money::Money,
    text::{Line, paragraphs},
};
use serde::{Deserialize, Serialize};

/// Whether something is in use or put away. Nothing that has history is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lifecycle {
    /// In use.
    Active,
    /// Put away: kept, listed on request, not offered.
    Archived,
}

impl Lifecycle {
    /// The word stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Archived => "archived",
        }
    }

    /// Reads a stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Active, Self::Archived].into_iter().find(|l| l.as_str() == word)
    }

    /// The word a person reads.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Archived => "Archived",
        }
    }
}

/// A product in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProductRow {
    /// Its id.
    pub id: ProductId,
    /// Its name.
    pub name: String,
    /// The code that usage is recorded under, unique in the workspace.
    pub code: String,
    /// What one unit of usage is called.
    pub unit: String,
    /// In use or not.
    pub status: Lifecycle,
    /// How many rate plans price it.
    pub rate_plans: i64,
    /// When it was created.
    pub created_at: Moment,
}

/// A product's page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProductDetail {
    /// What the list shows.
    pub row: ProductRow,
    /// What it is, for people.
    pub description: String,
    /// Its rate plans, at most 50, by name.
    pub rate_plans: Vec<RatePlanRow>,
    /// Units used in the last 30 days.
    pub used_30_days: i64,
}

/// How often a rate plan charges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Interval {
    /// Each month.
    Month,
    /// Each year.
    Year,
    /// For each unit used, at the end of the month.
    Usage,
}

impl Interval {
    /// The word stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Year => "year",
            Self::Usage => "usage",
        }
    }

    /// Reads a stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Month, Self::Year, Self::Usage].into_iter().find(|i| i.as_str() == word)
    }
}

/// A rate plan in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RatePlanRow {
    /// Its id.
    pub id: RatePlanId,
    /// Its name.
    pub name: String,
    /// The product it prices.
    pub product_id: ProductId,
    /// That product's name.
    pub product: String,
    /// That product's unit.
    pub unit: String,
    /// The price of one interval, or of one unit.
    pub price: Money,
    /// What the price is for.
    pub interval: Interval,
    /// In use or not.
    pub status: Lifecycle,
    /// Customers on it.
    pub customers: i64,
    /// When it was created.
    pub created_at: Moment,
}

impl RatePlanRow {
    /// What the price is per: `month`, `year`, or the unit.
    pub fn per(&self) -> &str {
        match self.interval {
            Interval::Usage => &self.unit,
            other => other.as_str(),
        }
    }
}

/// A product as typed into its form.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ProductInput {
    /// Control `name`.
    pub name: String,
    /// Control `code`.
    pub code: String,
    /// Control `unit`.
    pub unit: String,
    /// Control `description`.
    pub description: String,
}

/// A product that may be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductDraft {
    /// 1 to 80 characters.
    pub name: Line,
    /// 2 to 40 of `a-z 0-9 _ -`.
    pub code: String,
    /// 1 to 30 characters.
    pub unit: Line,
    /// At most 500 characters.
    pub description: String,
}

impl ProductInput {
    /// Parses the form.
    ///
    /// # Errors
    /// All fields that can't stand as typed.
    pub fn parse(&self) -> Result<ProductDraft, FieldErrors> {
        let mut errors = FieldErrors::default();
        let code = self.code.trim().to_ascii_lowercase();
        let code_ok = (2..=40).contains(&code.len())
            && code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-');
        let code = if code_ok { Ok(code) } else { Err("Use 2 to 40 letters, digits, hyphens or underscores.") };
        let parsed = (
            errors.take("name", Line::parse("a name", &self.name, 80)),
            errors.take("code", code),
            errors.take("unit", Line::parse("what one unit is called", &self.unit, 30)),
            errors.take("description", paragraphs("the description", &self.description, 500)),
        );
        match parsed {
            (Some(name), Some(code), Some(unit), Some(description)) => {
                Ok(ProductDraft { name, code, unit, description })
            }
            _ => Err(errors),
        }
    }
}
