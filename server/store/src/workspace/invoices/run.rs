//! Runs: drafts of what is due.

use super::{
    super::invoicing,
    draft::{NewDraft, insert, refresh},
    due::live,
    facts::{Billable, billables, billed, lines_on, prices},
    stored,
};
use crate::{
    audit,
    door::{Can, WorkspaceTx, Write},
    error::StoreError,
    workspace::webhooks,
};
use model::{
    audit::{Action, Detail},
    capability::ManageInvoices,
    id::SubscriptionId,
    invoice::{
        Run, RunResult, Skipped,
        lines::{self, Billed},
    },
    subscription::Terms,
    webhook::EventKind,
};
use sqlx::types::Uuid;
use time::Date;

/// Drafts invoices of subscriptions, and logs each. Days that have an invoice are skipped, so running again changes
/// nothing. Runs at the same time wait for one another at each subscription.
///
/// # Errors
/// [`StoreError::Database`] if a query fails.
#[tracing::instrument(level = "debug", name = "store.invoices.run", skip_all)]
pub async fn run(tx: &mut WorkspaceTx<Write>, can: &Can<ManageInvoices>, run: &Run) -> Result<RunResult, StoreError> {
    let (workspace, today) = (tx.id().uuid(), tx.today());
    let settings = invoicing::settings(tx).await?;
    let mut chosen: Vec<SubscriptionId> = run.cuts.iter().map(|(id, _)| *id).collect();
    chosen.sort_unstable();
    chosen.dedup();
    let chosen = (!run.cuts.is_empty()).then_some(chosen);
    let before = live(tx, chosen.as_deref()).await?;
    let mut ids = Vec::new();
    for billable in billables(tx, chosen.as_deref()).await? {
        if chosen.is_some() || billable.cuts(today).iter().any(|on| !before.contains_key(&(billable.id, *on))) {
            ids.push(billable.id);
        }
    }
    // In the order of their ids, so that runs at the same time don't wait for one another in a circle.
    let uuids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    sqlx::query_scalar!(
        "select id from workspace.subscriptions where workspace_id = $1 and id = any($2) order by id for no key update",
        workspace,
        &uuids,
    )
    .fetch_all(can.on(tx)?)
    .await?;
    let all = billables(tx, Some(&ids)).await?;
    let live = live(tx, Some(&ids)).await?;
    let prices = prices(tx, &all.iter().collect::<Vec<_>>()).await?;
    let mut ledgers = billed(tx, &ids).await?;
    let mut result = RunResult::default();
    for (id, on) in &run.cuts {
        let is_due = all.iter().any(|billable| billable.id == *id && billable.cuts(today).contains(on));
        if !is_due {
            result.skipped.push((*id, *on, Skipped::NotDue));
        }
    }
    for billable in &all {
        let mut ledger = ledgers.remove(&billable.id).unwrap_or_default();
        let mut is_waiting = false;
        for on in billable.cuts(today) {
            let is_chosen = run.cuts.is_empty() || run.cuts.contains(&(billable.id, on));
            if let Some(found) = live.get(&(billable.id, on)) {
                is_waiting |= found.is_draft;
                if is_chosen && (found.is_draft || !run.cuts.is_empty()) {
                    result.skipped.push((billable.id, on, Skipped::Exists));
                }
                continue;
            }
            if is_waiting {
                if is_chosen {
                    result.skipped.push((billable.id, on, Skipped::Earlier));
                }
                continue;
            }
            let found = amount(tx, billable, on, &prices, &mut ledger).await?;
            match found {
                None => is_waiting = true,
                Some(None) => {}
                Some(Some(0)) if !settings.zero_invoices => {}
                Some(Some(_)) => is_waiting = true,
            }
            if !is_chosen {
                continue;
            }
            let skipped = match found {
                None => Some(Skipped::Unpriced),
                Some(None) => Some(Skipped::Empty),
                Some(Some(0)) if !settings.zero_invoices => Some(Skipped::Empty),
                Some(Some(_)) => None,
            };
            if let Some(why) = skipped {
                if !run.cuts.is_empty() || why == Skipped::Unpriced {
                    result.skipped.push((billable.id, on, why));
                }
                continue;
            }
            let new = NewDraft {
                customer: billable.customer,
                currency: billable.currency,
                cut: Some((billable.id, on)),
                replaces: None,
                note: String::new(),
            };
            let Some(draft) = insert(tx, can, &new).await? else {
                result.skipped.push((billable.id, on, Skipped::Exists));
                continue;
            };
            refresh(tx, can, draft).await?;
            let detail = Detail::none().with("name", &billable.customer_name).with("day", on);
            audit::record(tx, Action::InvoiceDrafted, draft.uuid(), &detail).await?;
            webhooks::announce(tx, EventKind::InvoiceDrafted, draft.uuid()).await?;
            result.drafted.push(draft);
        }
    }
    Ok(result)
}

/// Returns the net amount of an invoice: `None` if a price can't be computed, `Some(None)` if there are no lines.
async fn amount(
    tx: &mut WorkspaceTx<Write>,
    billable: &Billable,
    on: Date,
    prices: &[Terms],
    ledger: &mut Vec<Billed>,
) -> Result<Option<Option<i64>>, StoreError> {
    let Some(terms) = stored::terms(tx, billable.customer).await? else { return Ok(None) };
    let rate = (terms.rate.category, terms.rate.percent);
    Ok(match lines_on(tx, billable, on, (prices, &ledger[..]), rate, 0).await? {
        Ok(found) if found.is_empty() => Some(None),
        Ok(found) => {
            lines::charge(ledger, &found);
            Some(Some(found.iter().map(|line| line.net_minor).sum()))
        }
        Err(_) => None,
    })
}
