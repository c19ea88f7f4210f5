//! Forms of drafts, credit notes and payments.

use super::{Basis, PaymentMethod};
use crate::{
    currency::Currency,
    field::FieldErrors,
    id::{CustomerId, TaxRateId},
    money::Money,
    text::Line,
};
use serde::{Deserialize, Serialize};
use time::Date;

/// Unvalidated form data of an invoice without a subscription.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct NewInvoiceInput {
    /// ID of the customer.
    pub customer: String,
    /// Currency code.
    pub currency: String,
}

/// Validated form data of an invoice without a subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewInvoice {
    /// Customer.
    pub customer: CustomerId,
    /// Currency.
    pub currency: Currency,
}

impl NewInvoiceInput {
    /// Validates the form.
    ///
    /// # Errors
    /// [`FieldErrors`] with an error for each invalid field.
    pub fn parse(&self) -> Result<NewInvoice, FieldErrors> {
        let mut errors = FieldErrors::default();
        let customer = errors.take("customer", self.customer.parse::<CustomerId>().map_err(|_| "Choose a customer."));
        let currency = errors.take("currency", Currency::from_code(&self.currency).ok_or("Choose a currency."));
        match (customer, currency) {
            (Some(customer), Some(currency)) => Ok(NewInvoice { customer, currency }),
            _ => Err(errors),
        }
    }
}

/// Unvalidated form data of a line that a person adds to a draft.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LineInput {
    /// What is charged for.
    pub name: String,
    /// Net amount. Negative for a discount.
    pub amount: String,
    /// ID of the tax rate; empty for the customer's.
    pub tax_rate: String,
}

/// Validated form data of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineDraft {
    /// 1 to 200 characters.
    pub name: Line,
    /// Net amount; not zero.
    pub net: Money,
    /// Tax rate; `None` for the customer's.
    pub tax_rate: Option<TaxRateId>,
}

impl LineInput {
    /// Validates the form of a line in a currency.
    ///
    /// # Errors
    /// [`FieldErrors`] with an error for each invalid field.
    pub fn parse(&self, currency: Currency) -> Result<LineDraft, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = errors.take("name", Line::parse("a description", &self.name, 200));
        let net = errors.take("amount", signed(&self.amount, currency));
        let tax_rate = match self.tax_rate.as_str() {
            "" => Some(None),
            id => errors.take("tax_rate", id.parse().map_err(|_| "Choose a tax rate.")).map(Some),
        };
        match (name, net, tax_rate) {
            (Some(name), Some(net), Some(tax_rate)) => Ok(LineDraft { name, net, tax_rate }),
            _ => Err(errors),
        }
    }
}

/// Parses an amount that can be negative, but not zero.
fn signed(text: &str, currency: Currency) -> Result<Money, String> {
    let text = text.trim();
    let (unsigned, sign) = match text.strip_prefix(['-', '−']) {
        Some(unsigned) => (unsigned, -1),
        None => (text, 1),
    };
    match Money::parse(unsigned, currency).map_err(|error| error.to_string())?.minor {
        0 => Err("Enter an amount other than zero.".to_owned()),
        minor => Ok(Money { minor: sign * minor, currency }),
    }
}

/// Unvalidated form data of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DraftInput {
    /// Text on the document.
    pub note: String,
}

/// Form data that issues a draft.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct IssueInput {
    /// Basis of the draft on screen, in hexadecimal digits.
    pub basis: String,
}

impl IssueInput {
    /// Validates the form.
    ///
    /// # Errors
    /// [`FieldErrors`] if there is no basis.
    pub fn parse(&self) -> Result<Basis, FieldErrors> {
        Basis::parse(&self.basis).map_err(|error| FieldErrors::one("basis", error.to_string()))
    }
}

/// Why an invoice is void: 1 to 300 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoidReason(pub Line);

/// Unvalidated form data that voids an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct VoidInput {
    /// Reason.
    pub reason: String,
}

impl VoidInput {
    /// Validates the form.
    ///
    /// # Errors
    /// [`FieldErrors`] if the reason is missing or too long.
    pub fn parse(&self) -> Result<VoidReason, FieldErrors> {
        Line::parse("a reason", &self.reason, 300).map(VoidReason).map_err(|error| FieldErrors::one("reason", error))
    }
}

/// Unvalidated form data of a credit note.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CreditInput {
    /// Net amounts by the position of the invoice's line; empty for lines that are not credited.
    pub amounts: Vec<String>,
    /// Check box: whether the usage is invoiced again.
    pub rebill: String,
    /// Text on the document.
    pub note: String,
}

impl CreditInput {
    /// Reads a posted form or the parameters of a URL. The amount of the line at position 2 is `amount-2`. Positions that
    /// no document has are ignored.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut input = Self::default();
        for (name, value) in pairs {
            match name {
                "rebill" => value.clone_into(&mut input.rebill),
                "note" => value.clone_into(&mut input.note),
                name => {
                    let position = name.strip_prefix("amount-").and_then(|position| position.parse::<usize>().ok());
                    let Some(position) = position.filter(|position| *position < super::LINES_MAX) else { continue };
                    if input.amounts.len() <= position {
                        input.amounts.resize(position + 1, String::new());
                    }
                    if let Some(amount) = input.amounts.get_mut(position) {
                        value.clone_into(amount);
                    }
                }
            }
        }
        input
    }

    /// Returns the fields that are not empty, by the names of their controls.
    pub fn pairs(&self) -> Vec<(String, String)> {
        let amounts = self.amounts.iter().enumerate();
        let amounts = amounts.map(|(position, amount)| (format!("amount-{position}"), amount.clone()));
        let others = [("rebill", &self.rebill), ("note", &self.note)];
        let others = others.into_iter().map(|(name, value)| (name.to_owned(), value.clone()));
        amounts.chain(others).filter(|(_, value)| !value.is_empty()).collect()
    }
}

/// Validated form data of a credit note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditDraft {
    /// Positions of the invoice's lines with the net amounts in minor units, above zero.
    pub amounts: Vec<(u16, i64)>,
    /// Whether the usage is invoiced again.
    pub rebill: bool,
    /// Text on the document, at most 500 characters.
    pub note: String,
}

impl CreditInput {
    /// Validates the form of a credit note for an invoice in a currency. The field of a line is `amount-` and its position.
    ///
    /// # Errors
    /// [`FieldErrors`] with an error for each invalid field, or if no line is credited.
    pub fn parse(&self, currency: Currency) -> Result<CreditDraft, FieldErrors> {
        let mut errors = FieldErrors::default();
        let mut amounts = Vec::new();
        for (position, text) in (0_u16..).zip(&self.amounts).filter(|(_, text)| !text.trim().is_empty()) {
            let field = format!("amount-{position}");
            match errors.take(&field, Money::parse(text, currency)) {
                Some(Money { minor: 0, .. }) | None => {}
                Some(money) => amounts.push((position, money.minor)),
            }
        }
        if amounts.is_empty() && errors.0.is_empty() {
            errors = FieldErrors::one("amount-0", "Enter the amount of at least one line.");
        }
        let note = note(&self.note, &mut errors);
        if errors.0.is_empty() {
            Ok(CreditDraft { amounts, rebill: !self.rebill.is_empty(), note })
        } else {
            Err(errors)
        }
    }
}

fn note(text: &str, errors: &mut FieldErrors) -> String {
    let text = text.trim();
    if text.chars().count() > 500 {
        errors.0.extend(FieldErrors::one("note", "Use at most 500 characters.").0);
    }
    text.to_owned()
}

impl DraftInput {
    /// Validates the form, and returns the note.
    ///
    /// # Errors
    /// [`FieldErrors`] if the note is too long.
    pub fn parse(&self) -> Result<String, FieldErrors> {
        let mut errors = FieldErrors::default();
        let note = note(&self.note, &mut errors);
        if errors.0.is_empty() { Ok(note) } else { Err(errors) }
    }
}

/// Unvalidated form data of a payment.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PaymentInput {
    /// Amount.
    pub amount: String,
    /// Day on which it arrived, `YYYY-MM-DD`.
    pub received_on: String,
    /// Method, as stored.
    pub method: String,
    /// Reference of the bank.
    pub reference: String,
    /// Check box: whether money was paid back.
    pub refund: String,
}

/// Validated form data of a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentDraft {
    /// Amount; negative for a refund, never zero.
    pub amount: Money,
    /// Day on which it arrived.
    pub received_on: Date,
    /// Method.
    pub method: PaymentMethod,
    /// Reference, at most 100 characters.
    pub reference: String,
}

impl PaymentInput {
    /// Validates the form of a payment in a currency. `today` is the last possible day.
    ///
    /// # Errors
    /// [`FieldErrors`] with an error for each invalid field.
    pub fn parse(&self, currency: Currency, today: Date) -> Result<PaymentDraft, FieldErrors> {
        let mut errors = FieldErrors::default();
        let amount = Money::parse(&self.amount, currency).map_err(|error| error.to_string());
        let amount = errors.take(
            "amount",
            match amount {
                Ok(Money { minor: 0, .. }) => Err("Enter an amount above zero.".to_owned()),
                other => other,
            },
        );
        let day = crate::calendar::parse_day(&self.received_on).filter(|day| *day <= today);
        let received_on = errors.take("received_on", day.ok_or("Choose a day up to today."));
        let method = errors.take("method", PaymentMethod::from_word(&self.method).ok_or("Choose how it was paid."));
        let reference = self.reference.trim().to_owned();
        if reference.chars().count() > 100 {
            errors.0.extend(FieldErrors::one("reference", "Use at most 100 characters.").0);
        }
        match (amount, received_on, method) {
            (Some(amount), Some(received_on), Some(method)) if errors.0.is_empty() => {
                let sign = if self.refund.is_empty() { 1 } else { -1 };
                let amount = Money { minor: sign * amount.minor, currency };
                Ok(PaymentDraft { amount, received_on, method, reference })
            }
            _ => Err(errors),
        }
    }
}
