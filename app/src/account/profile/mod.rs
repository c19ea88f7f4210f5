//! Profile: name, picture, email address and password.

#[cfg(feature = "ssr")]
pub(crate) mod api;
mod page;
mod server_fns;

pub use page::ProfilePage;
pub use server_fns::*;
