//! Meters: their part of the page of a product, and their forms.

pub(crate) mod api;
mod example;
mod form;
mod section;

pub use form::{edit, new};
pub use section::section;
