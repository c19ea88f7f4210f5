//! What an open tab is told while it is open: how things stand now, for the person, their list of seats and the
//! workspace on screen (blueprint section 8).
//!
//! The server never sends what happened, only how it is: so it does not matter what was missed, or came twice, or in
//! another order. What a tab is told is read through the same doors as everything else, when it is told.

#[cfg(feature = "hydrate")]
mod client;
#[cfg(feature = "hydrate")]
pub use client::{ask, start};

use model::{Seat, Slug, workspace::WorkspaceProfile};
use serde::{Deserialize, Serialize};

/// The address of the socket.
pub const PATH: &str = "/api/live";

/// How a workspace stands to the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// They have a seat in it. Its slug may be another one than was asked for: then it was renamed.
    Seat {
        /// The workspace.
        workspace: Box<WorkspaceProfile>,
        /// The seat.
        seat: Seat,
    },
    /// They have a seat in it, and it asks for a second factor first.
    Factor,
    /// It was deleted, and they had a seat.
    Gone,
    /// There is none, or none for them.
    Absent,
}

/// What the server says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Heard {
    /// Nobody is signed in with that session any more.
    SignedOut,
    /// How it is now.
    Now {
        /// Under what the list of seats is read now: another one than the list's own means that it is old.
        epoch: String,
        /// The workspace that the tab said it shows, and how it stands.
        place: Option<(Slug, Standing)>,
    },
}

/// What a tab says: which workspace it shows now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Here {
    /// Its slug, as the tab knows it; `None` in the account plane.
    pub workspace: Option<Slug>,
}

/// Asks how things stand now.
#[cfg(not(feature = "hydrate"))]
pub fn ask() {}

/// The server's side: there is no tab.
#[cfg(not(feature = "hydrate"))]
pub fn start(_session: crate::session::Session) {}
