//! Loads the data of a page for documents, switches and navigation alike.

use crate::{
    console::{PageData, VisitData, settings::api as settings},
    error::AppError,
    routes::Page,
};
use model::{catalog::ProductInput, customer::CustomerInput, list::Noun};
use store::{
    customers,
    door::{Mode, WorkspaceTx},
    invoices, overview, products, rate_plans, usage,
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
                Noun::Products => PageData::Products(products::list(tx, query).await?),
                Noun::RatePlans => PageData::RatePlans(rate_plans::list(tx, query).await?),
                Noun::Customers => PageData::Customers(customers::list(tx, query).await?),
                Noun::Usage => PageData::Usage(usage::list(tx, query).await?),
                Noun::Invoices => PageData::Invoices(invoices::list(tx, query).await?),
            });
        }
        Page::Product(id) => products::get(tx, *id).await?.map(|p| VisitData::Product(Box::new(p))),
        Page::RatePlan(id) => rate_plans::get(tx, *id).await?.map(|p| VisitData::RatePlan(Box::new(p))),
        Page::Customer(id) => customers::get(tx, *id).await?.map(|c| VisitData::Customer(Box::new(c))),
        Page::UsageRecord(id) => usage::get(tx, *id).await?.map(|u| VisitData::UsageRecord(Box::new(u))),
        Page::Invoice(id) => invoices::get(tx, *id).await?.map(|i| VisitData::Invoice(Box::new(i))),
        Page::NewProduct => Some(VisitData::ProductForm(ProductInput::default())),
        Page::EditProduct(id) => products::get(tx, *id).await?.map(|p| {
            VisitData::ProductForm(ProductInput {
                name: p.row.name,
                code: p.row.code,
                unit: p.row.unit,
                description: p.description,
            })
        }),
        Page::NewCustomer => Some(customer_form(tx, CustomerInput::default()).await?),
        Page::EditCustomer(id) => match customers::get(tx, *id).await? {
            Some(customer) => Some(customer_form(tx, CustomerInput::from(&customer)).await?),
            None => None,
        },
        Page::Settings(page) => return settings::load(tx, page).await,
        Page::Unknown(_) => None,
    };
    Ok(found.map_or(PageData::Missing, PageData::from))
}

async fn customer_form<M: Mode>(tx: &mut WorkspaceTx<M>, input: CustomerInput) -> Result<VisitData, AppError> {
    let offered = rate_plans::offered(tx).await?;
    let mut rate_plans: Vec<_> = offered.into_iter().map(|p| (p.id, format!("{} · {}", p.product, p.name))).collect();
    // A plan that is no longer offered stays selectable for the customers who have it.
    if let Ok(id) = input.rate_plan.parse()
        && !rate_plans.iter().any(|(offered, _)| *offered == id)
        && let Some(plan) = rate_plans::get(tx, id).await?
    {
        rate_plans.push((plan.id, format!("{} · {}", plan.product, plan.name)));
    }
    Ok(VisitData::CustomerForm { input: Box::new(input), rate_plans })
}
