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
    capability::{EditContent, ManageInvoices},
    catalog::{Lifecycle, ProductDraft},
    customer::CustomerDraft,
    id::{CustomerId, ProductId, RatePlanId, SubscriptionId},
    invoice::{CreditDraft, DocumentKind, InvoiceStatus, InvoicingInput, Run, SeriesDraft, TaxRateInput},
    list::{ListQuery, Noun},
};
use store::{
    Written, customers,
    customers::NewCustomer,
    door::{Can, Mode, WorkspaceTx, Write},
    invoices,
    invoices::PastDocument,
    invoicing, products,
};
use time::{Date, OffsetDateTime};

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
                tax_rate: None,
                payment_days: None,
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
    let can = tx.can::<ManageInvoices>()?;
    write_invoicing(tx, &can, catalogue).await?;
    let new = |past: &history::PastInvoice| {
        Some(PastDocument {
            customer: *customers.get(past.customer)?,
            status: past.status,
            name: "Subscription and usage".to_owned(),
            total: Money { minor: past.minor, currency: catalogue.currency },
            issued_on: past.issued_on,
            due_on: past.due_on,
        })
    };
    let all: Vec<PastDocument> = past.iter().filter_map(new).collect();
    let (drafts, issued): (Vec<_>, Vec<_>) = all.into_iter().partition(|one| one.status == InvoiceStatus::Draft);
    let ids = invoices::import(tx, &can, &issued).await?;
    let open = ids.iter().zip(&issued).rev().find(|(_, one)| one.status == InvoiceStatus::Open && one.total.minor > 1);
    if let Some((id, one)) = open {
        let note = "Credit for an outage.".to_owned();
        let half = CreditDraft { amounts: vec![(0, one.total.minor / 2)], rebill: false, note };
        written(invoices::credit(tx, &can, *id, &half).await?)?;
    }
    let drafted = write_drafts(tx, &can, &drafts).await?;
    Ok(issued.len() + drafted + usize::from(open.is_some()))
}

/// Drafts what is due of subscriptions, as many as `wanted`. If less is due, the rest are drafts without a subscription.
async fn write_drafts(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageInvoices>,
    wanted: &[PastDocument],
) -> Result<usize, DemoError> {
    let due = invoices::due(tx).await?;
    let mut cuts: Vec<(SubscriptionId, Date)> = Vec::new();
    for row in due.rows.iter().filter(|row| row.net.is_some_and(|net| net.minor > 0)) {
        if cuts.len() < wanted.len() && !cuts.iter().any(|(id, _)| *id == row.subscription_id) {
            cuts.push((row.subscription_id, row.cut_on));
        }
    }
    let drafted = if cuts.is_empty() { 0 } else { invoices::run(tx, can, &Run { cuts }).await?.drafted.len() };
    let rest = wanted.get(drafted..).unwrap_or_default();
    if !rest.is_empty() {
        invoices::import(tx, can, rest).await?;
    }
    Ok(wanted.len())
}

/// Sets up how the workspace invoices its customers.
async fn write_invoicing(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageInvoices>,
    catalogue: &Catalogue,
) -> Result<(), DemoError> {
    let rate = |name: &str, percent: &str, category: &str, note: &str| {
        let input = TaxRateInput {
            name: name.to_owned(),
            percent: percent.to_owned(),
            category: category.to_owned(),
            note: note.to_owned(),
        };
        input.parse().map_err(|_| DemoError::Example(name.to_owned()))
    };
    let standard = written(invoicing::create_tax_rate(tx, can, &rate("VAT 19 %", "19", "S", "")?).await?)?;
    for rate in [rate("VAT 7 %", "7", "S", "")?, rate("Reverse charge", "0", "AE", "The recipient owes the tax.")?] {
        written(invoicing::create_tax_rate(tx, can, &rate).await?)?;
    }
    let settings = InvoicingInput {
        seller_name: "Stile Examples GmbH".to_owned(),
        seller_address: "Musterstraße 12\n10115 Berlin".to_owned(),
        seller_country: "DE".to_owned(),
        seller_tax_id: "DE123456789".to_owned(),
        seller_email: "billing@stile.example".to_owned(),
        payment_details: "IBAN DE02 1203 0000 0000 2020 51\nPlease name the number of the invoice.".to_owned(),
        footer: "Commercial register Berlin, HRB 12345".to_owned(),
        payment_days: "14".to_owned(),
        tax_rate: standard.to_string(),
        grace_days: "1".to_owned(),
        auto_draft: "on".to_owned(),
        auto_issue: String::new(),
        zero_invoices: "on".to_owned(),
    };
    let settings = settings.parse().map_err(|_| DemoError::Example("seller".to_owned()))?;
    written(invoicing::save_settings(tx, can, &settings).await?)?;
    for (kind, prefix) in [
        (DocumentKind::Invoice, format!("{}-", catalogue.prefix)),
        (DocumentKind::CreditNote, format!("{}-CN-", catalogue.prefix)),
    ] {
        let series = SeriesDraft { kind, prefix, width: 4, yearly: true, next: None };
        written(invoicing::save_series(tx, can, &series).await?)?;
    }
    Ok(())
}

fn written<T>(written: Written<T>) -> Result<T, DemoError> {
    match written {
        Written::Done(done) => Ok(done),
        Written::Absent => Err(DemoError::Example("invoicing".to_owned())),
        Written::Invalid(errors) => Err(DemoError::Example(format!("{errors:?}"))),
    }
}

/// Parses a name from the demo data with the rules of a form field.
pub(super) fn line(text: &str) -> Result<Line, DemoError> {
    Line::parse("a name", text, 120).map_err(|_| DemoError::Example(text.to_owned()))
}
