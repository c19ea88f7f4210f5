//! Server functions of the workspace plane. Each authorizes again: session, seat and workspace are read from the
//! database, regardless of the state in the browser. Writes also carry a grant, which names the workspace that the page
//! was rendered for.

#![expect(missing_docs, reason = "the fields that the macro makes of documented arguments have none")]

use super::{Entered, PageData, Scoped};
use crate::{error::AppError, routes::Page, wire::Compact};
use leptos::prelude::*;
use model::{
    Slug, WorkspaceRole,
    members::{ActionOutcome, MemberAction},
};
use server_fn::codec::Json;

/// Mints a handoff code for a workspace. It is valid for this session, for 60 s and for one use.
///
/// # Errors
/// [`AppError::Absent`] if the user has no seat or the workspace does not exist. The two cases are indistinguishable.
#[server(input = Json, output = Compact)]
pub async fn switch_workspace(to: Slug) -> Result<String, AppError> {
    crate::console::api::switch(&crate::server::call::context()?, &to).await
}

/// Redeems a handoff code and opens `page`, or the nearest page that the seat allows.
///
/// # Errors
/// [`AppError::Refused`] if the code was used, has expired, or was minted for another session or workspace.
#[server(input = Json, output = Compact)]
pub async fn enter_workspace(to: Slug, code: String, page: Page) -> Result<Entered, AppError> {
    crate::console::api::enter(&crate::server::call::context()?, &to, Some(&code), page).await
}

/// Enters a workspace ahead of a likely switch. Mints a handoff, redeems it, and returns the same as
/// [`open_workspace`]. The visit is not recorded; [`arrive_in_workspace`] does that.
///
/// # Errors
/// Same as [`switch_workspace`].
#[server(input = Json, output = Compact)]
pub async fn stage_workspace(to: Slug, page: Page) -> Result<Entered, AppError> {
    crate::console::api::stage(&crate::server::call::context()?, &to, page).await
}

/// Completes a staged switch: checks the seat again, records the visit, and reloads `page`.
///
/// # Errors
/// Same as [`load_page`].
#[server(input = Json, output = Compact)]
pub async fn arrive_in_workspace(workspace: Slug, grant: String, page: Page) -> Result<Scoped<PageData>, AppError> {
    crate::console::api::arrived(&crate::server::call::context()?, &workspace, &grant, &page).await
}

/// Mints and redeems a handoff in the same request: an unstaged switch in one round trip.
///
/// # Errors
/// Same as [`switch_workspace`].
#[server(input = Json, output = Compact)]
pub async fn open_workspace(to: Slug, page: Page) -> Result<Entered, AppError> {
    crate::console::api::enter(&crate::server::call::context()?, &to, None, page).await
}

/// Returns the data of a workspace's page.
///
/// # Errors
/// [`AppError::Mismatch`] if the grant is for another workspace or sign-in, [`AppError::GrantExpired`] if it has
/// expired.
#[server(input = Json, output = Compact)]
pub async fn load_page(workspace: Slug, grant: String, page: Page) -> Result<Scoped<PageData>, AppError> {
    crate::console::api::page(&crate::server::call::context()?, &workspace, &grant, &page).await
}

/// Performs an action of the members page.
///
/// # Errors
/// [`AppError::Seat`] if a rule of `model::seating` forbids it; [`AppError::Invalid`] with the invalid fields;
/// [`AppError::Denied`] without the capability.
#[server(input = Json, output = Compact)]
pub async fn manage_members(
    workspace: Slug,
    grant: String,
    action: MemberAction<WorkspaceRole>,
) -> Result<ActionOutcome, AppError> {
    crate::seats::api::act(&crate::server::call::context()?, &workspace, &grant, &action).await
}
