//! Writes a catalogue and its history into a workspace in a single transaction.

use super::{
    catalogue::Catalogue,
    history,
    outcome::{DemoError, LoadSummary},
    prices::{self, Offer},
    subscriptions, usage,
};
use model::{
    Line, Money,
    audit::{Action, Detail},
    capability::{EditContent, ManageInvoices},
    catalog::{Lifecycle, ProductDraft},
    customer::CustomerDraft,
    id::{CustomerId, ProductId, RatePlanId},
    list::{ListQuery, Noun},
};
use store::{
    audit, customers,
    customers::NewCustomer,
    door::{Can, Mode, WorkspaceTx, Write},
    invoices,
    invoices::NewInvoice,
    products,
};
use time::OffsetDateTime;

/// Fills a workspace that has no products. A workspace that has products is left unchanged.
pub(super) async fn fill(
    tx: &mut WorkspaceTx<Write>,
    catalogue: &Catalogue,
    now: OffsetDateTime,
) -> Result<LoadSummary, DemoError> {
    if !is_empty(tx).await? {
        return Ok(LoadSummary::default());
    }
    let edit = tx.can::<EditContent>()?;
    let (products, plans) = write_products(tx, &edit, catalogue).await?;
    let past = history::customers(catalogue, now)?;
    let customers = write_customers(tx, &edit, catalogue, &past).await?;
    subscriptions::write_contacts(tx, &edit, &customers, &past).await?;
    let subscriptions = subscriptions::write(tx, &edit, catalogue, &plans, &customers, &past).await?;
    let usage = write_usage(tx, &customers, &products, &history::usage(catalogue, &past, now)).await?;
    let invoices = write_invoices(tx, catalogue, &customers, history::invoices(catalogue, &past, now)).await?;
    Ok(LoadSummary {
        products: products.len(),
        rate_plans: plans.len(),
        customers: customers.len(),
        subscriptions,
        usage,
        invoices,
        ..LoadSummary::default()
    })
}

/// Returns `true` if the workspace has no products.
pub(super) async fn is_empty<M: Mode>(tx: &mut WorkspaceTx<M>) -> Result<bool, DemoError> {
    Ok(products::list(tx, &ListQuery::new(Noun::Products)).await?.total == 0)
}

async fn write_products(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    catalogue: &Catalogue,
) -> Result<(Vec<ProductId>, Vec<RatePlanId>), DemoError> {
    let (mut ids, mut plans) = (Vec::new(), Vec::new());
    for product in catalogue.products {
        let draft = ProductDraft {
            name: line(product.name)?,
            code: product.code.to_owned(),
            description: product.description.to_owned(),
        };
        let id = products::create(tx, can, &draft).await?;
        let meter = prices::meter(product.name, product.code, product.unit);
        let meter = prices::write_meter(tx, can, id, &meter).await?;
        for plan in product.plans {
            let (name, minor, billing) = (plan.0, plan.1, plan.2);
            let offer = Offer { name, minor, billing, shape: prices::shape(name), currency: catalogue.currency };
            plans.push(prices::write_plan(tx, can, offer, id, meter).await?);
        }
        ids.push(id);
    }
    Ok((ids, plans))
}

async fn write_customers(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    catalogue: &Catalogue,
    past: &[history::PastCustomer],
) -> Result<Vec<CustomerId>, DemoError> {
    let mut all = Vec::with_capacity(past.len());
    for (index, (&(name, country), past)) in catalogue.customers.iter().zip(past).enumerate() {
        let billing = subscriptions::billing(catalogue, index, name, country);
        all.push(NewCustomer {
            draft: CustomerDraft {
                name: line(name)?,
                email: past.email.clone(),
                country: country.to_owned(),
                legal_name: billing.legal_name,
                address: billing.address,
                tax_id: billing.tax_id,
                external_id: billing.external_id,
                note: past.note.to_owned(),
            },
            status: if past.archived { Lifecycle::Archived } else { Lifecycle::Active },
            created_at: Some(past.since),
        });
    }
    Ok(customers::import(tx, can, &all).await?)
}

async fn write_usage(
    tx: &mut WorkspaceTx<Write>,
    customers: &[CustomerId],
    products: &[ProductId],
    past: &[history::PastUsage],
) -> Result<usize, DemoError> {
    let used = |past: &history::PastUsage| {
        let (customer, product) = (*customers.get(past.customer)?, *products.get(past.product)?);
        Some(usage::Use { customer, product, quantity: past.quantity, at: past.at })
    };
    let all: Vec<usage::Use> = past.iter().filter_map(used).collect();
    usage::write(tx, &all).await
}

async fn write_invoices(
    tx: &mut WorkspaceTx<Write>,
    catalogue: &Catalogue,
    customers: &[CustomerId],
    past: Vec<history::PastInvoice>,
) -> Result<usize, DemoError> {
    let new = |past: history::PastInvoice| {
        Some(NewInvoice {
            number: past.number,
            customer: *customers.get(past.customer)?,
            status: past.status,
            total: Money { minor: past.minor, currency: catalogue.currency },
            issued_on: past.issued_on,
            due_on: past.due_on,
        })
    };
    let all: Vec<NewInvoice> = past.into_iter().filter_map(new).collect();
    let can = tx.can::<ManageInvoices>()?;
    invoices::issue(tx, &can, &all).await?;
    let workspace = tx.id().uuid();
    audit::record(tx, Action::InvoicesImported, workspace, &Detail::none()).await?;
    Ok(all.len())
}

/// Parses a name from the demo data with the rules of a form field.
pub(super) fn line(text: &str) -> Result<Line, DemoError> {
    Line::parse("a name", text, 120).map_err(|_| DemoError::Example(text.to_owned()))
}
