//! Server functions of sign-up, password reset and the first workspace. None reveals whether an address has an account,
//! neither by response nor status nor timing.

#![expect(missing_docs, reason = "the fields that the macro makes of documented arguments have none")]

use crate::{error::AppError, wire::Compact};
use leptos::prelude::*;
use model::profile::SlugCheck;
use server_fn::codec::Json;

/// Sends a sign-up link. If the address already has an account, the email says so instead.
///
/// # Errors
/// [`AppError::Invalid`] on `email` if the address is not valid; [`AppError::Limited`] after too many emails to one
/// address or from one IP address.
#[server(input = Json, output = Compact)]
pub async fn ask_sign_up(email: String, next: String) -> Result<(), AppError> {
    crate::account::start::api::ask_sign_up(&crate::server::call::context()?, &email, &next).await.map(drop)
}

/// Creates an account from a sign-up link and signs in. Returns the path to redirect to.
///
/// # Errors
/// [`AppError::Link`] if the link is not valid; [`AppError::Invalid`] on `name` or `password`.
#[server(input = Json, output = Compact)]
pub async fn sign_up(token: String, name: String, password: String) -> Result<String, AppError> {
    crate::account::start::api::sign_up(&crate::server::call::context()?, &token, &name, &password).await
}

/// Sends a password reset link. If the address has no account, the email says so instead.
///
/// # Errors
/// As [`ask_sign_up`].
#[server(input = Json, output = Compact)]
pub async fn ask_reset(email: String) -> Result<(), AppError> {
    crate::account::start::api::ask_reset(&crate::server::call::context()?, &email).await.map(drop)
}

/// Sets a new password from a reset link and ends all the person's sessions. Returns the path to redirect to, the
/// sign-in page.
///
/// # Errors
/// [`AppError::Link`] if the link is not valid; [`AppError::Invalid`] on `password` if it is not acceptable.
#[server(input = Json, output = Compact)]
pub async fn reset_password(token: String, password: String) -> Result<String, AppError> {
    crate::account::start::api::reset_password(&crate::server::call::context()?, &token, &password).await
}

/// Changes the account's address to the one that the link was sent to. Returns the path to redirect to.
///
/// # Errors
/// [`AppError::Link`] if the link is not valid or is another person's.
#[server(input = Json, output = Compact)]
pub async fn take_address(token: String) -> Result<String, AppError> {
    crate::account::start::api::take_address(&crate::server::call::context()?, &token).await
}

/// Checks if a slug is available, and proposes a similar one if it is not. Taken and reserved slugs give the same
/// result.
///
/// # Errors
/// [`AppError::SignedOut`] if there is no session; [`AppError::Limited`] after too many checks.
#[server(input = Json, output = Compact)]
pub async fn look_up_slug(slug: String) -> Result<SlugCheck, AppError> {
    crate::account::start::api::look_up_slug(&crate::server::call::context()?, &slug).await
}

/// Creates an organization with its first workspace, both owned by the person. Returns the path to redirect to. Without
/// a slug, one is derived from the workspace's name.
///
/// # Errors
/// [`AppError::Invalid`] on `organization`, `name` or `slug`.
#[server(input = Json, output = Compact)]
pub async fn found_organization(organization: String, name: String, slug: String) -> Result<String, AppError> {
    crate::account::start::api::found(&crate::server::call::context()?, &organization, &name, &slug).await
}
