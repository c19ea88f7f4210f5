//! Table of the pages below `/{slug}`: the view of each, its data, and what its forms do. A page's path, title and
//! required capability are in `routes::Page`; the pattern of its URL is in `root`.

use super::{
    Visit, VisitData, customers, host, invoices, overview, products, rate_plans, scope::Scope, settings, usage,
};
use crate::{
    chunk::{self, Part},
    routes::Page,
    ui::whole_watched,
};
use leptos::prelude::*;
use model::list::Noun;

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
        page => host::with_visit(scope, page.noun().unwrap_or(Noun::Customers), |scope, data| {
            Some(match data {
                VisitData::Product(product) => products::detail(scope, product),
                VisitData::ProductForm(input) => products::form(scope, input),
                VisitData::RatePlan(plan) => rate_plans::detail(scope, plan),
                VisitData::Customer(customer) => customers::detail(scope, customer),
                VisitData::CustomerForm { input, rate_plans } => customers::form(scope, input, rate_plans),
                VisitData::UsageRecord(record) => usage::detail(scope, record),
                VisitData::Invoice(invoice) => invoices::detail(scope, invoice),
                VisitData::Members(_)
                | VisitData::General(_)
                | VisitData::Branding
                | VisitData::Security(_)
                | VisitData::Audit(_)
                | VisitData::Danger(_) => return None,
            })
        }),
    }
}

#[cfg(feature = "ssr")]
pub(crate) use server::{load, submit};

/// Loading and form handling, on the server.
#[cfg(feature = "ssr")]
mod server {
    use crate::{
        console::{PageData, VisitData, customers, products, settings::api as settings},
        error::AppError,
        routes::Page,
        server::{
            call::Call,
            form::{Form, Outcome, not_understood},
        },
    };
    use model::{Slug, catalog::ProductInput, customer::CustomerInput, list::Noun};
    use store::{
        door::{Mode, WorkspaceTx},
        invoices, overview, rate_plans, usage,
    };

    /// Loads a page's data. Returns [`PageData::Denied`] if the seat does not allow the page, and [`PageData::Missing`] if
    /// the workspace has no such record, even if another workspace has it.
    pub(crate) async fn load<M: Mode>(tx: &mut WorkspaceTx<M>, page: &Page) -> Result<PageData, AppError> {
        let needed = page.requires();
        if !tx.tenant().seat.capabilities().has(needed) {
            return Ok(PageData::Denied(needed));
        }
        let found = match page {
            Page::Overview => return Ok(PageData::Overview(Box::new(overview::read(tx).await?))),
            Page::List(query) => {
                return Ok(match query.noun {
                    Noun::Products => PageData::Products(store::products::list(tx, query).await?),
                    Noun::RatePlans => PageData::RatePlans(rate_plans::list(tx, query).await?),
                    Noun::Customers => PageData::Customers(store::customers::list(tx, query).await?),
                    Noun::Usage => PageData::Usage(usage::list(tx, query).await?),
                    Noun::Invoices => PageData::Invoices(invoices::list(tx, query).await?),
                });
            }
            Page::Product(id) => store::products::get(tx, *id).await?.map(|p| VisitData::Product(Box::new(p))),
            Page::RatePlan(id) => rate_plans::get(tx, *id).await?.map(|p| VisitData::RatePlan(Box::new(p))),
            Page::Customer(id) => store::customers::get(tx, *id).await?.map(|c| VisitData::Customer(Box::new(c))),
            Page::UsageRecord(id) => usage::get(tx, *id).await?.map(|u| VisitData::UsageRecord(Box::new(u))),
            Page::Invoice(id) => invoices::get(tx, *id).await?.map(|i| VisitData::Invoice(Box::new(i))),
            Page::NewProduct => Some(VisitData::ProductForm(ProductInput::default())),
            Page::EditProduct(id) => store::products::get(tx, *id).await?.map(|p| {
                VisitData::ProductForm(ProductInput {
                    name: p.row.name,
                    code: p.row.code,
                    unit: p.row.unit,
                    description: p.description,
                })
            }),
            Page::NewCustomer => Some(customers::api::form(tx, CustomerInput::default()).await?),
            Page::EditCustomer(id) => match store::customers::get(tx, *id).await? {
                Some(customer) => Some(customers::api::form(tx, CustomerInput::from(&customer)).await?),
                None => None,
            },
            Page::Settings(page) => return settings::load(tx, page).await,
            Page::Unknown(_) => None,
        };
        Ok(found.map_or(PageData::Missing, PageData::from))
    }

    /// Handles a form that was posted to a page.
    ///
    /// # Errors
    /// [`AppError::Invalid`] on `action` if the page has no such form; otherwise those of the action.
    pub(crate) async fn submit(call: &Call, slug: &Slug, page: &Page, form: &mut Form) -> Result<Outcome, AppError> {
        let grant = form.get("grant").to_owned();
        let to = match page {
            Page::NewCustomer => Page::Customer(customers::api::apply(call, slug, &grant, None, &form.act()?).await?),
            Page::EditCustomer(id) | Page::Customer(id) => {
                Page::Customer(customers::api::apply(call, slug, &grant, Some(*id), &form.act()?).await?)
            }
            Page::NewProduct => Page::Product(products::api::apply(call, slug, &grant, None, &form.act()?).await?),
            Page::EditProduct(id) | Page::Product(id) => {
                Page::Product(products::api::apply(call, slug, &grant, Some(*id), &form.act()?).await?)
            }
            Page::Settings(page) => return settings::submit(call, slug, page, &grant, form).await,
            Page::Unknown(_) => return Err(AppError::Absent),
            Page::Overview | Page::List(_) | Page::RatePlan(_) | Page::UsageRecord(_) | Page::Invoice(_) => {
                return Err(not_understood());
            }
        };
        Ok(Outcome::Go(to.url(slug)))
    }
}
