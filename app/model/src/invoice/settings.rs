//! How a workspace invoices: seller, numbers, terms and tax rates.

use super::DocumentKind;
use crate::{
    field::FieldErrors,
    id::TaxRateId,
    pricing::tax::{Category, Percent},
};
use serde::{Deserialize, Serialize};

/// One side of a document, as it was on the day of issue.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Party {
    /// Legal name.
    pub name: String,
    /// Postal address in lines.
    pub address: String,
    /// Country code (ISO 3166-1 alpha-2), or empty.
    pub country: String,
    /// Tax id, possibly empty.
    pub tax_id: String,
    /// Email address, possibly empty.
    pub email: String,
}

/// A tax rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxRate {
    /// Tax rate ID.
    pub id: TaxRateId,
    /// Name, for example `VAT 19 %`.
    pub name: String,
    /// Rate in percent.
    pub percent: Percent,
    /// VAT category.
    pub category: Category,
    /// Note that is printed on documents, possibly empty.
    pub note: String,
    /// `true` if it can't be chosen any more.
    pub archived: bool,
}

/// Numbers of a kind of document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Series {
    /// Kind.
    pub kind: DocumentKind,
    /// What numbers begin with, for example `INV-`.
    pub prefix: String,
    /// Minimum number of digits.
    pub width: u8,
    /// Whether numbers contain the year, and begin again with 1 in the next.
    pub yearly: bool,
    /// Next number.
    pub next: i64,
    /// `true` if the series has a document, so that the next number is not chosen.
    pub started: bool,
}

impl Series {
    /// Returns the series of a kind in a workspace that has none.
    pub fn new(kind: DocumentKind) -> Self {
        let prefix = match kind {
            DocumentKind::Invoice => "INV-",
            DocumentKind::CreditNote => "CN-",
        };
        Self { kind, prefix: prefix.to_owned(), width: 4, yearly: true, next: 1, started: false }
    }

    /// Returns a number of the series: `INV-2026-0042`.
    pub fn number(&self, year: i32, no: i64) -> String {
        let (prefix, width) = (&self.prefix, usize::from(self.width));
        if self.yearly { format!("{prefix}{year}-{no:0width$}") } else { format!("{prefix}{no:0width$}") }
    }
}

/// Settings of invoicing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoicingSettings {
    /// The workspace's side of documents.
    pub seller: Party,
    /// Where to pay, in lines. Possibly empty.
    pub payment_details: String,
    /// Last lines of documents. Possibly empty.
    pub footer: String,
    /// Days until an invoice is due.
    pub payment_days: u16,
    /// Tax rate of customers without one of their own.
    pub tax_rate: Option<TaxRateId>,
    /// Days after a period until its invoice is drafted without a person.
    pub grace_days: u8,
    /// Whether drafts are made without a person.
    pub auto_draft: bool,
    /// Whether drafts that nothing blocks are issued without a person.
    pub auto_issue: bool,
    /// Whether invoices of 0.00 are drafted.
    pub zero_invoices: bool,
    /// Tax rates, active first, by name.
    pub tax_rates: Vec<TaxRate>,
    /// Series of invoices and of credit notes.
    pub series: [Series; 2],
}

/// Unvalidated form data of the settings. Control names are the names of the fields.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct InvoicingInput {
    /// Legal name of the seller.
    pub seller_name: String,
    /// Address in lines.
    pub seller_address: String,
    /// Country code, or empty.
    pub seller_country: String,
    /// Tax id, or empty.
    pub seller_tax_id: String,
    /// Email address, or empty.
    pub seller_email: String,
    /// Where to pay.
    pub payment_details: String,
    /// Footer.
    pub footer: String,
    /// Days until an invoice is due.
    pub payment_days: String,
    /// Default tax rate's ID, or empty.
    pub tax_rate: String,
    /// Days after a period.
    pub grace_days: String,
    /// Check box.
    pub auto_draft: String,
    /// Check box.
    pub auto_issue: String,
    /// Check box.
    pub zero_invoices: String,
}

/// Unvalidated form data of a series.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SeriesInput {
    /// Kind of document, as stored.
    pub kind: String,
    /// Prefix.
    pub prefix: String,
    /// Digits.
    pub width: String,
    /// Check box.
    pub yearly: String,
    /// Next number; only for a series without documents.
    pub next: String,
}

/// Unvalidated form data of a tax rate.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TaxRateInput {
    /// Name.
    pub name: String,
    /// Percent.
    pub percent: String,
    /// Code of the category.
    pub category: String,
    /// Note.
    pub note: String,
}

/// Validated form data of a tax rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaxRateDraft {
    /// 1 to 60 characters.
    pub name: crate::text::Line,
    /// Rate; 0 unless the category is standard.
    pub percent: Percent,
    /// Category.
    pub category: Category,
    /// At most 200 characters. Not empty for exempt and reverse charge.
    pub note: String,
}

impl TaxRateInput {
    /// Validates the form.
    ///
    /// # Errors
    /// [`FieldErrors`] with an error for each invalid field.
    pub fn parse(&self) -> Result<TaxRateDraft, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = errors.take("name", crate::text::Line::parse("a name", &self.name, 60));
        let category = errors.take("category", Category::from_word(&self.category).ok_or("Choose a category."));
        let percent = errors.take("percent", Percent::parse(self.percent.trim()));
        let note = self.note.trim().to_owned();
        if note.chars().count() > 200 {
            errors.0.extend(FieldErrors::one("note", "Use at most 200 characters.").0);
        }
        if let (Some(category), Some(percent)) = (category, percent) {
            if category != Category::S && i64::from(percent) != 0 {
                errors.0.extend(FieldErrors::one("percent", "Only the standard category has a rate above 0.").0);
            }
            if matches!(category, Category::E | Category::AE) && note.is_empty() {
                errors.0.extend(FieldErrors::one("note", "Enter the reason that invoices must state.").0);
            }
        }
        match (name, category, percent) {
            (Some(name), Some(category), Some(percent)) if errors.0.is_empty() => {
                Ok(TaxRateDraft { name, percent, category, note })
            }
            _ => Err(errors),
        }
    }
}
