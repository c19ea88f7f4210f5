//! Reads of subscriptions with their phases.

use super::super::listing::known;
use crate::{
    door::{Mode, WorkspaceTx},
    error::StoreError,
};
use model::{
    Capability, Currency,
    id::{CustomerId, RatePlanId, SubscriptionId},
    pricing::period::Interval,
    subscription::{Phase, PlanVersion, Schedule, State, SubscriptionRow},
};
use sqlx::types::Uuid;
use time::Date;

struct Row {
    id: Uuid,
    customer_id: Uuid,
    customer: String,
    external_id: Option<String>,
    plan_id: Uuid,
    plan: Option<String>,
    version: i32,
    seats: i32,
    currency: String,
    anchor_on: Date,
    starts_on: Date,
    ends_on: Option<Date>,
}

impl Row {
    fn on(self, today: Date) -> Result<SubscriptionRow, StoreError> {
        Ok(SubscriptionRow {
            id: SubscriptionId::from_uuid(self.id),
            customer_id: CustomerId::from_uuid(self.customer_id),
            customer: self.customer,
            external_id: self.external_id,
            plan_id: RatePlanId::from_uuid(self.plan_id),
            plan: self.plan,
            version: self.version,
            seats: self.seats.unsigned_abs(),
            currency: known("currency", &self.currency, Currency::from_code(&self.currency))?,
            starts_on: self.starts_on,
            ends_on: self.ends_on,
            state: State::on(today, self.starts_on, self.ends_on),
        })
    }
}

/// Selects subscriptions with the phase that is in force on the day `$2`, or else the first phase before the start.
macro_rules! some_subscriptions {
    ($tx:expr, $rest:literal $(, $argument:expr)*) => {{
        let (workspace, today) = ($tx.id().uuid(), $tx.today());
        sqlx::query_as!(
            Row,
            r#"select s.id, s.customer_id, c.name as customer, s.external_id, f.plan_id as "plan_id!", p.name as "plan?",
                f.version as "version!", f.seats as "seats!", s.currency, s.anchor_on, s.starts_on, s.ends_on
            from workspace.subscriptions s
            join workspace.customers c on c.workspace_id = s.workspace_id and c.id = s.customer_id
            cross join lateral (
                select f.plan_id, f.version, f.seats from workspace.subscription_phases f
                where f.workspace_id = s.workspace_id and f.subscription_id = s.id
                order by f.from_on <= $2::date desc, case when f.from_on <= $2 then f.from_on end desc, f.from_on limit 1) f
            left join workspace.rate_plans p on p.workspace_id = s.workspace_id and p.id = f.plan_id
            where s.workspace_id = $1 and "# + $rest,
            workspace,
            today,
            $($argument,)*
        )
        .fetch_all($tx.reading())
        .await?
    }};
}

/// Returns the subscriptions of a customer, the newest first, at most 500.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.subscriptions.of_customer", skip_all, fields(customer_id = %customer))]
pub async fn of_customer<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    customer: CustomerId,
) -> Result<Vec<SubscriptionRow>, StoreError> {
    let today = tx.today();
    let rows =
        some_subscriptions!(tx, "s.customer_id = $3 order by s.starts_on desc, s.id desc limit 500", customer.uuid());
    rows.into_iter().map(|row| row.on(today)).collect()
}

/// Returns the subscriptions of the workspace after a position, the oldest first, at most `limit`.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.subscriptions.list", skip_all)]
pub async fn list<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    after: Option<SubscriptionId>,
    limit: u32,
) -> Result<Vec<SubscriptionRow>, StoreError> {
    let (after, today) = (after.map_or(Uuid::nil(), SubscriptionId::uuid), tx.today());
    let rows = some_subscriptions!(tx, "s.id > $3 order by s.id limit $4", after, i64::from(limit));
    rows.into_iter().map(|row| row.on(today)).collect()
}

/// Returns `true` if the seat can read rate plans. A guest can't.
pub(in super::super) fn sees_prices<M: Mode>(tx: &WorkspaceTx<M>) -> bool {
    tx.tenant().seat.capabilities().has(Capability::ReadAll)
}

/// Returns a subscription with its days and phases.
pub(super) async fn with_schedule<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    id: SubscriptionId,
) -> Result<Option<(SubscriptionRow, Schedule)>, StoreError> {
    let today = tx.today();
    let Some(row) = some_subscriptions!(tx, "s.id = $3", id.uuid()).into_iter().next() else { return Ok(None) };
    let (anchor_on, starts_on, ends_on) = (row.anchor_on, row.starts_on, row.ends_on);
    let phases = phases(tx, &[id]).await?.into_iter().map(|(_, phase)| phase).collect();
    Ok(Some((row.on(today)?, Schedule { anchor_on, starts_on, ends_on, phases })))
}

/// Returns the phases of subscriptions, in the order of their ids and days. Plans that can't be read have no name.
pub(in super::super) async fn phases<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    subscriptions: &[SubscriptionId],
) -> Result<Vec<(SubscriptionId, Phase)>, StoreError> {
    let workspace = tx.id().uuid();
    let ids: Vec<Uuid> = subscriptions.iter().map(|id| id.uuid()).collect();
    let rows = sqlx::query!(
        r#"select f.subscription_id, f.from_on, f.plan_id, f.version, f.seats, p.name as "name?", p."interval" as "interval?"
        from workspace.subscription_phases f
        left join workspace.rate_plans p on p.workspace_id = f.workspace_id and p.id = f.plan_id
        where f.workspace_id = $1 and f.subscription_id = any($2)
        order by f.subscription_id, f.from_on"#,
        workspace,
        &ids,
    )
    .fetch_all(tx.reading())
    .await?;
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        let interval = match row.interval.as_deref() {
            Some(word) => known("interval", word, Interval::from_word(word))?,
            None => Interval::Month,
        };
        let name = row.name.unwrap_or_default();
        let plan = PlanVersion { plan: RatePlanId::from_uuid(row.plan_id), version: row.version, name, interval };
        let phase = Phase { from_on: row.from_on, plan, seats: row.seats.unsigned_abs() };
        all.push((SubscriptionId::from_uuid(row.subscription_id), phase));
    }
    Ok(all)
}
