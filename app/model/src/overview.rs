//! The figures of one workspace at a glance.

use crate::{billing::InvoiceRow, customer::CustomerRow, money::Money};
use serde::{Deserialize, Serialize};

/// A figure with the days that led to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// The value of the last 30 days.
    pub now: i64,
    /// The value of the 30 days before those.
    pub before: i64,
    /// One value a day, oldest first, 30 of them.
    pub days: Vec<i64>,
}

impl Figure {
    /// The change against the period before, in whole percent; `None` when there was nothing before.
    pub fn change(&self) -> Option<i64> {
        (self.before != 0).then(|| (self.now - self.before).saturating_mul(100) / self.before.abs())
    }
}

/// The overview page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    /// Money invoiced (not drafts, not void), in the currency most invoices have; minor units.
    pub invoiced: Figure,
    /// Its currency.
    pub currency: crate::money::Currency,
    /// Units used, all products.
    pub usage: Figure,
    /// Customers created.
    pub new_customers: Figure,
    /// Active customers in all.
    pub active_customers: i64,
    /// Open invoices: how many and how much.
    pub open_invoices: i64,
    /// Their sum.
    pub open_total: Money,
    /// Invoices that wait for a person.
    pub drafts: i64,
    /// Open and past due: the oldest, at most 5.
    pub overdue: Vec<InvoiceRow>,
    /// The newest customers, at most 5.
    pub recent_customers: Vec<CustomerRow>,
}
