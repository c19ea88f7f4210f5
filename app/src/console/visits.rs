//! Pages that are rebuilt for each visit: details, forms and settings. Their code is in the lazily loaded chunk.

use super::{Visit, customers, host, invoices, products, rate_plans, settings, usage};
use crate::routes::Page;
use leptos::prelude::*;
use model::list::Noun;

/// Renders the page of a visit.
pub fn draw(visit: Visit) -> AnyView {
    let Visit { scope, page } = visit;
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
        // The overview and the lists are not rebuilt for each visit.
        Page::Overview | Page::List(_) => host::missing(scope, Noun::Customers),
    }
}
