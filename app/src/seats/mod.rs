//! Shared parts of the members pages of workspaces and organizations: people and roles, invites, access requests and
//! auto-join domains. They don't depend on the page that contains them: a [`Desk`] provides permissions and actions.

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
