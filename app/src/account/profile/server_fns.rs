//! Server functions of the profile and preferences.

#![expect(missing_docs, reason = "the fields that the macro makes of documented arguments have none")]

use crate::{error::AppError, wire::Compact};
use leptos::prelude::*;
use model::{preferences::Preferences, profile::Profile, token::TokensThen};
use server_fn::codec::Json;

/// Loads the person's profile.
///
/// # Errors
/// [`AppError::SignedOut`] if there is no session.
#[server(input = Json, output = Compact)]
pub async fn load_profile() -> Result<Profile, AppError> {
    crate::account::profile::api::load(&crate::server::call::context()?).await
}

/// Changes the person's name. Returns the name as stored.
///
/// # Errors
/// [`AppError::Invalid`] on `name` if the name is not valid.
#[server(input = Json, output = Compact)]
pub async fn save_name(name: String) -> Result<String, AppError> {
    crate::account::profile::api::save_name(&crate::server::call::context()?, &name).await
}

/// Changes the password, ends all other sessions and rotates this session's secret. Revokes the operator tokens unless
/// `tokens` says to keep them.
///
/// # Errors
/// [`AppError::Invalid`] on `current_password` if it is wrong, on `password` if the new one is not acceptable;
/// [`AppError::Limited`] after too many wrong passwords.
#[server(input = Json, output = Compact)]
pub async fn change_password(
    current: String,
    password: String,
    #[server(default)] tokens: TokensThen,
) -> Result<(), AppError> {
    crate::account::profile::api::change_password(&crate::server::call::context()?, &current, &password, tokens).await
}

/// Requests a change of address: sends a confirmation link to the new address and a notice to the current one.
///
/// # Errors
/// [`AppError::Invalid`] on `email` or `address_password`; [`AppError::Limited`] after too many emails or wrong
/// passwords.
#[server(input = Json, output = Compact)]
pub async fn ask_address(email: String, password: String) -> Result<(), AppError> {
    crate::account::profile::api::ask_address(&crate::server::call::context()?, &email, &password).await
}

/// Cancels the pending change of address.
///
/// # Errors
/// [`AppError::SignedOut`] if there is no session.
#[server(input = Json, output = Compact)]
pub async fn withdraw_address() -> Result<(), AppError> {
    crate::account::profile::api::withdraw_address(&crate::server::call::context()?).await
}

/// Loads the person's preferences.
///
/// # Errors
/// [`AppError::SignedOut`] if there is no session.
#[server(input = Json, output = Compact)]
pub async fn load_preferences() -> Result<Preferences, AppError> {
    crate::account::profile::api::preferences(&crate::server::call::context()?).await
}

/// Stores the person's preferences and returns them. Unknown values become the default.
///
/// # Errors
/// [`AppError::SignedOut`] if there is no session.
#[server(input = Json, output = Compact)]
pub async fn save_preferences(
    landing: String,
    order: String,
    theme: String,
    accents: String,
) -> Result<Preferences, AppError> {
    crate::account::profile::api::save_preferences(&crate::server::call::context()?, &landing, &order, &theme, &accents)
        .await
}
