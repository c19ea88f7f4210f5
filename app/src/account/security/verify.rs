//! Verifying a second factor by code, for the security page and the prompt.

use crate::{error::AppError, server::call::Call};
use http::header::SET_COOKIE;
use model::{FieldErrors, factor::FactorCode};
use store::{
    door::MfaTx,
    factors::{self, VerificationRefused},
    secret::Secret,
};

pub(super) fn at(field: &str, message: impl Into<String>) -> AppError {
    AppError::Invalid(FieldErrors::one(field, message))
}

fn wrong_code() -> AppError {
    at("code", "That code is incorrect or was already used. Wait for the next one and try again.")
}

pub(super) fn fresh_secret() -> Result<Secret, AppError> {
    Secret::generate("").map_err(|_| AppError::Internal)
}

pub(super) fn set_session(call: &Call, secret: &Secret) {
    call.header(SET_COOKIE, &call.request.cookies.set_session(secret));
}

pub(super) async fn mfa(call: &Call) -> Result<MfaTx, AppError> {
    let mfa = call.request.services.store.mfa(&call.credential()?).await?;
    let mfa = mfa.ok_or(AppError::SignedOut)?;
    call.set_user(mfa.person.id);
    Ok(mfa)
}

/// Verifies a second factor by code. Returns the rotated secret, which has been set as a cookie.
pub(super) async fn verify_code(call: &Call, code: &str) -> Result<Secret, AppError> {
    let code = FactorCode::parse(code).map_err(|error| at("code", error.to_string()))?;
    let (mfa, secret) = (mfa(call).await?, fresh_secret()?);
    let proven = factors::verify_code(mfa, &call.request.services.seal, &code, &secret).await?;
    proven.map_err(|refused| match refused {
        VerificationRefused::Wrong => wrong_code(),
        VerificationRefused::Wait(seconds) => AppError::Limited(seconds),
        VerificationRefused::Ended => AppError::SignedOut,
    })?;
    set_session(call, &secret);
    Ok(secret)
}
