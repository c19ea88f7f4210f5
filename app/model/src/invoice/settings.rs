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

/// Validated form data of the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invoicing {
    /// The workspace's side of documents. Name and address can be empty, but then nothing is issued.
    pub seller: Party,
    /// At most 500 characters.
    pub payment_details: String,
    /// At most 500 characters.
    pub footer: String,
    /// 0 to 180.
    pub payment_days: u16,
    /// Tax rate of customers without one of their own.
    pub tax_rate: Option<TaxRateId>,
    /// 0 to 35.
    pub grace_days: u8,
    /// Whether drafts are made without a person.
    pub auto_draft: bool,
    /// Whether drafts that nothing blocks are issued without a person.
    pub auto_issue: bool,
    /// Whether invoices of 0.00 are drafted.
    pub zero_invoices: bool,
}

/// Validated form data of a series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeriesDraft {
    /// Kind of document.
    pub kind: DocumentKind,
    /// At most 12 letters, digits, hyphens and slashes.
    pub prefix: String,
    /// 1 to 8.
    pub width: u8,
    /// Whether numbers contain the year, and begin again with 1 in the next.
    pub yearly: bool,
    /// Next number; `None` keeps it.
    pub next: Option<i64>,
}

fn optional_line(what: &str, text: &str, max: usize) -> Result<String, String> {
    if text.trim().is_empty() { Ok(String::new()) } else { crate::text::Line::parse(what, text, max).map(String::from) }
}

impl InvoicingInput {
    /// Validates the form.
    ///
    /// # Errors
    /// [`FieldErrors`] with an error for each invalid field.
    pub fn parse(&self) -> Result<Invoicing, FieldErrors> {
        let mut errors = FieldErrors::default();
        let country = self.seller_country.trim().to_ascii_uppercase();
        let has_form = country.is_empty() || country.len() == 2 && country.bytes().all(|b| b.is_ascii_uppercase());
        let country = errors.take("seller_country", if has_form { Ok(country) } else { Err("Choose a country.") });
        let email = match self.seller_email.trim() {
            "" => Some(String::new()),
            text => errors.take("seller_email", crate::email::Email::parse(text)).map(|email| email.to_string()),
        };
        let name = errors.take("seller_name", optional_line("the legal name", &self.seller_name, 200));
        let address = crate::text::paragraphs("the address", &self.seller_address, 500);
        let address = errors.take("seller_address", address);
        let tax_id = errors.take("seller_tax_id", optional_line("the tax id", &self.seller_tax_id, 40));
        let details = crate::text::paragraphs("the payment details", &self.payment_details, 500);
        let details = errors.take("payment_details", details);
        let footer = errors.take("footer", crate::text::paragraphs("the footer", &self.footer, 500));
        let payment_days = errors.take("payment_days", number(&self.payment_days, 180));
        let grace_days = errors.take("grace_days", number(&self.grace_days, 35));
        let tax_rate = match self.tax_rate.as_str() {
            "" => Some(None),
            id => errors.take("tax_rate", id.parse().map_err(|_| "Choose a tax rate.")).map(Some),
        };
        match (name, address, country, tax_id, email, (details, footer, payment_days, grace_days, tax_rate)) {
            (
                Some(name),
                Some(address),
                Some(country),
                Some(tax_id),
                Some(email),
                (Some(payment_details), Some(footer), Some(payment_days), Some(grace_days), Some(tax_rate)),
            ) => Ok(Invoicing {
                seller: Party { name, address, country, tax_id, email },
                payment_details,
                footer,
                payment_days,
                tax_rate,
                grace_days: u8::try_from(grace_days).unwrap_or(u8::MAX),
                auto_draft: !self.auto_draft.is_empty(),
                auto_issue: !self.auto_issue.is_empty(),
                zero_invoices: !self.zero_invoices.is_empty(),
            }),
            _ => Err(errors),
        }
    }
}

impl From<&InvoicingSettings> for InvoicingInput {
    fn from(settings: &InvoicingSettings) -> Self {
        let check = |is_set: bool| if is_set { "on".to_owned() } else { String::new() };
        Self {
            seller_name: settings.seller.name.clone(),
            seller_address: settings.seller.address.clone(),
            seller_country: settings.seller.country.clone(),
            seller_tax_id: settings.seller.tax_id.clone(),
            seller_email: settings.seller.email.clone(),
            payment_details: settings.payment_details.clone(),
            footer: settings.footer.clone(),
            payment_days: settings.payment_days.to_string(),
            tax_rate: settings.tax_rate.map(|id| id.to_string()).unwrap_or_default(),
            grace_days: settings.grace_days.to_string(),
            auto_draft: check(settings.auto_draft),
            auto_issue: check(settings.auto_issue),
            zero_invoices: check(settings.zero_invoices),
        }
    }
}

impl SeriesInput {
    /// Validates the form.
    ///
    /// # Errors
    /// [`FieldErrors`] with an error for each invalid field.
    pub fn parse(&self) -> Result<SeriesDraft, FieldErrors> {
        let mut errors = FieldErrors::default();
        let kind = errors.take("kind", DocumentKind::from_word(&self.kind).ok_or("Choose a kind of document."));
        let prefix = self.prefix.trim().to_owned();
        let is_plain = prefix.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'/');
        if prefix.len() > 12 || !is_plain {
            errors.0.extend(FieldErrors::one("prefix", "Use at most 12 letters, digits, hyphens and slashes.").0);
        }
        let width = errors.take("width", number(&self.width, 8).and_then(at_least_one));
        let next = match self.next.trim() {
            "" => Some(None),
            text => match text.parse::<i64>() {
                Ok(next @ 1..=99_999_999) => Some(Some(next)),
                _ => errors.take("next", Err("Enter a number from 1 to 99999999.")),
            },
        };
        match (kind, width, next) {
            (Some(kind), Some(width), Some(next)) if errors.0.is_empty() => {
                let width = u8::try_from(width).unwrap_or(8);
                Ok(SeriesDraft { kind, prefix, width, yearly: !self.yearly.is_empty(), next })
            }
            _ => Err(errors),
        }
    }
}

/// Parses a whole number from 0 to `max`.
fn number(text: &str, max: u16) -> Result<u16, String> {
    let parsed = text.trim().parse::<u16>().ok().filter(|number| *number <= max);
    parsed.ok_or_else(|| format!("Enter a whole number from 0 to {max}."))
}

fn at_least_one(number: u16) -> Result<u16, String> {
    if number == 0 { Err("Enter a whole number from 1 to 8.".to_owned()) } else { Ok(number) }
}
