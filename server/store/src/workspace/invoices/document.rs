//! A document with all that is shown of it.

use super::{
    super::{invoicing, subscriptions::sees_prices},
    facts,
    numbers::next_number,
    rows,
    stored::{self, Seller, StoredLine, Terms, from_json, lines, out_of_range, stored_taxes, taxes_of, to_json},
};
use crate::{
    door::{Mode, WorkspaceTx},
    error::StoreError,
};
use model::{
    Currency, Money,
    id::{InvoiceId, PaymentId, SubscriptionId},
    invoice::{
        Basis, Blocker, Document, DocumentKind, DocumentLine, InvoiceRow, InvoiceStatus, Link, Moved, Party, Payment,
        PaymentMethod, TaxGroup, Totals,
    },
};
use sha2::{Digest, Sha256};
use sqlx::types::Uuid;
use time::{Date, OffsetDateTime};

/// The row of a document.
#[derive(Debug, Clone)]
pub(super) struct Head {
    pub(super) row: InvoiceRow,
    pub(super) currency: Currency,
    pub(super) subscription: Option<SubscriptionId>,
    pub(super) cut_on: Option<Date>,
    credits: Option<InvoiceId>,
    replaces: Option<InvoiceId>,
    pub(super) net_minor: i64,
    pub(super) tax_minor: i64,
    pub(super) paid_minor: i64,
    pub(super) credited_minor: i64,
    pub(super) seller: String,
    pub(super) buyer: String,
    pub(super) note: String,
    created_at: OffsetDateTime,
    issued_at: Option<OffsetDateTime>,
    sent_at: Option<OffsetDateTime>,
    void_reason: Option<String>,
}

/// A draft as it is now.
pub(super) struct Drawn {
    pub(super) lines: Vec<StoredLine>,
    pub(super) taxes: Vec<TaxGroup>,
    pub(super) net_minor: i64,
    pub(super) tax_minor: i64,
    pub(super) seller: Seller,
    pub(super) buyer: Party,
    pub(super) customer: String,
    pub(super) payment_days: i64,
    pub(super) basis: Basis,
    pub(super) blockers: Vec<Blocker>,
    moved: Option<Moved>,
}

/// Returns the row of a document; `None` if the workspace has none with that id.
pub(super) async fn head<M: Mode>(tx: &mut WorkspaceTx<M>, id: InvoiceId) -> Result<Option<Head>, StoreError> {
    let workspace = tx.id().uuid();
    let Some(row) = rows::get(tx, id).await? else { return Ok(None) };
    let more = sqlx::query!(
        r#"select i.subscription_id, i.cut_on, i.credits_id, i.replaces_id, i.net_minor, i.tax_minor, i.paid_minor,
            i.credited_minor, i.seller::text as "seller!", i.buyer::text as "buyer!", i.note, i.created_at, i.issued_at,
            i.sent_at, i.void_reason
        from workspace.invoices i where i.workspace_id = $1 and i.id = $2"#,
        workspace,
        id.uuid(),
    )
    .fetch_optional(tx.reading())
    .await?;
    let Some(more) = more else { return Ok(None) };
    let zone = tx.zone();
    Ok(Some(Head {
        currency: row.total.currency,
        row,
        subscription: more.subscription_id.map(SubscriptionId::from_uuid),
        cut_on: more.cut_on,
        credits: more.credits_id.map(InvoiceId::from_uuid),
        replaces: more.replaces_id.map(InvoiceId::from_uuid),
        net_minor: more.net_minor,
        tax_minor: more.tax_minor,
        paid_minor: more.paid_minor,
        credited_minor: more.credited_minor,
        seller: more.seller,
        buyer: more.buyer,
        note: more.note,
        created_at: zone.at(more.created_at),
        issued_at: more.issued_at.map(|at| zone.at(at)),
        sent_at: more.sent_at.map(|at| zone.at(at)),
        void_reason: more.void_reason,
    }))
}

/// Returns a document; `None` if the workspace has none with that id. The lines of a draft are computed from the usage
/// and prices of this moment. Guests, who can't read prices, see a draft as it was stored.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.invoices.document", skip_all, fields(invoice_id = %id))]
pub async fn document<M: Mode>(tx: &mut WorkspaceTx<M>, id: InvoiceId) -> Result<Option<Document>, StoreError> {
    let Some(head) = head(tx, id).await? else { return Ok(None) };
    let is_draft = head.row.status == InvoiceStatus::Draft;
    if is_draft && sees_prices(tx) {
        let drawn = drawn(tx, &head).await?;
        return Ok(Some(with_draft(tx, head, drawn).await?));
    }
    let seller: Seller = if is_draft { stored::seller(tx).await? } else { from_json("a seller", &head.seller)? };
    let buyer: Party = if is_draft {
        stored::terms(tx, head.row.customer_id).await?.map(|terms| terms.buyer).unwrap_or_default()
    } else {
        from_json("a buyer", &head.buyer)?
    };
    let all = lines(tx, id).await?;
    let taxes = stored_taxes(tx, id).await?;
    let (net_minor, tax_minor) = (head.net_minor, head.tax_minor);
    let mut document = frame(tx, head, (seller, buyer), (net_minor, tax_minor)).await?;
    document.lines = all.into_iter().map(|stored| stored.line).collect();
    document.taxes = taxes;
    Ok(Some(document))
}

/// Returns a draft as a document.
pub(super) async fn with_draft<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    head: Head,
    drawn: Drawn,
) -> Result<Document, StoreError> {
    let kind = head.row.kind;
    let next = next_number(tx, kind).await?;
    let mut document = frame(tx, head, (drawn.seller, drawn.buyer), (drawn.net_minor, drawn.tax_minor)).await?;
    document.lines = drawn.lines.into_iter().map(|stored| stored.line).collect();
    document.taxes = drawn.taxes;
    document.basis = Some(drawn.basis);
    document.moved = drawn.moved;
    document.blockers = drawn.blockers;
    document.next_number = Some(next);
    Ok(document)
}

/// Returns a document without lines and taxes.
async fn frame<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    head: Head,
    (seller, buyer): (Seller, Party),
    (net_minor, tax_minor): (i64, i64),
) -> Result<Document, StoreError> {
    let id = head.row.id;
    let payments = payments(tx, id, head.currency).await?;
    let links = links(tx, &head).await?;
    let total_minor = net_minor + tax_minor;
    let row = InvoiceRow { total: Money { minor: total_minor, currency: head.currency }, ..head.row };
    Ok(Document {
        kind: row.kind,
        row,
        subscription: head.subscription,
        cut_on: head.cut_on,
        lines: Vec::new(),
        taxes: Vec::new(),
        totals: Totals {
            currency: head.currency,
            net_minor,
            tax_minor,
            total_minor,
            paid_minor: head.paid_minor,
            credited_minor: head.credited_minor,
        },
        seller: seller.party,
        buyer,
        note: head.note,
        payment_details: seller.payment_details,
        footer: seller.footer,
        payments,
        credits: links.credits,
        credit_notes: links.credit_notes,
        replaces: links.replaces,
        replaced_by: links.replaced_by,
        created_at: head.created_at,
        issued_at: head.issued_at,
        sent_at: head.sent_at,
        void_reason: head.void_reason,
        basis: None,
        moved: None,
        blockers: Vec::new(),
        today: tx.today(),
        next_number: None,
    })
}

async fn payments<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    id: InvoiceId,
    currency: Currency,
) -> Result<Vec<Payment>, StoreError> {
    let (workspace, zone) = (tx.id().uuid(), tx.zone());
    let rows = sqlx::query!(
        r#"select p.id, p.amount_minor, p.received_on, p.method, p.reference, m.name as "by?", p.created_at, p.reversed_at
        from workspace.payments p left join door.members() m on m.user_id = p.created_by
        where p.workspace_id = $1 and p.invoice_id = $2 order by p.created_at, p.id"#,
        workspace,
        id.uuid(),
    )
    .fetch_all(tx.reading())
    .await?;
    let payment = |row: &str| super::super::listing::known("method", row, PaymentMethod::from_word(row));
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        all.push(Payment {
            id: PaymentId::from_uuid(row.id),
            amount: Money { minor: row.amount_minor, currency },
            received_on: row.received_on,
            method: payment(&row.method)?,
            reference: row.reference,
            by: row.by,
            at: zone.at(row.created_at),
            reversed_at: row.reversed_at.map(|at| zone.at(at)),
        });
    }
    Ok(all)
}

#[derive(Default)]
struct Links {
    credits: Option<Link>,
    credit_notes: Vec<Link>,
    replaces: Option<Link>,
    replaced_by: Option<Link>,
}

/// Returns the documents that belong to one.
async fn links<M: Mode>(tx: &mut WorkspaceTx<M>, head: &Head) -> Result<Links, StoreError> {
    let (workspace, id) = (tx.id().uuid(), head.row.id);
    let others: Vec<Uuid> = [head.credits, head.replaces].into_iter().flatten().map(InvoiceId::uuid).collect();
    let rows = sqlx::query!(
        "select id, number, total_minor, credits_id, replaces_id, status from workspace.invoices
        where workspace_id = $1 and (credits_id = $2 or replaces_id = $2 or id = any($3))
        order by created_at, id",
        workspace,
        id.uuid(),
        &others,
    )
    .fetch_all(tx.reading())
    .await?;
    let mut links = Links::default();
    for row in rows {
        let other = InvoiceId::from_uuid(row.id);
        let total = Money { minor: row.total_minor, currency: head.currency };
        let link = Link { id: other, number: row.number, total };
        if Some(other) == head.credits {
            links.credits = Some(link);
        } else if Some(other) == head.replaces {
            links.replaces = Some(link);
        } else if row.credits_id == Some(id.uuid()) {
            links.credit_notes.push(link);
        } else {
            // The last one: those before it are void.
            links.replaced_by = Some(link);
        }
    }
    Ok(links)
}

/// Returns the lines of a draft as they are now, with what blocks its issue. The caller that issues it has locked the
/// subscription.
pub(super) async fn drawn<M: Mode>(tx: &mut WorkspaceTx<M>, head: &Head) -> Result<Drawn, StoreError> {
    let Some(terms) = stored::terms(tx, head.row.customer_id).await? else {
        return Err(StoreError::Inconsistent("an invoice without its customer".to_owned()));
    };
    let before = lines(tx, head.row.id).await?;
    let (old, manual): (Vec<_>, Vec<_>) = before.into_iter().partition(|stored| stored.line.slot.is_some());
    let manual_minor = manual.iter().map(|stored| stored.line.net_minor).sum();
    let mut blockers = Vec::new();
    let mut all = match (head.subscription, head.cut_on) {
        (Some(subscription), Some(on)) => match computed(tx, (subscription, on), &terms, manual_minor).await? {
            Some(lines) => lines,
            None => {
                blockers.push(Blocker::Unpriced);
                Vec::new()
            }
        },
        _ => Vec::new(),
    };
    let moved = moved(head, &old, &all);
    all.extend(manual);
    let taxes = taxes_of(tx, &all).await?;
    let net = all.iter().map(|stored| i128::from(stored.line.net_minor)).sum::<i128>();
    let net_minor = i64::try_from(net).map_err(|_| out_of_range(model::pricing::OutOfRange))?;
    let tax_minor: i64 = taxes.iter().map(|tax| tax.group.tax_minor).sum();
    let seller = stored::seller(tx).await?;
    if seller.party.name.is_empty() || seller.party.address.is_empty() {
        blockers.push(Blocker::NoSeller);
    }
    if terms.rate.id.is_none() {
        blockers.push(Blocker::NoTaxRate);
    }
    if net_minor < 0 || net_minor + tax_minor < 0 {
        blockers.push(Blocker::Negative);
    }
    if all.is_empty() && !blockers.contains(&Blocker::Unpriced) {
        blockers.push(Blocker::NoLines);
    }
    if head.cut_on.is_some_and(|cut_on| cut_on > tx.today()) {
        blockers.push(Blocker::NotDue);
    }
    let basis = basis(head, &all, &taxes, (&seller, &terms.buyer))?;
    Ok(Drawn {
        lines: all,
        taxes,
        net_minor,
        tax_minor,
        seller,
        buyer: terms.buyer,
        customer: terms.name,
        payment_days: terms.payment_days,
        basis,
        blockers,
        moved,
    })
}

/// Returns the computed lines of a draft; `None` if a price can't be computed.
async fn computed<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    (subscription, on): (SubscriptionId, Date),
    terms: &Terms,
    manual_minor: i64,
) -> Result<Option<Vec<StoredLine>>, StoreError> {
    let Some(billable) = facts::billable(tx, subscription).await? else { return Ok(None) };
    let prices = facts::prices(tx, &[&billable]).await?;
    let billed = facts::billed(tx, &[subscription]).await?.remove(&subscription).unwrap_or_default();
    let rate = (terms.rate.category, terms.rate.percent);
    let lines = facts::lines_on(tx, &billable, on, (&prices, &billed), rate, manual_minor).await?;
    let stored = |line: DocumentLine| StoredLine { line, tax_rate: terms.rate.id };
    Ok(lines.ok().map(|lines| lines.into_iter().map(stored).collect()))
}

/// Returns `true` if two lines print the same.
fn is_same(one: &DocumentLine, other: &DocumentLine) -> bool {
    (&one.name, &one.detail, one.service, one.quantity, &one.unit)
        == (&other.name, &other.detail, other.service, other.quantity, &other.unit)
        && (one.net_minor, one.category, one.percent) == (other.net_minor, other.category, other.percent)
}

fn moved(head: &Head, old: &[StoredLine], new: &[StoredLine]) -> Option<Moved> {
    let same = old.len() == new.len() && old.iter().zip(new).all(|(old, new)| is_same(&old.line, &new.line));
    (!same).then(|| Moved {
        before: Money { minor: head.net_minor + head.tax_minor, currency: head.currency },
        lines: old.iter().map(|stored| stored.line.clone()).collect(),
    })
}

/// Returns the hash of what a draft will say, in a fixed order and notation.
fn basis(
    head: &Head,
    lines: &[StoredLine],
    taxes: &[TaxGroup],
    parties: (&Seller, &Party),
) -> Result<Basis, StoreError> {
    let lines: Vec<_> = lines
        .iter()
        .map(|StoredLine { line, .. }| {
            let amounts = (line.net_minor, line.due_minor, line.billed_minor, line.percent, line.category);
            (&line.name, &line.detail, line.service, line.quantity, &line.unit, amounts)
        })
        .collect();
    let kind: DocumentKind = head.row.kind;
    let text = to_json(&(kind, head.currency.code(), lines, taxes, parties, &head.note))?;
    Ok(Basis::new(Sha256::digest(text.as_bytes()).into()))
}
