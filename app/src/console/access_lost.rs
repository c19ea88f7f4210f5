//! State that remains of a workspace in which the user no longer has a seat.

/// Workspace that was on screen and to which the user lost access.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessLost {
    /// Name of the workspace.
    pub name: String,
    /// `true` if the workspace was deleted, `false` if only the user's seat was removed.
    pub deleted: bool,
    /// Unsaved input, as pairs of label and text.
    pub unsaved: Vec<(String, String)>,
    /// `true` once the user has a seat in the workspace again.
    pub back: bool,
}
