//! Usage of the last 30 days for the pages of products and customers.

use super::{
    adjustments::adjustments,
    event_list::latest,
    meters::{MeterHead, meters, sees_all},
};
use crate::{
    door::{Mode, WorkspaceTx},
    error::StoreError,
};
use model::{
    id::{CustomerId, MeterId, ProductId},
    pricing::Quantity,
    usage::{CustomerUsage, Days, Measure, MeterDays, MeterUse, add},
};
use sqlx::types::{Decimal, Uuid};
use std::collections::{BTreeMap, HashMap};
use time::{Date, OffsetDateTime};

/// Number of days.
const PERIOD: i64 = 30;
/// Number of adjustments on a customer's page.
const ADJUSTMENTS: i64 = 10;

/// Quantities of a meter on a day.
struct Row {
    meter_id: Uuid,
    day: Date,
    quantity: Decimal,
    peak: Decimal,
    events: i64,
    uniques: i64,
}

impl Row {
    fn measured(&self, measure: Measure) -> Quantity {
        Quantity::clamped(match measure {
            Measure::Sum => self.quantity,
            Measure::Peak => self.peak,
            Measure::Unique => Decimal::from(self.uniques),
            Measure::Events => Decimal::from(self.events),
        })
    }
}

fn blank(days: Days) -> Vec<Quantity> {
    vec![Quantity::ZERO; usize::try_from(days.count()).unwrap_or_default()]
}

/// Returns the usage of each meter of a product in the last 30 days, by name of the meter.
///
/// # Errors
/// [`StoreError::Database`] if a query fails.
#[tracing::instrument(level = "debug", name = "store.usage.of_meters", skip_all, fields(product_id = %product))]
pub async fn of_meters<M: Mode>(tx: &mut WorkspaceTx<M>, product: ProductId) -> Result<Vec<MeterUse>, StoreError> {
    let (workspace, zone, days) = (tx.id().uuid(), tx.zone(), Days::last(PERIOD, tx.today()));
    let mut heads = meters(tx).await?;
    heads.retain(|meter| meter.product_id == product.uuid());
    let ids: Vec<Uuid> = heads.iter().map(|meter| meter.id).collect();
    let rows = sqlx::query_as!(
        Row,
        r#"select meter_id as "meter_id!", day as "day!", sum(quantity) as "quantity!", max(peak) as "peak!",
            sum(events)::bigint as "events!", 0::bigint as "uniques!"
        from workspace.usage_totals where workspace_id = $1 and meter_id = any($2) and day >= $3 and day < $4 group by 1, 2
        union all
        select meter_id, day, 0::numeric, 0::numeric, 0::bigint, count(*)
        from workspace.usage_uniques where workspace_id = $1 and meter_id = any($2) and day >= $3 and day < $4 group by 1, 2"#,
        workspace,
        &ids,
        days.from,
        days.until,
    )
    .fetch_all(tx.reading())
    .await?;
    let last_days = sqlx::query!(
        r#"select meter_id, max(day) as "day!" from workspace.usage_totals
        where workspace_id = $1 and meter_id = any($2) group by meter_id"#,
        workspace,
        &ids,
    )
    .fetch_all(tx.reading())
    .await?;
    // No index leads from a type to its events, so only the newest events are looked through.
    let last_events = sqlx::query!(
        r#"select m.id, max(e.received_at) as "at!" from (
            select type, received_at from workspace.events where workspace_id = $1 order by received_at desc, key desc limit 5000
        ) e join workspace.meters m on m.workspace_id = $1 and m.event_type = e.type and m.id = any($2) group by m.id"#,
        workspace,
        &ids,
    )
    .fetch_all(tx.reading())
    .await?;
    let last_days: HashMap<Uuid, Date> = last_days.into_iter().map(|row| (row.meter_id, row.day)).collect();
    let last_events: HashMap<Uuid, OffsetDateTime> = last_events.into_iter().map(|row| (row.id, row.at)).collect();
    let uses = heads
        .iter()
        .map(|meter| {
            let measure = meter.measure();
            let mut quantities = blank(days);
            for row in rows.iter().filter(|row| row.meter_id == meter.id) {
                if let Some(slot) = days.position(row.day).and_then(|at| quantities.get_mut(at)) {
                    *slot = add(*slot, row.measured(measure));
                }
            }
            MeterUse {
                meter_id: MeterId::from_uuid(meter.id),
                measure,
                days: quantities,
                last_day: last_days.get(&meter.id).copied(),
                last_event: last_events.get(&meter.id).map(|at| zone.local(*at)),
            }
        })
        .collect();
    Ok(uses)
}

/// Returns the usage of a customer in the last 30 days by meter, and the latest events and adjustments. For a guest, who can't read
/// meters, the quantities are numbers of events.
///
/// # Errors
/// [`StoreError::Database`] if a query fails.
#[tracing::instrument(level = "debug", name = "store.usage.of_customer", skip_all, fields(customer_id = %customer))]
pub async fn of_customer<M: Mode>(tx: &mut WorkspaceTx<M>, customer: CustomerId) -> Result<CustomerUsage, StoreError> {
    let (workspace, days) = (tx.id().uuid(), Days::last(PERIOD, tx.today()));
    let rows = sqlx::query_as!(
        Row,
        r#"select meter_id as "meter_id!", day as "day!", sum(quantity) as "quantity!", max(peak) as "peak!",
            sum(events)::bigint as "events!", 0::bigint as "uniques!"
        from workspace.usage_days where workspace_id = $1 and customer_id = $2 and day >= $3 and day < $4 group by 1, 2
        union all
        select meter_id, day, 0::numeric, 0::numeric, 0::bigint, count(*)
        from workspace.usage_uniques where workspace_id = $1 and customer_id = $2 and day >= $3 and day < $4 group by 1, 2"#,
        workspace,
        customer.uuid(),
        days.from,
        days.until,
    )
    .fetch_all(tx.reading())
    .await?;
    let known = if sees_all(tx) { meters(tx).await? } else { Vec::new() };
    let mut used: BTreeMap<(usize, Uuid), MeterDays> = BTreeMap::new();
    for row in &rows {
        let at = known.iter().position(|meter| meter.id == row.meter_id);
        let head = at.and_then(|at| known.get(at));
        let measure = head.map_or(Measure::Events, MeterHead::measure);
        let entry = used.entry((at.unwrap_or(usize::MAX), row.meter_id)).or_insert_with(|| MeterDays {
            meter: head.map(|meter| meter.name.clone()).unwrap_or_default(),
            product: head.map(|meter| meter.product.clone()).unwrap_or_default(),
            unit: head.map_or_else(|| "event".to_owned(), |meter| meter.unit.clone()),
            measure,
            days: blank(days),
            total: Quantity::ZERO,
        });
        let measured = row.measured(measure);
        if let Some(slot) = days.position(row.day).and_then(|at| entry.days.get_mut(at)) {
            *slot = add(*slot, measured);
        }
    }
    for meter in used.values_mut() {
        meter.total = meter.measure.over_days(&meter.days);
    }
    let events = latest(tx, customer).await?;
    let adjustments = adjustments(tx, Some(customer), None, None, ADJUSTMENTS).await?;
    Ok(CustomerUsage { meters: used.into_values().collect(), events, adjustments })
}
