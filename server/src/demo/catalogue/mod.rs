//! Products and customers of the demo workspaces. Static data, one file per workspace.
//!
//! No customer name appears in two workspaces, so that a test which sees another workspace's name has found a leak.

mod finance;
mod it;
mod product_eng;

pub(super) use finance::FINANCE;
pub(super) use it::IT;
pub(super) use product_eng::PRODUCT_ENG;

use model::Currency;

/// All catalogues.
#[cfg(test)]
pub(super) const ALL: [Catalogue; 3] = [IT, PRODUCT_ENG, FINANCE];

/// Content of one workspace, except for dates and quantities.
pub(super) struct Catalogue {
    /// Workspace slug.
    pub(super) slug: &'static str,
    /// Workspace name.
    pub(super) name: &'static str,
    /// Index of the workspace's colour.
    pub(super) hue: u8,
    /// Prefix of invoice numbers.
    pub(super) prefix: &'static str,
    /// Currency of prices and invoices.
    pub(super) currency: Currency,
    /// Seed of the random number generator.
    pub(super) seed: u64,
    /// Products on offer.
    pub(super) products: &'static [Product],
    /// Customers as (name, country).
    pub(super) customers: &'static [(&'static str, &'static str)],
}

/// A product.
pub(super) struct Product {
    /// Product name.
    pub(super) name: &'static str,
    /// Code of the product, of its meter and of the events that the meter counts.
    pub(super) code: &'static str,
    /// Name of one unit.
    pub(super) unit: &'static str,
    /// Product description.
    pub(super) description: &'static str,
    /// Minimum and maximum quantity of one usage record.
    pub(super) quantity: (i64, i64),
    /// Rate plans of the product.
    pub(super) plans: &'static [Plan],
}

/// A rate plan: name, price in minor units, and what the price is for.
pub(super) struct Plan(pub(super) &'static str, pub(super) i64, pub(super) Billing);

/// What the price of a plan is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Billing {
    /// A month.
    Month,
    /// A year.
    Year,
    /// A unit of usage, charged monthly.
    Usage,
}

impl Catalogue {
    /// Returns all rate plans, each with the index of its product.
    pub(super) fn plans(&self) -> impl Iterator<Item = (usize, &'static Plan)> {
        self.products.iter().enumerate().flat_map(|(i, product)| product.plans.iter().map(move |plan| (i, plan)))
    }
}
