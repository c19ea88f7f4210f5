//! The figures of the overview page.

use crate::{
    door::{Mode, WorkspaceTx},
    error::StoreError,
};
use model::{
    Currency, Money,
    overview::{Figure, Overview},
};
use time::{Date, Duration};

/// Days in one period.
const PERIOD: i64 = 30;

/// Reads the overview.
///
/// # Errors
/// When the database fails.
pub async fn read<M: Mode>(tx: &mut WorkspaceTx<M>) -> Result<Overview, StoreError> {
    let workspace = tx.id().uuid();
    let sums = sqlx::query!(
        r#"select current_date as "today!",
            coalesce((select i.currency from workspace.invoices i where i.workspace_id = $1
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
    let today = sums.today;
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
    let usage = sqlx::query!(
        r#"select recorded_at::date as "day!", sum(quantity)::bigint as "value!" from workspace.usage
        where workspace_id = $1 and recorded_at >= $2::date group by 1"#,
        workspace,
        since,
    )
    .fetch_all(tx.reading())
    .await?;
    let customers = sqlx::query!(
        r#"select created_at::date as "day!", count(*) as "value!" from workspace.customers
        where workspace_id = $1 and created_at >= $2::date group by 1"#,
        workspace,
        since,
    )
    .fetch_all(tx.reading())
    .await?;
    let currency = Currency::from_code(&sums.currency)
        .ok_or_else(|| StoreError::Inconsistent(format!("currency {:?}", sums.currency)))?;
    Ok(Overview {
        invoiced: figure(today, invoiced.into_iter().map(|r| (r.day, r.value))),
        currency,
        usage: figure(today, usage.into_iter().map(|r| (r.day, r.value))),
        new_customers: figure(today, customers.into_iter().map(|r| (r.day, r.value))),
        active_customers: sums.active_customers,
        open_invoices: open.count,
        open_total: Money { minor: open.total, currency },
        drafts: sums.drafts,
        overdue: super::invoices::overdue(tx).await?,
        recent_customers: super::customers::newest(tx).await?,
    })
}

/// Lays values by day out over the two periods that end today.
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
