//! Products of a workspace, and what all records of the catalogue have in common.

use crate::{
    field::FieldErrors,
    id::{ProductId, RatePlanId},
    moment::Moment,
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
    /// Code in the API, unique in the workspace.
    pub code: String,
    /// Active or archived.
    pub status: Lifecycle,
    /// Number of rate plans whose latest published version, or else draft, has a charge for the product.
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
    /// Rate plans whose latest published version, or else draft, has a charge for the product, at most 50, sorted by
    /// name.
    pub rate_plans: Vec<PlanOfProduct>,
}

/// A rate plan on the page of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanOfProduct {
    /// Rate plan ID.
    pub id: RatePlanId,
    /// Rate plan name.
    pub name: String,
    /// Active or archived.
    pub status: Lifecycle,
    /// Number of customers on the plan today.
    pub customers: i64,
}

/// Unvalidated form data of a product.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ProductInput {
    /// Control `name`.
    pub name: String,
    /// Control `code`.
    pub code: String,
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
    /// At most 500 characters.
    pub description: String,
}

impl From<&ProductDetail> for ProductInput {
    fn from(detail: &ProductDetail) -> Self {
        Self { name: detail.row.name.clone(), code: detail.row.code.clone(), description: detail.description.clone() }
    }
}

impl ProductInput {
    /// Validates the form.
    ///
    /// # Errors
    /// [`FieldErrors`] with an error for each invalid field.
    pub fn parse(&self) -> Result<ProductDraft, FieldErrors> {
        let mut errors = FieldErrors::default();
        let parsed = (
            errors.take("name", Line::parse("a name", &self.name, 80)),
            errors.take("code", code(&self.code)),
            errors.take("description", paragraphs("the description", &self.description, 500)),
        );
        match parsed {
            (Some(name), Some(code), Some(description)) => Ok(ProductDraft { name, code, description }),
            _ => Err(errors),
        }
    }
}

/// Parses a code of the API: 2 to 40 characters of `a-z 0-9 _ -`. Capital letters become small ones.
///
/// # Errors
/// An error message for the field.
pub(crate) fn code(text: &str) -> Result<String, &'static str> {
    let code = text.trim().to_ascii_lowercase();
    let known = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
    if (2..=40).contains(&code.len()) && code.bytes().all(known) {
        Ok(code)
    } else {
        Err("Use 2 to 40 letters, digits, hyphens or underscores.")
    }
}
