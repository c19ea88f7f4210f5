//! Action of the pages of a record that can be archived.

use model::catalog::Lifecycle;
use serde::{Deserialize, Serialize};

/// Action of a record's pages. Without JavaScript it is read from the form, whose control `action` names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
pub enum RecordAction<Input> {
    /// Creates the record, or updates it.
    Save(Input),
    /// Archives the record.
    Archive,
    /// Restores an archived record.
    Restore,
}

impl<Input> From<Lifecycle> for RecordAction<Input> {
    fn from(status: Lifecycle) -> Self {
        match status {
            Lifecycle::Active => Self::Restore,
            Lifecycle::Archived => Self::Archive,
        }
    }
}
