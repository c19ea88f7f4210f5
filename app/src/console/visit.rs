//! The pages that are built anew for each visit: details, forms, settings. The program carries them in its chunk.

use super::{customers, host, invoices, products, rate_plans, scope::Scope, settings, usage};
use crate::routes::Page;
use leptos::prelude::*;
use model::list::Noun;

/// A page of one visit: what is typed, opened or chosen in it ends with that.
#[derive(Clone, PartialEq)]
pub struct Visit {
    /// The workspace.
    pub scope: Scope,
    /// The page.
    pub page: Page,
}

impl Visit {
    /// The page.
    pub fn view(self) -> AnyView {
        let Self { scope, page } = self;
        match page {
            Page::Product(_) => products::detail(scope),
            Page::NewProduct | Page::EditProduct(_) => products::form(scope),
            Page::RatePlan(_) => rate_plans::detail(scope),
            Page::Customer(_) => customers::detail(scope),
            Page::NewCustomer | Page::EditCustomer(_) => customers::form(scope),
            Page::UsageRecord(_) => usage::detail(scope),
            Page::Invoice(_) => invoices::detail(scope),
            Page::Settings(page) => settings::view(scope, page),
            Page::Unknown(_) => host::unknown(scope),
            // The overview and the lists are none of these.
            Page::Overview | Page::List(_) => host::missing(scope, Noun::Customers),
        }
    }
}
