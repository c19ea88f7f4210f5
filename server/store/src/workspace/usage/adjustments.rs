//! Adjustments of customers' usage.

use super::meters::sees_all;
use crate::{
    door::{Mode, WorkspaceTx},
    error::StoreError,
};
use model::{
    id::{AdjustmentId, CustomerId, MeterId},
    pricing::Quantity,
    usage::UsageAdjustment,
};
use sqlx::types::{Decimal, Uuid};
use time::{Date, OffsetDateTime};

/// Largest number of adjustments that are returned at once.
pub const ADJUSTMENTS_MAX: i64 = 50;

struct Row {
    id: Uuid,
    meter_id: Uuid,
    meter: String,
    unit: String,
    customer_id: Uuid,
    day: Date,
    quantity: Decimal,
    reason: String,
    actor: String,
    at: OffsetDateTime,
}

/// Returns adjustments, the latest first: those of a customer, of a meter, or all of them, and only those before the one
/// with the id `before`, at most `limit` and [`ADJUSTMENTS_MAX`]. A guest gets those of the customers that were shared
/// with them, without the names of people and meters.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.usage.adjustments", skip_all)]
pub async fn adjustments<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    customer: Option<CustomerId>,
    meter: Option<MeterId>,
    before: Option<AdjustmentId>,
    limit: i64,
) -> Result<Vec<UsageAdjustment>, StoreError> {
    let (workspace, zone, sees_all) = (tx.id().uuid(), tx.zone(), sees_all(tx));
    let rows = sqlx::query_as!(
        Row,
        r#"select a.id, a.meter_id, coalesce(m.name, '') as "meter!", coalesce(m.unit, '') as "unit!", a.customer_id, a.day,
            a.quantity, a.reason, a.actor, a.at
        from workspace.usage_adjustments a
        left join workspace.meters m on m.workspace_id = a.workspace_id and m.id = a.meter_id
        where a.workspace_id = $1 and ($2::uuid is null or a.customer_id = $2) and ($3::uuid is null or a.meter_id = $3)
            and ($4::uuid is null or a.id < $4)
        order by a.id desc limit $5"#,
        workspace,
        customer.map(CustomerId::uuid),
        meter.map(MeterId::uuid),
        before.map(AdjustmentId::uuid),
        limit.clamp(0, ADJUSTMENTS_MAX),
    )
    .fetch_all(tx.reading())
    .await?;
    let adjustments = rows
        .into_iter()
        .map(|row| UsageAdjustment {
            id: AdjustmentId::from_uuid(row.id),
            meter_id: MeterId::from_uuid(row.meter_id),
            meter: row.meter,
            unit: row.unit,
            customer_id: CustomerId::from_uuid(row.customer_id),
            day: row.day,
            quantity: Quantity::clamped(row.quantity),
            reason: row.reason,
            actor: if sees_all { row.actor } else { String::new() },
            at: zone.local(row.at),
        })
        .collect();
    Ok(adjustments)
}

/// Returns an adjustment; `None` if the workspace has none with that id, or not for this person.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.usage.adjustment", skip_all)]
pub async fn adjustment<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    id: AdjustmentId,
) -> Result<Option<UsageAdjustment>, StoreError> {
    // The next larger id, so that the list begins with this one.
    let after = AdjustmentId::from_uuid(Uuid::from_u128(id.uuid().as_u128().saturating_add(1)));
    Ok(adjustments(tx, None, None, Some(after), 1).await?.into_iter().find(|adjustment| adjustment.id == id))
}
