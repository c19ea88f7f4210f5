//! Writes of phases.

use super::super::written::Written;
use crate::{
    door::{Can, WorkspaceTx, Write},
    error::StoreError,
};
use model::{
    FieldErrors,
    capability::EditContent,
    id::{CustomerId, SubscriptionId},
    subscription::Schedule,
};

/// New phases of a subscription.
pub(super) struct Replaced {
    pub(super) id: SubscriptionId,
    pub(super) customer: CustomerId,
    pub(super) before: Schedule,
    pub(super) after: Schedule,
}

/// Writes the phases of subscriptions where they differ.
pub(super) async fn write_phases(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    all: &[Replaced],
) -> Result<(), StoreError> {
    let workspace = tx.id().uuid();
    let (mut gone, mut gone_on) = (Vec::new(), Vec::new());
    let (mut ids, mut days, mut customers) = (Vec::new(), Vec::new(), Vec::new());
    let (mut plans, mut versions, mut seats) = (Vec::new(), Vec::new(), Vec::new());
    for one in all {
        for phase in &one.before.phases {
            if !one.after.phases.iter().any(|kept| kept.from_on == phase.from_on) {
                gone.push(one.id.uuid());
                gone_on.push(phase.from_on);
            }
        }
        for phase in one.after.phases.iter().filter(|phase| !one.before.phases.contains(phase)) {
            ids.push(one.id.uuid());
            days.push(phase.from_on);
            customers.push(one.customer.uuid());
            plans.push(phase.plan.plan.uuid());
            versions.push(phase.plan.version);
            seats.push(i32::try_from(phase.seats).unwrap_or(i32::MAX));
        }
    }
    if !gone.is_empty() {
        sqlx::query!(
            "delete from workspace.subscription_phases f using unnest($2::uuid[], $3::date[]) as g (id, from_on)
            where f.workspace_id = $1 and f.subscription_id = g.id and f.from_on = g.from_on",
            workspace,
            &gone,
            &gone_on,
        )
        .execute(can.on(tx)?)
        .await?;
    }
    if !ids.is_empty() {
        sqlx::query!(
            "insert into workspace.subscription_phases
                (workspace_id, subscription_id, from_on, customer_id, plan_id, version, seats)
            select $1, n.id, n.from_on, n.customer_id, n.plan_id, n.version, n.seats
            from unnest($2::uuid[], $3::date[], $4::uuid[], $5::uuid[], $6::integer[], $7::integer[])
                as n (id, from_on, customer_id, plan_id, version, seats)
            on conflict (workspace_id, subscription_id, from_on)
                do update set plan_id = excluded.plan_id, version = excluded.version, seats = excluded.seats",
            workspace,
            &ids,
            &days,
            &customers,
            &plans,
            &versions,
            &seats,
        )
        .execute(can.on(tx)?)
        .await?;
    }
    Ok(())
}

/// Runs the deferred checks of everything that the transaction has written so far.
pub(super) async fn check_now(tx: &mut WorkspaceTx<Write>, can: &Can<EditContent>) -> Result<(), StoreError> {
    sqlx::query("set constraints all immediate").execute(can.on(tx)?).await?;
    sqlx::query("set constraints all deferred").execute(can.on(tx)?).await?;
    Ok(())
}

/// Returns the field error for a write that the database refused. `field` is the field that chooses plan or days.
pub(super) fn refused<T>(error: StoreError, field: &str) -> Result<Written<T>, StoreError> {
    let (field, message) = if error.is_refused_by("subscription_meter_twice") {
        (
            field,
            "Another subscription of this customer prices the same usage on these days. Choose another plan or other days.",
        )
    } else if error.is_refused_by("subscription_phases_fit") {
        (field, "This version doesn’t fit the subscription. It must be published and in the subscription’s currency.")
    } else if error.is_refused_by("subscription_external_id_taken") {
        ("external_id", "Another subscription has this external id. Use another one.")
    } else {
        return Err(error);
    };
    Ok(Written::Invalid(FieldErrors::one(field, message)))
}
