//! The page of an invite.

#[cfg(feature = "ssr")]
pub(crate) mod api;
mod page;

pub use page::InvitePage;
