//! `stile demo`: example people, organizations and workspaces, and with `--scale` the large ones that the benchmarks
//! use.
//!
//! The loader is a client of the doors like any other: it signs people in, acts as them, and signs them out again.
//! Two runs at once wait for one another.
//! Here belongs what the examples are and how they come into being; not here: SQL (`store`), command line (`main`).

mod catalogue;
mod content;
mod history;
mod people;
mod random;
mod scale;
#[cfg(test)]
mod tests;
mod world;

use app::ssr::Services;
use people::Stage;
use std::{fmt, ops::AddAssign};
use store::{StoreError, door::Denied, secret::NoRandomness};

/// The password of every person here.
pub(crate) const PASSWORD: &str = "stile-demo-2026";

/// Its people.
pub(crate) const PEOPLE: [&str; 5] = [
    "ada@smartai.example", "olu@smartai.example", "ben@globalai.example", "mia@smartai.example", "vik@smartai.example",
];

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

/// Loads the example. What is there already is left as it is, including changes by hand.
///
/// # Errors
/// See [`DemoError`].
pub(crate) async fn load(services: &Services) -> Result<Loaded, DemoError> {
    let _alone = services.store.exclusive("demo").await?;
    let mut stage = Stage::new(services);
    let made = world::build(&mut stage).await;
    stage.leave(made).await
}

/// Loads a person with so many workspaces for each of `counts`. What is there already is left as it is.
///
/// # Errors
/// [`DemoError::Count`] for 0 and for more than [`MOST`], before anything is made.
pub(crate) async fn scale(services: &Services, counts: &[u32]) -> Result<Loaded, DemoError> {
    if let Some(count) = counts.iter().find(|count| !(1..=MOST).contains(*count)) {
        return Err(DemoError::Count(*count));
    }
    let _alone = services.store.exclusive("demo").await?;
    let mut stage = Stage::new(services);
    let made = scale::build(&mut stage, counts).await;
    stage.leave(made).await
}
