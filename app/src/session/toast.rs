//! Short message at the bottom of the screen.

use std::sync::atomic::{AtomicU32, Ordering};

/// Toast message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    /// Unique id.
    pub id: u32,
    /// Slot of the toast, modulo [`PLACES`]. It follows the slots of all toasts on screen.
    pub place: u32,
    /// Text, a full sentence.
    pub text: String,
    /// `true` for an error.
    pub bad: bool,
    /// A text that could not be copied. It is shown selected, for copying by hand, until it is dismissed.
    pub by_hand: Option<String>,
}

impl Toast {
    fn new(text: String, bad: bool) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        Self { id: NEXT.fetch_add(1, Ordering::Relaxed), place: 0, text, bad, by_hand: None }
    }

    /// Creates a toast for a success.
    pub fn done(text: impl Into<String>) -> Self {
        Self::new(text.into(), false)
    }

    /// Creates a toast for an error.
    pub fn failed(text: impl Into<String>) -> Self {
        Self::new(text.into(), true)
    }

    /// Creates a toast for a text that could not be copied.
    pub fn not_copied(text: String) -> Self {
        let message = "Your browser blocked copying. The text is selected, so you can copy it yourself.";
        Self { by_hand: Some(text), ..Self::failed(message) }
    }

    /// Returns the toast with the slot after those of `shown`.
    #[must_use]
    pub fn after(self, shown: &[Self]) -> Self {
        Self { place: shown.last().map_or(0, |last| (last.place + 1) % PLACES), ..self }
    }
}

/// Number of slots. A toast keeps its slot, so that screen readers don't repeat it when another toast is removed.
pub const PLACES: u32 = 8;
