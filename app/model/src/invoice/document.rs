//! A document as it is shown, printed and sent.

use super::{DocumentKind, InvoiceRow, Party};
use crate::{
    currency::Currency,
    id::{InvoiceId, MeterId, PaymentId, SubscriptionId},
    money::Money,
    pricing::{
        Quantity,
        period::Period,
        tax::{Category, Group, Percent},
    },
    subscription::bill::Working,
};
use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};

/// SHA-256 of the lines, taxes and parties of a draft. A person who issues a draft sends the basis that was on screen, so
/// that nothing is issued that they have not seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Basis([u8; 32]);

/// The text is not a basis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("This is not the basis of a draft.")]
pub struct InvalidBasis;

impl Basis {
    /// Wraps a SHA-256 hash.
    pub const fn new(hash: [u8; 32]) -> Self {
        Self(hash)
    }

    /// Returns the hash.
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Parses 64 hexadecimal digits.
    ///
    /// # Errors
    /// [`InvalidBasis`] if the text is something else.
    pub fn parse(text: &str) -> Result<Self, InvalidBasis> {
        let mut hash = [0; 32];
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        if pairs.len() != hash.len() || !rest.is_empty() {
            return Err(InvalidBasis);
        }
        let digit =
            |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok()).ok_or(InvalidBasis);
        for (byte, [high, low]) in hash.iter_mut().zip(pairs) {
            *byte = digit(*high)? * 16 + digit(*low)?;
        }
        Ok(Self(hash))
    }
}

impl std::fmt::Display for Basis {
    /// Formats 64 hexadecimal digits.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl TryFrom<String> for Basis {
    type Error = InvalidBasis;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Basis> for String {
    fn from(basis: Basis) -> Self {
        basis.to_string()
    }
}

/// What a line charges for: a charge of a phase within a period of a subscription. All documents of a subscription
/// together charge for a slot what it costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// Subscription.
    pub subscription: SubscriptionId,
    /// Period of the subscription.
    pub period: Period,
    /// Phase and charge, at most 100 characters: first day of the phase, plan, version, and position of the charge or
    /// `minimum`.
    pub key: String,
    /// Meter; `None` for fees and minimums.
    pub meter: Option<MeterId>,
}

/// A line of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentLine {
    /// Position, from 0.
    pub position: u16,
    /// What is charged for.
    pub name: String,
    /// Plan and version, or what a person wrote; possibly empty.
    pub detail: String,
    /// Days of the service.
    pub service: Option<Period>,
    /// Quantity.
    pub quantity: Option<Quantity>,
    /// Name of one unit, possibly empty.
    pub unit: String,
    /// Net amount in minor units.
    pub net_minor: i64,
    /// What the slot costs, in minor units. `None` for a line that a person entered.
    pub due_minor: Option<i64>,
    /// What other documents charged for the slot, in minor units.
    pub billed_minor: Option<i64>,
    /// VAT category.
    pub category: Category,
    /// Tax rate.
    pub percent: Percent,
    /// Slot; `None` for a line that a person entered.
    pub slot: Option<Slot>,
    /// Steps of the computation. `None` for a line that a person entered, and where prices are not shown.
    pub working: Option<Working>,
    /// Of a credit note: the credited line of the invoice.
    pub credits: Option<u16>,
    /// Of a credit note: whether the usage is invoiced again.
    pub rebill: bool,
}

/// Tax of all lines with one category and rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxGroup {
    /// Sums.
    pub group: Group,
    /// Printed note, for example why no tax is charged. Possibly empty.
    pub note: String,
}

/// Amounts of a document in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Currency.
    pub currency: Currency,
    /// Sum of the lines.
    pub net_minor: i64,
    /// Sum of the taxes.
    pub tax_minor: i64,
    /// Net amount and taxes.
    pub total_minor: i64,
    /// Sum of the payments, less refunds.
    pub paid_minor: i64,
    /// Sum of the credit notes.
    pub credited_minor: i64,
}

impl Totals {
    /// Returns what is left to pay. Negative if the customer gets money back.
    pub const fn balance(&self) -> Money {
        Money { minor: self.total_minor - self.paid_minor - self.credited_minor, currency: self.currency }
    }

    /// Returns an amount in the currency of the document.
    pub const fn money(&self, minor: i64) -> Money {
        Money { minor, currency: self.currency }
    }
}

/// How a payment was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentMethod {
    /// Bank transfer.
    #[default]
    Transfer,
    /// Card.
    Card,
    /// Cash.
    Cash,
    /// Something else.
    Other,
}

impl PaymentMethod {
    /// All methods.
    pub const ALL: [Self; 4] = [Self::Transfer, Self::Card, Self::Cash, Self::Other];

    /// Returns the name stored in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Transfer => "transfer",
            Self::Card => "card",
            Self::Cash => "cash",
            Self::Other => "other",
        }
    }

    /// Parses a stored name. Returns `None` if it is unknown.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.as_str() == word)
    }

    /// Returns the display name.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Transfer => "Bank transfer",
            Self::Card => "Card",
            Self::Cash => "Cash",
            Self::Other => "Other",
        }
    }
}

/// A payment of an invoice, or a refund.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// Payment ID.
    pub id: PaymentId,
    /// Amount; negative for a refund.
    pub amount: Money,
    /// Day on which it arrived.
    pub received_on: Date,
    /// Method.
    pub method: PaymentMethod,
    /// Reference of the bank, possibly empty.
    pub reference: String,
    /// Name of the person who recorded it, if known.
    pub by: Option<String>,
    /// When it was recorded.
    pub at: OffsetDateTime,
    /// When it was reversed, because it was recorded by mistake or charged back.
    pub reversed_at: Option<OffsetDateTime>,
}

/// Another document that belongs to one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// ID.
    pub id: InvoiceId,
    /// Number; `None` for a draft.
    pub number: Option<String>,
    /// Total.
    pub total: Money,
}

/// Why a draft can't be issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Blocker {
    /// The settings don't name the seller.
    NoSeller,
    /// Neither the customer nor the settings have a tax rate.
    NoTaxRate,
    /// The total is negative.
    Negative,
    /// The draft has no lines.
    NoLines,
    /// The period of the draft has not ended.
    NotDue,
    /// A price can't be computed.
    Unpriced,
}

impl Blocker {
    /// Returns the text for the user: the problem and how to fix it.
    pub const fn text(self) -> &'static str {
        match self {
            Self::NoSeller => "Enter the seller’s name and address under Settings › Invoicing.",
            Self::NoTaxRate => "Choose a tax rate for this customer, or a default under Settings › Invoicing.",
            Self::Negative => "The total is negative. Remove a line, or wait for the next invoice.",
            Self::NoLines => "Add a line.",
            Self::NotDue => "The period has not ended yet.",
            Self::Unpriced => "A price can’t be computed. Check the rate plan and the usage.",
        }
    }
}

/// How the lines of a draft changed since it was stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// Total when the draft was stored.
    pub before: Money,
    /// Lines that were stored.
    pub lines: Vec<DocumentLine>,
}

/// An invoice or a credit note with all that is shown of it.
///
/// The lines of a draft are computed when it is read, from the usage and prices at that time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// The document as in a list.
    pub row: InvoiceRow,
    /// Kind.
    pub kind: DocumentKind,
    /// Subscription that is invoiced.
    pub subscription: Option<SubscriptionId>,
    /// The period that ends on the day of the invoice, and the day itself.
    pub cut_on: Option<Date>,
    /// Lines, by position.
    pub lines: Vec<DocumentLine>,
    /// Taxes by category and rate.
    pub taxes: Vec<TaxGroup>,
    /// Sums.
    pub totals: Totals,
    /// The workspace's side.
    pub seller: Party,
    /// The customer's side.
    pub buyer: Party,
    /// Text of the draft's author on the document, possibly empty.
    pub note: String,
    /// Where to pay, and the last lines of the document.
    pub payment_details: String,
    /// Footer.
    pub footer: String,
    /// Payments, oldest first.
    pub payments: Vec<Payment>,
    /// Of a credit note: the invoice.
    pub credits: Option<Link>,
    /// Credit notes of the invoice.
    pub credit_notes: Vec<Link>,
    /// The void invoice that this one replaces.
    pub replaces: Option<Link>,
    /// The invoice that replaces this one.
    pub replaced_by: Option<Link>,
    /// When it was created.
    pub created_at: OffsetDateTime,
    /// When it was issued.
    pub issued_at: Option<OffsetDateTime>,
    /// When it was last mailed.
    pub sent_at: Option<OffsetDateTime>,
    /// Why it is void.
    pub void_reason: Option<String>,
    /// Of a draft: its basis.
    pub basis: Option<Basis>,
    /// Of a draft: what changed since it was stored. `None` if nothing did.
    pub moved: Option<Moved>,
    /// Of a draft: why it can't be issued.
    pub blockers: Vec<Blocker>,
    /// Today, in the workspace's time zone.
    pub today: Date,
    /// Of a draft: the number that it would get.
    pub next_number: Option<String>,
}
