//! Metrics of the workspace overview page.

use crate::{customer::CustomerRow, invoice::InvoiceRow, money::Money};
use serde::{Deserialize, Serialize};
use time::Date;

/// A metric with its daily values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// Sum over the last 30 days, including today.
    pub now: i64,
    /// Sum over the 30 days before.
    pub before: i64,
    /// Daily values of the last 30 days, oldest first.
    pub days: Vec<i64>,
}

impl Figure {
    /// Returns the change from the previous period, in whole percent. Returns `None` if the previous value is 0.
    pub fn change(&self) -> Option<i64> {
        (self.before != 0).then(|| (self.now - self.before).saturating_mul(100) / self.before.abs())
    }
}

/// Data of the overview page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    /// Current date in the workspace's time zone. Both periods are counted back from it.
    pub today: Date,
    /// Total of open and paid invoices by issue date, in minor units of `currency`.
    pub invoiced: Figure,
    /// Currency of the totals: the one that most invoices use.
    pub currency: crate::Currency,
    /// Number of events, by the day of the event. Quantities are not summed, because their units differ.
    pub events: Figure,
    /// Usage in the last 30 days as text, one entry for each unit, the unit with the most events first: `18,059,974
    /// tokens`.
    pub used: Vec<String>,
    /// Number of customers created, excluding those archived since.
    pub new_customers: Figure,
    /// Number of active customers.
    pub active_customers: i64,
    /// Number of open invoices, in all currencies.
    pub open_invoices: i64,
    /// Total of the open invoices in `currency`.
    pub open_total: Money,
    /// Number of draft invoices.
    pub drafts: i64,
    /// Number of open invoices that are past due.
    pub overdue_invoices: i64,
    /// Oldest overdue invoices, at most 5.
    pub overdue: Vec<InvoiceRow>,
    /// Newest customers, at most 5.
    pub recent_customers: Vec<CustomerRow>,
}
