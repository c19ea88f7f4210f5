//! What is due to be invoiced.

use crate::{
    id::{CustomerId, InvoiceId, SubscriptionId},
    money::Money,
    pricing::period::Period,
};
use serde::{Deserialize, Serialize};
use time::Date;

/// A cut of a subscription that is due, or has a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueRow {
    /// Customer.
    pub customer_id: CustomerId,
    /// Name of the customer.
    pub customer: String,
    /// Subscription.
    pub subscription_id: SubscriptionId,
    /// Name of the plan in force at the end of the period.
    pub plan: String,
    /// Day of the invoice: the first day after the period.
    pub cut_on: Date,
    /// The period that ended.
    pub period: Option<Period>,
    /// Total before tax as of now. `None` if it can't be computed.
    pub net: Option<Money>,
    /// First day on which it is drafted without a person.
    pub grace_until: Date,
    /// The draft, if there is one.
    pub draft: Option<InvoiceId>,
}

/// Data of the page "To bill".
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DuePage {
    /// Cuts that are due, by day and customer, at most 200.
    pub rows: Vec<DueRow>,
    /// `true` if there are more.
    pub more: bool,
    /// Next day on which something becomes due, if nothing is.
    pub next_on: Option<Date>,
    /// Customers with usage that no subscription prices, by name, at most 20.
    pub unpriced: Vec<(CustomerId, String)>,
}

/// Which cuts to draft.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Run {
    /// Subscriptions with the days of their cuts. Empty for all that are due.
    pub cuts: Vec<(SubscriptionId, Date)>,
}

/// Why a run drafted nothing for a cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Skipped {
    /// It has an invoice or a draft.
    Exists,
    /// Nothing is due, and empty invoices are not wanted.
    Empty,
    /// A price can't be computed.
    Unpriced,
    /// The day is in the future, or not a cut of the subscription.
    NotDue,
    /// An earlier cut of the subscription is not issued.
    Earlier,
}

impl Skipped {
    /// Returns the text for the user.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Exists => "has an invoice already",
            Self::Empty => "nothing to invoice",
            Self::Unpriced => "a price can’t be computed",
            Self::NotDue => "not due",
            Self::Earlier => "an earlier invoice is not issued yet",
        }
    }
}

/// What a run did.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RunResult {
    /// Drafts that were created.
    pub drafted: Vec<InvoiceId>,
    /// Cuts without a new draft.
    pub skipped: Vec<(SubscriptionId, Date, Skipped)>,
}
