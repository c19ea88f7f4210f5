//! Facts of the lines of invoices: subscriptions with their phases, usage, and what documents charged.

use super::super::{listing::known, subscriptions};
use crate::{
    door::{Mode, WorkspaceTx},
    error::StoreError,
};
use model::{
    Currency,
    id::{CustomerId, SubscriptionId},
    invoice::{
        DocumentLine, Slot,
        lines::{Billed, Cut},
    },
    pricing::{
        period::Period,
        tax::{Category, Percent},
    },
    subscription::{
        Schedule, Terms,
        bill::{Facts, Unpriced},
    },
};
use sqlx::types::Uuid;
use std::collections::HashMap;
use time::Date;

/// A subscription with what its invoices depend on.
#[derive(Debug, Clone)]
pub(super) struct Billable {
    pub(super) id: SubscriptionId,
    pub(super) customer: CustomerId,
    pub(super) customer_name: String,
    pub(super) currency: Currency,
    pub(super) bills_from: Date,
    pub(super) schedule: Schedule,
}

impl Billable {
    pub(super) const fn cut(&self, on: Date) -> Cut<'_> {
        Cut { subscription: self.id, schedule: &self.schedule, bills_from: self.bills_from, on }
    }

    /// Returns the days of its invoices up to a day.
    pub(super) fn cuts(&self, until: Date) -> Vec<Date> {
        Cut::days(&self.schedule, self.bills_from, until)
    }
}

/// Returns subscriptions by their ids, or all that have begun, by id.
pub(super) async fn billables<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    ids: Option<&[SubscriptionId]>,
) -> Result<Vec<Billable>, StoreError> {
    let (workspace, today) = (tx.id().uuid(), tx.today());
    let ids: Option<Vec<Uuid>> = ids.map(|ids| ids.iter().map(|id| id.uuid()).collect());
    let rows = sqlx::query!(
        r#"select s.id, s.customer_id, c.name as "customer!", s.currency, s.anchor_on, s.starts_on, s.ends_on, s.bills_from
        from workspace.subscriptions s
        join workspace.customers c on c.workspace_id = s.workspace_id and c.id = s.customer_id
        where s.workspace_id = $1 and ($2::uuid[] is null or s.id = any($2))
            and ($2::uuid[] is not null or s.starts_on <= $3)
        order by s.id"#,
        workspace,
        ids.as_deref(),
        today,
    )
    .fetch_all(tx.reading())
    .await?;
    let found: Vec<SubscriptionId> = rows.iter().map(|row| SubscriptionId::from_uuid(row.id)).collect();
    let mut phases: HashMap<SubscriptionId, Vec<_>> = HashMap::new();
    for (id, phase) in subscriptions::phases(tx, &found).await? {
        phases.entry(id).or_default().push(phase);
    }
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        let id = SubscriptionId::from_uuid(row.id);
        let phases = phases.remove(&id).unwrap_or_default();
        all.push(Billable {
            id,
            customer: CustomerId::from_uuid(row.customer_id),
            customer_name: row.customer,
            currency: known("currency", &row.currency, Currency::from_code(&row.currency))?,
            bills_from: row.bills_from,
            schedule: Schedule { anchor_on: row.anchor_on, starts_on: row.starts_on, ends_on: row.ends_on, phases },
        });
    }
    Ok(all)
}

/// Returns one subscription; `None` if the workspace has none with that id.
pub(super) async fn billable<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    id: SubscriptionId,
) -> Result<Option<Billable>, StoreError> {
    Ok(billables(tx, Some(&[id])).await?.into_iter().next())
}

/// Returns the prices of all plan versions of subscriptions.
pub(super) async fn prices<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    subscriptions: &[&Billable],
) -> Result<Vec<Terms>, StoreError> {
    let schedules: Vec<&Schedule> = subscriptions.iter().map(|subscription| &subscription.schedule).collect();
    subscriptions::terms(tx, &schedules).await
}

/// Returns what issued documents charged for the slots of subscriptions: the sums of invoices that are not void, less
/// what credit notes took back to be charged again.
pub(super) async fn billed<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    subscriptions: &[SubscriptionId],
) -> Result<HashMap<SubscriptionId, Vec<Billed>>, StoreError> {
    let workspace = tx.id().uuid();
    let ids: Vec<Uuid> = subscriptions.iter().map(|id| id.uuid()).collect();
    let rows = sqlx::query!(
        r#"select l.subscription_id as "subscription_id!", l.slot as "slot!", l.period_from as "period_from!",
            l.period_until as "period_until!", min(l.service_from) as "service_from!", max(l.service_until) as "service_until!",
            (array_agg(l.name order by i.issued_at desc, i.id desc))[1] as "name!",
            (array_agg(l.detail order by i.issued_at desc, i.id desc))[1] as "detail!",
            (array_agg(l.unit order by i.issued_at desc, i.id desc))[1] as "unit!",
            sum(case when i.kind = 'invoice' then l.net_minor when l.rebill then -l.net_minor else 0 end)::bigint as "minor!"
        from workspace.invoice_lines l
        join workspace.invoices i on i.workspace_id = l.workspace_id and i.id = l.invoice_id
        where l.workspace_id = $1 and l.subscription_id = any($2) and l.slot is not null and i.status in ('open', 'paid')
        group by l.subscription_id, l.slot, l.period_from, l.period_until
        order by l.subscription_id, l.period_from, l.slot"#,
        workspace,
        &ids,
    )
    .fetch_all(tx.reading())
    .await?;
    let mut all: HashMap<SubscriptionId, Vec<Billed>> = HashMap::new();
    for row in rows {
        let subscription = SubscriptionId::from_uuid(row.subscription_id);
        let period = Period { from: row.period_from, until: row.period_until };
        all.entry(subscription).or_default().push(Billed {
            slot: Slot { subscription, period, key: row.slot, meter: None },
            name: row.name,
            detail: row.detail,
            service: Period { from: row.service_from, until: row.service_until },
            unit: row.unit,
            minor: row.minor,
        });
    }
    Ok(all)
}

/// Returns the lines of the invoice of a subscription on a day. `manual_minor` is the sum of the lines that a person
/// entered.
pub(super) async fn lines_on<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    subscription: &Billable,
    on: Date,
    (prices, billed): (&[Terms], &[Billed]),
    rate: (Category, Percent),
    manual_minor: i64,
) -> Result<Result<Vec<DocumentLine>, Unpriced>, StoreError> {
    let cut = subscription.cut(on);
    let used = match subscriptions::usage(tx, subscription.customer, &cut.needed(prices)).await? {
        Ok(used) => used,
        Err(unpriced) => return Ok(Err(unpriced)),
    };
    let facts = Facts { today: tx.today(), currency: subscription.currency, terms: prices, used: &used };
    Ok(cut.lines(&facts, billed, rate, manual_minor))
}
