//! Errors sent over the wire, as one small enum without internal details.
//!
//! The server logs the cause once, with the request id, and sends one of these errors; a view turns it into a message.
//! The layers use different types: the database returns `store::StoreError`, which `?` converts and logs; the parsers
//! of `model` return `FieldErrors`, which become [`AppError::Invalid`]; the public API uses `ApiError`
//! (server/src/api/error.rs).

use crate::wire::{self, Wire};
use model::{Capability, FieldErrors, Slug, link::DeadLink, seating::Refused};
use serde::{Deserialize, Serialize};
use server_fn::error::{FromServerFnError, ServerFnErrorErr};
#[cfg(feature = "ssr")]
use store::StoreError;

/// Reason why a handoff was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    /// The code was used before.
    HandoffUsed,
    /// The code is more than a minute old.
    HandoffExpired,
    /// The code belongs to another session or workspace, or is unknown.
    HandoffForeign,
    /// The user has no seat (any more), or the workspace does not exist.
    NoSeat,
}

impl Refusal {
    /// All variants.
    pub const ALL: [Self; 4] = [Self::HandoffUsed, Self::HandoffExpired, Self::HandoffForeign, Self::NoSeat];

    /// Returns the value in the picker's URL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HandoffUsed => "used",
            Self::HandoffExpired => "expired",
            Self::HandoffForeign => "not-yours",
            Self::NoSeat => "no-seat",
        }
    }

    /// Returns the message shown in the picker.
    pub const fn message(self) -> &'static str {
        match self {
            Self::HandoffUsed => "That link was already used. Choose the workspace again.",
            Self::HandoffExpired => "That link has expired. Choose the workspace again.",
            Self::HandoffForeign => "That link belongs to another sign-in. Choose the workspace again.",
            Self::NoSeat => {
                "You no longer have access to that workspace. If that’s unexpected, contact one of its admins."
            }
        }
    }
}

/// Error returned to callers. Each variant has a stable [`AppError::code`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppError {
    /// Nobody is signed in, or the session has ended.
    SignedOut,
    /// The resource does not exist, or this user may not see it, indistinguishably.
    Absent,
    /// The workspace was deleted, and the user had a seat.
    Gone,
    /// The workspace was renamed. Contains its current slug.
    Moved(Slug),
    /// The seat lacks a capability.
    Denied(Capability),
    /// The page was rendered for another workspace or sign-in. Nothing was written.
    Mismatch,
    /// The grant has expired. Entering again returns a new one.
    GrantExpired,
    /// A handoff was refused.
    Refused(Refusal),
    /// Wrong email or password.
    Credentials,
    /// A mailed link is invalid.
    Link(DeadLink),
    /// A rule of seats forbids the action.
    Seat(Refused),
    /// A second factor is required first: by the workspace, or for changing factors.
    Factor,
    /// Fields are invalid.
    Invalid(FieldErrors),
    /// Too many attempts. Contains the seconds until the next one is allowed.
    Limited(u32),
    /// The daily limit of mails to others is exceeded. Nothing was sent.
    TooManyMails {
        /// Number of mails that may still be sent.
        left: u32,
        /// Seconds until more may be sent.
        wait: u32,
    },
    /// The database or the server is unavailable.
    Unavailable,
    /// The database is currently read-only. Nothing can be changed.
    ReadOnly,
    /// The request did not reach the server.
    Offline,
    /// The server runs another version than at the time when this page was loaded.
    Outdated,
    /// The arguments of the call can't be parsed: they come from another version of the program or from another client.
    Malformed,
    /// A bug or a fault. The log contains the cause under the request id.
    Internal,
}

impl AppError {
    /// Returns the stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::SignedOut => "signed_out",
            Self::Absent => "not_found",
            Self::Gone => "gone",
            Self::Moved(_) => "moved",
            Self::Denied(_) => "denied",
            Self::Mismatch => "workspace_mismatch",
            Self::GrantExpired => "grant_expired",
            Self::Refused(_) => "handoff_refused",
            Self::Credentials => "wrong_credentials",
            Self::Link(_) => "dead_link",
            Self::Seat(_) => "seat_refused",
            Self::Factor => "second_factor_required",
            Self::Invalid(_) => "invalid",
            Self::Limited(_) => "too_many_tries",
            Self::TooManyMails { .. } => "too_many_mails",
            Self::Unavailable => "unavailable",
            Self::ReadOnly => "read_only",
            Self::Offline => "offline",
            Self::Outdated => "outdated",
            Self::Malformed => "malformed",
            Self::Internal => "internal",
        }
    }

    /// Returns the HTTP status of the response.
    pub const fn status(&self) -> u16 {
        match self {
            Self::Malformed => 400,
            Self::SignedOut | Self::Credentials => 401,
            Self::GrantExpired | Self::Refused(_) | Self::Denied(_) | Self::Seat(_) | Self::Factor => 403,
            Self::Absent => 404,
            Self::Moved(_) | Self::Mismatch | Self::Outdated => 409,
            Self::Gone | Self::Link(_) => 410,
            Self::Invalid(_) => 422,
            Self::Limited(_) | Self::TooManyMails { .. } => 429,
            Self::Unavailable | Self::ReadOnly | Self::Offline => 503,
            Self::Internal => 500,
        }
    }

    /// Returns the message for users, which says what happened and what to do.
    pub fn message(&self) -> String {
        match self {
            Self::SignedOut => "You’re signed out. Sign in again to continue.".to_owned(),
            Self::Absent => "This page doesn’t exist, or you don’t have access to it.".to_owned(),
            Self::Gone => "This workspace was deleted.".to_owned(),
            Self::Moved(slug) => format!("This workspace is now at /{slug}."),
            Self::Denied(_) => "Your role in this workspace doesn’t allow that. Ask one of its admins.".to_owned(),
            Self::Mismatch => {
                "This page belongs to another workspace than its URL. Nothing was saved. Reload the page.".to_owned()
            }
            Self::GrantExpired => "This page was open for too long. Reload it and try again.".to_owned(),
            Self::Refused(refusal) => refusal.message().to_owned(),
            Self::Credentials => "That email and password don’t match. Check both and try again.".to_owned(),
            Self::Link(dead) => dead.message().to_owned(),
            Self::Seat(refused) => refused.message().to_owned(),
            Self::Factor => {
                "Two-factor authentication is now required here. Open this page in another tab and confirm it’s you \
                 there, then try again. Nothing you typed is lost."
                    .to_owned()
            }
            Self::Invalid(errors) => fields_to_fix(errors.0.len()),
            Self::Limited(seconds) => format!("Too many attempts. Try again in {seconds} s."),
            Self::TooManyMails { left: 0, wait } => {
                format!("You can’t send more invites today. Nothing was sent. Try again in {}.", roughly(*wait))
            }
            Self::TooManyMails { left, wait } => format!(
                "You can send only {left} more {} today. Nothing was sent. Shorten the list, or try again in {}.",
                if *left == 1 { "invite" } else { "invites" },
                roughly(*wait)
            ),
            Self::Unavailable => {
                "Stile is temporarily unavailable. Nothing was changed. Try again in a moment.".to_owned()
            }
            Self::ReadOnly => {
                "Stile is read-only at the moment. You can view everything, but you can’t make changes. Nothing was \
                 changed. Try again later."
                    .to_owned()
            }
            Self::Offline => "The server can’t be reached. Check your connection and try again.".to_owned(),
            Self::Outdated => "Stile was updated since this page was opened. Reload it to continue.".to_owned(),
            Self::Malformed => "The request couldn’t be read. Reload the page and try again.".to_owned(),
            Self::Internal => "Something went wrong on the server. Nothing was changed. Try again.".to_owned(),
        }
    }

    /// Returns the number of seconds after which to retry, if known.
    pub const fn retry_after(&self) -> Option<u32> {
        match self {
            Self::Limited(seconds) | Self::TooManyMails { wait: seconds, .. } => Some(*seconds),
            _ => None,
        }
    }

    /// Returns the message that a form shows for this error in addition to the errors at its fields: the message of an
    /// error on a field that the form does not have, or that of the error itself if it is not about fields. Empty if all
    /// of it is shown at the fields. `has` returns `true` for the names of the form's fields.
    pub fn form_message(&self, has: impl Fn(&str) -> bool) -> String {
        let fields = self.fields();
        if fields.0.is_empty() { self.message() } else { fields.elsewhere(has).unwrap_or_default().to_owned() }
    }

    /// Returns the field errors, or an empty value for other errors.
    pub fn fields(&self) -> FieldErrors {
        match self {
            Self::Invalid(errors) => errors.clone(),
            Self::TooManyMails { .. } => FieldErrors::one("emails", self.message()),
            _ => FieldErrors::default(),
        }
    }
}

/// Returns the message above a form with this many invalid fields.
pub fn fields_to_fix(count: usize) -> String {
    if count == 1 { "Fix 1 field to save.".to_owned() } else { format!("Fix {count} fields to save.") }
}

/// Formats a duration in words.
fn roughly(seconds: u32) -> String {
    match seconds {
        0..=90 => "a minute".to_owned(),
        91..=5_400 => format!("{} minutes", seconds.div_ceil(60)),
        _ => format!("{} hours", seconds.div_ceil(3_600)),
    }
}

impl std::fmt::Display for AppError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message())
    }
}

impl std::error::Error for AppError {}

/// Logs the cause once and returns the error for the caller. The surrounding span contains the request id.
#[cfg(feature = "ssr")]
impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Seating(refused) => Self::Seat(refused),
            StoreError::FactorDemanded => Self::Factor,
            StoreError::Busy(_) => {
                tracing::info!("more was asked for at once than is done at once");
                Self::Limited(1)
            }
            StoreError::ReadOnly(_) => {
                tracing::warn!(%error, "a write was refused");
                Self::ReadOnly
            }
            _ if error.is_unavailable() => {
                tracing::warn!(%error, "the database is not available");
                Self::Unavailable
            }
            _ => {
                tracing::error!(?error, "the database refused");
                Self::Internal
            }
        }
    }
}

impl FromServerFnError for AppError {
    type Encoder = Wire;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => {
                crate::browser::note_unreachable();
                Self::Offline
            }
            ServerFnErrorErr::Deserialization(why) if wire::is_of_another_build(&why) => Self::Outdated,
            // The server deserializes arguments of calls, the browser deserializes responses.
            ServerFnErrorErr::Deserialization(_) if cfg!(feature = "ssr") => Self::Malformed,
            _ => Self::Internal,
        }
    }

    // Only the browser deserializes errors, whatever the features of this build.
    fn de(data: server_fn::Bytes) -> Self {
        match wire::from_bytes(&data) {
            Ok(error) => error,
            Err(wire::WireError::Build) => Self::Outdated,
            Err(_) => Self::Internal,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_shows_each_error_in_one_place() {
        let message = |error: AppError| error.form_message(|field| field == "code");
        assert_eq!(message(AppError::Invalid(FieldErrors::one("code", "Wrong."))), "");
        assert_eq!(message(AppError::Invalid(FieldErrors::one("passkey", "Not found."))), "Not found.");
        assert_eq!(message(AppError::Credentials), AppError::Credentials.message());
    }
}
