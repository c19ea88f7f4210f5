//! Workspace plane: the part of the application below `/{slug}`, which shows one workspace. Contains the scope, which
//! holds the state of the workspace, the shell, and a module for each record type.
//!
//! This file declares the modules and has the table of the pages: the URL pattern and the view of each. A page's path,
//! title, required capability and type of data are in `routes::page`, and its data and forms are handled in `handlers`.

mod access;
mod access_lost;
#[cfg(feature = "ssr")]
pub(crate) mod api;
mod arrival;
mod cells;
mod code;
mod current_workspace;
mod customers;
mod data;
mod detail;
mod dispose;
mod form;
#[cfg(feature = "ssr")]
pub(crate) mod handlers;
mod host;
pub(crate) mod imports;
mod invoices;
mod list;
mod meters;
mod overview;
mod palette;
mod plane;
mod prefetch;
mod products;
mod rate_plans;
mod record_action;
mod requests;
mod scope;
mod server_fns;
pub(crate) mod settings;
mod shell;
mod status;
mod subscriptions;
mod switcher;
mod usage;
mod visit;

pub use access_lost::AccessLost;
pub use data::{Entered, PageData, Scoped};
pub use host::visit_placeholder;
pub use invoices::send::send_invoice;
#[cfg(feature = "ssr")]
pub use invoices::{letters::overdue as invoices_overdue, send::send_by as send_invoice_by};
pub use palette::Palette;
pub use prefetch::Prefetcher;
pub use scope::Scope;
pub use server_fns::*;
#[cfg(feature = "ssr")]
pub use settings::webhook_turned_off;
pub use settings::{audit_table, check_slug, delete_workspace, save_general};
pub use shell::ShellInfo;
pub use visit::Visit;

use self::plane::WorkspacePlane;
use crate::{
    chunk::{self, ChunkPage},
    routes::{At, Page, VisitData, view},
    ui::whole_watched,
};
use leptos::prelude::*;
use leptos_router::components::{ParentRoute, Route as RouteView};

/// Returns `true` if the page's code is in the main bundle rather than in a lazily loaded chunk.
pub fn is_in_main_bundle(page: &Page) -> bool {
    matches!(page, Page::Overview | Page::List(_))
}

/// Returns the signal of the current scope from the context.
fn use_scope() -> Signal<Scope> {
    expect_context()
}

/// Renders a page that reads everything from the current scope, so that it survives a switch of workspaces. Its nodes
/// are checked on each switch.
fn persistent(view: fn(Signal<Scope>) -> AnyView) -> AnyView {
    let scope = use_scope();
    let page = whole_watched(move || scope.track(), move || view(scope));
    view! { <div class="contents">{page}</div> }.into_any()
}

/// Routes of the pages below `/{slug}`.
#[component(transparent)]
pub fn WorkspaceRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <ParentRoute path=At("/:workspace") view=view(|| view! { <WorkspacePlane/> }.into_any())>
            <RouteView path=At("") view=view(|| persistent(overview::view))/>
            <RouteView path=At("overview") view=view(|| persistent(overview::view))/>
            <RouteView path=At("products") view=view(|| persistent(products::list))/>
            <RouteView path=At("rate-plans") view=view(|| persistent(rate_plans::list))/>
            <RouteView path=At("customers") view=view(|| persistent(customers::list))/>
            <RouteView path=At("invoices") view=view(|| persistent(invoices::list))/>
            <RouteView path=At("products/:id") view=view(visit_page)/>
            <RouteView path=At("products/:id/edit") view=view(visit_page)/>
            <RouteView path=At("products/:id/meters/new") view=view(visit_page)/>
            <RouteView path=At("products/:id/meters/:meter/edit") view=view(visit_page)/>
            <RouteView path=At("rate-plans/:id") view=view(visit_page)/>
            <RouteView path=At("rate-plans/:id/:page") view=view(visit_page)/>
            <RouteView path=At("rate-plans/:id/versions/:version") view=view(visit_page)/>
            <RouteView path=At("customers/:id") view=view(visit_page)/>
            <RouteView path=At("customers/:id/edit") view=view(visit_page)/>
            <RouteView path=At("usage/import") view=view(visit_page)/>
            <RouteView path=At("usage/import/:id") view=view(visit_page)/>
            <RouteView path=At("usage/import/:id/mapping") view=view(visit_page)/>
            <RouteView path=At("customers/:id/contacts/:contact") view=view(visit_page)/>
            <RouteView path=At("customers/:id/subscriptions/new") view=view(visit_page)/>
            <RouteView path=At("customers/:id/usage/adjust") view=view(visit_page)/>
            <RouteView path=At("subscriptions/:id") view=view(visit_page)/>
            <RouteView path=At("subscriptions/:id/change") view=view(visit_page)/>
            <RouteView path=At("rate-plans/:id/versions/:version/move") view=view(visit_page)/>
            <RouteView path=At("usage") view=view(visit_page)/>
            <RouteView path=At("usage/events") view=view(visit_page)/>
            <RouteView path=At("usage/events/:key") view=view(visit_page)/>
            <RouteView path=At("invoices/:id") view=view(visit_page)/>
            <RouteView path=At("invoices/:id/credit") view=view(visit_page)/>
            <RouteView path=At("settings") view=view(visit_page)/>
            <RouteView path=At("settings/:page") view=view(visit_page)/>
            <RouteView path=At("settings/:page/:id") view=view(visit_page)/>
            <RouteView path=At("*page") view=view(visit_page)/>
        </ParentRoute>
    }
    .into_inner()
}

/// Renders all other pages of a workspace. Their state ends with the visit.
fn visit_page() -> AnyView {
    let scope = use_scope();
    let visit = Memo::new(move |before: Option<&Option<Visit>>| {
        let scope = scope.get();
        let page = scope.current.with(|current| current.page.key());
        if is_in_main_bundle(&page) {
            // The URL has changed already, and the router is about to dispose this view.
            return before.cloned().flatten().filter(|before| before.scope == scope);
        }
        Some(Visit { scope, page })
    });
    let page = whole_watched(
        move || scope.track(),
        move || match visit.get() {
            Some(visit) => chunk::render(ChunkPage::Visit(Box::new(visit))),
            None => host::skeleton(""),
        },
    );
    view! { <div class="contents">{page}</div> }.into_any()
}

/// Renders the page of a visit. In the browser its code is in the lazily loaded chunk.
pub fn draw(visit: Visit) -> AnyView {
    let Visit { scope, page } = visit;
    match page {
        Page::Settings(page) => settings::view(scope, page),
        Page::Unknown(_) => host::unknown(scope),
        page => host::with_visit(scope, page, |scope, data| {
            Some(match data {
                VisitData::Product { product, meters, uses } => products::detail(scope, product, meters, uses),
                VisitData::NewMeter(product) => meters::new(scope, product),
                VisitData::Meter(meter) => meters::edit(scope, meter),
                VisitData::ProductForm(input) => products::form(scope, input),
                VisitData::RatePlan(plan) => rate_plans::page(scope, plan),
                VisitData::NewRatePlan => rate_plans::new(scope),
                VisitData::RatePlanForm { id, input } => rate_plans::details(scope, *id, input),
                VisitData::RatePlanDraft { plan, published, meters, products } => {
                    rate_plans::editor(scope, plan, published.as_deref(), meters, products)
                }
                VisitData::RatePlanPublication { plan, impact } => rate_plans::publish(scope, plan, impact.as_deref()),
                VisitData::Customer(customer) => customers::detail(scope, customer),
                VisitData::Imports(list) => imports::list(scope, list),
                VisitData::Import(import) => imports::detail(scope, import),
                VisitData::ImportForm(form) => imports::form(scope, form),
                VisitData::CustomerForm(form) => customers::form(scope, form),
                VisitData::ContactForm { customer, input } => customers::contact_form(scope, customer, input),
                VisitData::Subscription(subscription) => subscriptions::detail(scope, subscription),
                VisitData::NewSubscription(page) => subscriptions::new_form(scope, page),
                VisitData::ChangeSubscription(page) => subscriptions::change_form(scope, page),
                VisitData::MoveVersion(page) => subscriptions::move_form(scope, page),
                VisitData::Usage(report) => usage::view(scope, report),
                VisitData::UsageAdjustment(page) => usage::adjust(scope, page),
                VisitData::Events(events) => usage::events(scope, events),
                VisitData::Event(event) => usage::event(scope, event),
                VisitData::DueInvoices(due) => invoices::due(scope, due),
                VisitData::NewInvoice(page) => invoices::new_form(scope, page),
                VisitData::Invoice(page) => invoices::document(scope, page),
                VisitData::CreditInvoice(page) => invoices::credit_form(scope, page),
                VisitData::Members(_)
                | VisitData::General(_)
                | VisitData::Branding
                | VisitData::Security(_)
                | VisitData::Invoicing { .. }
                | VisitData::ApiKeys(_)
                | VisitData::Webhooks(_)
                | VisitData::Webhook(_)
                | VisitData::Audit(_)
                | VisitData::Danger(_) => return None,
            })
        }),
    }
}
