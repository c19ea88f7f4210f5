//! Shared parts of the members pages of workspaces and organizations: people and roles, invites, access requests and
//! auto-join domains. They don't depend on the page that contains them: a [`MembersForm`] provides permissions and
//! actions.

#[cfg(feature = "ssr")]
pub(crate) mod access;
#[cfg(feature = "ssr")]
pub(crate) mod api;
mod invites;
mod joins;
#[cfg(feature = "ssr")]
pub mod letters;
mod members_form;
mod people;
mod requests;

pub use invites::{invite_form, open_invites};
pub use joins::joins;
pub use members_form::MembersForm;
pub use people::{confirm_menu, consequence, people};
pub use requests::requests;
