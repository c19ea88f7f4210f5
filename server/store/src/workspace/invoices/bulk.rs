//! Documents of the past, in bulk.

use super::{
    numbers,
    stored::{Seller, seller, to_json},
};
use crate::{
    audit,
    door::{Can, WorkspaceTx, Write},
    error::StoreError,
};
use model::{
    Money,
    audit::{Action, Detail},
    capability::ManageInvoices,
    id::{CustomerId, InvoiceId},
    invoice::{DocumentKind, InvoiceStatus},
};
use sqlx::types::Uuid;
use time::Date;

/// An invoice of the past with one line and no tax.
#[derive(Debug, Clone)]
pub struct PastDocument {
    /// Customer who is charged.
    pub customer: CustomerId,
    /// Status. An open invoice of 0.00 is paid.
    pub status: InvoiceStatus,
    /// What is charged for.
    pub name: String,
    /// Total amount.
    pub total: Money,
    /// Day of issue. A day before that of the last invoice becomes that day.
    pub issued_on: Date,
    /// Due date.
    pub due_on: Date,
}

/// Stores invoices of the past in the given order, which is that of their days, and logs the import once. All but the
/// drafts get the next numbers of the series; what is paid has a payment on its due date, or today if that is earlier.
/// For examples and tests.
///
/// # Errors
/// [`StoreError::Database`] if a query fails.
#[tracing::instrument(level = "debug", name = "store.invoices.import", skip_all)]
pub async fn import(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageInvoices>,
    all: &[PastDocument],
) -> Result<Vec<InvoiceId>, StoreError> {
    let (workspace, today) = (tx.id().uuid(), tx.today());
    let ids: Vec<Uuid> = all.iter().map(|_| Uuid::now_v7()).collect();
    insert(tx, can, &ids, all).await?;
    let seller: Seller = seller(tx).await?;
    let seller = to_json(&seller)?;
    for (id, one) in ids.iter().zip(all).filter(|(_, one)| one.status != InvoiceStatus::Draft) {
        let number = numbers::take(tx, can, DocumentKind::Invoice, one.issued_on).await?;
        let is_paid = one.status == InvoiceStatus::Paid || one.total.minor == 0;
        sqlx::query!(
            "update workspace.invoices i set status = $3, number = $4, series_year = $5, series_no = $6, issued_on = $7,
                due_on = $8, seller = $9::text::jsonb, issued_at = $7::date::timestamptz + interval '12 hours',
                paid_minor = case when $3 = 'paid' then i.total_minor else 0 end, void_reason = $10
            where i.workspace_id = $1 and i.id = $2",
            workspace,
            *id,
            if is_paid && one.status == InvoiceStatus::Open { "paid" } else { one.status.as_str() },
            number.text,
            number.year,
            number.no,
            number.issued_on,
            one.due_on.max(number.issued_on),
            seller,
            (one.status == InvoiceStatus::Void).then_some("Void"),
        )
        .execute(can.on(tx)?)
        .await?;
    }
    sqlx::query!(
        "insert into workspace.payments (workspace_id, id, invoice_id, customer_id, amount_minor, received_on)
        select $1, gen_random_uuid(), i.id, i.customer_id, i.paid_minor, least(i.due_on, $3::date)
        from workspace.invoices i where i.workspace_id = $1 and i.id = any($2) and i.paid_minor > 0",
        workspace,
        &ids,
        today,
    )
    .execute(can.on(tx)?)
    .await?;
    audit::record(tx, Action::InvoicesImported, workspace, &Detail::none()).await?;
    Ok(ids.into_iter().map(InvoiceId::from_uuid).collect())
}

/// Inserts drafts with one line and no tax.
async fn insert(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageInvoices>,
    ids: &[Uuid],
    all: &[PastDocument],
) -> Result<(), StoreError> {
    let workspace = tx.id().uuid();
    let customers: Vec<Uuid> = all.iter().map(|one| one.customer.uuid()).collect();
    let totals: Vec<i64> = all.iter().map(|one| one.total.minor).collect();
    let currencies: Vec<String> = all.iter().map(|one| one.total.currency.code().to_owned()).collect();
    let names: Vec<String> = all.iter().map(|one| one.name.clone()).collect();
    sqlx::query!(
        "insert into workspace.invoices
            (workspace_id, id, customer_id, status, net_minor, total_minor, currency, buyer)
        select $1, n.id, n.customer_id, 'draft', n.total_minor, n.total_minor, n.currency,
            jsonb_build_object('name', coalesce(nullif(c.legal_name, ''), c.name), 'address', c.address, 'country', c.country,
                'tax_id', c.tax_id, 'email', c.email)
        from unnest($2::uuid[], $3::uuid[], $4::bigint[], $5::text[]) as n (id, customer_id, total_minor, currency)
        join workspace.customers c on c.workspace_id = $1 and c.id = n.customer_id",
        workspace,
        ids,
        &customers,
        &totals,
        &currencies,
    )
    .execute(can.on(tx)?)
    .await?;
    sqlx::query!(
        "insert into workspace.invoice_lines
            (workspace_id, invoice_id, position, customer_id, name, net_minor, percent, category)
        select $1, n.id, 0, n.customer_id, n.name, n.total_minor, 0, 'O'
        from unnest($2::uuid[], $3::uuid[], $4::bigint[], $5::text[]) as n (id, customer_id, total_minor, name)",
        workspace,
        ids,
        &customers,
        &totals,
        &names,
    )
    .execute(can.on(tx)?)
    .await?;
    sqlx::query!(
        "insert into workspace.invoice_taxes
            (workspace_id, invoice_id, category, percent, customer_id, net_minor, tax_minor)
        select $1, n.id, 'O', 0, n.customer_id, n.total_minor, 0
        from unnest($2::uuid[], $3::uuid[], $4::bigint[]) as n (id, customer_id, total_minor)",
        workspace,
        ids,
        &customers,
        &totals,
    )
    .execute(can.on(tx)?)
    .await?;
    Ok(())
}
