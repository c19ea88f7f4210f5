//! Actions of a customer's pages: the server function, and what it does.

use crate::{error::AppError, wire::Compact};
use leptos::prelude::*;
use model::{Slug, catalog::Lifecycle, customer::CustomerInput, id::CustomerId};
use serde::{Deserialize, Serialize};
use server_fn::codec::Json;

/// Action of a customer's pages. Without JavaScript it is read from the form, whose control `action` names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
pub enum CustomerAction {
    /// Creates the customer, or updates it.
    Save(CustomerInput),
    /// Archives the customer.
    Archive,
    /// Restores an archived customer.
    Restore,
}

impl From<Lifecycle> for CustomerAction {
    fn from(status: Lifecycle) -> Self {
        match status {
            Lifecycle::Active => Self::Restore,
            Lifecycle::Archived => Self::Archive,
        }
    }
}

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
    action: CustomerAction,
) -> Result<CustomerId, AppError> {
    apply(&crate::server::call::context()?, &workspace, &grant, id, &action).await
}

/// Same as [`act_on_customer`], for a call or a form.
#[cfg(feature = "ssr")]
pub(crate) async fn apply(
    call: &crate::server::call::Call,
    workspace: &Slug,
    grant: &str,
    id: Option<CustomerId>,
    action: &CustomerAction,
) -> Result<CustomerId, AppError> {
    use crate::server::workspace::{refused, writing};
    use model::capability::EditContent;
    use store::customers;

    let (mut tx, can) = writing::<EditContent>(call, workspace, grant).await?;
    let of_constraint = |e| refused(e, "customer_rate_plan", "rate_plan", "Choose a rate plan from the list.");
    let changed = match (action, id) {
        (CustomerAction::Save(input), id) => {
            let draft = input.parse().map_err(AppError::Invalid)?;
            match id {
                None => Some(customers::create(&mut tx, &can, &draft).await.map_err(of_constraint)?),
                Some(id) => customers::update(&mut tx, &can, id, &draft).await.map_err(of_constraint)?.then_some(id),
            }
        }
        (CustomerAction::Archive, Some(id)) => {
            customers::set_status(&mut tx, &can, id, Lifecycle::Archived).await?.then_some(id)
        }
        (CustomerAction::Restore, Some(id)) => {
            customers::set_status(&mut tx, &can, id, Lifecycle::Active).await?.then_some(id)
        }
        (CustomerAction::Archive | CustomerAction::Restore, None) => None,
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
) -> Result<crate::console::VisitData, AppError> {
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
    Ok(crate::console::VisitData::CustomerForm { input: Box::new(input), rate_plans })
}
