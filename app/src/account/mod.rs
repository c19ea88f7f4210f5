//! The account plane: what is tied to the person. Sign-in, second factors, the picker, operator tokens.

mod factor;
mod frame;
mod new_workspace;
mod organization_audit;
mod picker;
mod restore;
mod security;
mod server_fns;
mod sessions;
mod sign_in;
mod tokens;

pub use factor::FactorPage;
pub use frame::{AccountFrame, ProfileMenu};
pub use new_workspace::NewWorkspacePage;
pub use organization_audit::OrganizationAuditPage;
pub use picker::PickerPage;
pub use restore::restore_button;
pub use security::*;
pub use server_fns::*;
pub use sessions::SessionsPage;
pub use sign_in::SignInPage;
pub use tokens::TokensPage;
