//! Invoices and credit notes: how they are drafted, issued, credited and paid.

mod document;
mod due;
mod input;
pub mod lines;
mod page;
mod row;
mod settings;

pub use document::{
    Basis, Blocker, Document, DocumentLine, Link, Moved, Payment, PaymentMethod, Slot, TaxGroup, Totals,
};
pub use due::{DuePage, DueRow, Run, RunResult, Skipped};
pub use input::{
    CreditDraft, CreditInput, DraftInput, IssueInput, LineDraft, LineInput, NewInvoice, NewInvoiceInput, PaymentDraft,
    PaymentInput, VoidInput, VoidReason,
};
pub use page::{CreditPage, CreditPreview, DocumentPage, NewInvoicePage};
pub use row::{InvoiceRow, InvoiceStatus, OVERDUE};
pub use settings::{
    Invoicing, InvoicingInput, InvoicingSettings, Party, Series, SeriesDraft, SeriesInput, TaxRate, TaxRateDraft,
    TaxRateInput,
};

use serde::{Deserialize, Serialize};

/// Maximum number of lines of a document.
pub const LINES_MAX: usize = 500;

/// Position of the first line of a draft that a person entered. The computed lines are before it.
pub const MANUAL_LINES_FROM: u16 = 400;

/// Kind of a document. Each has its own series of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// Invoice.
    #[default]
    Invoice,
    /// Credit note. Its amounts are positive, and reduce what its invoice demands.
    CreditNote,
}

impl DocumentKind {
    /// Both kinds.
    pub const ALL: [Self; 2] = [Self::Invoice, Self::CreditNote];

    /// Returns the name stored in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invoice => "invoice",
            Self::CreditNote => "credit_note",
        }
    }

    /// Parses a stored name. Returns `None` if it is unknown.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// Returns the display name.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Invoice => "Invoice",
            Self::CreditNote => "Credit note",
        }
    }
}
