//! Metrics of the overview page.

use crate::{
    door::{Mode, WorkspaceTx},
    error::StoreError,
};
use model::{
    Currency, Money,
    overview::{Figure, Overview, Used},
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
        r#"select count(*) as "count!", coalesce(sum(total_minor) filter (where currency = $2), 0)::bigint as "total!"
        from workspace.invoices where workspace_id = $1 and status = 'open'"#,
        workspace,
        sums.currency,
    )
    .fetch_one(tx.reading())
    .await?;
    let since = today - Duration::days(2 * PERIOD - 1);
    let invoiced = sqlx::query!(
        r#"select issued_on as day, sum(total_minor)::bigint as "value!" from workspace.invoices
        where workspace_id = $1 and issued_on >= $2 and status in ('open', 'paid') and currency = $3 group by issued_on"#,
        workspace,
        since,
        sums.currency,
    )
    .fetch_all(tx.reading())
    .await?;
    // One scan returns both the number of records per day and the quantity per unit in the last period.
    let usage = sqlx::query!(
        r#"select (t.recorded_at at time zone $3)::date as "day?", p.unit as "unit?", count(*) as "records!",
            coalesce(sum(t.quantity) filter (where t.recorded_at >= $4::date::timestamp at time zone $3), 0)::bigint as "quantity!"
        from workspace.usage t
        left join workspace.products p on p.workspace_id = t.workspace_id and p.id = t.product_id
        where t.workspace_id = $1 and t.recorded_at >= $2::date::timestamp at time zone $3
        group by grouping sets ((1), (2))"#,
        workspace,
        since,
        zone.name(),
        today - Duration::days(PERIOD - 1),
    )
    .fetch_all(tx.reading())
    .await?;
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
    let mut used: Vec<_> = usage
        .iter()
        .filter(|row| row.day.is_none() && row.quantity > 0)
        .filter_map(|row| Some((row.records, Used { unit: row.unit.clone()?, quantity: row.quantity })))
        .collect();
    used.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.unit.cmp(&b.1.unit)));
    let (overdue, overdue_invoices) = super::invoices::overdue(tx).await?;
    Ok(Overview {
        today,
        invoiced: figure(today, invoiced.into_iter().map(|r| (r.day, r.value))),
        currency,
        usage: figure(today, usage.into_iter().filter_map(|r| Some((r.day?, r.records)))),
        used: used.into_iter().map(|(_, used)| used).collect(),
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
