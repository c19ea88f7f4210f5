//! Rate limiting of password guesses, per IP address and per account (ASVS 6.3.1). Only failed attempts count, so
//! signing in is never slowed down. Guesses from other devices don't count against a device that has signed in before,
//! so a stranger can't lock a person out. The counters are in the database (`store::password_attempts`).

use crate::{
    error::AppError,
    server::{call::Call, password::PasswordCheck},
};
use http::header::SET_COOKIE;
use model::{Email, id::SessionId};
use store::password_attempts::{AttemptSource, PasswordAttempt};

/// Password guess that was admitted by the rate limit.
pub(crate) struct Guess(PasswordAttempt);

impl Guess {
    /// Counts a guess at the password of `email` before it is checked. `session` is set if a signed-in person is asked
    /// for their password again.
    ///
    /// # Errors
    /// [`AppError::Limited`] with the seconds to wait.
    pub(crate) async fn take(call: &Call, email: &Email, session: Option<SessionId>) -> Result<Self, AppError> {
        let services = &call.request.services;
        let shown = call.request.known_devices.get(&services.devices.suffix(email));
        let device = shown.and_then(|cookie| services.devices.read(email, cookie));
        let source = match (session, device) {
            (Some(session), _) => AttemptSource::Session(session),
            (None, Some(device)) => AttemptSource::Device(device),
            (None, None) => AttemptSource::Anybody,
        };
        let taken = services.store.take_attempt(email, call.request.device.ip, source).await?;
        taken.map(Self).map_err(AppError::Limited)
    }

    /// Records the result. Only a wrong guess counts: one that was right or could not be checked is refunded.
    pub(crate) async fn settle(
        self,
        call: &Call,
        check: Result<PasswordCheck, AppError>,
    ) -> Result<PasswordCheck, AppError> {
        if check != Ok(PasswordCheck::Wrong) {
            call.request.services.store.return_attempt(self.0).await?;
        }
        check
    }
}

/// Sets the cookie that marks the device as one from which this account has signed in.
pub(crate) fn remember_device(call: &Call, email: &Email) -> Result<(), AppError> {
    let services = &call.request.services;
    let suffix = services.devices.suffix(email);
    let shown = call.request.known_devices.get(&suffix);
    if shown.is_some_and(|cookie| services.devices.read(email, cookie).is_some()) {
        return Ok(());
    }
    let cookie = services.devices.cookie(email).map_err(|_| AppError::Internal)?;
    call.header(SET_COOKIE, &call.request.cookies.known_device(&suffix, &cookie));
    Ok(())
}
