//! Server functions of the person's own account.

#![expect(missing_docs, reason = "the fields that the macro makes of documented arguments have none")]

use crate::{error::AppError, wire::Compact};
use leptos::prelude::*;
use model::{preferences::Preferences, profile::Profile, token::TokensThen};
use server_fn::codec::Json;

/// The person's profile.
///
/// # Errors
/// [`AppError::SignedOut`].
#[server(input = Json, output = Compact)]
pub async fn load_profile() -> Result<Profile, AppError> {
    crate::account::profile::api::load(&crate::server::call::context()?).await
}

/// Changes the person's name; answers with it as it is kept.
///
/// # Errors
/// [`AppError::Invalid`] on `name`.
#[server(input = Json, output = Compact)]
pub async fn save_name(name: String) -> Result<String, AppError> {
    crate::account::profile::api::save_name(&crate::server::call::context()?, &name).await
}

/// Sets a new password, ends all other sessions, gives this one a new secret, and revokes the operator tokens unless
/// they are kept.
///
/// # Errors
/// [`AppError::Invalid`] on `current_password` and `password`; [`AppError::Limited`] after too many wrong ones.
#[server(input = Json, output = Compact)]
pub async fn change_password(
    current: String,
    password: String,
    #[server(default)] tokens: TokensThen,
) -> Result<(), AppError> {
    crate::account::profile::api::change_password(&crate::server::call::context()?, &current, &password, tokens).await
}

/// Mails a link to another address, which moves the account there; tells the present address too.
///
/// # Errors
/// [`AppError::Invalid`] on `email` and `address_password`; [`AppError::Limited`].
#[server(input = Json, output = Compact)]
pub async fn ask_address(email: String, password: String) -> Result<(), AppError> {
    crate::account::profile::api::ask_address(&crate::server::call::context()?, &email, &password).await
}

/// Takes back the address that waits for its link to be opened.
///
/// # Errors
/// [`AppError::SignedOut`].
#[server(input = Json, output = Compact)]
pub async fn withdraw_address() -> Result<(), AppError> {
    crate::account::profile::api::withdraw_address(&crate::server::call::context()?).await
}

/// What the person has chosen.
///
/// # Errors
/// [`AppError::SignedOut`].
#[server(input = Json, output = Compact)]
pub async fn load_preferences() -> Result<Preferences, AppError> {
    crate::account::profile::api::preferences(&crate::server::call::context()?).await
}

/// Keeps what the person has chosen; answers with it.
///
/// # Errors
/// [`AppError::SignedOut`]; words that are no choice stand for the default.
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
