//! The account plane: what is tied to the person. Sign-in, the picker, operator tokens.

mod frame;
mod invite;
mod notices;
mod organization;
mod picker;
mod server_fns;
mod sign_in;
mod tokens;

pub use frame::{AccountFrame, ProfileMenu};
pub use invite::InvitePage;
pub use organization::{OrganizationData, OrganizationShell, OrganizationView};
pub use picker::PickerPage;
pub use server_fns::*;
pub use sign_in::SignInPage;
pub use tokens::TokensPage;
