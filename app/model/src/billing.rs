//! Usage and invoices.

use crate::{
    id::{CustomerId, InvoiceId, ProductId, UsageId},
    moment::Moment,
    money::Money,
};
use serde::{Deserialize, Serialize};
use time::Date;

/// A usage record in a list: so many units of a product, by a customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UsageRow {
    /// Its id.
    pub id: UsageId,
    /// Who used it.
    pub customer_id: CustomerId,
    /// Their name.
    pub customer: String,
    /// What was used.
    pub product_id: ProductId,
    /// That product's name.
    pub product: String,
    /// How much, in units.
    pub quantity: i64,
    /// The unit.
    pub unit: String,
    /// When it was used.
    pub recorded_at: Moment,
}

/// Where an invoice stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceStatus {
    /// Not sent.
    Draft,
    /// Sent, to be paid.
    Open,
    /// Paid.
    Paid,
    /// Withdrawn.
    Void,
}

impl InvoiceStatus {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Draft, Self::Open, Self::Paid, Self::Void];

    /// The word stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Open => "open",
            Self::Paid => "paid",
            Self::Void => "void",
        }
    }

    /// Reads a stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == word)
    }

    /// The word a person reads.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Draft => "Draft",
            Self::Open => "Open",
            Self::Paid => "Paid",
            Self::Void => "Void",
        }
    }
}

/// An invoice in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InvoiceRow {
    /// Its id.
    pub id: InvoiceId,
    /// The number, unique in the workspace. `None` for drafts, whose number is not final.
    pub number: Option<String>,
    /// Who is charged.
    pub customer_id: CustomerId,
    /// Their name.
    pub customer: String,
    /// Where it stands.
    pub status: InvoiceStatus,
    /// Open and past its due date, on the workspace's current day when it was read.
    pub overdue: bool,
    /// What is charged.
    pub total: Money,
    /// The issue date. `None` for drafts.
    pub issued_on: Option<Date>,
    /// When payment is due.
    pub due_on: Date,
}

impl InvoiceRow {
    /// Its name in one line: its number, or the customer of the draft.
    pub fn title(&self) -> String {
        self.number.clone().unwrap_or_else(|| match self.customer.as_str() {
            "" => "Draft invoice".to_owned(),
            customer => format!("Draft for {customer}"),
        })
    }
}

/// The filter word for invoices that are open and past due. It is not a status.
pub const OVERDUE: &str = "overdue";
