//! A short message at the foot of the screen.

use std::sync::atomic::{AtomicU32, Ordering};

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    /// Tells it from others.
    pub id: u32,
    /// Where it stands: after all that are shown.
    pub place: u32,
    /// A sentence.
    pub text: String,
    /// Something failed.
    pub bad: bool,
    /// A text that could not be copied. It is shown selected, for copying by hand, until it is dismissed.
    pub by_hand: Option<String>,
}

impl Toast {
    fn new(text: String, bad: bool) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        Self { id: NEXT.fetch_add(1, Ordering::Relaxed), place: 0, text, bad, by_hand: None }
    }

    /// Something was done.
    pub fn done(text: impl Into<String>) -> Self {
        Self::new(text.into(), false)
    }

    /// Something failed.
    pub fn failed(text: impl Into<String>) -> Self {
        Self::new(text.into(), true)
    }

    /// Reports that the text was not copied.
    pub fn not_copied(text: String) -> Self {
        let message = "Your browser didn’t allow copying. The text is selected here: copy it yourself.";
        Self { by_hand: Some(text), ..Self::failed(message) }
    }

    /// The same, to be shown after those.
    #[must_use]
    pub fn after(self, shown: &[Self]) -> Self {
        Self { place: shown.last().map_or(0, |last| (last.place + 1) % PLACES), ..self }
    }
}

/// How many places there are. A toast keeps its own, so that none is told again to whoever hears them when another goes.
pub const PLACES: u32 = 8;
