//! Adds up the parts that batches left in the sums by day.

use crate::{
    door::{Can, WorkspaceTx, Write},
    error::StoreError,
};
use model::capability::RecordUsage;

/// Returns `true` for one call in 64, by chance: whether to fold after a batch.
pub fn is_fold_due() -> bool {
    let mut byte = [0];
    getrandom::fill(&mut byte).is_ok() && byte[0] & 63 == 0
}

/// Moves the parts of committed batches into one row per sum, whose part is the nil UUID. Readers sum all parts, so they
/// see the same before and after. Returns `false` if another transaction is folding in the workspace.
///
/// # Errors
/// [`StoreError::Database`] if a query fails. Then nothing is changed.
#[tracing::instrument(level = "debug", name = "store.events.fold", skip_all)]
pub async fn fold(tx: &mut WorkspaceTx<Write>, can: &Can<RecordUsage>) -> Result<bool, StoreError> {
    let workspace = tx.id().uuid();
    let alone = sqlx::query_scalar!(
        r#"select pg_try_advisory_xact_lock(hashtextextended($1::uuid::text, 11)) as "alone!""#,
        workspace
    )
    .fetch_one(can.on(tx)?)
    .await?;
    if !alone {
        return Ok(false);
    }
    sqlx::query!(
        "with gone as (
            delete from workspace.usage_days where workspace_id = $1 and part <> '00000000-0000-0000-0000-000000000000'
            returning meter_id, customer_id, day, events, quantity, peak)
        insert into workspace.usage_days (workspace_id, meter_id, customer_id, day, part, events, quantity, peak)
        select $1, meter_id, customer_id, day, '00000000-0000-0000-0000-000000000000', sum(events), sum(quantity), max(peak)
        from gone group by 2, 3, 4
        on conflict (workspace_id, meter_id, customer_id, day, part) do update set
            events = usage_days.events + excluded.events, quantity = usage_days.quantity + excluded.quantity,
            peak = greatest(usage_days.peak, excluded.peak)",
        workspace
    )
    .execute(can.on(tx)?)
    .await?;
    sqlx::query!(
        "with gone as (
            delete from workspace.usage_totals where workspace_id = $1 and part <> '00000000-0000-0000-0000-000000000000'
            returning meter_id, day, events, quantity, peak)
        insert into workspace.usage_totals (workspace_id, meter_id, day, part, events, quantity, peak)
        select $1, meter_id, day, '00000000-0000-0000-0000-000000000000', sum(events), sum(quantity), max(peak)
        from gone group by 2, 3
        on conflict (workspace_id, day, meter_id, part) do update set
            events = usage_totals.events + excluded.events, quantity = usage_totals.quantity + excluded.quantity,
            peak = greatest(usage_totals.peak, excluded.peak)",
        workspace
    )
    .execute(can.on(tx)?)
    .await?;
    sqlx::query!(
        "with gone as (
            delete from workspace.event_days where workspace_id = $1 and part <> '00000000-0000-0000-0000-000000000000'
            returning day, accepted, duplicate, late, refused, bytes)
        insert into workspace.event_days (workspace_id, day, part, accepted, duplicate, late, refused, bytes)
        select $1, day, '00000000-0000-0000-0000-000000000000', sum(accepted), sum(duplicate), sum(late), sum(refused), sum(bytes)
        from gone group by 2
        on conflict (workspace_id, day, part) do update set
            accepted = event_days.accepted + excluded.accepted, duplicate = event_days.duplicate + excluded.duplicate,
            late = event_days.late + excluded.late, refused = event_days.refused + excluded.refused,
            bytes = event_days.bytes + excluded.bytes",
        workspace
    )
    .execute(can.on(tx)?)
    .await?;
    Ok(true)
}
