//! Reads the usage by which a change of prices is judged.

use super::versions::interval;
use crate::{
    door::{Mode, WorkspaceTx},
    error::StoreError,
};
use model::{
    id::{CustomerId, MeterId, RatePlanId, SubscriptionId},
    pricing::{
        Quantity,
        period::{Period, period_of},
    },
    rate_plan::{Interval, preview::SubscriptionUse},
};
use sqlx::types::Uuid;
use std::collections::HashMap;
use time::Date;

/// Returns, for the subscriptions that are on the latest published version of a plan today, the usage of each meter in
/// their last whole period: at most 1,000, the oldest first. Subscriptions without a whole period are left out. `None`
/// if the workspace has no plan with that id.
///
/// # Errors
/// [`StoreError::Busy`] if too many costly statements are waiting, [`StoreError::Database`] if a query fails.
#[tracing::instrument(level = "debug", name = "store.rate_plans.impact", skip_all, fields(rate_plan_id = %plan))]
pub async fn impact<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    plan: RatePlanId,
) -> Result<Option<Vec<SubscriptionUse>>, StoreError> {
    tx.costly().await?;
    let (workspace, today) = (tx.id().uuid(), tx.today());
    let Some(interval) = interval(tx, plan).await? else { return Ok(None) };
    let rows = sqlx::query!(
        "select s.id, s.customer_id, c.name, s.anchor_on, s.starts_on, f.seats
        from workspace.subscription_phases f
        join workspace.subscriptions s on s.workspace_id = f.workspace_id and s.id = f.subscription_id
        join workspace.customers c on c.workspace_id = s.workspace_id and c.id = s.customer_id
        where f.workspace_id = $1 and f.plan_id = $2 and f.from_on <= $3 and (s.ends_on is null or s.ends_on > $3)
            and f.version = (
                select max(v.version) from workspace.rate_plan_versions v
                where v.workspace_id = $1 and v.plan_id = $2 and v.state = 'published')
            and not exists (
                select from workspace.subscription_phases n where n.workspace_id = $1
                    and n.subscription_id = f.subscription_id and n.from_on > f.from_on and n.from_on <= $3)
        order by s.created_at, s.id limit 1000",
        workspace,
        plan.uuid(),
        today,
    )
    .fetch_all(tx.reading())
    .await?;
    let mut uses = Vec::with_capacity(rows.len());
    for row in rows {
        let last = last_whole(row.anchor_on, interval, today).filter(|period| period.from >= row.starts_on);
        let Some(period) = last else { continue };
        uses.push(SubscriptionUse {
            subscription: SubscriptionId::from_uuid(row.id),
            customer: CustomerId::from_uuid(row.customer_id),
            name: row.name,
            seats: u32::try_from(row.seats).unwrap_or(1),
            period,
            used: Vec::new(),
        });
    }
    add_usage(tx, &mut uses).await?;
    Ok(Some(uses))
}

/// Returns the last period that ended before a day or on it.
fn last_whole(anchor: Date, interval: Interval, today: Date) -> Option<Period> {
    let current = period_of(anchor, interval, today)?;
    period_of(anchor, interval, current.from.previous_day()?)
}

/// Adds what each meter counted in the periods.
async fn add_usage<M: Mode>(tx: &mut WorkspaceTx<M>, uses: &mut [SubscriptionUse]) -> Result<(), StoreError> {
    let workspace = tx.id().uuid();
    let ids: Vec<Uuid> = uses.iter().map(|of| of.subscription.uuid()).collect();
    let customers: Vec<Uuid> = uses.iter().map(|of| of.customer.uuid()).collect();
    let from: Vec<Date> = uses.iter().map(|of| of.period.from).collect();
    let until: Vec<Date> = uses.iter().map(|of| of.period.until).collect();
    let rows = sqlx::query!(
        r#"select p.subscription_id as "subscription_id!", m.id as "meter_id!",
            case m.aggregation
                when 'max' then max(u.peak)
                when 'unique' then (
                    select count(distinct n.value) from workspace.usage_uniques n
                    where n.workspace_id = $1 and n.meter_id = m.id and n.customer_id = p.customer_id
                        and n.day >= p.from_on and n.day < p.until_on)
                else sum(u.quantity)
            end as "quantity!"
        from unnest($2::uuid[], $3::uuid[], $4::date[], $5::date[]) as p (subscription_id, customer_id, from_on, until_on)
        join workspace.usage_days u on u.workspace_id = $1 and u.customer_id = p.customer_id
            and u.day >= p.from_on and u.day < p.until_on
        join workspace.meters m on m.workspace_id = $1 and m.id = u.meter_id
        group by p.subscription_id, p.customer_id, p.from_on, p.until_on, m.id, m.aggregation"#,
        workspace,
        &ids,
        &customers,
        &from,
        &until,
    )
    .fetch_all(tx.reading())
    .await?;
    let mut used = HashMap::<Uuid, Vec<_>>::new();
    for row in rows {
        used.entry(row.subscription_id)
            .or_default()
            .push((MeterId::from_uuid(row.meter_id), Quantity::clamped(row.quantity)));
    }
    for of in uses {
        of.used = used.remove(&of.subscription.uuid()).unwrap_or_default();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn the_last_whole_period_ends_with_the_current_one() {
        let last = |today| last_whole(date!(2026 - 01 - 31), Interval::Month, today).unwrap();
        let february = Period { from: date!(2026 - 01 - 31), until: date!(2026 - 02 - 28) };
        assert_eq!(last(date!(2026 - 02 - 28)), february);
        assert_eq!(last(date!(2026 - 03 - 30)), february);
        assert_eq!(last(date!(2026 - 03 - 31)).until, date!(2026 - 03 - 31));
    }
}
