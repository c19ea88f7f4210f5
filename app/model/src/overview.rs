//! The figures of one workspace at a glance.

use crate::{billing::InvoiceRow, customer::CustomerRow, money::Money};
use serde::{Deserialize, Serialize};
use time::Date;

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
    /// The workspace's current day, on which the periods end.
    pub today: Date,
    /// Money invoiced (not drafts, not void), in the currency most invoices have; minor units.
    pub invoiced: Figure,
    /// Its currency.
    pub currency: crate::money::Currency,
    /// The number of usage records. Their quantities are in different units and have no sum.
    pub usage: Figure,
    /// Usage in the last 30 days by unit, the unit with the most records first.
    pub used: Vec<Used>,
    /// Customers created, except those that were archived since.
    pub new_customers: Figure,
    /// Active customers in all.
    pub active_customers: i64,
    /// Open invoices: how many and how much.
    pub open_invoices: i64,
    /// Their sum.
    pub open_total: Money,
    /// Invoices that wait for a person.
    pub drafts: i64,
    /// How many are open and past due.
    pub overdue_invoices: i64,
    /// The oldest of them, at most 5.
    pub overdue: Vec<InvoiceRow>,
    /// The newest customers, at most 5.
    pub recent_customers: Vec<CustomerRow>,
}

/// The usage in one unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Used {
    /// The unit.
    pub unit: String,
    /// The quantity.
    pub quantity: i64,
}
