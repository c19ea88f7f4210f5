//! Actions of the pages of subscriptions: the server functions and their implementation.

use crate::{error::AppError, wire::Compact};
use leptos::prelude::*;
use model::{
    Slug,
    id::{CustomerId, RatePlanId, SubscriptionId},
    subscription::{ChangeInput, NewSubscriptionInput},
};
use serde::{Deserialize, Serialize};
use server_fn::codec::Json;

/// Action of a form with a preview, as posted without JavaScript.
#[cfg(feature = "ssr")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
pub enum FormAction<Input> {
    /// Saves the input.
    Save(Input),
    /// Shows the page with the preview of the input, and saves nothing.
    Preview(Input),
}

/// Action of a subscription's page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
pub enum Adjustment {
    /// Undoes a change that is planned for a later day.
    Undo {
        /// First day of the change, not validated.
        from_on: String,
    },
    /// Removes the last day.
    CancelEnd,
}

/// Starts a subscription of a customer. Returns its id.
///
/// # Errors
/// [`AppError::Invalid`] with the invalid fields; [`AppError::Denied`] without the capability; [`AppError::Absent`] if
/// this workspace has no such customer.
#[server(input = Json, output = Compact)]
pub async fn start_subscription(
    workspace: Slug,
    grant: String,
    customer: CustomerId,
    input: NewSubscriptionInput,
) -> Result<SubscriptionId, AppError> {
    ssr::start(&crate::server::call::context()?, &workspace, &grant, customer, &input).await
}

/// Changes the plan or the seats of a subscription, or ends it.
///
/// # Errors
/// As [`start_subscription`].
#[server(input = Json, output = Compact)]
pub async fn change_subscription(
    workspace: Slug,
    grant: String,
    id: SubscriptionId,
    input: ChangeInput,
) -> Result<(), AppError> {
    ssr::change(&crate::server::call::context()?, &workspace, &grant, id, &input).await
}

/// Undoes a planned change of a subscription, or removes its last day.
///
/// # Errors
/// As [`start_subscription`].
#[server(input = Json, output = Compact)]
pub async fn adjust_subscription(
    workspace: Slug,
    grant: String,
    id: SubscriptionId,
    action: Adjustment,
) -> Result<(), AppError> {
    ssr::adjust(&crate::server::call::context()?, &workspace, &grant, id, &action).await
}

/// Moves all subscriptions of a plan from a version to another one, from their next period. Returns their number.
///
/// # Errors
/// As [`start_subscription`].
#[server(input = Json, output = Compact)]
pub async fn move_subscriptions(
    workspace: Slug,
    grant: String,
    plan: RatePlanId,
    to: i32,
    from: String,
) -> Result<u64, AppError> {
    ssr::move_all(&crate::server::call::context()?, &workspace, &grant, plan, to, &from).await
}

#[cfg(feature = "ssr")]
pub(crate) use ssr::submit;

/// Implementation of the actions, which calls and posted forms share.
#[cfg(feature = "ssr")]
mod ssr {
    use crate::console::subscriptions::api::{Adjustment, FormAction};
    use crate::{
        error::AppError,
        routes::Page,
        server::{
            call::Call,
            form::{Form, Outcome, not_understood},
            workspace::{writing, written},
        },
    };
    use model::{
        FieldErrors, Slug,
        capability::EditContent,
        id::{CustomerId, RatePlanId, SubscriptionId},
        subscription::{ChangeInput, NewSubscriptionInput, input::day},
    };
    use store::subscriptions;

    pub(super) async fn start(
        call: &Call,
        workspace: &Slug,
        grant: &str,
        customer: CustomerId,
        input: &NewSubscriptionInput,
    ) -> Result<SubscriptionId, AppError> {
        let (mut tx, can) = writing::<EditContent>(call, workspace, grant).await?;
        let new = input.parse().map_err(AppError::Invalid)?;
        let id = written(subscriptions::create(&mut tx, &can, customer, &new).await?)?;
        tx.commit().await?;
        Ok(id)
    }

    pub(super) async fn change(
        call: &Call,
        workspace: &Slug,
        grant: &str,
        id: SubscriptionId,
        input: &ChangeInput,
    ) -> Result<(), AppError> {
        let (mut tx, can) = writing::<EditContent>(call, workspace, grant).await?;
        let change = input.parse().map_err(AppError::Invalid)?;
        written(subscriptions::change(&mut tx, &can, id, &change).await?)?;
        tx.commit().await?;
        Ok(())
    }

    pub(super) async fn adjust(
        call: &Call,
        workspace: &Slug,
        grant: &str,
        id: SubscriptionId,
        action: &Adjustment,
    ) -> Result<(), AppError> {
        let (mut tx, can) = writing::<EditContent>(call, workspace, grant).await?;
        match action {
            Adjustment::Undo { from_on } => {
                let parsed = day(from_on);
                let from_on = parsed.map_err(|message| AppError::Invalid(FieldErrors::one("from_on", message)))?;
                written(subscriptions::undo(&mut tx, &can, id, from_on).await?)?;
            }
            Adjustment::CancelEnd => written(subscriptions::cancel_end(&mut tx, &can, id).await?)?,
        }
        tx.commit().await?;
        Ok(())
    }

    pub(super) async fn move_all(
        call: &Call,
        workspace: &Slug,
        grant: &str,
        plan: RatePlanId,
        to: i32,
        from: &str,
    ) -> Result<u64, AppError> {
        let (mut tx, can) = writing::<EditContent>(call, workspace, grant).await?;
        let from = from.trim().parse::<i32>();
        let invalid = |_| AppError::Invalid(FieldErrors::one("from", "Choose a version from the list."));
        let from = from.map_err(invalid)?;
        let summary = written(subscriptions::move_to_version(&mut tx, &can, plan, from, to).await?)?;
        tx.commit().await?;
        Ok(u64::try_from(summary.moved).unwrap_or(u64::MAX))
    }

    /// Handles a form that was posted to a page of subscriptions.
    pub(crate) async fn submit(
        call: &Call,
        slug: &Slug,
        grant: &str,
        page: &Page,
        form: &Form,
    ) -> Result<Outcome, AppError> {
        let to = match page {
            Page::NewSubscription(customer, _) => match form.act::<FormAction<NewSubscriptionInput>>()? {
                FormAction::Save(input) => Page::Subscription(start(call, slug, grant, *customer, &input).await?),
                FormAction::Preview(input) => {
                    input.parse().map_err(AppError::Invalid)?;
                    Page::NewSubscription(*customer, input)
                }
            },
            Page::ChangeSubscription(id, _) => match form.act::<FormAction<ChangeInput>>()? {
                FormAction::Save(input) => {
                    change(call, slug, grant, *id, &input).await?;
                    Page::Subscription(*id)
                }
                FormAction::Preview(input) => {
                    input.parse().map_err(AppError::Invalid)?;
                    Page::ChangeSubscription(*id, input)
                }
            },
            Page::Subscription(id) => {
                adjust(call, slug, grant, *id, &form.act()?).await?;
                Page::Subscription(*id)
            }
            Page::MoveVersion(plan, version) => {
                form.expect_action("save")?;
                move_all(call, slug, grant, *plan, *version, form.get("from")).await?;
                Page::RatePlan(*plan)
            }
            _ => return Err(not_understood()),
        };
        Ok(Outcome::Go(to.url(slug)))
    }
}
