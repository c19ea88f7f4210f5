//! What is due to be invoiced.

use super::{
    super::invoicing,
    facts::{Billable, billables, billed, lines_on, prices},
};
use crate::{
    door::{Mode, WorkspaceTx},
    error::StoreError,
};
use model::{
    Money,
    id::{CustomerId, InvoiceId, SubscriptionId},
    invoice::{
        DuePage, DueRow,
        lines::{self, Billed},
    },
    pricing::tax::{Category, Percent},
    subscription::Terms,
};
use sqlx::types::Uuid;
use std::collections::HashMap;
use time::{Date, Duration};

/// Maximum number of rows of the page.
const ROWS_MAX: usize = 200;

/// Maximum number of subscriptions whose lines are computed for one page.
const COMPUTED_MAX: usize = 400;

/// Number of days whose usage is looked at for customers without prices.
const UNPRICED_DAYS: i64 = 60;

/// An invoice or draft of a day of a subscription that is not void.
#[derive(Debug, Clone, Copy)]
pub(super) struct Live {
    pub(super) id: InvoiceId,
    pub(super) is_draft: bool,
}

/// Returns the invoices of subscriptions that are not void, by the days of the subscriptions.
pub(super) async fn live<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    subscriptions: Option<&[SubscriptionId]>,
) -> Result<HashMap<(SubscriptionId, Date), Live>, StoreError> {
    let workspace = tx.id().uuid();
    let ids: Option<Vec<Uuid>> = subscriptions.map(|ids| ids.iter().map(|id| id.uuid()).collect());
    let rows = sqlx::query!(
        r#"select id, subscription_id as "subscription_id!", cut_on as "cut_on!", status from workspace.invoices
        where workspace_id = $1 and cut_on is not null and status <> 'void' and ($2::uuid[] is null or subscription_id = any($2))"#,
        workspace,
        ids.as_deref(),
    )
    .fetch_all(tx.reading())
    .await?;
    let mut all = HashMap::with_capacity(rows.len());
    for row in rows {
        let live = Live { id: InvoiceId::from_uuid(row.id), is_draft: row.status == "draft" };
        all.insert((SubscriptionId::from_uuid(row.subscription_id), row.cut_on), live);
    }
    Ok(all)
}

/// Returns the data of the page "To bill": days of subscriptions up to today that have no issued invoice, with what they
/// cost as of now. Days on which nothing is due are left out.
///
/// # Errors
/// [`StoreError::Database`] if a query fails.
#[tracing::instrument(level = "debug", name = "store.invoices.due", skip_all)]
pub async fn due<M: Mode>(tx: &mut WorkspaceTx<M>) -> Result<DuePage, StoreError> {
    let today = tx.today();
    let settings = invoicing::settings(tx).await?;
    let grace = Duration::days(i64::from(settings.grace_days));
    let all = billables(tx, None).await?;
    let live = live(tx, None).await?;
    let mut candidates: Vec<(&Billable, Vec<Date>)> = Vec::new();
    let mut next_on: Option<Date> = None;
    for billable in &all {
        let issued = |on: &Date| live.get(&(billable.id, *on)).is_some_and(|live| !live.is_draft);
        let open: Vec<Date> = billable.cuts(today).into_iter().filter(|on| !issued(on)).collect();
        if !open.is_empty() {
            candidates.push((billable, open));
        }
        let tomorrow = today.next_day().unwrap_or(today);
        let next = billable.schedule.due_on(tomorrow);
        next_on = [next_on, next].into_iter().flatten().min();
    }
    candidates.sort_by(|(one, one_cuts), (other, other_cuts)| {
        (one_cuts.first(), &one.customer_name, one.id).cmp(&(other_cuts.first(), &other.customer_name, other.id))
    });
    let mut more = candidates.len() > COMPUTED_MAX;
    candidates.truncate(COMPUTED_MAX);
    let chosen: Vec<&Billable> = candidates.iter().map(|(billable, _)| *billable).collect();
    let ids: Vec<SubscriptionId> = chosen.iter().map(|billable| billable.id).collect();
    let prices = prices(tx, &chosen).await?;
    let mut ledgers = billed(tx, &ids).await?;
    let mut rows = Vec::new();
    for (billable, cuts) in candidates {
        if rows.len() >= ROWS_MAX {
            more = true;
            break;
        }
        let ledger = ledgers.remove(&billable.id).unwrap_or_default();
        for (on, net) in amounts(tx, billable, &cuts, &prices, ledger).await? {
            let draft = live.get(&(billable.id, on)).map(|live| live.id);
            let is_empty = net.is_some_and(|amount| amount.is_none_or(|minor| minor == 0 && !settings.zero_invoices));
            if draft.is_none() && is_empty {
                continue;
            }
            let last = on.previous_day().unwrap_or(on);
            let phase = billable.schedule.phase_on(last).or_else(|| billable.schedule.phase_on(on));
            rows.push(DueRow {
                customer_id: billable.customer,
                customer: billable.customer_name.clone(),
                subscription_id: billable.id,
                plan: phase.map_or_else(String::new, |phase| phase.plan.name.clone()),
                cut_on: on,
                period: billable.cut(on).period(),
                net: net.map(|minor| Money { minor: minor.unwrap_or_default(), currency: billable.currency }),
                grace_until: on.checked_add(grace).unwrap_or(on),
                draft,
            });
        }
    }
    rows.sort_by(|one, other| {
        let key = |row: &DueRow| (row.cut_on, row.customer.clone(), row.subscription_id);
        key(one).cmp(&key(other))
    });
    more |= rows.len() > ROWS_MAX;
    rows.truncate(ROWS_MAX);
    let next_on = next_on.filter(|_| rows.is_empty());
    let unpriced = unpriced(tx).await?;
    Ok(DuePage { rows, more, next_on, unpriced })
}

/// Returns the net amounts of the invoices of a subscription, in the order of their days, each as if those before it
/// were issued: `None` if a price can't be computed, `Some(None)` if there are no lines.
async fn amounts<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    billable: &Billable,
    cuts: &[Date],
    prices: &[Terms],
    mut ledger: Vec<Billed>,
) -> Result<Vec<(Date, Option<Option<i64>>)>, StoreError> {
    let percent = Percent::new(0).map_err(|_| StoreError::Inconsistent("a rate of 0 that is none".to_owned()))?;
    let mut all = Vec::with_capacity(cuts.len());
    for on in cuts {
        let found = lines_on(tx, billable, *on, (prices, &ledger), (Category::O, percent), 0).await?;
        let net = match found {
            Ok(found) if found.is_empty() => Some(None),
            Ok(found) => {
                lines::charge(&mut ledger, &found);
                Some(Some(found.iter().map(|line| line.net_minor).sum()))
            }
            Err(_) => None,
        };
        all.push((*on, net));
    }
    Ok(all)
}

/// Returns customers with usage of the last days that no charge of a plan of theirs prices.
async fn unpriced<M: Mode>(tx: &mut WorkspaceTx<M>) -> Result<Vec<(CustomerId, String)>, StoreError> {
    let (workspace, today) = (tx.id().uuid(), tx.today());
    let since = today.checked_sub(Duration::days(UNPRICED_DAYS)).unwrap_or(today);
    let rows = sqlx::query!(
        r#"select c.id, c.name from workspace.customers c
        where c.workspace_id = $1 and exists (
            select from (
                select u.meter_id, max(u.day) as day from workspace.usage_days u
                where u.workspace_id = $1 and u.customer_id = c.id and u.day >= $2
                group by u.meter_id) used
            where not exists (
                select from workspace.subscriptions s
                cross join lateral (
                    select f.plan_id, f.version from workspace.subscription_phases f
                    where f.workspace_id = s.workspace_id and f.subscription_id = s.id and f.from_on <= used.day
                    order by f.from_on desc limit 1) f
                join workspace.rate_plan_charges k
                    on k.workspace_id = s.workspace_id and k.plan_id = f.plan_id and k.version = f.version
                where s.workspace_id = $1 and s.customer_id = c.id and s.starts_on <= used.day
                    and (s.ends_on is null or s.ends_on > used.day) and k.meter_id = used.meter_id))
        order by c.name_key, c.id limit 20"#,
        workspace,
        since,
    )
    .fetch_all(tx.reading())
    .await?;
    Ok(rows.into_iter().map(|row| (CustomerId::from_uuid(row.id), row.name)).collect())
}
