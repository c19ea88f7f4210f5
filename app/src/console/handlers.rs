//! Server side of the pages below `/{slug}`: loads the data of each page and handles its forms. The table of the views
//! is in another file, `mod.rs`, because the views depend on the server functions, which depend on this module.

use crate::{
    console::{
        PageData, customers::api as customers, imports::api as imports, invoices::api as documents,
        meters::api as meters, products::api as products, rate_plans::api as plans, settings::api as settings,
        subscriptions::api as subscriptions, usage::api as adjustments,
    },
    error::AppError,
    routes::{Page, VisitData},
    server::{
        call::Call,
        form::{Form, Outcome, not_understood},
    },
};
use model::{
    Slug,
    catalog::ProductInput,
    contact::ContactInput,
    customer::{CustomerForm, CustomerInput},
    id::RatePlanId,
    list::Noun,
    rate_plan::RatePlanInput,
};
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
                Noun::Usage => PageData::Missing,
                Noun::Invoices => PageData::Invoices(invoices::list(tx, query).await?),
            });
        }
        Page::Product(id) => match store::products::get(tx, *id).await? {
            Some(product) => {
                let (meters, uses) = (store::meters::of_product(tx, *id).await?, usage::of_meters(tx, *id).await?);
                Some(VisitData::Product { product: Box::new(product), meters, uses })
            }
            None => None,
        },
        Page::NewMeter(id) => store::products::get(tx, *id).await?.map(|p| VisitData::NewMeter(p.row.name)),
        Page::EditMeter(product, id) => {
            let meter = store::meters::get(tx, *id).await?.filter(|meter| meter.product_id == *product);
            meter.map(|meter| VisitData::Meter(Box::new(meter)))
        }
        Page::RatePlan(id) => plan(tx, *id, None).await?,
        Page::RatePlanVersion(id, version) => plan(tx, *id, Some(*version)).await?,
        Page::RatePlanPrice(id, version, _) => plan(tx, *id, *version).await?,
        Page::NewRatePlan => Some(VisitData::NewRatePlan),
        Page::EditRatePlan(id) => {
            let row = rate_plans::row(tx, *id).await?;
            row.map(|row| VisitData::RatePlanForm { id: *id, input: RatePlanInput::from(&row) })
        }
        Page::EditDraft(id) => plans::editor(tx, *id).await?,
        Page::PublishDraft(id) => plans::publication(tx, *id).await?,
        Page::Customer(id) => store::customers::get(tx, *id).await?.map(|c| VisitData::Customer(Box::new(c))),
        Page::Usage(query) => Some(VisitData::Usage(Box::new(usage::report(tx, query).await?))),
        Page::Events(query) => Some(VisitData::Events(Box::new(usage::events(tx, query).await?))),
        Page::Event(key) => usage::event(tx, *key).await?.map(|e| VisitData::Event(Box::new(e))),
        Page::DueInvoices => Some(VisitData::DueInvoices(Box::new(invoices::due(tx).await?))),
        Page::NewInvoice(customer) => Some(documents::new_page(tx, *customer).await?),
        Page::Invoice(id) => documents::page(tx, *id).await?,
        Page::CreditInvoice(id, input) => documents::credit_page(tx, *id, input.clone()).await?,
        Page::Imports => Some(imports::list(tx).await?),
        Page::Import(id) => imports::view(tx, *id).await?,
        Page::ImportMapping(layout) => imports::form(tx, layout).await?,
        Page::NewProduct => Some(VisitData::ProductForm(ProductInput::default())),
        Page::EditProduct(id) => {
            store::products::get(tx, *id).await?.map(|p| VisitData::ProductForm(ProductInput::from(&p)))
        }
        Page::NewCustomer => Some(customer_form(tx, CustomerInput::default()).await?),
        Page::NewCustomerOf(external_id) => {
            let input = CustomerInput { external_id: external_id.clone(), ..CustomerInput::default() };
            Some(customer_form(tx, input).await?)
        }
        Page::EditCustomer(id) => match store::customers::get(tx, *id).await? {
            Some(customer) => Some(customer_form(tx, CustomerInput::from(&customer)).await?),
            None => None,
        },
        Page::NewContact(id) => customers::contact(tx, *id, None, ContactInput::new_contact()).await?,
        Page::EditContact(id, contact) => customers::contact(tx, *id, Some(*contact), ContactInput::default()).await?,
        Page::Subscription(id) => {
            store::subscriptions::get(tx, *id).await?.map(|found| VisitData::Subscription(Box::new(found)))
        }
        Page::NewSubscription(id, input) => store::subscriptions::new_page(tx, *id, input.clone())
            .await?
            .map(|page| VisitData::NewSubscription(Box::new(page))),
        Page::AdjustUsage(id) => {
            store::usage_adjustments::page(tx, *id).await?.map(|page| VisitData::UsageAdjustment(Box::new(page)))
        }
        Page::ChangeSubscription(id, input) => store::subscriptions::change_page(tx, *id, input.clone())
            .await?
            .map(|page| VisitData::ChangeSubscription(Box::new(page))),
        Page::MoveVersion(plan, version) => store::subscriptions::move_page(tx, *plan, *version)
            .await?
            .map(|page| VisitData::MoveVersion(Box::new(page))),
        Page::Settings(page) => return settings::load(tx, page).await,
        Page::Unknown(_) => None,
    };
    Ok(found.map_or(PageData::Missing, PageData::from))
}

/// Returns the form of a customer, with the tax rates to choose from.
async fn customer_form<M: Mode>(tx: &mut WorkspaceTx<M>, input: CustomerInput) -> Result<VisitData, AppError> {
    let own = input.tax_rate.clone();
    let rates = store::invoicing::tax_rates(tx).await?.into_iter();
    let offered = rates.filter(|rate| !rate.archived || rate.id.to_string() == own);
    let tax_rates = offered.map(|rate| (rate.id, rate.name)).collect();
    Ok(VisitData::CustomerForm(Box::new(CustomerForm { input, tax_rates })))
}

/// Loads a rate plan with one of its versions.
async fn plan<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    id: RatePlanId,
    version: Option<i32>,
) -> Result<Option<VisitData>, AppError> {
    Ok(rate_plans::get(tx, id, version).await?.map(|plan| VisitData::RatePlan(Box::new(plan))))
}

/// Handles a form that was posted to a page. Each feature handles those of its pages.
///
/// # Errors
/// [`AppError::Invalid`] on `action` if the page has no such form; otherwise those of the action.
pub(crate) async fn submit(call: &Call, slug: &Slug, page: &Page, form: &mut Form) -> Result<Outcome, AppError> {
    let grant = form.get("grant").to_owned();
    match page {
        Page::Product(_) if form.get("action").ends_with("-meter") => {
            meters::submit(call, slug, &grant, page, form).await
        }
        Page::NewProduct | Page::Product(_) | Page::EditProduct(_) => {
            products::submit(call, slug, &grant, page, form).await
        }
        Page::NewMeter(_) | Page::EditMeter(..) => meters::submit(call, slug, &grant, page, form).await,
        Page::NewRatePlan
        | Page::RatePlan(_)
        | Page::RatePlanVersion(..)
        | Page::RatePlanPrice(..)
        | Page::EditRatePlan(_)
        | Page::EditDraft(_)
        | Page::PublishDraft(_) => plans::submit(call, slug, &grant, page, form).await,
        Page::NewCustomer
        | Page::NewCustomerOf(_)
        | Page::Customer(_)
        | Page::EditCustomer(_)
        | Page::NewContact(_)
        | Page::EditContact(..) => customers::submit(call, slug, &grant, page, form).await,
        Page::NewSubscription(..) | Page::Subscription(_) | Page::ChangeSubscription(..) | Page::MoveVersion(..) => {
            subscriptions::submit(call, slug, &grant, page, form).await
        }
        Page::AdjustUsage(id) => adjustments::submit(call, slug, &grant, *id, form).await,
        Page::Imports | Page::Import(_) | Page::ImportMapping(_) => {
            imports::submit(call, slug, &grant, page, form).await
        }
        Page::DueInvoices | Page::NewInvoice(_) | Page::Invoice(_) | Page::CreditInvoice(..) => {
            documents::submit(call, slug, &grant, page, form).await
        }
        Page::Settings(page) => settings::submit(call, slug, page, &grant, form).await,
        Page::Unknown(_) => Err(AppError::Absent),
        // Pages without a form.
        Page::Overview | Page::List(_) | Page::Usage(_) | Page::Events(_) | Page::Event(_) => Err(not_understood()),
    }
}
