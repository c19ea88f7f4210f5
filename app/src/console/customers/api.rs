//! Actions of a customer's pages: the server function and its implementation.

use crate::{console::record_action::RecordAction, error::AppError, wire::Compact};
use leptos::prelude::*;
use model::{Slug, customer::CustomerInput, id::CustomerId};
use server_fn::codec::Json;

/// Applies an action to the customer with `id`, or creates a customer. Returns its id.
///
/// # Errors
/// [`AppError::Invalid`] with the invalid fields; [`AppError::Denied`] without the capability; [`AppError::Absent`] if
/// this workspace has no such customer.
#[server(input = Json, output = Compact)]
pub async fn act_on_customer(
    workspace: Slug,
    grant: String,
    id: Option<CustomerId>,
    action: RecordAction<CustomerInput>,
) -> Result<CustomerId, AppError> {
    apply(&crate::server::call::context()?, &workspace, &grant, id, &action).await
}

/// Implementation of [`act_on_customer`], which posted forms call too.
#[cfg(feature = "ssr")]
pub(crate) async fn apply(
    call: &crate::server::call::Call,
    workspace: &Slug,
    grant: &str,
    id: Option<CustomerId>,
    action: &RecordAction<CustomerInput>,
) -> Result<CustomerId, AppError> {
    use crate::server::workspace::{refused, writing};
    use model::{capability::EditContent, catalog::Lifecycle};
    use store::customers;

    let (mut tx, can) = writing::<EditContent>(call, workspace, grant).await?;
    let of_constraint = |e| refused(e, "customer_rate_plan", "rate_plan", "Choose a rate plan from the list.");
    let changed = match (action, id) {
        (RecordAction::Save(input), None) => {
            let draft = input.parse().map_err(AppError::Invalid)?;
            Some(customers::create(&mut tx, &can, &draft).await.map_err(of_constraint)?)
        }
        (RecordAction::Save(input), Some(id)) => {
            let draft = input.parse().map_err(AppError::Invalid)?;
            customers::update(&mut tx, &can, id, &draft).await.map_err(of_constraint)?.then_some(id)
        }
        (RecordAction::Archive, Some(id)) => {
            customers::set_status(&mut tx, &can, id, Lifecycle::Archived).await?.then_some(id)
        }
        (RecordAction::Restore, Some(id)) => {
            customers::set_status(&mut tx, &can, id, Lifecycle::Active).await?.then_some(id)
        }
        (RecordAction::Archive | RecordAction::Restore, None) => None,
    };
    let id = changed.ok_or(AppError::Absent)?;
    tx.commit().await?;
    Ok(id)
}

/// Returns the data of the form, with the rate plans to choose from.
#[cfg(feature = "ssr")]
pub(crate) async fn form<M: store::door::Mode>(
    tx: &mut store::door::WorkspaceTx<M>,
    input: CustomerInput,
) -> Result<crate::routes::VisitData, AppError> {
    use store::rate_plans;

    let offered = rate_plans::offered(tx).await?;
    let mut rate_plans: Vec<_> = offered.into_iter().map(|p| (p.id, format!("{} · {}", p.product, p.name))).collect();
    // A plan that is no longer offered stays selectable for the customers who have it.
    if let Ok(id) = input.rate_plan.parse()
        && !rate_plans.iter().any(|(offered, _)| *offered == id)
        && let Some(plan) = rate_plans::get(tx, id).await?
    {
        rate_plans.push((plan.id, format!("{} · {}", plan.product, plan.name)));
    }
    Ok(crate::routes::VisitData::CustomerForm { input: Box::new(input), rate_plans })
}
