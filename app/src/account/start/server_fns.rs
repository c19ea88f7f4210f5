//! Server functions of the way in. None tells whether an address has an account: not by answer, status or time.

#![expect(missing_docs, reason = "the fields that the macro makes of documented arguments have none")]

use crate::{error::AppError, wire::Compact};
use leptos::prelude::*;
use model::profile::SlugCheck;
use server_fn::codec::Json;

/// Mails a link to sign up with; to an address that has an account, a mail that says so.
///
/// # Errors
/// [`AppError::Invalid`] on `email`; [`AppError::Limited`] after too many mails to one address or from one place.
#[server(input = Json, output = Compact)]
pub async fn ask_sign_up(email: String, next: String) -> Result<(), AppError> {
    crate::account::start::api::ask_sign_up(&crate::server::call::context()?, &email, &next).await.map(drop)
}

/// Creates the account of whoever holds the link, signs them in and answers with the path to go to.
///
/// # Errors
/// [`AppError::Link`] when the link does not work; [`AppError::Invalid`] on `name` and `password`.
#[server(input = Json, output = Compact)]
pub async fn sign_up(token: String, name: String, password: String) -> Result<String, AppError> {
    crate::account::start::api::sign_up(&crate::server::call::context()?, &token, &name, &password).await
}

/// Mails a link to set a new password with; to an address that has no account, a mail that says so.
///
/// # Errors
/// As [`ask_sign_up`].
#[server(input = Json, output = Compact)]
pub async fn ask_reset(email: String) -> Result<(), AppError> {
    crate::account::start::api::ask_reset(&crate::server::call::context()?, &email).await.map(drop)
}

/// Sets the password of whoever's link it is, ends all their sessions and answers with the path to go to: sign-in.
///
/// # Errors
/// [`AppError::Link`] when the link does not work; [`AppError::Invalid`] on `password`.
#[server(input = Json, output = Compact)]
pub async fn reset_password(token: String, password: String) -> Result<String, AppError> {
    crate::account::start::api::reset_password(&crate::server::call::context()?, &token, &password).await
}

/// Moves the person's account to the address that the link was sent to; answers with the path to go to.
///
/// # Errors
/// [`AppError::Link`] when the link does not work or is another person's.
#[server(input = Json, output = Compact)]
pub async fn take_address(token: String) -> Result<String, AppError> {
    crate::account::start::api::take_address(&crate::server::call::context()?, &token).await
}

/// Whether an address can be had for a workspace, and if not one like it that can. Taken and reserved are the same.
///
/// # Errors
/// [`AppError::SignedOut`]; [`AppError::Limited`] after too many.
#[server(input = Json, output = Compact)]
pub async fn look_up_slug(slug: String) -> Result<SlugCheck, AppError> {
    crate::account::start::api::look_up_slug(&crate::server::call::context()?, &slug).await
}

/// Founds an organization with its first workspace, both owned by the person; answers with the path to go to. Without
/// a slug, one is made of the workspace's name.
///
/// # Errors
/// [`AppError::Invalid`] on `organization`, `name` and `slug`.
#[server(input = Json, output = Compact)]
pub async fn found_organization(organization: String, name: String, slug: String) -> Result<String, AppError> {
    crate::account::start::api::found(&crate::server::call::context()?, &organization, &name, &slug).await
}
