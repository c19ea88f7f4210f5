//! Result of loading the example data: counts of created objects, or an error.

use std::{fmt, ops::AddAssign};
use store::{StoreError, door::Denied, secret::NoRandomness};

/// Maximum number of workspaces of one person.
pub(crate) const MOST: u32 = 99_999;

/// The reason why the example data could not be loaded. Committed data is kept, and the next run continues from there.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DemoError {
    /// A database error.
    #[error("the database failed: {0}")]
    Store(#[from] StoreError),
    /// The password could not be hashed.
    #[error("the demo password could not be hashed")]
    Password,
    /// The operating system's random number generator failed.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// An object of the example data exists, but was created or changed by somebody else.
    #[error("{person} can't open {what}, which the demo data needs; it was made or changed by somebody else")]
    Closed {
        /// An organization or a workspace.
        what: String,
        /// Email address of the person who should have access.
        person: String,
    },
    /// The role of a seat was changed and no longer grants a required capability.
    #[error("a person of the demo data no longer has the role that they need: {0}")]
    Denied(#[from] Denied),
    /// The example data violates a rule of the model. A bug that the tests detect.
    #[error("the demo data hold {0:?}, which is not allowed")]
    Example(String),
    /// The requested number of workspaces is out of range.
    #[error("--scale takes numbers from 1 to {MOST}, not {0}")]
    Count(u32),
}

/// Numbers of created objects. Objects that already existed are not counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct LoadSummary {
    /// People registered.
    pub(crate) people: usize,
    /// Organizations created.
    pub(crate) organizations: usize,
    /// Workspaces created.
    pub(crate) workspaces: usize,
    /// Roles granted in organizations and workspaces.
    pub(crate) roles: usize,
    /// Products created.
    pub(crate) products: usize,
    /// Rate plans created.
    pub(crate) rate_plans: usize,
    /// Customers created.
    pub(crate) customers: usize,
    /// Subscriptions created.
    pub(crate) subscriptions: usize,
    /// Usage records created.
    pub(crate) usage: usize,
    /// Invoices created.
    pub(crate) invoices: usize,
}

impl AddAssign for LoadSummary {
    fn add_assign(&mut self, other: Self) {
        self.people += other.people;
        self.organizations += other.organizations;
        self.workspaces += other.workspaces;
        self.roles += other.roles;
        self.products += other.products;
        self.rate_plans += other.rate_plans;
        self.customers += other.customers;
        self.subscriptions += other.subscriptions;
        self.usage += other.usage;
        self.invoices += other.invoices;
    }
}

impl fmt::Display for LoadSummary {
    /// Formats a sentence like `Made 5 people, 2 organizations and 1 workspace.`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = [
            (self.people, "person", "people"),
            (self.organizations, "organization", "organizations"),
            (self.workspaces, "workspace", "workspaces"),
            (self.roles, "role", "roles"),
            (self.products, "product", "products"),
            (self.rate_plans, "rate plan", "rate plans"),
            (self.customers, "customer", "customers"),
            (self.subscriptions, "subscription", "subscriptions"),
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
