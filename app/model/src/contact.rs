//! Contacts of customers: people who get invoices and other letters.

use crate::{email::Email, field::FieldErrors, id::ContactId, text::Line};
use serde::{Deserialize, Serialize};

/// Maximum number of contacts of a customer.
pub const CONTACTS_MAX: usize = 20;

/// A contact of a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Contact ID.
    pub id: ContactId,
    /// Name of the person or department.
    pub name: String,
    /// Email address, unique among the customer's contacts.
    pub email: String,
    /// Whether invoices are sent to the contact.
    pub gets_invoices: bool,
}

/// Unvalidated form data of a contact.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ContactInput {
    /// Control `name`.
    pub name: String,
    /// Control `email`.
    pub email: String,
    /// Control `gets_invoices`, a check box: empty if it is not checked.
    pub gets_invoices: String,
}

/// Validated form data of a contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactDraft {
    /// 1 to 120 characters.
    pub name: Line,
    /// Email address.
    pub email: Email,
    /// Whether invoices are sent to the contact.
    pub gets_invoices: bool,
}

impl ContactInput {
    /// Returns the input of a new contact, who gets invoices.
    pub fn new_contact() -> Self {
        Self { gets_invoices: "on".to_owned(), ..Self::default() }
    }

    /// Validates the form.
    ///
    /// # Errors
    /// [`FieldErrors`] with an error for each invalid field.
    pub fn parse(&self) -> Result<ContactDraft, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = errors.take("name", Line::parse("a name", &self.name, 120));
        let email = errors.take("email", Email::parse(&self.email));
        match (name, email) {
            (Some(name), Some(email)) => {
                Ok(ContactDraft { name, email, gets_invoices: !self.gets_invoices.is_empty() })
            }
            _ => Err(errors),
        }
    }
}

impl From<&Contact> for ContactInput {
    fn from(contact: &Contact) -> Self {
        Self {
            name: contact.name.clone(),
            email: contact.email.clone(),
            gets_invoices: if contact.gets_invoices { "on".to_owned() } else { String::new() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parse_reports_every_invalid_field() {
        let errors = ContactInput::default().parse().err().unwrap_or_default();
        assert!(errors.of("name").is_some() && errors.of("email").is_some());
        let input = ContactInput { name: "Ada".into(), email: "Ada@Alder.example".into(), gets_invoices: "on".into() };
        let draft = input.parse().unwrap();
        assert_eq!((draft.email.as_str(), draft.gets_invoices), ("ada@alder.example", true));
    }
}
