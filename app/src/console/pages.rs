//! The pages below `/{slug}`, as the router shows them.

use super::{Visit, customers, host::skeleton, invoices, overview, products, rate_plans, scope::Scope, usage};
use crate::{
    chunk::{self, Part},
    routes::Page,
    ui::whole_watched,
};
use leptos::prelude::*;

/// Whether the program carries a page from the first, and not in its chunk.
pub fn is_carried(page: &Page) -> bool {
    matches!(page, Page::Overview | Page::List(_))
}

/// The scope on screen, for the pages below `/{slug}`.
fn use_scope() -> Signal<Scope> {
    expect_context()
}

/// A page that takes everything it shows from whichever scope is on screen, so that it stays from one workspace to the
/// next. Its nodes are checked at that moment.
fn lasting(view: fn(Signal<Scope>) -> AnyView) -> AnyView {
    let scope = use_scope();
    let page = whole_watched(move || scope.track(), move || view(scope));
    view! { <div class="contents">{page}</div> }.into_any()
}

/// `/{slug}/overview`.
pub fn overview_page() -> AnyView {
    lasting(overview::view)
}

/// `/{slug}/products`.
pub fn products_page() -> AnyView {
    lasting(products::list)
}

/// `/{slug}/rate-plans`.
pub fn rate_plans_page() -> AnyView {
    lasting(rate_plans::list)
}

/// `/{slug}/customers`.
pub fn customers_page() -> AnyView {
    lasting(customers::list)
}

/// `/{slug}/usage`.
pub fn usage_page() -> AnyView {
    lasting(usage::list)
}

/// `/{slug}/invoices`.
pub fn invoices_page() -> AnyView {
    lasting(invoices::list)
}

/// All other pages of a workspace. Whatever is typed, opened or chosen in one ends with the visit.
pub fn visit_page() -> AnyView {
    let scope = use_scope();
    let visit = Memo::new(move |before: Option<&Option<Visit>>| {
        let scope = scope.get();
        let page = scope.shown.with(|shown| shown.page.key());
        if is_carried(&page) {
            // The address has moved on, and the router is about to end this view.
            return before.cloned().flatten().filter(|before| before.scope == scope);
        }
        Some(Visit { scope, page })
    });
    let page = whole_watched(
        move || scope.track(),
        move || match visit.get() {
            Some(visit) => chunk::later(Part::Visit(Box::new(visit))),
            None => skeleton(""),
        },
    );
    view! { <div class="contents">{page}</div> }.into_any()
}
