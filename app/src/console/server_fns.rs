//! Server functions of the workspace plane. Each goes through the door again: session, seat and workspace are read
//! live, whatever the browser believes. Writes also name, by their grant, the workspace that the page was made for.

#![expect(missing_docs, reason = "the fields that the macro makes of documented arguments have none")]

use super::{Entered, PageData, Scoped};
use crate::{error::AppError, wire::Compact};
use leptos::prelude::*;
use model::{
    Slug, WorkspaceRole,
    catalog::{Lifecycle, ProductInput},
    customer::CustomerInput,
    id::{CustomerId, ProductId},
    members::{Deed, Done},
};
use server_fn::codec::Json;

/// Mints a handoff for a workspace: a code for this session, for 60 s, for one use.
///
/// # Errors
/// [`AppError::Absent`] without a live seat, and for a workspace that does not exist: the same.
#[server(input = Json, output = Compact)]
pub async fn switch_workspace(to: Slug) -> Result<String, AppError> {
    crate::console::api::switch(&crate::server::call::context()?, &to).await
}

/// Redeems a handoff and opens the page at `url`, or the nearest that the seat allows.
///
/// # Errors
/// [`AppError::Refused`] when the code was used, ran out, or was made for another session or workspace.
#[server(input = Json, output = Compact)]
pub async fn enter_workspace(to: Slug, code: String, url: String) -> Result<Entered, AppError> {
    crate::console::api::enter(&crate::server::call::context()?, &to, Some(&code), &url).await
}

/// Enters a workspace ahead of a switch that the person seems about to make: mints a handoff, redeems it, and answers as
/// [`open_workspace`] does. It is not recorded as the last active one; [`arrive_in_workspace`] does that.
///
/// # Errors
/// As [`switch_workspace`].
#[server(input = Json, output = Compact)]
pub async fn stage_workspace(to: Slug, url: String) -> Result<Entered, AppError> {
    crate::console::api::stage(&crate::server::call::context()?, &to, &url).await
}

/// The person is in the workspace that was staged: proves the seat again, records the visit, and reads the page at `url`
/// anew.
///
/// # Errors
/// As [`load_page`].
#[server(input = Json, output = Compact)]
pub async fn arrive_in_workspace(workspace: Slug, grant: String, url: String) -> Result<Scoped<PageData>, AppError> {
    crate::console::api::arrived(&crate::server::call::context()?, &workspace, &grant, &url).await
}

/// Mints a handoff and redeems it in the same request: a switch that nothing announced, in one round trip.
///
/// # Errors
/// As [`switch_workspace`].
#[server(input = Json, output = Compact)]
pub async fn open_workspace(to: Slug, url: String) -> Result<Entered, AppError> {
    crate::console::api::enter(&crate::server::call::context()?, &to, None, &url).await
}

/// The data of the page at `url` of a workspace.
///
/// # Errors
/// [`AppError::Mismatch`] when the grant is for another workspace or sign-in, [`AppError::GrantExpired`] when it ran out.
#[server(input = Json, output = Compact)]
pub async fn load_page(workspace: Slug, grant: String, url: String) -> Result<Scoped<PageData>, AppError> {
    crate::console::api::page(&crate::server::call::context()?, &workspace, &grant, &url).await
}

/// Stores a customer: a new one, or `id` anew. Answers with its id.
///
/// # Errors
/// [`AppError::Invalid`] by field; [`AppError::Denied`] without the capability; [`AppError::Absent`] for a foreign id.
#[server(input = Json, output = Compact)]
pub async fn save_customer(
    workspace: Slug,
    grant: String,
    id: Option<CustomerId>,
    input: CustomerInput,
) -> Result<CustomerId, AppError> {
    crate::console::api::save_customer(&crate::server::call::context()?, &workspace, &grant, id, &input).await
}

/// Archives a customer or brings them back.
///
/// # Errors
/// As [`save_customer`].
#[server(input = Json, output = Compact)]
pub async fn set_customer_status(
    workspace: Slug,
    grant: String,
    id: CustomerId,
    status: Lifecycle,
) -> Result<(), AppError> {
    crate::console::api::set_customer_status(&crate::server::call::context()?, &workspace, &grant, id, status).await
}

/// Stores a product: a new one, or `id` anew. Answers with its id.
///
/// # Errors
/// [`AppError::Invalid`] by field; [`AppError::Denied`] without the capability; [`AppError::Absent`] for a foreign id.
#[server(input = Json, output = Compact)]
pub async fn save_product(
    workspace: Slug,
    grant: String,
    id: Option<ProductId>,
    input: ProductInput,
) -> Result<ProductId, AppError> {
    crate::console::api::save_product(&crate::server::call::context()?, &workspace, &grant, id, &input).await
}

/// Archives a product or brings it back.
///
/// # Errors
/// As [`save_product`].
#[server(input = Json, output = Compact)]
pub async fn set_product_status(
    workspace: Slug,
    grant: String,
    id: ProductId,
    status: Lifecycle,
) -> Result<(), AppError> {
    crate::console::api::set_product_status(&crate::server::call::context()?, &workspace, &grant, id, status).await
}

/// Does something on the members page.
///
/// # Errors
/// [`AppError::Seat`] for the rule that refuses it; [`AppError::Invalid`] by field; [`AppError::Denied`] without the
/// capability.
#[server(input = Json, output = Compact)]
pub async fn manage_members(workspace: Slug, grant: String, deed: Deed<WorkspaceRole>) -> Result<Done, AppError> {
    crate::seats::api::act(&crate::server::call::context()?, &workspace, &grant, &deed).await
}
