//! Stored parts of documents: lines, taxes and parties.

use super::super::{
    invoicing::{category, percent},
    listing::known,
};
use crate::{
    door::{Can, Mode, WorkspaceTx, Write},
    error::StoreError,
};
use model::{
    capability::ManageInvoices,
    id::{CustomerId, InvoiceId, SubscriptionId, TaxRateId},
    invoice::{DocumentLine, Party, Slot, TaxGroup},
    pricing::{
        OutOfRange, Quantity,
        period::Period,
        tax::{Category, Group, Percent, taxes},
    },
    subscription::bill::Working,
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sqlx::types::Uuid;
use time::Date;

/// A line with the tax rate that it came from.
#[derive(Debug, Clone)]
pub(super) struct StoredLine {
    pub(super) line: DocumentLine,
    pub(super) tax_rate: Option<TaxRateId>,
}

/// The workspace's side of a document with its texts, as stored when it is issued.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Seller {
    #[serde(flatten)]
    pub(super) party: Party,
    pub(super) payment_details: String,
    pub(super) footer: String,
}

/// Tax rate of a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rate {
    pub(super) id: Option<TaxRateId>,
    pub(super) category: Category,
    pub(super) percent: Percent,
}

/// The customer's side of a document, with their terms.
#[derive(Debug, Clone)]
pub(super) struct Terms {
    pub(super) name: String,
    pub(super) buyer: Party,
    pub(super) payment_days: i64,
    pub(super) rate: Rate,
}

pub(super) fn to_json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Inconsistent(format!("a value that is no JSON: {error}")))
}

pub(super) fn from_json<T: DeserializeOwned>(what: &str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Inconsistent(format!("{what} that can't be read: {error}")))
}

/// Returns the error for an amount that can't be computed from stored amounts.
pub(super) fn out_of_range(_: OutOfRange) -> StoreError {
    StoreError::Inconsistent("an amount that is out of range".to_owned())
}

/// Returns the lines of a document, by position.
pub(super) async fn lines<M: Mode>(tx: &mut WorkspaceTx<M>, id: InvoiceId) -> Result<Vec<StoredLine>, StoreError> {
    let workspace = tx.id().uuid();
    let rows = sqlx::query!(
        r#"select l.position, l.subscription_id, l.slot, l.period_from, l.period_until, l.service_from, l.service_until,
            l.name, l.detail, l.quantity, l.unit, l.net_minor, l.due_minor, l.billed_minor, l.tax_rate_id, l.percent,
            l.category, l.credits_position, l.rebill, l.working::text as "working?"
        from workspace.invoice_lines l where l.workspace_id = $1 and l.invoice_id = $2 order by l.position"#,
        workspace,
        id.uuid(),
    )
    .fetch_all(tx.reading())
    .await?;
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        let slot = match (row.subscription_id, row.slot, row.period_from, row.period_until) {
            (Some(subscription), Some(key), Some(from), Some(until)) => {
                let subscription = SubscriptionId::from_uuid(subscription);
                Some(Slot { subscription, period: Period { from, until }, key, meter: None })
            }
            _ => None,
        };
        let service = match (row.service_from, row.service_until) {
            (Some(from), Some(until)) => Some(Period { from, until }),
            _ => None,
        };
        let working = match &row.working {
            Some(text) => Some(from_json::<Working>("steps", text)?),
            None => None,
        };
        let position = |number: i32| u16::try_from(number).unwrap_or(u16::MAX);
        let line = DocumentLine {
            position: position(row.position),
            name: row.name,
            detail: row.detail,
            service,
            quantity: row.quantity.and_then(|quantity| Quantity::from_decimal(quantity).ok()),
            unit: row.unit,
            net_minor: row.net_minor,
            due_minor: row.due_minor,
            billed_minor: row.billed_minor,
            category: category(&row.category)?,
            percent: percent(row.percent)?,
            slot,
            working,
            credits: row.credits_position.map(position),
            rebill: row.rebill,
        };
        all.push(StoredLine { line, tax_rate: row.tax_rate_id.map(TaxRateId::from_uuid) });
    }
    Ok(all)
}

/// Stores lines of a draft.
pub(super) async fn write_lines(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageInvoices>,
    id: InvoiceId,
    customer: CustomerId,
    all: &[StoredLine],
) -> Result<(), StoreError> {
    if all.is_empty() {
        return Ok(());
    }
    let workspace = tx.id().uuid();
    let lines = || all.iter().map(|stored| &stored.line);
    let slots = || lines().map(|line| line.slot.as_ref());
    let positions: Vec<i32> = lines().map(|line| i32::from(line.position)).collect();
    let subscriptions: Vec<Option<Uuid>> = slots().map(|slot| Some(slot?.subscription.uuid())).collect();
    let keys: Vec<Option<String>> = slots().map(|slot| Some(slot?.key.clone())).collect();
    let period_from: Vec<Option<Date>> = slots().map(|slot| Some(slot?.period.from)).collect();
    let period_until: Vec<Option<Date>> = slots().map(|slot| Some(slot?.period.until)).collect();
    let service_from: Vec<Option<Date>> = lines().map(|line| Some(line.service?.from)).collect();
    let service_until: Vec<Option<Date>> = lines().map(|line| Some(line.service?.until)).collect();
    let names: Vec<String> = lines().map(|line| line.name.clone()).collect();
    let details: Vec<String> = lines().map(|line| line.detail.clone()).collect();
    let quantities: Vec<Option<Decimal>> = lines().map(|line| Some(line.quantity?.decimal())).collect();
    let units: Vec<String> = lines().map(|line| line.unit.clone()).collect();
    let nets: Vec<i64> = lines().map(|line| line.net_minor).collect();
    let due: Vec<Option<i64>> = lines().map(|line| line.due_minor).collect();
    let billed: Vec<Option<i64>> = lines().map(|line| line.billed_minor).collect();
    let rates: Vec<Option<Uuid>> = all.iter().map(|stored| stored.tax_rate.map(TaxRateId::uuid)).collect();
    let percents: Vec<Decimal> = lines().map(|line| line.percent.decimal()).collect();
    let categories: Vec<String> = lines().map(|line| line.category.as_str().to_owned()).collect();
    let credits: Vec<Option<i32>> = lines().map(|line| line.credits.map(i32::from)).collect();
    let rebill: Vec<bool> = lines().map(|line| line.rebill).collect();
    let mut working: Vec<Option<String>> = Vec::with_capacity(all.len());
    for line in lines() {
        working.push(match &line.working {
            Some(steps) => Some(to_json(steps)?),
            None => None,
        });
    }
    sqlx::query!(
        "insert into workspace.invoice_lines (workspace_id, invoice_id, position, customer_id, subscription_id, slot,
            period_from, period_until, service_from, service_until, name, detail, quantity, unit, net_minor, due_minor,
            billed_minor, tax_rate_id, percent, category, credits_position, rebill, working)
        select $1, $2, n.position, $3, n.subscription_id, n.slot, n.period_from, n.period_until, n.service_from,
            n.service_until, n.name, n.detail, n.quantity, n.unit, n.net_minor, n.due_minor, n.billed_minor, n.tax_rate_id,
            n.percent, n.category, n.credits_position, n.rebill, n.working::jsonb
        from unnest($4::integer[], $5::uuid[], $6::text[], $7::date[], $8::date[], $9::date[], $10::date[], $11::text[],
                $12::text[], $13::numeric[], $14::text[], $15::bigint[], $16::bigint[], $17::bigint[], $18::uuid[],
                $19::numeric[], $20::text[], $21::integer[], $22::boolean[], $23::text[])
            as n (position, subscription_id, slot, period_from, period_until, service_from, service_until, name, detail,
                quantity, unit, net_minor, due_minor, billed_minor, tax_rate_id, percent, category, credits_position,
                rebill, working)",
        workspace,
        id.uuid(),
        customer.uuid(),
        &positions,
        &subscriptions as &[Option<Uuid>],
        &keys as &[Option<String>],
        &period_from as &[Option<Date>],
        &period_until as &[Option<Date>],
        &service_from as &[Option<Date>],
        &service_until as &[Option<Date>],
        &names,
        &details,
        &quantities as &[Option<Decimal>],
        &units,
        &nets,
        &due as &[Option<i64>],
        &billed as &[Option<i64>],
        &rates as &[Option<Uuid>],
        &percents,
        &categories,
        &credits as &[Option<i32>],
        &rebill,
        &working as &[Option<String>],
    )
    .execute(can.on(tx)?)
    .await?;
    Ok(())
}

/// Returns the stored taxes of a document.
pub(super) async fn stored_taxes<M: Mode>(tx: &mut WorkspaceTx<M>, id: InvoiceId) -> Result<Vec<TaxGroup>, StoreError> {
    let workspace = tx.id().uuid();
    let rows = sqlx::query!(
        "select category, percent, net_minor, tax_minor, note from workspace.invoice_taxes
        where workspace_id = $1 and invoice_id = $2 order by category, percent",
        workspace,
        id.uuid(),
    )
    .fetch_all(tx.reading())
    .await?;
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        let group = Group {
            category: category(&row.category)?,
            percent: percent(row.percent)?,
            net_minor: row.net_minor,
            tax_minor: row.tax_minor,
        };
        all.push(TaxGroup { group, note: row.note });
    }
    Ok(all)
}

/// Stores taxes of a draft.
pub(super) async fn write_taxes(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageInvoices>,
    id: InvoiceId,
    customer: CustomerId,
    all: &[TaxGroup],
) -> Result<(), StoreError> {
    let workspace = tx.id().uuid();
    let categories: Vec<String> = all.iter().map(|tax| tax.group.category.as_str().to_owned()).collect();
    let percents: Vec<Decimal> = all.iter().map(|tax| tax.group.percent.decimal()).collect();
    let nets: Vec<i64> = all.iter().map(|tax| tax.group.net_minor).collect();
    let amounts: Vec<i64> = all.iter().map(|tax| tax.group.tax_minor).collect();
    let notes: Vec<String> = all.iter().map(|tax| tax.note.clone()).collect();
    sqlx::query!(
        "insert into workspace.invoice_taxes
            (workspace_id, invoice_id, category, percent, customer_id, net_minor, tax_minor, note)
        select $1, $2, n.category, n.percent, $3, n.net_minor, n.tax_minor, n.note
        from unnest($4::text[], $5::numeric[], $6::bigint[], $7::bigint[], $8::text[])
            as n (category, percent, net_minor, tax_minor, note)",
        workspace,
        id.uuid(),
        customer.uuid(),
        &categories,
        &percents,
        &nets,
        &amounts,
        &notes,
    )
    .execute(can.on(tx)?)
    .await?;
    Ok(())
}

/// Returns the taxes of lines, with the notes of the tax rates of the workspace.
pub(super) async fn taxes_of<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    lines: &[StoredLine],
) -> Result<Vec<TaxGroup>, StoreError> {
    let workspace = tx.id().uuid();
    let ids: Vec<Uuid> = lines.iter().filter_map(|stored| stored.tax_rate.map(TaxRateId::uuid)).collect();
    let rows = sqlx::query!(
        "select percent, category, note from workspace.tax_rates
        where workspace_id = $1 and id = any($2) and note <> '' order by name, id",
        workspace,
        &ids,
    )
    .fetch_all(tx.reading())
    .await?;
    let mut notes = Vec::with_capacity(rows.len());
    for row in rows {
        notes.push((category(&row.category)?, percent(row.percent)?, row.note));
    }
    let amounts = lines.iter().map(|stored| (stored.line.category, stored.line.percent, stored.line.net_minor));
    let groups = taxes(amounts).map_err(out_of_range)?;
    let note = |group: &Group| {
        let found =
            notes.iter().find(|(category, percent, _)| (*category, *percent) == (group.category, group.percent));
        found.map_or_else(String::new, |(_, _, note)| note.clone())
    };
    Ok(groups.into_iter().map(|group| TaxGroup { note: note(&group), group }).collect())
}

/// Returns a customer's side of documents, with their terms; `None` if the workspace has no such customer.
pub(super) async fn terms<M: Mode>(tx: &mut WorkspaceTx<M>, customer: CustomerId) -> Result<Option<Terms>, StoreError> {
    let workspace = tx.id().uuid();
    let row = sqlx::query!(
        r#"select c.name, c.legal_name, c.address, c.country, c.tax_id, c.email,
            coalesce(c.payment_days, b.payment_days, 14) as "payment_days!", r.id as "rate_id?", r.percent as "percent?",
            r.category as "category?"
        from workspace.customers c
        left join workspace.billing_settings b on b.workspace_id = c.workspace_id
        left join workspace.tax_rates r on r.workspace_id = c.workspace_id and r.id = coalesce(c.tax_rate_id, b.tax_rate_id)
        where c.workspace_id = $1 and c.id = $2"#,
        workspace,
        customer.uuid(),
    )
    .fetch_optional(tx.reading())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let rate = match (row.rate_id, row.percent, row.category) {
        (Some(id), Some(stored), Some(word)) => {
            Rate { id: Some(TaxRateId::from_uuid(id)), category: category(&word)?, percent: percent(stored)? }
        }
        _ => no_rate()?,
    };
    Ok(Some(Terms {
        buyer: Party {
            name: if row.legal_name.is_empty() { row.name.clone() } else { row.legal_name },
            address: row.address,
            country: row.country,
            tax_id: row.tax_id,
            email: row.email,
        },
        name: row.name,
        payment_days: i64::from(row.payment_days),
        rate,
    }))
}

/// Rate of customers without one: a draft is shown without tax, and can't be issued.
fn no_rate() -> Result<Rate, StoreError> {
    let percent = known("percent", "0", Percent::new(0).ok())?;
    Ok(Rate { id: None, category: Category::O, percent })
}

/// Returns the workspace's side of documents as of now.
pub(super) async fn seller<M: Mode>(tx: &mut WorkspaceTx<M>) -> Result<Seller, StoreError> {
    let workspace = tx.id().uuid();
    let row = sqlx::query!(
        "select seller_name, seller_address, seller_country, seller_tax_id, seller_email, payment_details, footer
        from workspace.billing_settings where workspace_id = $1",
        workspace,
    )
    .fetch_optional(tx.reading())
    .await?;
    Ok(row.map_or_else(Seller::default, |row| Seller {
        party: Party {
            name: row.seller_name,
            address: row.seller_address,
            country: row.seller_country.unwrap_or_default(),
            tax_id: row.seller_tax_id,
            email: row.seller_email,
        },
        payment_details: row.payment_details,
        footer: row.footer,
    }))
}
