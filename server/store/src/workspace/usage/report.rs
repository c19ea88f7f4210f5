//! Report of the usage page.

use super::{
    health::health,
    meters::{MeterHead, meters, number, sees_all},
};
use crate::{
    door::{Mode, WorkspaceTx},
    error::StoreError,
};
use model::{
    count::unit_of,
    pricing::Quantity,
    usage::{ChartHead, Days, GroupBy, Measure, Point, UsageQuery, UsageReport, charts},
};
use sqlx::types::Uuid;
use std::collections::HashMap;

/// Maximum number of charts on the page.
const CHARTS: usize = 20;
/// Maximum number of meters whose events a guest gets charts of.
const GUEST_METERS: i64 = 20;

/// Returns the report of a query.
///
/// # Errors
/// [`StoreError::Busy`] if the usage is grouped by customer and too many costly statements are waiting,
/// [`StoreError::Database`] if a query fails.
#[tracing::instrument(level = "debug", name = "store.usage.report", skip_all)]
pub async fn report<M: Mode>(tx: &mut WorkspaceTx<M>, query: &UsageQuery) -> Result<UsageReport, StoreError> {
    let (today, zone) = (tx.today(), tx.zone());
    let ranges = query.range.days(today);
    let (days, before) = ranges;
    let sees_all = sees_all(tx);
    let mut names: HashMap<Uuid, String> = HashMap::new();
    let (plan, points) = if sees_all {
        let meters = meters(tx).await?;
        let plan = plan_of(&meters);
        let points = match query.by {
            GroupBy::Customer => {
                tx.costly().await?;
                by_customer(tx, &plan, ranges, &mut names).await?
            }
            GroupBy::Meter | GroupBy::Product => {
                let of_products = query.by == GroupBy::Product;
                for meter in &meters {
                    names.insert(meter.id, meter.name.clone());
                    names.insert(meter.product_id, meter.product.clone());
                }
                let groups: HashMap<Uuid, Uuid> =
                    meters.iter().map(|m| (m.id, if of_products { m.product_id } else { m.id })).collect();
                by_meter(tx, &plan, &groups, ranges).await?
            }
        };
        (plan, points)
    } else {
        let plan = plan_of_events(tx, ranges).await?;
        let points = by_customer(tx, &plan, ranges, &mut names).await?;
        (plan, points)
    };
    let name = |id: Uuid| names.get(&id).cloned().unwrap_or_default();
    let mut charts = charts(plan.heads, &points, ranges, name);
    let more = i64::try_from(charts.len().saturating_sub(CHARTS)).unwrap_or_default();
    charts.truncate(CHARTS);
    let workspace = tx.id().uuid();
    let has_events = sqlx::query_scalar!(
        r#"select exists (select from workspace.events where workspace_id = $1) as "exists!""#,
        workspace,
    )
    .fetch_one(tx.reading())
    .await?;
    let health = if sees_all { Some(health(tx).await?) } else { None };
    let time_zone = zone.name().to_owned();
    Ok(UsageReport { query: *query, days, before, today, time_zone, charts, more, has_events, health })
}

/// Charts, and the chart of each meter.
struct Plan {
    heads: Vec<ChartHead>,
    charts: Vec<(Uuid, usize)>,
}

impl Plan {
    /// Returns meters, positions of their charts, and their measures, as parameters of a statement.
    fn parameters(&self) -> (Vec<Uuid>, Vec<i32>, Vec<i32>) {
        let mut parameters = (Vec::new(), Vec::new(), Vec::new());
        for (meter, chart) in &self.charts {
            let Some(head) = self.heads.get(*chart) else { continue };
            parameters.0.push(*meter);
            parameters.1.push(i32::try_from(*chart).unwrap_or_default());
            parameters.2.push(number(head.measure));
        }
        parameters
    }
}

/// Plans one chart for each unit, and one for each meter whose quantities can't be added up.
fn plan_of(meters: &[MeterHead]) -> Plan {
    let mut plan = Plan { heads: Vec::new(), charts: Vec::new() };
    for meter in meters {
        let measure = meter.measure();
        let shared = plan
            .heads
            .iter()
            .position(|head| measure == Measure::Sum && head.measure == measure && head.unit == meter.unit);
        let chart = shared.unwrap_or(plan.heads.len());
        if shared.is_none() {
            let title = if measure == Measure::Sum { title(&meter.unit) } else { meter.name.clone() };
            plan.heads.push(ChartHead { measure, title, unit: meter.unit.clone() });
        }
        plan.charts.push((meter.id, chart));
    }
    plan
}

/// Returns the plural of a unit as a title: `Tokens`.
fn title(unit: &str) -> String {
    let mut title = unit_of(2, unit).into_owned();
    if let Some(first) = title.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    title
}

/// Plans the charts of a guest: the number of events that each meter counted.
async fn plan_of_events<M: Mode>(tx: &mut WorkspaceTx<M>, (days, before): (Days, Days)) -> Result<Plan, StoreError> {
    let workspace = tx.id().uuid();
    let meters = sqlx::query_scalar!(
        "select distinct meter_id from workspace.usage_days where workspace_id = $1 and day >= $2 and day < $3
        order by meter_id limit $4",
        workspace,
        before.from,
        days.until,
        GUEST_METERS,
    )
    .fetch_all(tx.reading())
    .await?;
    let several = meters.len() > 1;
    let head = |at: usize| ChartHead {
        measure: Measure::Events,
        title: if several { format!("Events of meter {}", at + 1) } else { "Events".to_owned() },
        unit: "event".to_owned(),
    };
    Ok(Plan {
        heads: (0..meters.len()).map(head).collect(),
        charts: meters.into_iter().enumerate().map(|(at, meter)| (meter, at)).collect(),
    })
}

/// Reads the usage of all customers by meter and day.
async fn by_meter<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    plan: &Plan,
    groups: &HashMap<Uuid, Uuid>,
    (days, before): (Days, Days),
) -> Result<Vec<Point>, StoreError> {
    let workspace = tx.id().uuid();
    let (meters, charts, measures) = plan.parameters();
    let rows = sqlx::query!(
        r#"with meters as (select * from unnest($4::uuid[], $5::int[], $6::int[]) as m (meter_id, chart, measure))
        select m.chart as "chart!", m.meter_id as "meter_id!", t.day as "day!",
            case m.measure when 1 then max(t.peak) else sum(t.quantity) end as "quantity!"
        from workspace.usage_totals t join meters m on m.meter_id = t.meter_id
        where t.workspace_id = $1 and t.day >= $2 and t.day < $3 and m.measure <> 2
        group by m.chart, m.measure, m.meter_id, t.day
        union all
        select m.chart, m.meter_id, u.day, count(*)::numeric
        from workspace.usage_uniques u join meters m on m.meter_id = u.meter_id
        where u.workspace_id = $1 and u.day >= $2 and u.day < $3 and m.measure = 2
        group by m.chart, m.meter_id, u.day"#,
        workspace,
        before.from,
        days.until,
        &meters,
        &charts,
        &measures,
    )
    .fetch_all(tx.reading())
    .await?;
    let points = rows
        .into_iter()
        .map(|row| {
            let chart = usize::try_from(row.chart).unwrap_or_default();
            let group = groups.get(&row.meter_id).copied();
            Point { chart, group, day: row.day, quantity: Quantity::clamped(row.quantity) }
        })
        .collect();
    Ok(points)
}

/// Reads the usage by customer and day: of the largest customers and those that changed most, and of all others
/// together. Adds the names of these customers.
async fn by_customer<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    plan: &Plan,
    (days, before): (Days, Days),
    names: &mut HashMap<Uuid, String>,
) -> Result<Vec<Point>, StoreError> {
    let workspace = tx.id().uuid();
    let (meters, charts, measures) = plan.parameters();
    // 20 is `SERIES_LISTED`, and 5 is the number of movers. In one statement with the days, PostgreSQL expects far more of
    // these customers than there are, and sorts all rows on disk.
    let named = sqlx::query!(
        r#"with meters as (select * from unnest($6::uuid[], $7::int[], $8::int[]) as m (meter_id, chart, measure)),
        sums as (
            select m.chart, d.customer_id,
                coalesce(case m.measure when 0 then sum(d.quantity) filter (where d.day >= $4)
                    when 1 then max(d.peak) filter (where d.day >= $4) else sum(d.events) filter (where d.day >= $4) end, 0) as now,
                coalesce(case m.measure when 0 then sum(d.quantity) filter (where d.day < $3)
                    when 1 then max(d.peak) filter (where d.day < $3) else sum(d.events) filter (where d.day < $3) end, 0) as before
            from workspace.usage_days d join meters m on m.meter_id = d.meter_id
            where d.workspace_id = $1 and d.day >= $2 and d.day < $5 and (d.day < $3 or d.day >= $4) and m.measure <> 2
            group by m.chart, m.measure, d.customer_id
            union all
            select u.chart, u.customer_id, coalesce(max(u.quantity) filter (where u.day >= $4), 0),
                coalesce(max(u.quantity) filter (where u.day < $3), 0)
            from (
                select m.chart, u.customer_id, u.day, count(*)::numeric as quantity
                from workspace.usage_uniques u join meters m on m.meter_id = u.meter_id
                where u.workspace_id = $1 and u.day >= $2 and u.day < $5 and (u.day < $3 or u.day >= $4) and m.measure = 2
                group by m.chart, u.customer_id, u.day) u
            group by u.chart, u.customer_id),
        ranked as (
            select chart, customer_id, row_number() over (partition by chart order by now desc, customer_id) as place,
                row_number() over (partition by chart order by abs(now - before) desc, customer_id) as moved
            from sums)
        select r.chart as "chart!", r.customer_id as "customer_id!", c.name as "name?"
        from ranked r left join workspace.customers c on c.workspace_id = $1 and c.id = r.customer_id
        where r.place <= 20 or r.moved <= 5"#,
        workspace,
        before.from,
        before.until,
        days.from,
        days.until,
        &meters,
        &charts,
        &measures,
    )
    .fetch_all(tx.reading())
    .await?;
    let (mut named_charts, mut named_customers) = (Vec::new(), Vec::new());
    for row in named {
        named_charts.push(row.chart);
        named_customers.push(row.customer_id);
        if let Some(name) = row.name {
            names.entry(row.customer_id).or_insert(name);
        }
    }
    let rows = sqlx::query!(
        r#"with meters as (select * from unnest($6::uuid[], $7::int[], $8::int[]) as m (meter_id, chart, measure)),
        named as (select * from unnest($9::int[], $10::uuid[]) as k (chart, customer_id)),
        own as materialized (
            select m.chart, m.measure, k.customer_id, d.day,
                case m.measure when 0 then sum(d.quantity) when 1 then max(d.peak) else sum(d.events) end as quantity
            from named k join meters m on m.chart = k.chart and m.measure <> 2
            join workspace.usage_days d
                on d.workspace_id = $1 and d.meter_id = m.meter_id and d.customer_id = k.customer_id
                    and d.day >= $2 and d.day < $5 and (d.day < $3 or d.day >= $4)
            group by m.chart, m.measure, k.customer_id, d.day)
        select chart as "chart!", customer_id as "customer_id?", day as "day!", quantity as "quantity!" from own
        union all
        -- What all others used is what all used less what these did.
        select t.chart, null, t.day, t.quantity - coalesce(o.quantity, 0)
        from (
            select m.chart, t.day, sum(t.quantity) as quantity
            from workspace.usage_totals t join meters m on m.meter_id = t.meter_id and m.measure = 0
            where t.workspace_id = $1 and t.day >= $2 and t.day < $5 and (t.day < $3 or t.day >= $4)
            group by m.chart, t.day) t
        left join (select chart, day, sum(quantity) as quantity from own where measure = 0 group by chart, day) o
            on o.chart = t.chart and o.day = t.day
        union all
        -- Peaks are not additive, and guests don't read the totals, so their rows are read.
        select m.chart, null, d.day, case m.measure when 1 then max(d.peak) else sum(d.events) end
        from workspace.usage_days d join meters m on m.meter_id = d.meter_id and m.measure in (1, 3)
        where d.workspace_id = $1 and d.day >= $2 and d.day < $5 and (d.day < $3 or d.day >= $4)
            and not exists (select from named k where k.chart = m.chart and k.customer_id = d.customer_id)
        group by m.chart, m.measure, d.day
        union all
        select m.chart, k.customer_id, u.day, count(*)::numeric
        from workspace.usage_uniques u join meters m on m.meter_id = u.meter_id
        left join named k on k.chart = m.chart and k.customer_id = u.customer_id
        where u.workspace_id = $1 and u.day >= $2 and u.day < $5 and (u.day < $3 or u.day >= $4) and m.measure = 2
        group by m.chart, k.customer_id, u.day"#,
        workspace,
        before.from,
        before.until,
        days.from,
        days.until,
        &meters,
        &charts,
        &measures,
        &named_charts,
        &named_customers,
    )
    .fetch_all(tx.reading())
    .await?;
    let points = rows
        .into_iter()
        .map(|row| {
            let chart = usize::try_from(row.chart).unwrap_or_default();
            Point { chart, group: row.customer_id, day: row.day, quantity: Quantity::clamped(row.quantity) }
        })
        .collect();
    Ok(points)
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::meter::Aggregation;

    #[test]
    fn different_units_and_peaks_have_charts_of_their_own() {
        let meter = |id: u128, name: &str, unit: &str, aggregation| MeterHead {
            id: Uuid::from_u128(id),
            name: name.to_owned(),
            code: name.to_owned(),
            product_id: Uuid::nil(),
            product: String::new(),
            unit: unit.to_owned(),
            aggregation,
        };
        let plan = plan_of(&[
            meter(1, "Prompt", "token", Aggregation::Sum),
            meter(2, "Requests", "request", Aggregation::Count),
            meter(3, "Output", "token", Aggregation::Sum),
            meter(4, "Peak seats", "seat", Aggregation::Max),
            meter(5, "Other seats", "seat", Aggregation::Max),
        ]);
        let titles: Vec<&str> = plan.heads.iter().map(|head| head.title.as_str()).collect();
        assert_eq!(titles, ["Tokens", "Requests", "Peak seats", "Other seats"]);
        assert_eq!(plan.charts.iter().map(|(_, chart)| *chart).collect::<Vec<_>>(), [0, 1, 0, 2, 3]);
        assert_eq!(model::usage::SERIES_LISTED, 20, "the statement by customer must follow");
    }
}
