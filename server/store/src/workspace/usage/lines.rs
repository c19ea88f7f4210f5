//! Usage as lines of a table, for programs.

use super::meters::{MeterHead, meters, sees_all};
use crate::{
    door::{Mode, WorkspaceTx},
    error::StoreError,
};
use model::{
    id::{CustomerId, MeterId},
    meter::Aggregation,
    pricing::Quantity,
    usage::{Days, Measure},
};
use sqlx::types::{Decimal, Uuid};
use std::collections::HashMap;
use time::Date;

/// Maximum number of lines.
pub const LINES_MAX: usize = 10_000;

/// Usage of a meter, split as asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The meter.
    pub meter: LineMeter,
    /// Day, if the usage is split by day.
    pub day: Option<Date>,
    /// Customer with their name, if the usage is split by customer.
    pub customer: Option<(CustomerId, String)>,
    /// Sum, peak or number of distinct values. For a guest, who can't read meters, the number of events.
    pub quantity: Quantity,
    /// Number of events.
    pub events: i64,
}

/// Meter of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineMeter {
    /// Meter ID.
    pub id: MeterId,
    /// Code, name, unit and aggregation. `None` for guests.
    pub known: Option<(String, String, String, Aggregation)>,
}

/// Result of [`lines`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lines {
    /// All lines: by day, meter and customer.
    All(Vec<Line>),
    /// There are more than [`LINES_MAX`].
    TooMany,
}

struct Row {
    meter_id: Uuid,
    day: Option<Date>,
    customer_id: Option<Uuid>,
    customer: Option<String>,
    quantity: Decimal,
    peak: Decimal,
    events: i64,
    uniques: i64,
}

/// Returns the usage of each meter on `days`, split by day if `by_day` and by customer if `by_customer`.
///
/// # Errors
/// [`StoreError::Busy`] if it is split by customer and too many costly statements are waiting,
/// [`StoreError::Database`] if a query fails.
#[tracing::instrument(level = "debug", name = "store.usage.lines", skip_all)]
pub async fn lines<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    days: Days,
    by_day: bool,
    by_customer: bool,
) -> Result<Lines, StoreError> {
    let workspace = tx.id().uuid();
    let sees_all = sees_all(tx);
    if by_customer {
        tx.costly().await?;
    }
    let known: HashMap<Uuid, MeterHead> = meters(tx).await?.into_iter().map(|meter| (meter.id, meter)).collect();
    let most = i64::try_from(LINES_MAX + 1).unwrap_or(i64::MAX);
    let mut rows = if sees_all && !by_customer {
        sqlx::query_as!(
            Row,
            r#"select meter_id, case when $4 then day end as "day?", null::uuid as "customer_id?", null::text as "customer?",
                sum(quantity) as "quantity!", max(peak) as "peak!", sum(events)::bigint as "events!", 0::bigint as "uniques!"
            from workspace.usage_totals where workspace_id = $1 and day >= $2 and day < $3
            group by 1, 2 order by 2, 1 limit $5"#,
            workspace,
            days.from,
            days.until,
            by_day,
            most,
        )
        .fetch_all(tx.reading())
        .await?
    } else {
        sqlx::query_as!(
            Row,
            r#"select d.meter_id, case when $4 then d.day end as "day?", case when $5 then d.customer_id end as "customer_id?",
                max(c.name) filter (where $5) as "customer?", sum(d.quantity) as "quantity!", max(d.peak) as "peak!",
                sum(d.events)::bigint as "events!", 0::bigint as "uniques!"
            from workspace.usage_days d
            left join workspace.customers c on c.workspace_id = d.workspace_id and c.id = d.customer_id
            where d.workspace_id = $1 and d.day >= $2 and d.day < $3
            group by 1, 2, 3 order by 2, 1, 3 limit $6"#,
            workspace,
            days.from,
            days.until,
            by_day,
            by_customer,
            most,
        )
        .fetch_all(tx.reading())
        .await?
    };
    if rows.len() > LINES_MAX {
        return Ok(Lines::TooMany);
    }
    let distinct: Vec<Uuid> =
        known.values().filter(|meter| meter.measure() == Measure::Unique).map(|meter| meter.id).collect();
    if !distinct.is_empty() {
        tx.costly().await?;
        let uniques = sqlx::query!(
            r#"select meter_id, case when $4 then day end as "day?", case when $5 then customer_id end as "customer_id?",
                count(distinct (customer_id, value)) as "uniques!"
            from workspace.usage_uniques where workspace_id = $1 and day >= $2 and day < $3 and meter_id = any($6)
            group by 1, 2, 3"#,
            workspace,
            days.from,
            days.until,
            by_day,
            by_customer,
            &distinct,
        )
        .fetch_all(tx.reading())
        .await?;
        let uniques: HashMap<(Uuid, Option<Date>, Option<Uuid>), i64> =
            uniques.into_iter().map(|row| ((row.meter_id, row.day, row.customer_id), row.uniques)).collect();
        for row in &mut rows {
            row.uniques = uniques.get(&(row.meter_id, row.day, row.customer_id)).copied().unwrap_or_default();
        }
    }
    Ok(Lines::All(rows.into_iter().map(|row| line(row, &known)).collect()))
}

fn line(row: Row, known: &HashMap<Uuid, MeterHead>) -> Line {
    let meter = known.get(&row.meter_id);
    let value = match meter.map_or(Measure::Events, MeterHead::measure) {
        Measure::Sum => row.quantity,
        Measure::Peak => row.peak,
        Measure::Unique => Decimal::from(row.uniques),
        Measure::Events => Decimal::from(row.events),
    };
    Line {
        meter: LineMeter {
            id: MeterId::from_uuid(row.meter_id),
            known: meter.map(|m| (m.code.clone(), m.name.clone(), m.unit.clone(), m.aggregation)),
        },
        day: row.day,
        customer: row.customer_id.map(|id| (CustomerId::from_uuid(id), row.customer.unwrap_or_default())),
        quantity: Quantity::clamped(value),
        events: row.events,
    }
}
