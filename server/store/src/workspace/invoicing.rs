//! Storage of how a workspace invoices: seller, terms, tax rates, and the series of numbers.

use super::{due as jobs, listing::known, written::Written};
use crate::{
    audit::{self, named},
    door::{Can, Mode, WorkspaceTx, Write},
    error::StoreError,
};
use model::{
    audit::{Action, Detail},
    capability::ManageInvoices,
    id::TaxRateId,
    invoice::{DocumentKind, Invoicing, InvoicingSettings, Party, Series, SeriesDraft, TaxRate, TaxRateDraft},
    pricing::tax::{Category, Percent},
};
use rust_decimal::Decimal;
use sqlx::types::Uuid;
use time::Date;

/// Maximum number of tax rates of a workspace, including archived ones.
const TAX_RATES_MAX: i64 = 100;

/// Reads a rate in percent.
pub(super) fn percent(stored: Decimal) -> Result<Percent, StoreError> {
    let text = stored.normalize().to_string();
    known("percent", &text, Percent::parse(&text).ok())
}

/// Reads a VAT category.
pub(super) fn category(word: &str) -> Result<Category, StoreError> {
    known("category", word, Category::from_word(word))
}

/// A series, and the day of its last document.
pub(super) struct StoredSeries {
    pub(super) series: Series,
    pub(super) last_on: Option<Date>,
}

/// Returns the series of a kind of document. Its next number is that of a document that is issued today.
pub(super) async fn series<M: Mode>(tx: &mut WorkspaceTx<M>, kind: DocumentKind) -> Result<StoredSeries, StoreError> {
    let (workspace, today) = (tx.id().uuid(), tx.today());
    let row = sqlx::query!(
        "select prefix, width, yearly, series_year, next, last_on from workspace.series where workspace_id = $1 and kind = $2",
        workspace,
        kind.as_str(),
    )
    .fetch_optional(tx.reading())
    .await?;
    let Some(row) = row else { return Ok(StoredSeries { series: Series::new(kind), last_on: None }) };
    let year = if row.yearly { row.last_on.map_or(today, |last_on| last_on.max(today)).year() } else { 0 };
    let next = match row.series_year {
        Some(current) if current != year => {
            let last = sqlx::query_scalar!(
                "select max(series_no) from workspace.invoices where workspace_id = $1 and kind = $2 and series_year = $3",
                workspace,
                kind.as_str(),
                year,
            )
            .fetch_one(tx.reading())
            .await?;
            last.map_or(1, |last| last + 1)
        }
        _ => row.next,
    };
    let width = known("width", &row.width.to_string(), u8::try_from(row.width).ok())?;
    let started = row.series_year.is_some();
    let series = Series { kind, prefix: row.prefix, width, yearly: row.yearly, next, started };
    Ok(StoredSeries { series, last_on: row.last_on })
}

/// Returns the tax rates, active first, by name.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.invoicing.tax_rates", skip_all)]
pub async fn tax_rates<M: Mode>(tx: &mut WorkspaceTx<M>) -> Result<Vec<TaxRate>, StoreError> {
    let workspace = tx.id().uuid();
    let rows = sqlx::query!(
        "select id, name, percent, category, note, status from workspace.tax_rates
        where workspace_id = $1 order by status, name, id",
        workspace,
    )
    .fetch_all(tx.reading())
    .await?;
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        all.push(TaxRate {
            id: TaxRateId::from_uuid(row.id),
            name: row.name,
            percent: percent(row.percent)?,
            category: category(&row.category)?,
            note: row.note,
            archived: row.status == "archived",
        });
    }
    Ok(all)
}

/// Returns the settings of invoicing. A workspace that has not saved any has the defaults.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.invoicing.settings", skip_all)]
pub async fn settings<M: Mode>(tx: &mut WorkspaceTx<M>) -> Result<InvoicingSettings, StoreError> {
    let workspace = tx.id().uuid();
    let row = sqlx::query!(
        "select grace_days, auto_draft, auto_issue, zero_invoices, payment_days, tax_rate_id, seller_name, seller_address,
            seller_country, seller_tax_id, seller_email, payment_details, footer
        from workspace.billing_settings where workspace_id = $1",
        workspace,
    )
    .fetch_optional(tx.reading())
    .await?;
    let tax_rates = tax_rates(tx).await?;
    let series = [series(tx, DocumentKind::Invoice).await?.series, series(tx, DocumentKind::CreditNote).await?.series];
    Ok(match row {
        None => InvoicingSettings {
            seller: Party::default(),
            payment_details: String::new(),
            footer: String::new(),
            payment_days: 14,
            tax_rate: None,
            grace_days: 1,
            auto_draft: true,
            auto_issue: false,
            zero_invoices: true,
            tax_rates,
            series,
        },
        Some(row) => InvoicingSettings {
            seller: Party {
                name: row.seller_name,
                address: row.seller_address,
                country: row.seller_country.unwrap_or_default(),
                tax_id: row.seller_tax_id,
                email: row.seller_email,
            },
            payment_details: row.payment_details,
            footer: row.footer,
            payment_days: u16::try_from(row.payment_days).unwrap_or(14),
            tax_rate: row.tax_rate_id.map(TaxRateId::from_uuid),
            grace_days: u8::try_from(row.grace_days).unwrap_or(1),
            auto_draft: row.auto_draft,
            auto_issue: row.auto_issue,
            zero_invoices: row.zero_invoices,
            tax_rates,
            series,
        },
    })
}

/// Returns `true` if the workspace has an active tax rate with that id.
pub(super) async fn is_active<M: Mode>(tx: &mut WorkspaceTx<M>, id: TaxRateId) -> Result<bool, StoreError> {
    let workspace = tx.id().uuid();
    let found = sqlx::query_scalar!(
        r#"select exists (
            select from workspace.tax_rates where workspace_id = $1 and id = $2 and status = 'active') as "exists!""#,
        workspace,
        id.uuid(),
    )
    .fetch_one(tx.reading())
    .await?;
    Ok(found)
}

/// Saves the settings, and logs the changes, if any.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.invoicing.save_settings", skip_all)]
pub async fn save_settings(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageInvoices>,
    new: &Invoicing,
) -> Result<Written<()>, StoreError> {
    let workspace = tx.id().uuid();
    let before = settings(tx).await?;
    if let Some(id) = new.tax_rate
        && before.tax_rate != Some(id)
        && !is_active(tx, id).await?
    {
        return Ok(Written::invalid("tax_rate", "Choose a tax rate from the list."));
    }
    let country = Some(new.seller.country.clone()).filter(|country| !country.is_empty());
    sqlx::query!(
        "insert into workspace.billing_settings (workspace_id, grace_days, auto_draft, auto_issue, zero_invoices,
            payment_days, tax_rate_id, seller_name, seller_address, seller_country, seller_tax_id, seller_email,
            payment_details, footer)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        on conflict (workspace_id) do update set grace_days = excluded.grace_days, auto_draft = excluded.auto_draft,
            auto_issue = excluded.auto_issue, zero_invoices = excluded.zero_invoices,
            payment_days = excluded.payment_days, tax_rate_id = excluded.tax_rate_id,
            seller_name = excluded.seller_name, seller_address = excluded.seller_address,
            seller_country = excluded.seller_country, seller_tax_id = excluded.seller_tax_id,
            seller_email = excluded.seller_email, payment_details = excluded.payment_details,
            footer = excluded.footer, updated_at = now()",
        workspace,
        i32::from(new.grace_days),
        new.auto_draft,
        new.auto_issue,
        new.zero_invoices,
        i32::from(new.payment_days),
        new.tax_rate.map(TaxRateId::uuid),
        new.seller.name,
        new.seller.address,
        country,
        new.seller.tax_id,
        new.seller.email,
        new.payment_details,
        new.footer,
    )
    .execute(can.on(tx)?)
    .await?;
    let rate_name = |id: Option<TaxRateId>| {
        let rate = before.tax_rates.iter().find(|rate| Some(rate.id) == id);
        rate.map_or_else(String::new, |rate| rate.name.clone())
    };
    let changed = Detail::none()
        .change("seller_name", &before.seller.name, &new.seller.name)
        .change("seller_address", &before.seller.address, &new.seller.address)
        .change("seller_country", &before.seller.country, &new.seller.country)
        .change("seller_tax_id", &before.seller.tax_id, &new.seller.tax_id)
        .change("seller_email", &before.seller.email, &new.seller.email)
        .change("payment_details", &before.payment_details, &new.payment_details)
        .change("footer", &before.footer, &new.footer)
        .change("payment_days", before.payment_days, new.payment_days)
        .change("tax_rate", rate_name(before.tax_rate), rate_name(new.tax_rate))
        .change("grace_days", before.grace_days, new.grace_days)
        .change("auto_draft", before.auto_draft, new.auto_draft)
        .change("auto_issue", before.auto_issue, new.auto_issue)
        .change("zero_invoices", before.zero_invoices, new.zero_invoices);
    if !changed.is_empty() {
        audit::record(tx, Action::InvoicingChanged, workspace, &changed).await?;
        // The job may have something to draft or to issue by the new settings.
        jobs::look_soon(tx).await?;
    }
    Ok(Written::Done(()))
}

/// Saves how a kind of document is numbered, and logs the changes, if any. The next number can only be chosen before the
/// first document.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.invoicing.save_series", skip_all)]
pub async fn save_series(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageInvoices>,
    new: &SeriesDraft,
) -> Result<Written<()>, StoreError> {
    let workspace = tx.id().uuid();
    let kind = new.kind.as_str();
    // The rows are locked in the order of their names, so that two people who save at once don't wait for one another.
    sqlx::query!("select kind from workspace.series where workspace_id = $1 order by kind for update", workspace,)
        .fetch_all(can.on(tx)?)
        .await?;
    let before = series(tx, new.kind).await?.series;
    for other in DocumentKind::ALL.into_iter().filter(|other| *other != new.kind) {
        if series(tx, other).await?.series.prefix == new.prefix {
            let message = format!("The other series has this prefix ({}). Use another one.", other.label());
            return Ok(Written::invalid("prefix", &message));
        }
    }
    let chosen = new.next.filter(|next| *next != before.next);
    if before.started && chosen.is_some() {
        return Ok(Written::invalid("next", "Numbers have been used already, so the next one is fixed."));
    }
    sqlx::query!(
        "insert into workspace.series (workspace_id, kind, prefix, width, yearly, starts_at, next)
        values ($1, $2, $3, $4, $5, coalesce($6::bigint, 1), coalesce($6::bigint, 1))
        on conflict (workspace_id, kind) do update set prefix = excluded.prefix, width = excluded.width,
            yearly = excluded.yearly, starts_at = coalesce($6::bigint, series.starts_at), next = coalesce($6::bigint, series.next)",
        workspace,
        kind,
        new.prefix,
        i32::from(new.width),
        new.yearly,
        chosen,
    )
    .execute(can.on(tx)?)
    .await?;
    let changed = Detail::none()
        .change("prefix", &before.prefix, &new.prefix)
        .change("digits", before.width, new.width)
        .change("yearly", before.yearly, new.yearly)
        .change("next", before.next, chosen.unwrap_or(before.next));
    if !changed.is_empty() {
        audit::record(tx, Action::SeriesChanged, workspace, &changed.with("document", new.kind.label())).await?;
    }
    Ok(Written::Done(()))
}

/// Creates a tax rate, and logs it.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.invoicing.create_tax_rate", skip_all)]
pub async fn create_tax_rate(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageInvoices>,
    new: &TaxRateDraft,
) -> Result<Written<TaxRateId>, StoreError> {
    let (workspace, id) = (tx.id().uuid(), Uuid::now_v7());
    let held = sqlx::query_scalar!(
        r#"select count(*) as "count!" from workspace.tax_rates where workspace_id = $1"#,
        workspace,
    )
    .fetch_one(can.on(tx)?)
    .await?;
    if held >= TAX_RATES_MAX {
        return Ok(Written::invalid("name", "The workspace has 100 tax rates, which is the most."));
    }
    let written = sqlx::query!(
        "insert into workspace.tax_rates (workspace_id, id, name, percent, category, note)
        values ($1, $2, $3, $4, $5, $6)",
        workspace,
        id,
        new.name.as_str(),
        new.percent.decimal(),
        new.category.as_str(),
        new.note,
    )
    .execute(can.on(tx)?)
    .await
    .map_err(StoreError::from);
    if let Err(error) = written {
        return taken(error);
    }
    audit::record(tx, Action::TaxRateCreated, id, &Detail::none().with("name", &new.name)).await?;
    Ok(Written::Done(TaxRateId::from_uuid(id)))
}

/// Changes the name and note of a tax rate, and logs it. The rate itself never changes: a changed rate is a new one.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.invoicing.edit_tax_rate", skip_all, fields(tax_rate_id = %id))]
pub async fn edit_tax_rate(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageInvoices>,
    id: TaxRateId,
    new: &TaxRateDraft,
) -> Result<Written<()>, StoreError> {
    let workspace = tx.id().uuid();
    let before = sqlx::query!(
        "select name, percent, category, note from workspace.tax_rates where workspace_id = $1 and id = $2 for update",
        workspace,
        id.uuid(),
    )
    .fetch_optional(can.on(tx)?)
    .await?;
    let Some(before) = before else { return Ok(Written::Absent) };
    if percent(before.percent)? != new.percent || category(&before.category)? != new.category {
        return Ok(Written::invalid("percent", "Rate and category don’t change. Create another tax rate."));
    }
    let written = sqlx::query!(
        "update workspace.tax_rates set name = $3, note = $4, updated_at = now() where workspace_id = $1 and id = $2",
        workspace,
        id.uuid(),
        new.name.as_str(),
        new.note,
    )
    .execute(can.on(tx)?)
    .await
    .map_err(StoreError::from);
    if let Err(error) = written {
        return taken(error);
    }
    let changed = Detail::none().change("name", &before.name, &new.name).change("note", &before.note, &new.note);
    if !changed.is_empty() {
        audit::record(tx, Action::TaxRateUpdated, id.uuid(), &named(changed, &before.name)).await?;
    }
    Ok(Written::Done(()))
}

/// Archives a tax rate, and logs it. Customers who have it keep it.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.invoicing.archive_tax_rate", skip_all, fields(tax_rate_id = %id))]
pub async fn archive_tax_rate(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageInvoices>,
    id: TaxRateId,
) -> Result<Written<()>, StoreError> {
    let workspace = tx.id().uuid();
    let row = sqlx::query!(
        "select name, status from workspace.tax_rates where workspace_id = $1 and id = $2 for update",
        workspace,
        id.uuid(),
    )
    .fetch_optional(can.on(tx)?)
    .await?;
    let Some(row) = row else { return Ok(Written::Absent) };
    if row.status == "active" {
        sqlx::query!(
            "update workspace.tax_rates set status = 'archived', updated_at = now() where workspace_id = $1 and id = $2",
            workspace,
            id.uuid(),
        )
        .execute(can.on(tx)?)
        .await?;
        audit::record(tx, Action::TaxRateArchived, id.uuid(), &Detail::none().with("name", row.name)).await?;
    }
    Ok(Written::Done(()))
}

fn taken<T>(error: StoreError) -> Result<Written<T>, StoreError> {
    if error.is_refused_by("tax_rate_name_taken") {
        return Ok(Written::invalid("name", "Another tax rate has this name. Use another one."));
    }
    Err(error)
}
