//! Customers of a workspace.

use crate::{
    catalog::Lifecycle,
    contact::Contact,
    email::Email,
    field::FieldErrors,
    id::{CustomerId, TaxRateId},
    invoice::InvoiceRow,
    moment::Moment,
    subscription::{SoFar, SubscriptionRow},
    text::{Line, paragraphs, subject},
    usage::CustomerUsage,
};
use serde::{Deserialize, Serialize};

/// A customer in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CustomerRow {
    /// Customer ID.
    pub id: CustomerId,
    /// Customer name.
    pub name: String,
    /// Billing email address.
    pub email: String,
    /// ISO 3166-1 alpha-2 country code.
    pub country: String,
    /// Names of the rate plans that the customer is subscribed to today, by name. Empty for guests, who can't read rate
    /// plans.
    pub plans: Vec<String>,
    /// Active or archived.
    pub status: Lifecycle,
    /// Creation time.
    pub created_at: Moment,
}

/// Data of a customer's page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CustomerDetail {
    /// Fields shared with the list.
    pub row: CustomerRow,
    /// ID in another system, unique in the workspace. Also one of the subjects.
    pub external_id: Option<String>,
    /// Name on invoices, or empty if it is the name.
    pub legal_name: String,
    /// Postal address on invoices, of several lines, possibly empty.
    pub address: String,
    /// Tax id, such as a VAT number, possibly empty.
    pub tax_id: String,
    /// Free-text note.
    pub note: String,
    /// Tax rate of the customer's invoices; `None` for that of the workspace.
    pub tax_rate: Option<TaxRateId>,
    /// Days until an invoice is due; `None` for those of the workspace.
    pub payment_days: Option<u16>,
    /// Contacts, by name.
    pub contacts: Vec<Contact>,
    /// Subjects of events that mean this customer, in alphabetical order.
    pub subjects: Vec<String>,
    /// Subscriptions, the newest first.
    pub subscriptions: Vec<SubscriptionRow>,
    /// What the current period of each running subscription costs so far. Empty for guests.
    pub so_far: Vec<SoFar>,
    /// Latest invoices, at most 10.
    pub invoices: Vec<InvoiceRow>,
    /// Usage of the last 30 days, and the latest events.
    pub usage: CustomerUsage,
}

/// Unvalidated form data of a customer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CustomerInput {
    /// Control `name`.
    pub name: String,
    /// Control `email`.
    pub email: String,
    /// Control `country`.
    pub country: String,
    /// Control `legal_name`.
    pub legal_name: String,
    /// Control `address`.
    pub address: String,
    /// Control `tax_id`.
    pub tax_id: String,
    /// Control `external_id`.
    pub external_id: String,
    /// Control `note`.
    pub note: String,
    /// ID of the tax rate, or empty for that of the workspace.
    pub tax_rate: String,
    /// Days until an invoice is due, or empty for those of the workspace.
    pub payment_days: String,
}

/// Data of the form of a customer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CustomerForm {
    /// Values of the fields.
    pub input: CustomerInput,
    /// Tax rates to choose from: IDs and names.
    pub tax_rates: Vec<(TaxRateId, String)>,
}

/// Validated form data of a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerDraft {
    /// 1 to 120 characters.
    pub name: Line,
    /// Email address.
    pub email: Email,
    /// Two capital letters, not checked against the list of countries.
    pub country: String,
    /// At most 200 characters, possibly empty.
    pub legal_name: String,
    /// At most 500 characters on several lines, possibly empty.
    pub address: String,
    /// At most 40 characters, possibly empty.
    pub tax_id: String,
    /// At most [`SUBJECT_MAX`](crate::text::SUBJECT_MAX) characters.
    pub external_id: Option<String>,
    /// At most 2,000 characters.
    pub note: String,
    /// Tax rate; `None` for that of the workspace.
    pub tax_rate: Option<TaxRateId>,
    /// 0 to 180 days; `None` for those of the workspace.
    pub payment_days: Option<u16>,
}

/// Maximum number of subjects of a customer, including the external id.
pub const SUBJECTS_MAX: usize = 10;

/// Parses a line that may be empty.
fn optional_line(what: &str, text: &str, max: usize) -> Result<String, String> {
    if text.trim().is_empty() { Ok(String::new()) } else { Line::parse(what, text, max).map(String::from) }
}

impl CustomerInput {
    /// Validates the form.
    ///
    /// # Errors
    /// [`FieldErrors`] with an error for each invalid field.
    pub fn parse(&self) -> Result<CustomerDraft, FieldErrors> {
        let mut errors = FieldErrors::default();
        let country = self.country.trim().to_ascii_uppercase();
        let country_ok = country.len() == 2 && country.bytes().all(|b| b.is_ascii_uppercase());
        let external_id = match self.external_id.trim() {
            "" => Ok(None),
            text => subject("the external id", text).map(Some),
        };
        let tax_rate = match self.tax_rate.trim() {
            "" => Ok(None),
            id => id.parse::<TaxRateId>().map(Some).map_err(|_| "Choose a tax rate."),
        };
        let payment_days = match self.payment_days.trim() {
            "" => Ok(None),
            text => match text.parse::<u16>() {
                Ok(days) if days <= 180 => Ok(Some(days)),
                _ => Err("Enter a whole number from 0 to 180."),
            },
        };
        let terms = (errors.take("tax_rate", tax_rate), errors.take("payment_days", payment_days));
        let parsed = (
            errors.take("name", Line::parse("a name", &self.name, 120)),
            errors.take("email", Email::parse(&self.email)),
            errors.take("country", if country_ok { Ok(country) } else { Err("Choose a country.") }),
            errors.take("legal_name", optional_line("the legal name", &self.legal_name, 200)),
            errors.take("address", paragraphs("the address", &self.address, 500)),
            errors.take("tax_id", optional_line("the tax id", &self.tax_id, 40)),
            errors.take("external_id", external_id),
            errors.take("note", paragraphs("the note", &self.note, 2_000)),
            terms,
        );
        match parsed {
            (
                Some(name),
                Some(email),
                Some(country),
                Some(legal_name),
                Some(address),
                Some(tax_id),
                Some(external_id),
                Some(note),
                (Some(tax_rate), Some(payment_days)),
            ) => Ok(CustomerDraft {
                name,
                email,
                country,
                legal_name,
                address,
                tax_id,
                external_id,
                note,
                tax_rate,
                payment_days,
            }),
            _ => Err(errors),
        }
    }
}

impl From<&CustomerDetail> for CustomerInput {
    fn from(detail: &CustomerDetail) -> Self {
        Self {
            name: detail.row.name.clone(),
            email: detail.row.email.clone(),
            country: detail.row.country.clone(),
            legal_name: detail.legal_name.clone(),
            address: detail.address.clone(),
            tax_id: detail.tax_id.clone(),
            external_id: detail.external_id.clone().unwrap_or_default(),
            note: detail.note.clone(),
            tax_rate: detail.tax_rate.map(|id| id.to_string()).unwrap_or_default(),
            payment_days: detail.payment_days.map(|days| days.to_string()).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parse_reports_every_invalid_field() {
        let input = CustomerInput {
            name: " ".into(),
            email: "x".into(),
            country: "Germany".into(),
            legal_name: "l".repeat(201),
            address: "a".repeat(501),
            tax_id: "t".repeat(41),
            external_id: "a\u{7}b".into(),
            note: "n".repeat(2_001),
            tax_rate: "none".into(),
            payment_days: "181".into(),
        };
        let errors = input.parse().err().unwrap_or_default();
        for field in [
            "name", "email", "country", "legal_name", "address", "tax_id", "external_id", "note", "tax_rate",
            "payment_days",
        ] {
            assert!(errors.of(field).is_some(), "{field} was let through");
        }
        assert_eq!(errors.0.len(), 10);
    }

    #[test]
    fn an_external_id_keeps_every_character_but_the_whitespace_around_it() {
        let input = CustomerInput {
            name: "Alder & Finch".into(),
            email: "billing@alder.example".into(),
            country: "de".into(),
            address: "Kastanienallee 7\r\n10435 Berlin\n".into(),
            external_id: " =cust 1E5/é ".into(),
            ..CustomerInput::default()
        };
        let draft = input.parse().unwrap();
        assert_eq!(draft.external_id.as_deref(), Some("=cust 1E5/é"));
        assert_eq!(draft.address, "Kastanienallee 7\n10435 Berlin");
        assert_eq!(draft.country, "DE");
        assert!(subject("a subject", &"x".repeat(200)).is_ok());
        assert!(subject("a subject", &"x".repeat(201)).is_err());
        assert!(subject("a subject", "  ").is_err());
    }
}
