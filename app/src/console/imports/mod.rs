//! Imports of usage: the list with the upload, the columns of a file, and the page of an import.

pub(crate) mod api;
mod detail;
mod list;
mod mapping;
mod report;

pub use detail::detail;
pub use list::list;
pub use mapping::form;
