//! Moving all subscriptions of a plan version to another version.

use super::{
    super::written::Written,
    read::phases,
    write::{Replaced, check_now, refused, write_phases},
};
use crate::{
    audit,
    door::{Can, Mode, WorkspaceTx, Write},
    error::StoreError,
    workspace::webhooks,
};
use model::{
    audit::{Action, Detail},
    capability::EditContent,
    id::{CustomerId, RatePlanId, SubscriptionId},
    subscription::{MovePage, Phase, PlanVersion, Schedule},
    webhook::EventKind,
};
use std::collections::HashMap;
use time::Date;

/// Result of a move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MoveSummary {
    /// Number of subscriptions that were moved.
    pub moved: usize,
}

/// Returns the data of the page that moves subscriptions to a version. `None` if the workspace has no such plan, or the
/// version is not published.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.subscriptions.move_page", skip_all, fields(rate_plan_id = %plan))]
pub async fn move_page<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    plan: RatePlanId,
    to: i32,
) -> Result<Option<MovePage>, StoreError> {
    let Some((name, versions)) = published(tx, plan, to).await? else { return Ok(None) };
    let mut from = Vec::new();
    for version in versions.into_iter().filter(|version| *version != to) {
        let count = movable(tx, plan, version).await?;
        if count > 0 {
            from.push((version, count));
        }
    }
    Ok(Some(MovePage { plan_id: plan, plan: name, to, from }))
}

/// Returns the number of subscriptions that [`move_to_version`] would move away from a version.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.subscriptions.movable", skip_all, fields(rate_plan_id = %plan))]
pub async fn movable<M: Mode>(tx: &mut WorkspaceTx<M>, plan: RatePlanId, from: i32) -> Result<i64, StoreError> {
    let today = tx.today();
    let candidates = candidates(tx, plan, from).await?;
    let moving = candidates.iter().filter(|(_, _, schedule)| moved(schedule, plan, from, from + 1, today).is_some());
    Ok(i64::try_from(moving.count()).unwrap_or(i64::MAX))
}

/// Moves all subscriptions that are on version `from` of a plan to version `to`, each from the first day of its next
/// period, or from its start if it starts later. Later changes to version `from` become changes to version `to`.
/// Subscriptions that end before are left unchanged. Logged once.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.subscriptions.move_to_version", skip_all, fields(rate_plan_id = %plan))]
pub async fn move_to_version(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    plan: RatePlanId,
    from: i32,
    to: i32,
) -> Result<Written<MoveSummary>, StoreError> {
    let today = tx.today();
    let Some((name, versions)) = published(tx, plan, to).await? else { return Ok(Written::Absent) };
    if from == to || !versions.contains(&from) {
        return Ok(Written::invalid("from", "Choose a version from the list."));
    }
    lock(tx, can, plan, from).await?;
    let mut all = Vec::new();
    for (id, customer, before) in candidates(tx, plan, from).await? {
        if let Some(after) = moved(&before, plan, from, to, today) {
            all.push(Replaced { id, customer, before, after });
        }
    }
    write_phases(tx, can, &all).await?;
    if let Err(error) = check_now(tx, can).await {
        return refused(error, "from");
    }
    let detail = Detail::none().with("name", name).change("version", from, to).with("subscriptions", all.len());
    audit::record(tx, Action::SubscriptionsMoved, plan.uuid(), &detail).await?;
    let moved: Vec<_> = all.iter().map(|one| one.id.uuid()).collect();
    webhooks::announce_all(tx, EventKind::SubscriptionChanged, &moved).await?;
    Ok(Written::Done(MoveSummary { moved: all.len() }))
}

/// Returns the schedule with version `to` instead of version `from`, from the next period on; `None` if it would be the
/// same.
fn moved(schedule: &Schedule, plan: RatePlanId, from: i32, to: i32, today: Date) -> Option<Schedule> {
    let day = if schedule.starts_on > today { schedule.starts_on } else { schedule.period_on(today)?.until };
    let is_old = |version: &PlanVersion| (version.plan, version.version) == (plan, from);
    let mut after = schedule.clone();
    if let Some(phase) = schedule.phase_on(day)
        && is_old(&phase.plan)
    {
        let new = PlanVersion { version: to, ..phase.plan.clone() };
        after = schedule.with_plan(day, &new).ok()?;
    }
    for phase in after.phases.iter_mut().filter(|phase| phase.from_on > day && is_old(&phase.plan)) {
        phase.plan.version = to;
    }
    (after != *schedule).then_some(after)
}

/// Returns the name of a plan and its published versions, if `version` is one of them.
async fn published<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    plan: RatePlanId,
    version: i32,
) -> Result<Option<(String, Vec<i32>)>, StoreError> {
    let workspace = tx.id().uuid();
    let rows = sqlx::query!(
        "select p.name, v.version from workspace.rate_plans p
        join workspace.rate_plan_versions v on v.workspace_id = p.workspace_id and v.plan_id = p.id
        where p.workspace_id = $1 and p.id = $2 and v.state = 'published' order by v.version",
        workspace,
        plan.uuid(),
    )
    .fetch_all(tx.reading())
    .await?;
    let Some(name) = rows.first().map(|row| row.name.clone()) else { return Ok(None) };
    let versions: Vec<i32> = rows.into_iter().map(|row| row.version).collect();
    Ok(versions.contains(&version).then_some((name, versions)))
}

/// Locks the customers with a phase on the version, in the order of their ids.
async fn lock(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    plan: RatePlanId,
    version: i32,
) -> Result<(), StoreError> {
    let workspace = tx.id().uuid();
    sqlx::query!(
        "select c.id from workspace.customers c
        where c.workspace_id = $1 and exists (
            select from workspace.subscription_phases f
            where f.workspace_id = $1 and f.customer_id = c.id and f.plan_id = $2 and f.version = $3)
        order by c.id for no key update of c",
        workspace,
        plan.uuid(),
        version,
    )
    .fetch_all(can.on(tx)?)
    .await?;
    Ok(())
}

/// Returns the subscriptions that have not ended and have a phase on the version.
async fn candidates<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    plan: RatePlanId,
    version: i32,
) -> Result<Vec<(SubscriptionId, CustomerId, Schedule)>, StoreError> {
    let (workspace, today) = (tx.id().uuid(), tx.today());
    let rows = sqlx::query!(
        "select s.id, s.customer_id, s.anchor_on, s.starts_on, s.ends_on from workspace.subscriptions s
        where s.workspace_id = $1 and (s.ends_on is null or s.ends_on > $4) and exists (
            select from workspace.subscription_phases f
            where f.workspace_id = $1 and f.subscription_id = s.id and f.plan_id = $2 and f.version = $3)
        order by s.id",
        workspace,
        plan.uuid(),
        version,
        today,
    )
    .fetch_all(tx.reading())
    .await?;
    let ids: Vec<SubscriptionId> = rows.iter().map(|row| SubscriptionId::from_uuid(row.id)).collect();
    let mut by_id: HashMap<SubscriptionId, Vec<Phase>> = HashMap::new();
    for (id, phase) in phases(tx, &ids).await? {
        by_id.entry(id).or_default().push(phase);
    }
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        let id = SubscriptionId::from_uuid(row.id);
        let phases = by_id.remove(&id).unwrap_or_default();
        let schedule = Schedule { anchor_on: row.anchor_on, starts_on: row.starts_on, ends_on: row.ends_on, phases };
        all.push((id, CustomerId::from_uuid(row.customer_id), schedule));
    }
    Ok(all)
}
