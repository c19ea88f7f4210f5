//! Sessions page.

#[cfg(feature = "ssr")]
pub(crate) mod api;
mod page;

pub use page::SessionsPage;
