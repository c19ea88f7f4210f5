//! Rows of lists of documents.

use super::DocumentKind;
use crate::{
    id::{CustomerId, InvoiceId},
    money::Money,
};
use serde::{Deserialize, Serialize};
use time::Date;

/// Status of an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceStatus {
    /// Not issued yet.
    Draft,
    /// Issued and awaiting payment.
    Open,
    /// Paid.
    Paid,
    /// Voided.
    Void,
}

impl InvoiceStatus {
    /// All statuses.
    pub const ALL: [Self; 4] = [Self::Draft, Self::Open, Self::Paid, Self::Void];

    /// Returns the name stored in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Open => "open",
            Self::Paid => "paid",
            Self::Void => "void",
        }
    }

    /// Parses a stored name. Returns `None` if it is unknown.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == word)
    }

    /// Returns the display name.
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
    /// Invoice ID.
    pub id: InvoiceId,
    /// Kind of document.
    pub kind: DocumentKind,
    /// Invoice number, unique in the workspace. `None` for drafts, whose number is not final.
    pub number: Option<String>,
    /// ID of the customer who is charged.
    pub customer_id: CustomerId,
    /// Name of that customer.
    pub customer: String,
    /// Current status.
    pub status: InvoiceStatus,
    /// `true` if the invoice was open and past its due date when it was read, by the date in the workspace's time zone.
    pub overdue: bool,
    /// Total amount.
    pub total: Money,
    /// Issue date. `None` for drafts.
    pub issued_on: Option<Date>,
    /// Due date. `None` for drafts and credit notes.
    pub due_on: Option<Date>,
    /// What is left to pay. Zero for drafts and void invoices.
    pub balance: Money,
}

impl InvoiceRow {
    /// Returns a title: the invoice number, or the customer's name for a draft.
    pub fn title(&self) -> String {
        self.number.clone().unwrap_or_else(|| match self.customer.as_str() {
            "" => "Draft invoice".to_owned(),
            customer => format!("Draft for {customer}"),
        })
    }
}

/// Value of the status filter that selects open invoices past their due date. It is not a status of its own.
pub const OVERDUE: &str = "overdue";
