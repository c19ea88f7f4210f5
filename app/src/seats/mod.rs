//! What the members pages of workspaces and organizations share: people and their roles, inviting, open invites,
//! requests, domains. They know nothing of where they stand: a [`Desk`] tells them what may be done and does it.

#[cfg(feature = "ssr")]
pub(crate) mod access;
#[cfg(feature = "ssr")]
pub(crate) mod api;
mod desk;
mod invites;
mod joins;
#[cfg(feature = "ssr")]
pub mod letters;
mod people;
mod requests;

pub use desk::Desk;
pub use invites::{invite_form, open_invites};
pub use joins::joins;
pub use people::{asking, consequence, people};
pub use requests::requests;
