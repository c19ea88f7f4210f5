//! What can go wrong on the wire: one small enum, without internals.
//!
//! The server logs the cause once, with the request's id, and sends one of these; a view turns it into words. Which error
//! where: the database returns `store::StoreError`, which `?` turns into one of these and logs; the model's parsers return
//! `FieldErrors`, which become [`AppError::Invalid`]; the public API has `Failure` (server/src/api/failure.rs).

use crate::wire::{self, Wire};
use model::{Capability, FieldErrors, Slug, link::DeadLink, seating::Refused};
use serde::{Deserialize, Serialize};
use server_fn::error::{FromServerFnError, ServerFnErrorErr};
#[cfg(feature = "ssr")]
use store::StoreError;

/// Why a handoff was not honoured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    /// Its code was used before.
    HandoffUsed,
    /// Its code is older than a minute.
    HandoffExpired,
    /// Its code belongs to another session or workspace, or to nobody.
    HandoffForeign,
    /// There is no seat (any more), or no such workspace.
    NoSeat,
}

impl Refusal {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::HandoffUsed, Self::HandoffExpired, Self::HandoffForeign, Self::NoSeat];

    /// The word in the picker's URL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HandoffUsed => "used",
            Self::HandoffExpired => "expired",
            Self::HandoffForeign => "not-yours",
            Self::NoSeat => "no-seat",
        }
    }

    /// What the picker says.
    pub const fn message(self) -> &'static str {
        match self {
            Self::HandoffUsed => "That way in was already used once. Pick the workspace again.",
            Self::HandoffExpired => "That way in was more than a minute old. Pick the workspace again.",
            Self::HandoffForeign => "That way in was not made for this sign-in. Pick the workspace again.",
            Self::NoSeat => "You have no seat in that workspace any more. Ask one of its admins if that is a surprise.",
        }
    }
}

/// An error as a caller gets it. Each has a stable [`AppError::code`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppError {
    /// Nobody is signed in (any more).
    SignedOut,
    /// No such thing, or none that this person may see: the same.
    Absent,
    /// The workspace was deleted; the person had a seat.
    Gone,
    /// The workspace has another slug now.
    Moved(Slug),
    /// The seat does not allow it.
    Denied(Capability),
    /// The page was rendered for another workspace or sign-in. Nothing was written.
    Mismatch,
    /// The grant ran out; a new one is had by entering again.
    GrantExpired,
    /// A handoff was not honoured.
    Refused(Refusal),
    /// E-mail and password do not go together.
    Credentials,
    /// A link from a mail does not work.
    Link(DeadLink),
    /// A rule of seats refuses it.
    Seat(Refused),
    /// A second factor is asked for first: by the workspace, or because factors are to be changed.
    Factor,
    /// Fields can't stand as they were typed.
    Invalid(FieldErrors),
    /// Too many tries; seconds until the next.
    Limited(u32),
    /// More mails to others than may be sent today. Nothing was sent.
    TooManyMails {
        /// How many may still be sent.
        left: u32,
        /// The seconds until more may be sent.
        wait: u32,
    },
    /// The database or the server can't answer now.
    Unavailable,
    /// The database is currently read-only. Nothing can be changed.
    ReadOnly,
    /// The network did not carry the request.
    Offline,
    /// The server was replaced by another version since this page was loaded.
    Outdated,
    /// The call's arguments are not those of the function: another version of the program, or somebody's own.
    Malformed,
    /// A bug or a fault; the log has the cause under the request's id.
    Internal,
}

impl AppError {
    /// The stable code.
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

    /// The HTTP status it travels with.
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

    /// What happened and what to do, for a person.
    pub fn message(&self) -> String {
        match self {
            Self::SignedOut => "You are signed out. Sign in again to go on.".to_owned(),
            Self::Absent => "There is no such page, or you can’t see it.".to_owned(),
            Self::Gone => "This workspace was deleted.".to_owned(),
            Self::Moved(slug) => format!("This workspace is at /{slug} now."),
            Self::Denied(_) => "Your role in this workspace doesn’t allow that. Ask one of its admins.".to_owned(),
            Self::Mismatch => {
                "This page belongs to another workspace than its address. Nothing was saved; reload it.".to_owned()
            }
            Self::GrantExpired => "This page was open for a while. Reload it and try again.".to_owned(),
            Self::Refused(refusal) => refusal.message().to_owned(),
            Self::Credentials => "That email and password don’t match. Check both and try again.".to_owned(),
            Self::Link(dead) => dead.message().to_owned(),
            Self::Seat(refused) => refused.message().to_owned(),
            Self::Factor => {
                "A second factor is asked for here now. Open this page in another tab and confirm it’s you there; then \
                 try again. Nothing you typed is lost."
                    .to_owned()
            }
            Self::Invalid(errors) => fields_to_fix(errors.0.len()),
            Self::Limited(seconds) => format!("Too many tries. Wait {seconds} s, then try again."),
            Self::TooManyMails { left: 0, wait } => {
                format!("You can’t send more invites today. Nothing was sent. Try again in {}.", roughly(*wait))
            }
            Self::TooManyMails { left, wait } => format!(
                "You can send {left} more {} today, and this is more than that. Nothing was sent. Shorten the list, or try \
                 again in {}.",
                if *left == 1 { "invite" } else { "invites" },
                roughly(*wait)
            ),
            Self::Unavailable => "Stile can’t reach its data. Nothing was changed; try again in a moment.".to_owned(),
            Self::ReadOnly => {
                "Stile is read-only at the moment: you can look at everything, but nothing can be changed. Nothing was \
                 changed; try again later."
                    .to_owned()
            }
            Self::Offline => "The server can’t be reached. Check the connection and try again.".to_owned(),
            Self::Outdated => "Stile was updated since this page was opened. Reload it to go on.".to_owned(),
            Self::Malformed => "That could not be understood. Reload the page and try again.".to_owned(),
            Self::Internal => "Something went wrong on the server. Nothing was changed; try again.".to_owned(),
        }
    }

    /// The seconds after which to try again, if known.
    pub const fn retry_after(&self) -> Option<u32> {
        match self {
            Self::Limited(seconds) | Self::TooManyMails { wait: seconds, .. } => Some(*seconds),
            _ => None,
        }
    }

    /// The field errors, if that is what it is.
    pub fn fields(&self) -> FieldErrors {
        match self {
            Self::Invalid(errors) => errors.clone(),
            Self::TooManyMails { .. } => FieldErrors::one("emails", self.message()),
            _ => FieldErrors::default(),
        }
    }
}

/// The message above a form with this many invalid fields.
pub fn fields_to_fix(count: usize) -> String {
    if count == 1 { "Fix 1 field to save.".to_owned() } else { format!("Fix {count} fields to save.") }
}

/// A duration in words.
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

/// Logs the cause, once, and returns what a caller may know of it. The surrounding span carries the request's id.
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
            // What the server reads is a call's arguments; what the browser reads are answers.
            ServerFnErrorErr::Deserialization(_) if cfg!(feature = "ssr") => Self::Malformed,
            _ => Self::Internal,
        }
    }

    // Errors are read in the browser, whatever this was built for.
    fn de(data: server_fn::Bytes) -> Self {
        match wire::from_bytes(&data) {
            Ok(error) => error,
            Err(wire::WireError::Build) => Self::Outdated,
            Err(_) => Self::Internal,
        }
    }
}
