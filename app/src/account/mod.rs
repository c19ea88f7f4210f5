//! Pages that belong to the person rather than to a workspace: sign-in and sign-up, second factors, the workspace
//! picker, profile, preferences and operator tokens.

mod data;
mod factor;
pub mod form;
mod frame;
#[cfg(feature = "ssr")]
pub(crate) mod identity;
pub(crate) mod invite;
#[cfg(feature = "ssr")]
pub(crate) mod letters;
mod nav;
mod new_workspace;
mod notices;
pub(crate) mod organization;
#[cfg(feature = "ssr")]
pub(crate) mod pages;
mod picker;
mod planes;
mod preferences;
pub(crate) mod profile;
mod restore;
pub(crate) mod security;
mod server_fns;
pub(crate) mod sessions;
mod sign_in;
pub(crate) mod start;
mod tokens;
mod views;

pub use data::CreatedToken;
pub use factor::FactorPage;
pub use frame::{AccountFrame, ProfileMenu};
pub use invite::InvitePage;
pub use nav::{AccountShell, OrganizationFrame, show_current_tab};
pub use new_workspace::NewWorkspacePage;
pub use organization::{OrganizationAuditPage, OrganizationData, OrganizationShell, OrganizationView};
pub use picker::PickerPage;
pub use planes::AccountPlane;
pub use preferences::PreferencesPage;
pub use profile::*;
pub use restore::restore_button;
pub use security::*;
pub use server_fns::*;
pub use sessions::SessionsPage;
pub use sign_in::SignInPage;
pub use start::*;
pub use tokens::TokensPage;
pub use views::draw;
