//! Document responses to GET requests and to forms posted without JavaScript.

mod document;
mod fingerprint;
mod forms;
mod shell;

pub use document::{document, unavailable};
pub use forms::{answer, submit};
#[cfg(debug_assertions)]
pub use shell::gallery;
pub use shell::pages;
