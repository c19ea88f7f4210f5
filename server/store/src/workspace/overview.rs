//! Metrics of the overview page.

use crate::{
    door::{Mode, WorkspaceTx},
    error::StoreError,
};
use model::{
    Currency, Money,
    overview::{Figure, Overview},
    pricing::Quantity,
    usage::amount,
};
use time::{Date, Duration};

/// Number of days in one period.
const PERIOD: i64 = 30;

/// Returns the metrics of the overview page, by days in the workspace's time zone.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.overview.read", skip_all)]
pub async fn read<M: Mode>(tx: &mut WorkspaceTx<M>) -> Result<Overview, StoreError> {
    let (workspace, today, zone) = (tx.id().uuid(), tx.today(), tx.zone());
    let sums = sqlx::query!(
        r#"select coalesce((select i.currency from workspace.invoices i where i.workspace_id = $1
                group by i.currency order by count(*) desc, i.currency limit 1), 'USD') as "currency!",
            (select count(*) from workspace.customers c where c.workspace_id = $1 and c.status = 'active') as "active_customers!",
            (select count(*) from workspace.invoices i where i.workspace_id = $1 and i.status = 'draft') as "drafts!""#,
        workspace,
    )
    .fetch_one(tx.reading())
    .await?;
    let open = sqlx::query!(
        r#"select count(*) as "count!", coalesce(sum(total_minor - paid_minor - credited_minor) filter (where currency = $2), 0)::bigint as "total!"
        from workspace.invoices where workspace_id = $1 and status = 'open' and kind = 'invoice'"#,
        workspace,
        sums.currency,
    )
    .fetch_one(tx.reading())
    .await?;
    let since = today - Duration::days(2 * PERIOD - 1);
    let invoiced = sqlx::query!(
        r#"select issued_on as "day!", sum(total_minor)::bigint as "value!" from workspace.invoices
        where workspace_id = $1 and issued_on >= $2 and kind = 'invoice' and status in ('open', 'paid') and currency = $3 group by issued_on"#,
        workspace,
        since,
        sums.currency,
    )
    .fetch_all(tx.reading())
    .await?;
    // A meter without a filter counts each event of its type, so the largest number among the meters of a type is the
    // number of events.
    let events = sqlx::query!(
        r#"select c.day as "day!", sum(c.events)::bigint as "value!" from (
            select t.day, m.event_type, max(t.events) as events from (
                select meter_id, day, sum(events) as events from workspace.usage_totals
                where workspace_id = $1 and day >= $2 group by meter_id, day) t
            join workspace.meters m on m.workspace_id = $1 and m.id = t.meter_id
            group by t.day, m.event_type) c
        group by c.day"#,
        workspace,
        since,
    )
    .fetch_all(tx.reading())
    .await?;
    let used = sqlx::query!(
        r#"select m.unit, sum(t.quantity) as "quantity!" from workspace.usage_totals t
        join workspace.meters m on m.workspace_id = t.workspace_id and m.id = t.meter_id
        where t.workspace_id = $1 and t.day >= $2 and t.day <= $3 and m.aggregation in ('count', 'sum')
        group by m.unit having sum(t.quantity) > 0 order by sum(t.events) desc, m.unit"#,
        workspace,
        today - Duration::days(PERIOD - 1),
        today,
    )
    .fetch_all(tx.reading())
    .await?
    .into_iter()
    .map(|row| amount(Quantity::clamped(row.quantity), &row.unit))
    .collect();
    let customers = sqlx::query!(
        r#"select (created_at at time zone $3)::date as "day!", count(*) as "value!" from workspace.customers
        where workspace_id = $1 and created_at >= $2::date::timestamp at time zone $3 and status = 'active' group by 1"#,
        workspace,
        since,
        zone.name(),
    )
    .fetch_all(tx.reading())
    .await?;
    let currency = Currency::from_code(&sums.currency)
        .ok_or_else(|| StoreError::Inconsistent(format!("currency {:?}", sums.currency)))?;
    let (overdue, overdue_invoices) = super::invoices::overdue(tx).await?;
    Ok(Overview {
        today,
        invoiced: figure(today, invoiced.into_iter().map(|r| (r.day, r.value))),
        currency,
        events: figure(today, events.into_iter().map(|r| (r.day, r.value))),
        used,
        new_customers: figure(today, customers.into_iter().map(|r| (r.day, r.value))),
        active_customers: sums.active_customers,
        open_invoices: open.count,
        open_total: Money { minor: open.total, currency },
        drafts: sums.drafts,
        overdue_invoices,
        overdue,
        recent_customers: super::customers::newest(tx).await?,
    })
}

/// Aggregates daily values over the two periods that end today.
fn figure(today: Date, values: impl Iterator<Item = (Date, i64)>) -> Figure {
    let mut figure = Figure { now: 0, before: 0, days: vec![0; PERIOD as usize] };
    for (day, value) in values {
        match (today - day).whole_days() {
            age @ 0..PERIOD => {
                figure.now += value;
                if let Some(slot) = figure.days.get_mut((PERIOD - 1 - age) as usize) {
                    *slot += value;
                }
            }
            PERIOD.. => figure.before += value,
            _ => {}
        }
    }
    figure
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn a_figure_splits_the_two_periods_at_thirty_days() {
        let today = date!(2026 - 03 - 31);
        let figure = figure(
            today,
            [(today, 5), (date!(2026 - 03 - 02), 7), (date!(2026 - 03 - 01), 11), (date!(2026 - 04 - 01), 99)]
                .into_iter(),
        );
        assert_eq!((figure.now, figure.before), (12, 11));
        assert_eq!((figure.days[29], figure.days[0], figure.days.len()), (5, 7, 30));
    }
}
