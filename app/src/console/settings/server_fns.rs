//! Server functions of the settings.

use crate::{error::AppError, wire::Compact};
use leptos::prelude::*;
use model::{Slug, picture::Hue, settings::GeneralInput, workspace::WorkspaceProfile};
use server_fn::codec::Json;

/// Stores the general settings; answers with what the workspace is called and where it is from now on.
///
/// # Errors
/// [`AppError::Invalid`] by field, also when the address is or ever was another workspace's; [`AppError::Denied`] without
/// the capability.
#[server(input = Json, output = Compact)]
pub async fn save_general(workspace: Slug, grant: String, input: GeneralInput) -> Result<WorkspaceProfile, AppError> {
    crate::console::settings::api::save_general(&crate::server::call::context()?, &workspace, &grant, &input).await
}

/// Sets the workspace's colour; without one it is that of its name.
///
/// # Errors
/// [`AppError::Denied`] without the capability.
#[server(input = Json, output = Compact)]
pub async fn save_hue(workspace: Slug, grant: String, hue: Option<Hue>) -> Result<(), AppError> {
    crate::pictures::set_hue(&crate::server::call::context()?, &workspace, &grant, hue).await
}

/// Deletes the workspace, if `typed` is its address. It can be restored for 14 days.
///
/// # Errors
/// [`AppError::Invalid`] on `slug` when something else was typed; [`AppError::Denied`] for whoever is no owner.
#[server(input = Json, output = Compact)]
pub async fn delete_workspace(workspace: Slug, grant: String, typed: String) -> Result<(), AppError> {
    crate::console::settings::api::delete_workspace(&crate::server::call::context()?, &workspace, &grant, &typed).await
}

/// Turns the workspace's demand for a second factor on (`demand`) or off.
///
/// # Errors
/// [`AppError::Denied`] without the capability; [`AppError::Factor`] when whoever turns it on has proven none in this
/// session, and so would lock themselves out.
#[server(input = Json, output = Compact)]
pub async fn demand_factor(workspace: Slug, grant: String, demand: bool) -> Result<(), AppError> {
    crate::console::settings::api::demand_factor(&crate::server::call::context()?, &workspace, &grant, demand).await
}

/// Whether an address can be had: nobody ever had it, or `workspace` itself did. Whose it is or was is not said.
///
/// # Errors
/// [`AppError::SignedOut`]; [`AppError::Absent`] when there is no seat in `workspace`.
#[server(input = Json, output = Compact)]
pub async fn check_slug(slug: Slug, workspace: Option<Slug>) -> Result<bool, AppError> {
    crate::console::settings::api::check_slug(&crate::server::call::context()?, &slug, workspace.as_ref()).await
}
