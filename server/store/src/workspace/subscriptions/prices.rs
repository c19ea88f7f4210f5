//! Prices and usage of subscriptions, for previews.

use super::{
    super::listing::known,
    read::{sees_prices, with_schedule},
};
use crate::{
    door::{Mode, WorkspaceTx},
    error::StoreError,
    meters, rate_plans,
};
use model::{
    Currency,
    id::{CustomerId, MeterId, RatePlanId, SubscriptionId},
    pricing::{
        Quantity,
        period::{Interval, Period},
    },
    subscription::{
        OfferedPlan, Schedule, SoFar, State, SubscriptionDetail, SubscriptionRow, Terms,
        bill::{ChargeTerms, ChargedMeter, Facts, Unpriced, Used, needed},
    },
};
use sqlx::types::Uuid;
use std::collections::HashMap;
use time::Date;

/// Number of subscriptions whose current period is shown on a customer's page.
const SHOWN: usize = 10;

/// Returns the active plans that have a published version, by name, at most 200, each with its latest one.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.subscriptions.offered", skip_all)]
pub async fn offered<M: Mode>(tx: &mut WorkspaceTx<M>) -> Result<Vec<OfferedPlan>, StoreError> {
    let workspace = tx.id().uuid();
    let rows = sqlx::query!(
        r#"select p.id, p.name, p.currency, p."interval", v.version as "version!"
        from workspace.rate_plans p
        cross join lateral (
            select max(v.version) as version from workspace.rate_plan_versions v
            where v.workspace_id = p.workspace_id and v.plan_id = p.id and v.state = 'published') v
        where p.workspace_id = $1 and p.status = 'active' and v.version is not null
        order by p.name_key, p.id limit 200"#,
        workspace,
    )
    .fetch_all(tx.reading())
    .await?;
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        all.push(OfferedPlan {
            id: RatePlanId::from_uuid(row.id),
            name: row.name,
            version: row.version,
            currency: known("currency", &row.currency, Currency::from_code(&row.currency))?,
            interval: known("interval", &row.interval, Interval::from_word(&row.interval))?,
        });
    }
    Ok(all)
}

/// Returns the prices of all plan versions of the schedules.
pub(in super::super) async fn terms<M: Mode>(tx: &mut WorkspaceTx<M>, schedules: &[&Schedule]) -> Result<Vec<Terms>, StoreError> {
    let mut wanted: Vec<(RatePlanId, i32)> = Vec::new();
    for phase in schedules.iter().flat_map(|schedule| &schedule.phases) {
        if !wanted.contains(&(phase.plan.plan, phase.plan.version)) {
            wanted.push((phase.plan.plan, phase.plan.version));
        }
    }
    let units: HashMap<MeterId, String> =
        meters::all(tx).await?.into_iter().map(|meter| (meter.id, meter.unit)).collect();
    let mut all = Vec::with_capacity(wanted.len());
    for (plan, version) in wanted {
        let Some(found) = rate_plans::prices(tx, plan, version).await? else { continue };
        let mut charges = Vec::with_capacity(found.charges.len());
        for charge in found.charges {
            let unit = |id: &MeterId| units.get(id).cloned().unwrap_or_default();
            let meter = charge.meter.map(|id| ChargedMeter { id, unit: unit(&id) });
            charges.push(ChargeTerms { name: charge.name, meter });
        }
        all.push(Terms { plan, version, prices: found.prices, charges });
    }
    Ok(all)
}

/// Returns the quantities that meters counted of a customer in ranges of days.
pub(in super::super) async fn usage<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    customer: CustomerId,
    needed: &[(MeterId, Period)],
) -> Result<Result<Vec<Used>, Unpriced>, StoreError> {
    if needed.is_empty() {
        return Ok(Ok(Vec::new()));
    }
    let workspace = tx.id().uuid();
    let meters: Vec<Uuid> = needed.iter().map(|(meter, _)| meter.uuid()).collect();
    let from: Vec<Date> = needed.iter().map(|(_, days)| days.from).collect();
    let until: Vec<Date> = needed.iter().map(|(_, days)| days.until).collect();
    let rows = sqlx::query!(
        r#"select n.position as "position!", case m.aggregation
            when 'unique' then (
                select count(distinct u.value)::numeric from workspace.usage_uniques u
                where u.workspace_id = $1 and u.meter_id = n.meter_id and u.customer_id = $2
                    and u.day >= n.from_on and u.day < n.until_on)
            when 'max' then (
                select max(u.peak) from workspace.usage_days u
                where u.workspace_id = $1 and u.meter_id = n.meter_id and u.customer_id = $2
                    and u.day >= n.from_on and u.day < n.until_on)
            else (
                select sum(u.quantity) from workspace.usage_days u
                where u.workspace_id = $1 and u.meter_id = n.meter_id and u.customer_id = $2
                    and u.day >= n.from_on and u.day < n.until_on)
            end as "quantity?"
        from unnest($3::uuid[], $4::date[], $5::date[]) with ordinality as n (meter_id, from_on, until_on, position)
        join workspace.meters m on m.workspace_id = $1 and m.id = n.meter_id"#,
        workspace,
        customer.uuid(),
        &meters,
        &from,
        &until,
    )
    .fetch_all(tx.reading())
    .await?;
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        let at = usize::try_from(row.position).ok().and_then(|position| position.checked_sub(1));
        let (Some((meter, days)), Some(quantity)) = (at.and_then(|at| needed.get(at)), row.quantity) else { continue };
        // A sum can have more digits than any of the events.
        let Ok(quantity) = Quantity::from_decimal(quantity) else {
            return Ok(Err(Unpriced::OutOfRange("The usage".to_owned())));
        };
        all.push(Used { meter: *meter, days: *days, quantity });
    }
    Ok(Ok(all))
}

/// Returns a subscription with its phases and next invoices; `None` if the workspace has none with that id.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.subscriptions.get", skip_all, fields(subscription_id = %id))]
pub async fn get<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    id: SubscriptionId,
) -> Result<Option<SubscriptionDetail>, StoreError> {
    let today = tx.today();
    let Some((row, schedule)) = with_schedule(tx, id).await? else { return Ok(None) };
    let mut detail = SubscriptionDetail { row, schedule, today, so_far: None, bills: Vec::new(), unpriced: None };
    if sees_prices(tx) {
        price(tx, &mut detail).await?;
    }
    Ok(Some(detail))
}

/// Adds the current period and the next invoices.
async fn price<M: Mode>(tx: &mut WorkspaceTx<M>, detail: &mut SubscriptionDetail) -> Result<(), StoreError> {
    let today = detail.today;
    let terms = terms(tx, &[&detail.schedule]).await?;
    let tomorrow = today.next_day().unwrap_or(today);
    let needed = needed(&[&detail.schedule], &terms, today, tomorrow);
    let used = match usage(tx, detail.row.customer_id, &needed).await? {
        Ok(used) => used,
        Err(unpriced) => {
            detail.unpriced = Some(unpriced.to_string());
            return Ok(());
        }
    };
    let facts = Facts { today, currency: detail.row.currency, terms: &terms, used: &used };
    let bills = facts.bills(&detail.schedule, tomorrow);
    match bills.and_then(|bills| Ok((bills, facts.so_far(&detail.schedule)?))) {
        Ok((bills, so_far)) => (detail.bills, detail.so_far) = (bills, so_far),
        Err(unpriced) => detail.unpriced = Some(unpriced.to_string()),
    }
    Ok(())
}

/// Returns what the current periods of a customer's running subscriptions cost so far, of at most 10 of `rows`. Those
/// whose prices can't be read or computed are left out.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.subscriptions.so_far", skip_all)]
pub async fn so_far<M: Mode>(tx: &mut WorkspaceTx<M>, rows: &[SubscriptionRow]) -> Result<Vec<SoFar>, StoreError> {
    if !sees_prices(tx) {
        return Ok(Vec::new());
    }
    let today = tx.today();
    let mut all = Vec::new();
    let running = rows.iter().filter(|row| matches!(row.state, State::Active | State::Ending)).take(SHOWN);
    for row in running {
        let Some((row, schedule)) = with_schedule(tx, row.id).await? else { continue };
        let terms = terms(tx, &[&schedule]).await?;
        let needed = needed(&[&schedule], &terms, today, today);
        let Ok(used) = usage(tx, row.customer_id, &needed).await? else { continue };
        let facts = Facts { today, currency: row.currency, terms: &terms, used: &used };
        all.extend(facts.so_far(&schedule).ok().flatten());
    }
    Ok(all)
}
