//! Documents: from an address, or from a form that was posted without JavaScript, to the page that answers it.

mod document;
mod fingerprint;
mod forms;
mod shell;

pub use document::{document, unavailable};
pub use forms::submit;
#[cfg(debug_assertions)]
pub use shell::gallery;
pub use shell::pages;
