//! Storage of adjustments: usage of a customer that a person added or took back. Events are never removed, so this is
//! the only way to take usage back. Reads are in [`usage`](super::usage).

use super::written::Written;
use crate::{
    audit,
    door::{Can, Mode, WorkspaceTx, Write},
    error::StoreError,
};
use model::{
    FieldErrors,
    audit::{Action, Detail},
    capability::EditContent,
    id::{AdjustmentId, CustomerId},
    usage::{AdjustmentDraft, AdjustmentPage, amount},
};
use sqlx::types::Uuid;

/// Returns the data of the form of an adjustment; `None` if the workspace has no such customer.
///
/// # Errors
/// [`StoreError::Database`] if a query fails.
#[tracing::instrument(level = "debug", name = "store.usage_adjustments.page", skip_all, fields(customer_id = %customer))]
pub async fn page<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    customer: CustomerId,
) -> Result<Option<AdjustmentPage>, StoreError> {
    let (workspace, today) = (tx.id().uuid(), tx.today());
    let name = sqlx::query_scalar!(
        "select name from workspace.customers where workspace_id = $1 and id = $2",
        workspace,
        customer.uuid(),
    )
    .fetch_optional(tx.reading())
    .await?;
    let Some(name) = name else { return Ok(None) };
    let meters = super::meters::all(tx).await?;
    let adjustable = meters.into_iter().filter(|meter| meter.aggregation.adds_up());
    let meters = adjustable.map(|meter| (meter.id, format!("{} ({})", meter.name, meter.unit))).collect();
    Ok(Some(AdjustmentPage { customer: name, today, meters }))
}

/// Adds to the usage of a customer, or takes it back, and logs it. Only quantities that are sums can be adjusted: those
/// of meters that count events or add up a property. The day is one that the meter counts, up to today.
///
/// The same statement adds the quantity to the sums by day, as a part with the adjustment's id, without events and
/// without a peak. So everything that reads the sums (charts, bills, the effect of prices) counts adjustments without
/// knowing of them, can't forget them, and costs the same. Folding keeps them, because it adds up quantities of either
/// sign. A peak of 0 changes nothing: only meters of the largest value read it, and they can't be adjusted. A sum can
/// become negative; it is shown so and priced as 0.
///
/// # Errors
/// [`StoreError::Database`] if a query fails.
#[tracing::instrument(level = "debug", name = "store.usage_adjustments.create", skip_all, fields(customer_id = %customer))]
pub async fn create(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    customer: CustomerId,
    draft: &AdjustmentDraft,
) -> Result<Written<AdjustmentId>, StoreError> {
    let (workspace, user, today, id) = (tx.id().uuid(), tx.user().uuid(), tx.today(), Uuid::now_v7());
    let actor = tx.tenant().principal.person.name.clone();
    let name = sqlx::query_scalar!(
        "select name from workspace.customers where workspace_id = $1 and id = $2",
        workspace,
        customer.uuid(),
    )
    .fetch_optional(can.on(tx)?)
    .await?;
    let Some(name) = name else { return Ok(Written::Absent) };
    let invalid = |field: &str, message: &str| Ok(Written::Invalid(FieldErrors::one(field, message)));
    let Some(meter) = super::meters::get(tx, draft.meter).await? else {
        return invalid("meter", "Choose a meter of this workspace.");
    };
    if !meter.aggregation.adds_up() {
        return invalid("meter", "Choose a meter that counts events or adds up a property. Others can’t be adjusted.");
    }
    if draft.day > today {
        return invalid("day", "Choose today or an earlier day.");
    }
    if draft.day < meter.counts_from {
        return invalid(
            "day",
            &format!("The meter counts from {} on. Choose that day or a later one.", meter.counts_from),
        );
    }
    let written = sqlx::query!(
        "with adjusted as (
            insert into workspace.usage_adjustments
                (workspace_id, id, meter_id, customer_id, day, quantity, reason, user_id, actor)
            select $1, $2, m.id, $4, $5, $6, $7, $8, $9 from workspace.meters m
            where m.workspace_id = $1 and m.id = $3 and m.aggregation in ('count', 'sum')
            returning id, meter_id, customer_id, day, quantity),
        days as (
            insert into workspace.usage_days (workspace_id, meter_id, customer_id, day, part, events, quantity, peak)
            select $1, meter_id, customer_id, day, id, 0, quantity, 0 from adjusted)
        insert into workspace.usage_totals (workspace_id, meter_id, day, part, events, quantity, peak)
        select $1, meter_id, day, id, 0, quantity, 0 from adjusted",
        workspace,
        id,
        draft.meter.uuid(),
        customer.uuid(),
        draft.day,
        draft.quantity.decimal(),
        draft.reason.as_str(),
        user,
        actor,
    )
    .execute(can.on(tx)?)
    .await?;
    if written.rows_affected() != 1 {
        return Err(StoreError::Inconsistent("a meter that changed what it counts".to_owned()));
    }
    let detail = Detail::none()
        .with("name", name)
        .with("meter", &meter.name)
        .with("day", draft.day)
        .with("quantity", amount(draft.quantity, &meter.unit))
        .with("reason", &draft.reason);
    audit::record(tx, Action::UsageAdjusted, customer.uuid(), &detail).await?;
    Ok(Written::Done(AdjustmentId::from_uuid(id)))
}
