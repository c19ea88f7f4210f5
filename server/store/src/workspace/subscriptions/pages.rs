//! Pages of a new subscription and of a change, with the preview of the next invoices.

use super::{
    prices::{offered, terms, usage},
    read::with_schedule,
};
use crate::{
    door::{Mode, WorkspaceTx},
    error::StoreError,
};
use model::{
    Currency,
    id::{CustomerId, SubscriptionId},
    moment,
    subscription::{
        Change, ChangeInput, ChangeKind, ChangePage, NewSubscription, NewSubscriptionInput, NewSubscriptionPage,
        OfferedPlan, Phase, Preview, Schedule,
        bill::{Comparison, Facts, first_affected, needed},
    },
};
use time::Date;

/// Returns the schedule of a new subscription.
pub(super) fn schedule(new: &NewSubscription, plan: &OfferedPlan) -> Schedule {
    let phase = Phase { from_on: new.starts_on, plan: plan.plan_version(), seats: new.seats };
    Schedule { anchor_on: new.anchor_on, starts_on: new.starts_on, ends_on: None, phases: vec![phase] }
}

/// Returns the data of the page of a new subscription, with the preview of `input`. Without a plan, `input` is replaced
/// with what the page proposes. `None` if the workspace has no such customer.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.subscriptions.new_page", skip_all, fields(customer_id = %customer))]
pub async fn new_page<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    customer: CustomerId,
    input: NewSubscriptionInput,
) -> Result<Option<NewSubscriptionPage>, StoreError> {
    let (workspace, today) = (tx.id().uuid(), tx.today());
    let name = sqlx::query_scalar!(
        "select name from workspace.customers where workspace_id = $1 and id = $2",
        workspace,
        customer.uuid(),
    )
    .fetch_optional(tx.reading())
    .await?;
    let Some(name) = name else { return Ok(None) };
    let plans = offered(tx).await?;
    let input = if input == NewSubscriptionInput::default() {
        NewSubscriptionInput::proposed(today, plans.first().map(|plan| plan.id))
    } else {
        input
    };
    let preview = match input.parse() {
        Ok(new) => match plans.iter().find(|plan| plan.id == new.plan) {
            Some(plan) => {
                let schedule = schedule(&new, plan);
                let what = format!("The first invoices of {} from {}", plan.name, moment::date(new.starts_on));
                let preview = compared(tx, customer, plan.currency, None, &schedule, schedule.starts_on).await?;
                Preview { what, ..preview }
            }
            None => problem("Choose a rate plan to see the first invoices."),
        },
        Err(_) => problem("Fill in the form to see the first invoices."),
    };
    Ok(Some(NewSubscriptionPage { customer_id: customer, customer: name, input, plans, preview }))
}

/// Returns the data of the page that changes a subscription, with the preview of `input`. If `input` only names a kind,
/// the page proposes the rest. `None` if the workspace has no such subscription.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.subscriptions.change_page", skip_all, fields(subscription_id = %id))]
pub async fn change_page<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    id: SubscriptionId,
    input: ChangeInput,
) -> Result<Option<ChangePage>, StoreError> {
    let today = tx.today();
    let Some((row, before)) = with_schedule(tx, id).await? else { return Ok(None) };
    let mut plans = offered(tx).await?;
    plans.retain(|plan| plan.currency == row.currency);
    let kind = input.kind();
    let input = if input == ChangeInput::of(kind) || input == ChangeInput::default() {
        // A change on the first day of a period has no parts of fees.
        let from = today.max(before.starts_on);
        let next = before.period_on(from).map_or(from, |period| period.until);
        let seats = before.phase_on(next).map_or(row.seats, |phase| phase.seats);
        let day = match kind {
            ChangeKind::Plan | ChangeKind::Seats => next,
            ChangeKind::End => next.previous_day().unwrap_or(next),
        };
        ChangeInput::proposed(kind, day, seats)
    } else {
        input
    };
    let preview = match input.parse() {
        Ok(change) => match apply(&change, &before, &plans) {
            Ok(after) => {
                let day = change.day(&before);
                let what = words(&change, &plans);
                let preview = compared(tx, row.customer_id, row.currency, Some(&before), &after, day).await?;
                Preview { what, ..preview }
            }
            Err(problem) => problem_of(&problem),
        },
        Err(_) => problem(match kind {
            ChangeKind::Plan => "Choose a plan and a day to see the next invoices.",
            ChangeKind::Seats => "Enter the seats and a day to see the next invoices.",
            ChangeKind::End => "Choose the last day to see the next invoices.",
        }),
    };
    Ok(Some(ChangePage { row, today, input, plans, preview }))
}

/// Returns the schedule with the change. `plans` are the plans that can be changed to.
pub(super) fn apply(change: &Change, before: &Schedule, plans: &[OfferedPlan]) -> Result<Schedule, model::FieldErrors> {
    let plan = match change {
        Change::Plan { plan, .. } => plans.iter().find(|offered| offered.id == *plan).map(OfferedPlan::plan_version),
        Change::Seats { .. } | Change::End { .. } => None,
    };
    change.apply(before, plan.as_ref())
}

fn words(change: &Change, plans: &[OfferedPlan]) -> String {
    match change {
        Change::Plan { plan, from_on } => {
            let name =
                plans.iter().find(|offered| offered.id == *plan).map_or("the plan", |offered| offered.name.as_str());
            format!("{name} from {}", moment::date(*from_on))
        }
        Change::Seats { seats: 1, from_on } => format!("1 seat from {}", moment::date(*from_on)),
        Change::Seats { seats, from_on } => format!("{seats} seats from {}", moment::date(*from_on)),
        Change::End { last_on } => format!("The subscription runs until the end of {}", moment::date(*last_on)),
    }
}

fn problem(text: &str) -> Preview {
    Preview { problem: Some(text.to_owned()), ..Preview::default() }
}

fn problem_of(errors: &model::FieldErrors) -> Preview {
    problem(errors.0.first().map_or("This change does not fit.", |error| error.message.as_str()))
}

async fn compared<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    customer: CustomerId,
    currency: Currency,
    before: Option<&Schedule>,
    after: &Schedule,
    day: Date,
) -> Result<Preview, StoreError> {
    let today = tx.today();
    let schedules: Vec<&Schedule> = before.into_iter().chain([after]).collect();
    let terms = terms(tx, &schedules).await?;
    let needed = needed(&schedules, &terms, today, before.map_or(day, |before| first_affected(before, day, today)));
    let used = match usage(tx, customer, &needed).await? {
        Ok(used) => used,
        Err(unpriced) => return Ok(problem(&unpriced.to_string())),
    };
    let facts = Facts { today, currency, terms: &terms, used: &used };
    let compared = match before {
        Some(before) => facts.compare(before, after, day),
        None => facts
            .bills(after, day)
            .map(|bills| bills.into_iter().map(|bill| Comparison { before: None, after: Some(bill) }).collect()),
    };
    Ok(match compared {
        Ok(invoices) => Preview { invoices, ..Preview::default() },
        Err(unpriced) => problem(&unpriced.to_string()),
    })
}
