//! Server functions of second factors. Each is a public endpoint and authenticates its caller.

#![expect(missing_docs, reason = "the fields that the macro makes of documented arguments have none")]

use super::{PasskeyChallenge, SecurityData};
use crate::{error::AppError, wire::Compact};
use leptos::prelude::*;
use model::{factor::FactorAsked, id::PasskeyId};
use server_fn::codec::Json;

/// Loads the person's second factors.
///
/// # Errors
/// [`AppError::SignedOut`] if there is no session.
#[server(input = Json, output = Compact)]
pub async fn load_security() -> Result<SecurityData, AppError> {
    crate::account::security::api::security(&crate::server::call::context()?).await
}

/// Starts the enrolment of an authenticator app.
///
/// # Errors
/// [`AppError::Invalid`] on `password` if it is wrong and there is no factor yet; [`AppError::Factor`] if there is one
/// that this session has not verified recently.
#[server(input = Json, output = Compact)]
pub async fn start_totp(password: String) -> Result<SecurityData, AppError> {
    Ok(crate::account::security::api::start_totp(&crate::server::call::context()?, &password).await?.1)
}

/// Enables TOTP with the first code. Enabling the first factor also generates recovery codes.
///
/// # Errors
/// [`AppError::Invalid`] on `code` if it is wrong.
#[server(input = Json, output = Compact)]
pub async fn confirm_totp(code: String) -> Result<SecurityData, AppError> {
    Ok(crate::account::security::api::confirm_totp(&crate::server::call::context()?, &code).await?.1)
}

/// Disables TOTP, given a TOTP code or a recovery code.
///
/// # Errors
/// [`AppError::Invalid`] on `code` if it is wrong; [`AppError::Limited`] after too many attempts.
#[server(input = Json, output = Compact)]
pub async fn turn_off_totp(code: String) -> Result<SecurityData, AppError> {
    crate::account::security::api::turn_off_totp(&crate::server::call::context()?, &code).await
}

/// Generates new recovery codes and invalidates the old ones.
///
/// # Errors
/// [`AppError::Factor`] if this session has not verified a factor recently.
#[server(input = Json, output = Compact)]
pub async fn renew_recovery_codes() -> Result<SecurityData, AppError> {
    Ok(crate::account::security::api::renew_codes(&crate::server::call::context()?).await?.1)
}

/// Sets when the person is asked for a second factor.
///
/// # Errors
/// As [`renew_recovery_codes`].
#[server(input = Json, output = Compact)]
pub async fn set_factor_asked(asked: FactorAsked) -> Result<SecurityData, AppError> {
    crate::account::security::api::set_asked(&crate::server::call::context()?, asked).await
}

/// Creates a challenge for registering a passkey.
///
/// # Errors
/// As [`start_totp`]; [`AppError::Invalid`] on `name` if the name is not valid.
#[server(input = Json, output = Compact)]
pub async fn begin_passkey(name: String, password: String) -> Result<PasskeyChallenge, AppError> {
    crate::account::security::api::begin_passkey(&crate::server::call::context()?, &name, &password).await
}

/// Registers the passkey that the browser created for a challenge of this session.
///
/// # Errors
/// [`AppError::Invalid`] on `passkey` if the challenge was already used, has expired or belongs to another session.
#[server(input = Json, output = Compact)]
pub async fn add_passkey(handle: String, name: String, credential: String) -> Result<SecurityData, AppError> {
    crate::account::security::api::add_passkey(&crate::server::call::context()?, &handle, &name, &credential).await
}

/// Removes a passkey.
///
/// # Errors
/// [`AppError::Absent`] if the passkey is not this person's; otherwise as [`renew_recovery_codes`].
#[server(input = Json, output = Compact)]
pub async fn remove_passkey(id: PasskeyId) -> Result<SecurityData, AppError> {
    crate::account::security::api::remove_passkey(&crate::server::call::context()?, id).await
}

/// Verifies a second factor by code, for this session or the pending sign-in. Returns the path to redirect to.
///
/// # Errors
/// [`AppError::Invalid`] on `code` if it is wrong; [`AppError::Limited`] after too many attempts from any address.
#[server(input = Json, output = Compact)]
pub async fn prove_factor(code: String, next: String) -> Result<String, AppError> {
    crate::account::security::prompt::prove(&crate::server::call::context()?, &code, &next).await
}

/// Creates a challenge to verify a second factor by passkey.
///
/// # Errors
/// [`AppError::SignedOut`] if there is no session or pending sign-in; [`AppError::Invalid`] on `passkey` if the person
/// has no passkey.
#[server(input = Json, output = Compact)]
pub async fn begin_factor_passkey() -> Result<PasskeyChallenge, AppError> {
    crate::account::security::prompt::begin_proof(&crate::server::call::context()?).await
}

/// Verifies a second factor by passkey. Returns the path to redirect to.
///
/// # Errors
/// [`AppError::Invalid`] on `passkey` if the response is not valid.
#[server(input = Json, output = Compact)]
pub async fn prove_factor_by_passkey(handle: String, credential: String, next: String) -> Result<String, AppError> {
    crate::account::security::prompt::prove_by_passkey(&crate::server::call::context()?, &handle, &credential, &next)
        .await
}

/// Creates a challenge to sign in by passkey.
///
/// # Errors
/// [`AppError::Absent`] if passkeys are not available at this origin.
#[server(input = Json, output = Compact)]
pub async fn begin_passkey_sign_in() -> Result<PasskeyChallenge, AppError> {
    crate::account::security::prompt::begin_sign_in(&crate::server::call::context()?).await
}

/// Signs in by passkey, which counts as two factors. Returns the path to redirect to.
///
/// # Errors
/// [`AppError::Invalid`] on `passkey`, for any reason.
#[server(input = Json, output = Compact)]
pub async fn sign_in_by_passkey(handle: String, credential: String, next: String) -> Result<String, AppError> {
    crate::account::security::prompt::sign_in_by_passkey(&crate::server::call::context()?, &handle, &credential, &next)
        .await
}
