//! What loading examples comes to: what was made, or why it was not.

use std::{fmt, ops::AddAssign};
use store::{StoreError, door::Denied, secret::NoRandomness};

/// Most workspaces of one person.
pub(crate) const MOST: u32 = 99_999;

/// Why the examples could not be loaded. What was committed until then stays, and the next run goes on from there.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DemoError {
    /// The database failed.
    #[error("the database failed: {0}")]
    Store(#[from] StoreError),
    /// The password could not be hashed.
    #[error("the demo password could not be hashed")]
    Password,
    /// The operating system has no randomness to give.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// Something of the examples is there, but not as the examples have it.
    #[error("{person} can't open {what}, which the demo data needs; it was made or changed by somebody else")]
    Closed {
        /// An organization or a workspace.
        what: String,
        /// Who should be able to.
        person: String,
    },
    /// A seat was changed so that it no longer allows what the loader does with it.
    #[error("a person of the demo data no longer has the role that they need: {0}")]
    Denied(#[from] Denied),
    /// The examples break a rule of the model. A bug, which a test finds first.
    #[error("the demo data hold {0:?}, which is not allowed")]
    Example(String),
    /// No such number of workspaces can be made.
    #[error("--scale takes numbers from 1 to {MOST}, not {0}")]
    Count(u32),
}

/// What was made: nothing of what was there already is counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Loaded {
    /// People registered.
    pub(crate) people: usize,
    /// Organizations founded.
    pub(crate) organizations: usize,
    /// Workspaces created.
    pub(crate) workspaces: usize,
    /// Roles given, in organizations and workspaces.
    pub(crate) roles: usize,
    /// Products.
    pub(crate) products: usize,
    /// Rate plans.
    pub(crate) rate_plans: usize,
    /// Customers.
    pub(crate) customers: usize,
    /// Usage records.
    pub(crate) usage: usize,
    /// Invoices.
    pub(crate) invoices: usize,
}

impl AddAssign for Loaded {
    fn add_assign(&mut self, other: Self) {
        self.people += other.people;
        self.organizations += other.organizations;
        self.workspaces += other.workspaces;
        self.roles += other.roles;
        self.products += other.products;
        self.rate_plans += other.rate_plans;
        self.customers += other.customers;
        self.usage += other.usage;
        self.invoices += other.invoices;
    }
}

impl fmt::Display for Loaded {
    /// `Made 5 people, 2 organizations and 1 workspace.`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = [
            (self.people, "person", "people"),
            (self.organizations, "organization", "organizations"),
            (self.workspaces, "workspace", "workspaces"),
            (self.roles, "role", "roles"),
            (self.products, "product", "products"),
            (self.rate_plans, "rate plan", "rate plans"),
            (self.customers, "customer", "customers"),
            (self.usage, "usage record", "usage records"),
            (self.invoices, "invoice", "invoices"),
        ];
        let made: Vec<String> = counts
            .into_iter()
            .filter(|(count, ..)| *count > 0)
            .map(|(count, one, many)| format!("{count} {}", if count == 1 { one } else { many }))
            .collect();
        match made.split_last() {
            None => f.write_str("Nothing to make: it is all there."),
            Some((last, [])) => write!(f, "Made {last}."),
            Some((last, rest)) => write!(f, "Made {} and {last}.", rest.join(", ")),
        }
    }
}
