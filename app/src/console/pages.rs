//! Route views of the pages below `/{slug}`.

use super::{Visit, customers, host::skeleton, invoices, overview, products, rate_plans, scope::Scope, usage};
use crate::{
    chunk::{self, Part},
    routes::Page,
    ui::whole_watched,
};
use leptos::prelude::*;

/// Returns `true` if the page's code is in the main bundle rather than in a lazily loaded chunk.
pub fn is_carried(page: &Page) -> bool {
    matches!(page, Page::Overview | Page::List(_))
}

/// Returns the signal of the current scope from the context.
fn use_scope() -> Signal<Scope> {
    expect_context()
}

/// Renders a page that reads everything from the current scope, so that it survives a switch of workspaces. Its nodes
/// are checked on each switch.
fn lasting(view: fn(Signal<Scope>) -> AnyView) -> AnyView {
    let scope = use_scope();
    let page = whole_watched(move || scope.track(), move || view(scope));
    view! { <div class="contents">{page}</div> }.into_any()
}

/// Renders `/{slug}/overview`.
pub fn overview_page() -> AnyView {
    lasting(overview::view)
}

/// Renders `/{slug}/products`.
pub fn products_page() -> AnyView {
    lasting(products::list)
}

/// Renders `/{slug}/rate-plans`.
pub fn rate_plans_page() -> AnyView {
    lasting(rate_plans::list)
}

/// Renders `/{slug}/customers`.
pub fn customers_page() -> AnyView {
    lasting(customers::list)
}

/// Renders `/{slug}/usage`.
pub fn usage_page() -> AnyView {
    lasting(usage::list)
}

/// Renders `/{slug}/invoices`.
pub fn invoices_page() -> AnyView {
    lasting(invoices::list)
}

/// Renders all other pages of a workspace. Their state ends with the visit.
pub fn visit_page() -> AnyView {
    let scope = use_scope();
    let visit = Memo::new(move |before: Option<&Option<Visit>>| {
        let scope = scope.get();
        let page = scope.shown.with(|shown| shown.page.key());
        if is_carried(&page) {
            // The URL has changed already, and the router is about to dispose this view.
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
