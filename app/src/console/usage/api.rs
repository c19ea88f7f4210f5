//! Action of the form that adjusts a customer's usage: the server function and its implementation.

use crate::{error::AppError, wire::Compact};
use leptos::prelude::*;
use model::{Slug, id::CustomerId, usage::AdjustmentInput};
use server_fn::codec::Json;

/// Adds to the usage of a customer, or takes it back.
///
/// # Errors
/// [`AppError::Invalid`] with the invalid fields; [`AppError::Denied`] without the capability; [`AppError::Absent`] if
/// this workspace has no such customer.
#[server(input = Json, output = Compact)]
pub async fn adjust_usage(
    workspace: Slug,
    grant: String,
    customer: CustomerId,
    input: AdjustmentInput,
) -> Result<(), AppError> {
    adjust(&crate::server::call::context()?, &workspace, &grant, customer, &input).await
}

/// Implementation of [`adjust_usage`], which posted forms call too.
#[cfg(feature = "ssr")]
async fn adjust(
    call: &crate::server::call::Call,
    workspace: &Slug,
    grant: &str,
    customer: CustomerId,
    input: &AdjustmentInput,
) -> Result<(), AppError> {
    use crate::server::workspace::{writing, written};
    use model::capability::EditContent;
    use store::usage_adjustments;

    let (mut tx, can) = writing::<EditContent>(call, workspace, grant).await?;
    let draft = input.parse().map_err(AppError::Invalid)?;
    written(usage_adjustments::create(&mut tx, &can, customer, &draft).await?)?;
    tx.commit().await?;
    Ok(())
}

/// Handles a form that was posted to the page that adjusts a customer's usage.
#[cfg(feature = "ssr")]
pub(crate) async fn submit(
    call: &crate::server::call::Call,
    slug: &Slug,
    grant: &str,
    customer: CustomerId,
    form: &crate::server::form::Form,
) -> Result<crate::server::form::Outcome, AppError> {
    adjust(call, slug, grant, customer, &form.saved()?).await?;
    Ok(crate::server::form::Outcome::Go(crate::routes::Page::Customer(customer).url(slug)))
}
