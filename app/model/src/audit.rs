//! Audit log entries of workspaces, organizations and users (ASVS 16.2.1, 16.3).
//!
//! All three logs share one list of actions, so that each action has the same name, description and category
//! everywhere. A detail contains old and new values, but never secrets or request bodies.

mod action;
mod detail;
mod query;
mod words;

pub use action::{Action, ActionKind};
pub use detail::{Detail, Fact};
pub use query::{AuditQuery, Period, Position};
pub use words::{Told, lacks_name, tell};

use crate::{id::UserId, moment::Moment};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A log entry, as displayed on the log page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRow {
    /// Entry ID. Newer entries have greater IDs.
    pub id: Uuid,
    /// Time of the action, in the time zone of the log.
    pub at: Moment,
    /// ID of the user who acted.
    pub user: UserId,
    /// Name of that user at the time.
    pub actor: String,
    /// Stored name of the action, which may be unknown to this version.
    pub action: String,
    /// Description of the action and its object, from [`tell`].
    pub what: String,
    /// Remaining details, formatted by [`Detail::words`].
    pub detail: String,
}

/// Page of the audit log with the options of its filter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditView {
    /// Entries, newest first.
    pub rows: Vec<AuditRow>,
    /// Position of newer entries, if there are any.
    pub newer: Option<Position>,
    /// Position of older entries, if there are any.
    pub older: Option<Position>,
    /// Actors to filter by, with their names.
    pub people: Vec<(UserId, String)>,
    /// Time zone in which times are shown.
    pub time_zone: String,
}
