//! Server functions of second factors. Each is a public endpoint and proves for itself who asks.

#![expect(missing_docs, reason = "the fields that the macro makes of documented arguments have none")]

use super::{PasskeyChallenge, SecurityData};
use crate::{error::AppError, wire::Compact};
use leptos::prelude::*;
use model::{factor::FactorAsked, id::PasskeyId};
use server_fn::codec::Json;

/// What the person has set up.
///
/// # Errors
/// [`AppError::SignedOut`].
#[server(input = Json, output = Compact)]
pub async fn load_security() -> Result<SecurityData, AppError> {
    crate::account::security::api::security(&crate::server::call::context()?).await
}

/// Begins to set an authenticator app up.
///
/// # Errors
/// [`AppError::Invalid`] on `password` while there is no factor; [`AppError::Factor`] when there is one that this session
/// has not proven lately.
#[server(input = Json, output = Compact)]
pub async fn start_totp(password: String) -> Result<SecurityData, AppError> {
    Ok(crate::account::security::api::start_totp(&crate::server::call::context()?, &password).await?.1)
}

/// Turns the authenticator app on by its first code; with the first factor come recovery codes.
///
/// # Errors
/// [`AppError::Invalid`] on `code`.
#[server(input = Json, output = Compact)]
pub async fn confirm_totp(code: String) -> Result<SecurityData, AppError> {
    Ok(crate::account::security::api::confirm_totp(&crate::server::call::context()?, &code).await?.1)
}

/// Turns the authenticator app off, by a code of it or a recovery code.
///
/// # Errors
/// [`AppError::Invalid`] on `code`; [`AppError::Limited`] after too many.
#[server(input = Json, output = Compact)]
pub async fn turn_off_totp(code: String) -> Result<SecurityData, AppError> {
    crate::account::security::api::turn_off_totp(&crate::server::call::context()?, &code).await
}

/// Makes new recovery codes in the place of the old.
///
/// # Errors
/// [`AppError::Factor`] when this session has not proven one lately.
#[server(input = Json, output = Compact)]
pub async fn renew_recovery_codes() -> Result<SecurityData, AppError> {
    Ok(crate::account::security::api::renew_codes(&crate::server::call::context()?).await?.1)
}

/// Sets when the person is asked for their factor.
///
/// # Errors
/// As [`renew_recovery_codes`].
#[server(input = Json, output = Compact)]
pub async fn set_factor_asked(asked: FactorAsked) -> Result<SecurityData, AppError> {
    crate::account::security::api::set_asked(&crate::server::call::context()?, asked).await
}

/// Asks the browser for a new passkey.
///
/// # Errors
/// As [`start_totp`]; [`AppError::Invalid`] on `name`.
#[server(input = Json, output = Compact)]
pub async fn begin_passkey(name: String, password: String) -> Result<PasskeyChallenge, AppError> {
    crate::account::security::api::begin_passkey(&crate::server::call::context()?, &name, &password).await
}

/// Adds the passkey that the browser made for a challenge of this session.
///
/// # Errors
/// [`AppError::Invalid`] on `passkey` for a challenge that was used, ran out or is another session's.
#[server(input = Json, output = Compact)]
pub async fn add_passkey(handle: String, name: String, credential: String) -> Result<SecurityData, AppError> {
    crate::account::security::api::add_passkey(&crate::server::call::context()?, &handle, &name, &credential).await
}

/// Removes a passkey.
///
/// # Errors
/// [`AppError::Absent`] for one that is not this person's; as [`renew_recovery_codes`].
#[server(input = Json, output = Compact)]
pub async fn remove_passkey(id: PasskeyId) -> Result<SecurityData, AppError> {
    crate::account::security::api::remove_passkey(&crate::server::call::context()?, id).await
}

/// Proves a second factor by a code, for this session or the sign-in that waits; answers with the path to go to.
///
/// # Errors
/// [`AppError::Invalid`] on `code`; [`AppError::Limited`] after too many, from wherever.
#[server(input = Json, output = Compact)]
pub async fn prove_factor(code: String, next: String) -> Result<String, AppError> {
    crate::account::security::api::prove(&crate::server::call::context()?, &code, &next).await
}

/// Asks for a signature of one of the person's passkeys.
///
/// # Errors
/// [`AppError::SignedOut`]; [`AppError::Invalid`] on `passkey` without any.
#[server(input = Json, output = Compact)]
pub async fn begin_factor_passkey() -> Result<PasskeyChallenge, AppError> {
    crate::account::security::api::begin_proof(&crate::server::call::context()?).await
}

/// Proves a second factor by a passkey; answers with the path to go to.
///
/// # Errors
/// [`AppError::Invalid`] on `passkey`.
#[server(input = Json, output = Compact)]
pub async fn prove_factor_by_passkey(handle: String, credential: String, next: String) -> Result<String, AppError> {
    crate::account::security::api::prove_by_passkey(&crate::server::call::context()?, &handle, &credential, &next).await
}

/// Asks for a signature of any passkey, before anybody is signed in.
///
/// # Errors
/// [`AppError::Absent`] where browsers have no passkeys.
#[server(input = Json, output = Compact)]
pub async fn begin_passkey_sign_in() -> Result<PasskeyChallenge, AppError> {
    crate::account::security::api::begin_sign_in(&crate::server::call::context()?).await
}

/// Signs in by passkey, which is two factors at once; answers with the path to go to.
///
/// # Errors
/// [`AppError::Invalid`] on `passkey`, whatever is wrong with it.
#[server(input = Json, output = Compact)]
pub async fn sign_in_by_passkey(handle: String, credential: String, next: String) -> Result<String, AppError> {
    crate::account::security::api::sign_in_by_passkey(&crate::server::call::context()?, &handle, &credential, &next)
        .await
}
