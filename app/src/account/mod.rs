//! The account plane: what is tied to the person. The way in, second factors, the picker, their profile and preferences,
//! operator tokens.

mod factor;
pub mod form;
mod frame;
mod invite;
mod nav;
mod new_workspace;
mod notices;
mod organization;
mod organization_audit;
mod picker;
mod planes;
mod preferences;
mod profile;
mod profile_fns;
mod restore;
mod security;
mod server_fns;
mod sessions;
mod sign_in;
mod start;
mod tokens;

pub use factor::FactorPage;
pub use frame::{AccountFrame, ProfileMenu};
pub use invite::InvitePage;
pub use nav::{AccountShell, OrganizationFrame, show_current_tab};
pub use new_workspace::NewWorkspacePage;
pub use organization::{OrganizationData, OrganizationShell, OrganizationView};
pub use organization_audit::OrganizationAuditPage;
pub use picker::PickerPage;
pub use planes::AccountPlane;
pub use preferences::PreferencesPage;
pub use profile::ProfilePage;
pub use profile_fns::*;
pub use restore::restore_button;
pub use security::*;
pub use server_fns::*;
pub use sessions::SessionsPage;
pub use sign_in::SignInPage;
pub use start::*;
pub use tokens::TokensPage;
