//! Products and rate plans of a workspace.

use crate::{
    field::FieldErrors,
    id::{ProductId, RatePlanId},
    moment::Moment,
    money::Money,
    text::{Line, paragraphs},
};
use serde::{Deserialize, Serialize};

/// Status of a product, rate plan or customer. Records with history are archived, never deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lifecycle {
    /// In use.
    Active,
    /// Kept and listed on request, but no longer offered.
    Archived,
}

impl Lifecycle {
    /// Returns the name stored in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Archived => "archived",
        }
    }

    /// Parses a stored name. Returns `None` if it is unknown.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Active, Self::Archived].into_iter().find(|l| l.as_str() == word)
    }

    /// Returns the display name.
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
    /// Product ID.
    pub id: ProductId,
    /// Product name.
    pub name: String,
    /// Code under which usage is recorded, unique in the workspace.
    pub code: String,
    /// Name of one unit of usage.
    pub unit: String,
    /// Active or archived.
    pub status: Lifecycle,
    /// Number of rate plans of the product.
    pub rate_plans: i64,
    /// Creation time.
    pub created_at: Moment,
}

/// Data of a product's page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProductDetail {
    /// Fields shared with the list.
    pub row: ProductRow,
    /// Description for users.
    pub description: String,
    /// Rate plans of the product, at most 50, sorted by name.
    pub rate_plans: Vec<RatePlanRow>,
    /// Quantity used in the last 30 days.
    pub used_30_days: i64,
}

/// Billing interval of a rate plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Interval {
    /// Charged monthly.
    Month,
    /// Charged yearly.
    Year,
    /// Charged per unit used, at the end of the month.
    Usage,
}

impl Interval {
    /// Returns the name stored in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Year => "year",
            Self::Usage => "usage",
        }
    }

    /// Parses a stored name. Returns `None` if it is unknown.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Month, Self::Year, Self::Usage].into_iter().find(|i| i.as_str() == word)
    }
}

/// A rate plan in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RatePlanRow {
    /// Rate plan ID.
    pub id: RatePlanId,
    /// Rate plan name.
    pub name: String,
    /// ID of the product that the plan prices.
    pub product_id: ProductId,
    /// Name of that product.
    pub product: String,
    /// Unit name of that product.
    pub unit: String,
    /// Price per interval or per unit.
    pub price: Money,
    /// Billing interval.
    pub interval: Interval,
    /// Active or archived.
    pub status: Lifecycle,
    /// Number of customers on the rate plan.
    pub customers: i64,
    /// Creation time.
    pub created_at: Moment,
}

impl RatePlanRow {
    /// Returns the denominator of the price: `month`, `year`, or the unit name.
    pub fn per(&self) -> &str {
        match self.interval {
            Interval::Usage => &self.unit,
            other => other.as_str(),
        }
    }
}

/// Unvalidated form data of a product.
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

/// Validated form data of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductDraft {
    /// 1 to 80 characters.
    pub name: Line,
    /// 2 to 40 characters of `a-z 0-9 _ -`.
    pub code: String,
    /// 1 to 30 characters.
    pub unit: Line,
    /// At most 500 characters.
    pub description: String,
}

impl ProductInput {
    /// Validates the form.
    ///
    /// # Errors
    /// [`FieldErrors`] with an error for each invalid field.
    pub fn parse(&self) -> Result<ProductDraft, FieldErrors> {
        let mut errors = FieldErrors::default();
        let code = self.code.trim().to_ascii_lowercase();
        let code_ok = (2..=40).contains(&code.len())
            && code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-');
        let code = if code_ok { Ok(code) } else { Err("Use 2 to 40 letters, digits, hyphens or underscores.") };
        let parsed = (
            errors.take("name", Line::parse("a name", &self.name, 80)),
            errors.take("code", code),
            errors.take("unit", Line::parse("a unit", &self.unit, 30)),
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
