//! Customers of a workspace.

use crate::{
    billing::InvoiceRow,
    catalog::Lifecycle,
    email::Email,
    field::FieldErrors,
    id::{CustomerId, RatePlanId},
    moment::Moment,
    text::{Line, paragraphs},
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
    /// Name of the assigned rate plan, if any.
    pub rate_plan: Option<String>,
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
    /// ID of the assigned rate plan, if any.
    pub rate_plan_id: Option<RatePlanId>,
    /// Free-text note.
    pub note: String,
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
    /// Control `rate_plan`: an ID, or empty for none.
    pub rate_plan: String,
    /// Control `note`.
    pub note: String,
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
    /// A rate plan of the same workspace, enforced by the database.
    pub rate_plan: Option<RatePlanId>,
    /// At most 2,000 characters.
    pub note: String,
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
        let rate_plan = match self.rate_plan.trim() {
            "" => Ok(None),
            id => id.parse().map(Some).map_err(|_| "Choose a rate plan from the list."),
        };
        let parsed = (
            errors.take("name", Line::parse("a name", &self.name, 120)),
            errors.take("email", Email::parse(&self.email)),
            errors.take("country", if country_ok { Ok(country) } else { Err("Choose a country.") }),
            errors.take("rate_plan", rate_plan),
            errors.take("note", paragraphs("the note", &self.note, 2_000)),
        );
        match parsed {
            (Some(name), Some(email), Some(country), Some(rate_plan), Some(note)) => {
                Ok(CustomerDraft { name, email, country, rate_plan, note })
            }
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
            rate_plan: detail.rate_plan_id.map(|id| id.to_string()).unwrap_or_default(),
            note: detail.note.clone(),
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
            rate_plan: "1".into(),
            note: String::new(),
        };
        let errors = input.parse().err().unwrap_or_default();
        for field in ["name", "email", "country", "rate_plan"] {
            assert!(errors.of(field).is_some(), "{field} was let through");
        }
        assert_eq!(errors.0.len(), 4);
    }
}
