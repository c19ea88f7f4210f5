//! Credit notes.

use super::{
    super::written::Written,
    document::{Head, head},
    draft::lock,
    issue::{Sealed, seal},
    payments::settle,
    stored::{StoredLine, lines, stored_taxes, write_lines, write_taxes},
};
use crate::{
    audit,
    door::{Can, Mode, WorkspaceTx, Write},
    error::StoreError,
};
use model::{
    FieldErrors, Money,
    audit::{Action, Detail},
    capability::ManageInvoices,
    id::{InvoiceId, UserId},
    invoice::{CreditDraft, DocumentKind, DocumentLine, InvoiceStatus, TaxGroup},
    pricing::tax::{Category, Group, Percent, credit_tax},
};
use sqlx::types::Uuid;
use std::collections::{BTreeMap, HashMap};

/// Lines and taxes of a credit note.
struct Credit {
    head: Head,
    lines: Vec<StoredLine>,
    taxes: Vec<TaxGroup>,
}

/// What earlier credit notes of an invoice took back.
struct Earlier {
    /// Net amounts by the position of the invoice's line.
    lines: HashMap<u16, i64>,
    /// Net amounts and taxes by category and rate.
    taxes: BTreeMap<(Category, Percent), (i64, i64)>,
}

async fn earlier<M: Mode>(tx: &mut WorkspaceTx<M>, id: InvoiceId) -> Result<Earlier, StoreError> {
    let workspace = tx.id().uuid();
    let rows = sqlx::query!(
        r#"select l.credits_position as "position!", sum(l.net_minor)::bigint as "net!"
        from workspace.invoice_lines l
        join workspace.invoices n on n.workspace_id = l.workspace_id and n.id = l.invoice_id
        where l.workspace_id = $1 and n.credits_id = $2 and n.status <> 'draft' and l.credits_position is not null
        group by l.credits_position"#,
        workspace,
        id.uuid(),
    )
    .fetch_all(tx.reading())
    .await?;
    let lines = rows.into_iter().map(|row| (u16::try_from(row.position).unwrap_or(u16::MAX), row.net)).collect();
    let notes = sqlx::query_scalar!(
        "select id from workspace.invoices where workspace_id = $1 and credits_id = $2 and status <> 'draft' order by id",
        workspace,
        id.uuid(),
    )
    .fetch_all(tx.reading())
    .await?;
    let mut taxes = BTreeMap::new();
    for note in notes {
        for tax in stored_taxes(tx, InvoiceId::from_uuid(note)).await? {
            let sums: &mut (i64, i64) = taxes.entry((tax.group.category, tax.group.percent)).or_default();
            sums.0 += tax.group.net_minor;
            sums.1 += tax.group.tax_minor;
        }
    }
    Ok(Earlier { lines, taxes })
}

/// Computes a credit note. The tax of each rate is that of all credits so far less what was returned, so that credits of
/// the whole invoice return exactly its tax.
async fn compute<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    id: InvoiceId,
    new: &CreditDraft,
) -> Result<Written<Credit>, StoreError> {
    let Some(head) = head(tx, id).await? else { return Ok(Written::Absent) };
    let is_issued = matches!(head.row.status, InvoiceStatus::Open | InvoiceStatus::Paid);
    if head.row.kind != DocumentKind::Invoice || !is_issued {
        return Ok(Written::invalid("", "Only an issued invoice is credited."));
    }
    let charged = lines(tx, id).await?;
    let charged_taxes = stored_taxes(tx, id).await?;
    let earlier = earlier(tx, id).await?;
    let money = |minor: i64| Money { minor, currency: head.currency };
    let mut errors = FieldErrors::default();
    let mut all: Vec<StoredLine> = Vec::new();
    for (position, minor) in &new.amounts {
        let field = format!("amount-{position}");
        let Some(of) = charged.iter().find(|stored| stored.line.position == *position) else {
            errors.0.extend(FieldErrors::one(&field, "The invoice has no such line.").0);
            continue;
        };
        let left = of.line.net_minor - earlier.lines.get(position).copied().unwrap_or_default();
        if *minor <= 0 || *minor > left || all.iter().any(|line| line.line.credits == Some(*position)) {
            let message = format!("At most {} of this line is left to credit.", money(left.max(0)));
            errors.0.extend(FieldErrors::one(&field, message).0);
            continue;
        }
        let line = DocumentLine {
            position: u16::try_from(all.len()).unwrap_or(u16::MAX),
            net_minor: *minor,
            // The quantity belongs to the whole line.
            quantity: of.line.quantity.filter(|_| *minor == of.line.net_minor),
            due_minor: None,
            billed_minor: None,
            working: None,
            credits: Some(*position),
            rebill: new.rebill && of.line.slot.is_some(),
            ..of.line.clone()
        };
        all.push(StoredLine { line, tax_rate: of.tax_rate });
    }
    if !errors.0.is_empty() {
        return Ok(Written::Invalid(errors));
    }
    let mut nets: BTreeMap<(Category, Percent), i64> = BTreeMap::new();
    for stored in &all {
        *nets.entry((stored.line.category, stored.line.percent)).or_default() += stored.line.net_minor;
    }
    let mut taxes = Vec::with_capacity(nets.len());
    for ((category, percent), net_minor) in nets {
        let of = charged_taxes.iter().find(|tax| (tax.group.category, tax.group.percent) == (category, percent));
        let Some(of) = of else {
            return Err(StoreError::Inconsistent("an invoice without the tax of its line".to_owned()));
        };
        let (before, returned) = earlier.taxes.get(&(category, percent)).copied().unwrap_or_default();
        let Ok(tax_minor) = credit_tax(of.group, before, net_minor, returned) else {
            let left = (of.group.net_minor - before).max(0);
            let message = format!("At most {} at this tax rate is left to credit.", money(left));
            let field = new.amounts.first().map_or_else(String::new, |(position, _)| format!("amount-{position}"));
            return Ok(Written::invalid(&field, &message));
        };
        let group = Group { category, percent, net_minor, tax_minor };
        taxes.push(TaxGroup { group, note: of.note.clone() });
    }
    Ok(Written::Done(Credit { head, lines: all, taxes }))
}

/// Returns the taxes that a credit note would have.
///
/// # Errors
/// [`StoreError::Database`] if a query fails.
#[tracing::instrument(level = "debug", name = "store.invoices.credit_preview", skip_all, fields(invoice_id = %id))]
pub async fn credit_preview<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    id: InvoiceId,
    new: &CreditDraft,
) -> Result<Written<Vec<TaxGroup>>, StoreError> {
    Ok(match compute(tx, id, new).await? {
        Written::Done(credit) => Written::Done(credit.taxes),
        Written::Absent => Written::Absent,
        Written::Invalid(errors) => Written::Invalid(errors),
    })
}

/// Issues a credit note for lines of an invoice, and logs it. It reduces what the invoice demands. With `rebill`, the
/// usage is due again.
///
/// # Errors
/// [`StoreError::Database`] if a query fails.
#[tracing::instrument(level = "debug", name = "store.invoices.credit", skip_all, fields(invoice_id = %id))]
pub async fn credit(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageInvoices>,
    id: InvoiceId,
    new: &CreditDraft,
) -> Result<Written<InvoiceId>, StoreError> {
    if !lock(tx, can, id).await? {
        return Ok(Written::Absent);
    }
    let credit = match compute(tx, id, new).await? {
        Written::Done(credit) => credit,
        Written::Absent => return Ok(Written::Absent),
        Written::Invalid(errors) => return Ok(Written::Invalid(errors)),
    };
    let (workspace, user, note, today) = (tx.id().uuid(), tx.person().map(UserId::uuid), Uuid::now_v7(), tx.today());
    let Credit { head, lines, taxes } = credit;
    let customer = head.row.customer_id;
    sqlx::query!(
        "insert into workspace.invoices (workspace_id, id, kind, customer_id, status, total_minor, currency, credits_id,
            note, created_by)
        values ($1, $2, 'credit_note', $3, 'draft', 0, $4, $5, $6, $7)",
        workspace,
        note,
        customer.uuid(),
        head.currency.code(),
        id.uuid(),
        new.note,
        user as Option<Uuid>,
    )
    .execute(can.on(tx)?)
    .await?;
    let note = InvoiceId::from_uuid(note);
    write_lines(tx, can, note, customer, &lines).await?;
    write_taxes(tx, can, note, customer, &taxes).await?;
    let (net_minor, tax_minor) =
        taxes.iter().fold((0, 0), |(net, tax), of| (net + of.group.net_minor, tax + of.group.tax_minor));
    settle(tx, can, id, head.paid_minor, head.credited_minor + net_minor + tax_minor).await?;
    // Both parties are those of the invoice.
    let sealed = Sealed {
        id: note,
        kind: DocumentKind::CreditNote,
        net_minor,
        tax_minor,
        payment_days: 0,
        seller: head.seller.clone(),
        buyer: head.buyer.clone(),
        basis: None,
    };
    let number = seal(tx, can, &sealed, today).await?;
    let detail = Detail::none()
        .with("name", &number.text)
        .with("invoice", head.row.title())
        .with("customer", &head.row.customer)
        .with("total", Money { minor: net_minor + tax_minor, currency: head.currency });
    audit::record(tx, Action::CreditNoteIssued, note.uuid(), &detail).await?;
    Ok(Written::Done(note))
}
