//! Server side of the pages below `/{slug}`: loads the data of each page and handles its forms. The table of the views
//! is in another file, `mod.rs`, because the views depend on the server functions, which depend on this module.

use crate::{
    console::{
        PageData, customers::api as customers, imports::api as imports, products::api as products,
        settings::api as settings,
    },
    error::AppError,
    routes::{Page, VisitData},
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
        Page::Imports => Some(imports::list(tx).await?),
        Page::Import(id) => imports::view(tx, *id).await?,
        Page::ImportMapping(layout) => imports::form(tx, layout).await?,
        Page::NewProduct => Some(VisitData::ProductForm(ProductInput::default())),
        Page::EditProduct(id) => store::products::get(tx, *id).await?.map(|p| {
            VisitData::ProductForm(ProductInput { name: p.row.name, code: p.row.code, description: p.description })
        }),
        Page::NewCustomer => Some(customers::form(tx, CustomerInput::default()).await?),
        Page::EditCustomer(id) => match store::customers::get(tx, *id).await? {
            Some(customer) => Some(customers::form(tx, CustomerInput::from(&customer)).await?),
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
    if let Page::Imports | Page::Import(_) | Page::ImportMapping(_) = page {
        return imports::submit(call, slug, page, form).await;
    }
    // A record is saved by its form, and archived and restored on its own page.
    if page.noun().is_some() && page.is_form() != (form.get("action") == "save") {
        return Err(not_understood());
    }
    let grant = form.get("grant").to_owned();
    let to = match page {
        Page::NewCustomer => Page::Customer(customers::apply(call, slug, &grant, None, &form.act()?).await?),
        Page::EditCustomer(id) | Page::Customer(id) => {
            Page::Customer(customers::apply(call, slug, &grant, Some(*id), &form.act()?).await?)
        }
        Page::NewProduct => Page::Product(products::apply(call, slug, &grant, None, &form.act()?).await?),
        Page::EditProduct(id) | Page::Product(id) => {
            Page::Product(products::apply(call, slug, &grant, Some(*id), &form.act()?).await?)
        }
        Page::Settings(page) => return settings::submit(call, slug, page, &grant, form).await,
        Page::Unknown(_) => return Err(AppError::Absent),
        Page::Overview
        | Page::List(_)
        | Page::RatePlan(_)
        | Page::UsageRecord(_)
        | Page::Imports
        | Page::Import(_)
        | Page::ImportMapping(_)
        | Page::Invoice(_) => {
            return Err(not_understood());
        }
    };
    Ok(Outcome::Go(to.url(slug)))
}
