//! New subscriptions.

use super::{
    super::written::Written,
    pages::schedule,
    prices::offered,
    write::{Replaced, check_now, refused, write_phases},
};
use crate::{
    audit,
    door::{Can, WorkspaceTx, Write},
    error::StoreError,
    workspace::webhooks,
};
use model::{
    Currency,
    audit::{Action, Detail},
    capability::EditContent,
    catalog::Lifecycle,
    id::{CustomerId, SubscriptionId},
    subscription::{NewSubscription, SUBSCRIPTIONS_MAX, Schedule},
    webhook::EventKind,
};
use sqlx::types::Uuid;
use time::Date;

/// Creates a subscription on the latest published version of a plan, and logs it. The customer is locked, so that two
/// transactions that each add a subscription see one another.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.subscriptions.create", skip_all, fields(customer_id = %customer))]
pub async fn create(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    customer: CustomerId,
    new: &NewSubscription,
) -> Result<Written<SubscriptionId>, StoreError> {
    let workspace = tx.id().uuid();
    let found = sqlx::query!(
        r#"select c.name, c.status, (
            select count(*) from workspace.subscriptions s where s.workspace_id = $1 and s.customer_id = $2) as "held!"
        from workspace.customers c where c.workspace_id = $1 and c.id = $2 for no key update of c"#,
        workspace,
        customer.uuid(),
    )
    .fetch_optional(can.on(tx)?)
    .await?;
    let Some(found) = found else { return Ok(Written::Absent) };
    if found.status != Lifecycle::Active.as_str() {
        return Ok(Written::invalid("plan", "This customer is archived. Restore the customer first."));
    }
    if usize::try_from(found.held).unwrap_or(usize::MAX) >= SUBSCRIPTIONS_MAX {
        return Ok(Written::invalid("plan", "This customer has 500 subscriptions, which is the most."));
    }
    let plans = offered(tx).await?;
    let Some(plan) = plans.iter().find(|plan| plan.id == new.plan) else {
        return Ok(Written::invalid("plan", "Choose a rate plan from the list."));
    };
    let one = NewSchedule {
        customer,
        external_id: new.external_id.clone(),
        currency: plan.currency,
        schedule: schedule(new, plan),
    };
    let id = match insert(tx, can, std::slice::from_ref(&one)).await {
        Ok(ids) => ids.first().copied(),
        Err(error) => return refused(error, "plan"),
    };
    let Some(id) = id else { return Err(StoreError::Inconsistent("no id of a new subscription".to_owned())) };
    if let Err(error) = check_now(tx, can).await {
        return refused(error, "plan");
    }
    let detail = Detail::none()
        .with("name", &found.name)
        .with("plan", format!("{} v{}", plan.name, plan.version))
        .with("from", new.starts_on)
        .with("seats", new.seats);
    audit::record(tx, Action::SubscriptionCreated, id.uuid(), &detail).await?;
    webhooks::announce(tx, EventKind::SubscriptionChanged, id.uuid()).await?;
    Ok(Written::Done(id))
}

/// Subscription to import, with all its phases.
#[derive(Debug, Clone)]
pub struct NewSchedule {
    /// Customer of the workspace.
    pub customer: CustomerId,
    /// ID in another system, unique in the workspace.
    pub external_id: Option<String>,
    /// Currency of all its plans.
    pub currency: Currency,
    /// Days and phases. The names and intervals of the plans are not stored.
    pub schedule: Schedule,
}

/// Stores subscriptions in one statement each for subscriptions and phases, and logs the import once.
///
/// # Errors
/// [`StoreError::Refused`] with `subscription_phases_fit` or `subscription_meter_twice` if the database refuses one of
/// them. Then nothing is stored.
#[tracing::instrument(level = "debug", name = "store.subscriptions.import", skip_all)]
pub async fn import(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    all: &[NewSchedule],
) -> Result<Vec<SubscriptionId>, StoreError> {
    let ids = insert(tx, can, all).await?;
    check_now(tx, can).await?;
    let workspace = tx.id().uuid();
    audit::record(tx, Action::SubscriptionsImported, workspace, &Detail::none()).await?;
    Ok(ids)
}

/// Returns the first day that is invoiced: that of the current period, or of the subscription if it starts later. Periods
/// before it are not invoiced, so that a subscription that is entered late does not get the invoices of years.
fn bills_from(schedule: &Schedule, today: Date) -> Date {
    schedule.period_on(today).map_or(schedule.starts_on.max(today), |period| period.from)
}

async fn insert(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    all: &[NewSchedule],
) -> Result<Vec<SubscriptionId>, StoreError> {
    let workspace = tx.id().uuid();
    let ids: Vec<Uuid> = all.iter().map(|_| Uuid::now_v7()).collect();
    let customers: Vec<Uuid> = all.iter().map(|one| one.customer.uuid()).collect();
    let external_ids: Vec<Option<String>> = all.iter().map(|one| one.external_id.clone()).collect();
    let currencies: Vec<String> = all.iter().map(|one| one.currency.code().to_owned()).collect();
    let anchors: Vec<Date> = all.iter().map(|one| one.schedule.anchor_on).collect();
    let starts: Vec<Date> = all.iter().map(|one| one.schedule.starts_on).collect();
    let ends: Vec<Option<Date>> = all.iter().map(|one| one.schedule.ends_on).collect();
    let today = tx.today();
    let bills_from: Vec<Date> = all.iter().map(|one| bills_from(&one.schedule, today)).collect();
    sqlx::query!(
        "insert into workspace.subscriptions
            (workspace_id, id, customer_id, external_id, currency, anchor_on, starts_on, ends_on, bills_from)
        select $1, n.id, n.customer_id, n.external_id, n.currency, n.anchor_on, n.starts_on, n.ends_on, n.bills_from
        from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::date[], $7::date[], $8::date[], $9::date[])
            as n (id, customer_id, external_id, currency, anchor_on, starts_on, ends_on, bills_from)",
        workspace,
        &ids,
        &customers,
        &external_ids as &[Option<String>],
        &currencies,
        &anchors,
        &starts,
        &ends as &[Option<Date>],
        &bills_from,
    )
    .execute(can.on(tx)?)
    .await?;
    let ids: Vec<SubscriptionId> = ids.into_iter().map(SubscriptionId::from_uuid).collect();
    let mut phases = Vec::with_capacity(all.len());
    for (id, one) in ids.iter().zip(all) {
        let before = Schedule { phases: Vec::new(), ..one.schedule.clone() };
        phases.push(Replaced { id: *id, customer: one.customer, before, after: one.schedule.clone() });
    }
    write_phases(tx, can, &phases).await?;
    Ok(ids)
}
