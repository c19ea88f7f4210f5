//! Server functions of the settings.

use crate::{error::AppError, wire::Compact};
use leptos::prelude::*;
use model::{Slug, picture::Hue, settings::GeneralInput, workspace::WorkspaceProfile};
use server_fn::codec::Json;

/// Stores the general settings. Returns the updated name, slug and other details.
///
/// # Errors
/// [`AppError::Invalid`] with the invalid fields, also if the slug is or was another workspace's; [`AppError::Denied`]
/// without the capability.
#[server(input = Json, output = Compact)]
pub async fn save_general(workspace: Slug, grant: String, input: GeneralInput) -> Result<WorkspaceProfile, AppError> {
    crate::console::settings::api::save_general(&crate::server::call::context()?, &workspace, &grant, &input).await
}

/// Sets the workspace's colour, or resets it to the automatic one if `hue` is `None`.
///
/// # Errors
/// [`AppError::Denied`] without the capability.
#[server(input = Json, output = Compact)]
pub async fn save_hue(workspace: Slug, grant: String, hue: Option<Hue>) -> Result<(), AppError> {
    crate::pictures::set_hue(&crate::server::call::context()?, &workspace, &grant, hue).await
}

/// Deletes the workspace, if `typed` is its slug. It can be restored for 14 days.
///
/// # Errors
/// [`AppError::Invalid`] on `slug` if `typed` is not the slug; [`AppError::Denied`] for anyone but an owner.
#[server(input = Json, output = Compact)]
pub async fn delete_workspace(workspace: Slug, grant: String, typed: String) -> Result<(), AppError> {
    crate::console::settings::api::delete_workspace(&crate::server::call::context()?, &workspace, &grant, &typed).await
}

/// Enables (`demand`) or disables the workspace's requirement of a second factor.
///
/// # Errors
/// [`AppError::Denied`] without the capability; [`AppError::Factor`] if the user enables it without having verified a
/// factor in this session, which would lock them out.
#[server(input = Json, output = Compact)]
pub async fn demand_factor(workspace: Slug, grant: String, demand: bool) -> Result<(), AppError> {
    crate::console::settings::api::demand_factor(&crate::server::call::context()?, &workspace, &grant, demand).await
}

/// Returns `true` if a slug is available: it was never used, or only by `workspace` itself. The response does not
/// reveal who uses or used it.
///
/// # Errors
/// [`AppError::SignedOut`] without a session; [`AppError::Absent`] without a seat in `workspace`.
#[server(input = Json, output = Compact)]
pub async fn check_slug(slug: Slug, workspace: Option<Slug>) -> Result<bool, AppError> {
    crate::console::settings::api::check_slug(&crate::server::call::context()?, &slug, workspace.as_ref()).await
}
