//! What stays of a workspace in which the person no longer has a seat.

/// What was on screen and is not any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// The workspace's name.
    pub name: String,
    /// It was deleted; otherwise the seat in it is gone.
    pub deleted: bool,
    /// What was typed and not saved: labels and texts.
    pub unsaved: Vec<(String, String)>,
    /// There is a seat in it again.
    pub back: bool,
}
