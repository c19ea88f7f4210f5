//! Events that are stored together, and what became of each.

use super::{
    envelope::Event,
    refusal::{Refusal, Rejected},
};
use crate::id::ImportId;

/// How events came into a workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The API.
    Api,
    /// A file that a person imported.
    Import,
    /// The console, or example data.
    Console,
}

impl Origin {
    /// Returns the name stored in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Import => "import",
            Self::Console => "console",
        }
    }
}

/// How old events may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ages {
    /// At most [`LATE_DAYS`](super::LATE_DAYS) days.
    Recent,
    /// Any age, also of archived customers: a person has seen what is affected.
    Any,
}

/// Events to store together.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// How the events came into the workspace.
    pub origin: Origin,
    /// How old they may be.
    pub ages: Ages,
    /// The import that they are part of, if any.
    pub import: Option<ImportId>,
    /// The events, or why they could not be read, in the order in which they were sent.
    pub events: Vec<Result<Event, Box<Rejected>>>,
}

/// What became of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was stored and counted.
    Accepted,
    /// It had been stored before, with the same content. It counts once.
    Duplicate,
    /// It was not stored.
    Refused(Refusal),
}
