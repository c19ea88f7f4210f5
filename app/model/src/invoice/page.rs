//! Data of the pages of documents.

use super::{CreditInput, Document, NewInvoiceInput, TaxGroup};
use crate::id::{CustomerId, TaxRateId};
use serde::{Deserialize, Serialize};

/// Data of the page of a document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DocumentPage {
    /// The document.
    pub document: Document,
    /// Tax rates to choose from for a new line: IDs and names. Empty unless it is a draft that the person may change.
    pub tax_rates: Vec<(TaxRateId, String)>,
}

/// Data of the form of an invoice without a subscription.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct NewInvoicePage {
    /// Values of the fields.
    pub input: NewInvoiceInput,
    /// Active customers by name, at most 100.
    pub customers: Vec<(CustomerId, String)>,
    /// `true` if there are more.
    pub more: bool,
}

/// Data of the form of a credit note, with a preview.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CreditPage {
    /// The invoice.
    pub document: Document,
    /// What is left to credit of each line in minor units, in the order of the lines.
    pub left: Vec<i64>,
    /// Values of the fields.
    pub input: CreditInput,
    /// The preview.
    pub preview: CreditPreview,
}

/// What a credit note would come to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CreditPreview {
    /// Taxes by category and rate. Empty if nothing is entered.
    pub taxes: Vec<TaxGroup>,
    /// Why it can't be issued.
    pub problem: Option<String>,
}
