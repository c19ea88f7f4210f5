//! Changes of a subscription.

use super::{
    super::written::Written,
    pages::apply,
    prices::offered,
    read::with_schedule,
    write::{Replaced, check_now, refused, write_phases},
};
use crate::{
    audit,
    door::{Can, WorkspaceTx, Write},
    error::StoreError,
    workspace::webhooks,
};
use model::{
    FieldErrors,
    audit::{Action, Detail},
    capability::EditContent,
    id::SubscriptionId,
    subscription::{Change, PHASES_MAX, Schedule, SubscriptionRow},
    webhook::EventKind,
};
use time::Date;

/// Changes the plan or the seats of a subscription, or ends it, and logs it.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.subscriptions.change", skip_all, fields(subscription_id = %id))]
pub async fn change(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    id: SubscriptionId,
    change: &Change,
) -> Result<Written<()>, StoreError> {
    let Some((row, before)) = locked(tx, can, id).await? else { return Ok(Written::Absent) };
    let mut plans = offered(tx).await?;
    plans.retain(|plan| plan.currency == row.currency);
    let after = match apply(change, &before, &plans) {
        Ok(after) => after,
        Err(errors) => return Ok(Written::Invalid(errors)),
    };
    let (action, detail) = match change {
        Change::Plan { from_on, .. } => {
            let version = |schedule: &Schedule| {
                let plan = schedule.phase_on(*from_on).map(|phase| &phase.plan);
                plan.map_or_else(String::new, |plan| format!("{} v{}", plan.name, plan.version))
            };
            let detail = Detail::none().change("plan", version(&before), version(&after)).with("from", from_on);
            (Action::SubscriptionChanged, detail)
        }
        Change::Seats { seats, from_on } => {
            let was = before.phase_on(*from_on).map_or(0, |phase| phase.seats);
            (Action::SubscriptionChanged, Detail::none().change("seats", was, seats).with("from", from_on))
        }
        Change::End { last_on } => (Action::SubscriptionEnded, Detail::none().with("last_day", last_on)),
    };
    let field = match change {
        Change::Plan { .. } => "plan",
        Change::Seats { .. } => "from_on",
        Change::End { .. } => "last_on",
    };
    write(tx, can, &row, before, after, (action, detail), field).await
}

/// Undoes a change of plan or seats that is planned for a later day, and logs it. The phase before it goes on.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.subscriptions.undo", skip_all, fields(subscription_id = %id))]
pub async fn undo(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    id: SubscriptionId,
    from_on: Date,
) -> Result<Written<()>, StoreError> {
    let today = tx.today();
    let Some((row, before)) = locked(tx, can, id).await? else { return Ok(Written::Absent) };
    if from_on <= today {
        return Ok(Written::invalid("from_on", "Only a change on a later day can be undone."));
    }
    let after = match before.without_change(from_on) {
        Ok(after) => after,
        Err(misfit) => return Ok(Written::invalid("from_on", &misfit.to_string())),
    };
    let change = (Action::SubscriptionChangeUndone, Detail::none().with("from", from_on));
    write(tx, can, &row, before, after, change, "from_on").await
}

/// Removes the end of a subscription that has not ended yet, and logs it.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.subscriptions.cancel_end", skip_all, fields(subscription_id = %id))]
pub async fn cancel_end(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    id: SubscriptionId,
) -> Result<Written<()>, StoreError> {
    let today = tx.today();
    let Some((row, before)) = locked(tx, can, id).await? else { return Ok(Written::Absent) };
    if before.ends_on.is_some_and(|end| end <= today) {
        return Ok(Written::invalid("last_on", "The subscription has ended. Start a new one."));
    }
    let after = match before.without_end() {
        Ok(after) => after,
        Err(_) => return Ok(Written::invalid("last_on", "The subscription has no last day.")),
    };
    let change = (Action::SubscriptionEndCancelled, Detail::none());
    write(tx, can, &row, before, after, change, "last_on").await
}

/// Returns a subscription whose customer is locked against other changes of subscriptions.
async fn locked(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    id: SubscriptionId,
) -> Result<Option<(SubscriptionRow, Schedule)>, StoreError> {
    let workspace = tx.id().uuid();
    sqlx::query!(
        "select c.id from workspace.subscriptions s
        join workspace.customers c on c.workspace_id = s.workspace_id and c.id = s.customer_id
        where s.workspace_id = $1 and s.id = $2 for no key update of c",
        workspace,
        id.uuid(),
    )
    .fetch_optional(can.on(tx)?)
    .await?;
    with_schedule(tx, id).await
}

async fn write(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    row: &SubscriptionRow,
    before: Schedule,
    after: Schedule,
    (action, detail): (Action, Detail),
    field: &str,
) -> Result<Written<()>, StoreError> {
    if after.phases.len() > PHASES_MAX {
        let message = "A subscription can have at most 100 changes. End it and start a new one.";
        return Ok(Written::Invalid(FieldErrors::one(field, message)));
    }
    let workspace = tx.id().uuid();
    if before.ends_on != after.ends_on {
        sqlx::query!(
            "update workspace.subscriptions set ends_on = $3 where workspace_id = $1 and id = $2",
            workspace,
            row.id.uuid(),
            after.ends_on,
        )
        .execute(can.on(tx)?)
        .await?;
    }
    let replaced = [Replaced { id: row.id, customer: row.customer_id, before, after }];
    write_phases(tx, can, &replaced).await?;
    if let Err(error) = check_now(tx, can).await {
        return refused(error, field);
    }
    audit::record(tx, action, row.id.uuid(), &detail.with("name", &row.customer)).await?;
    let kind = match action {
        Action::SubscriptionEnded => EventKind::SubscriptionEnded,
        _ => EventKind::SubscriptionChanged,
    };
    webhooks::announce(tx, kind, row.id.uuid()).await?;
    Ok(Written::Done(()))
}
