//! What the demo's workspaces sell, and to whom. Pure data: one file a workspace.
//!
//! No customer's name appears in two of them, so that a test which sees a foreign name has seen a leak.

mod finance;
mod it;
mod product_eng;

pub(super) use finance::FINANCE;
pub(super) use it::IT;
pub(super) use product_eng::PRODUCT_ENG;

use model::{Currency, catalog::Interval};

/// One workspace and all that is in it, but for dates and numbers.
pub(super) struct Catalogue {
    /// Its address.
    pub(super) slug: &'static str,
    /// Its name.
    pub(super) name: &'static str,
    /// Its colour: the index of a hue.
    pub(super) hue: u8,
    /// What its invoice numbers begin with.
    pub(super) prefix: &'static str,
    /// What it charges in.
    pub(super) currency: Currency,
    /// Where its series of numbers begins.
    pub(super) seed: u64,
    /// What it sells.
    pub(super) products: &'static [Product],
    /// To whom: name and country.
    pub(super) customers: &'static [(&'static str, &'static str)],
}

/// Something that is sold.
pub(super) struct Product {
    /// Its name.
    pub(super) name: &'static str,
    /// The code usage is recorded under.
    pub(super) code: &'static str,
    /// What one unit is called.
    pub(super) unit: &'static str,
    /// What it is.
    pub(super) description: &'static str,
    /// Fewest and most units of one record.
    pub(super) quantity: (i64, i64),
    /// Its rate plans.
    pub(super) plans: &'static [Plan],
}

/// A price: name, minor units, and what they are for.
pub(super) struct Plan(pub(super) &'static str, pub(super) i64, pub(super) Interval);

impl Catalogue {
    /// All rate plans, each with the index of its product.
    pub(super) fn plans(&self) -> impl Iterator<Item = (usize, &'static Plan)> {
        self.products.iter().enumerate().flat_map(|(i, product)| product.plans.iter().map(move |plan| (i, plan)))
    }
}
