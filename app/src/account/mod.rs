//! The account plane: what is tied to the person. The way in, the picker, their profile and preferences, operator tokens.

pub mod form;
mod frame;
mod nav;
mod picker;
mod preferences;
mod profile;
mod profile_fns;
mod server_fns;
mod sign_in;
mod start;
mod tokens;

pub use frame::{AccountFrame, ProfileMenu};
pub use nav::AccountShell;
pub use picker::PickerPage;
pub use preferences::PreferencesPage;
pub use profile::ProfilePage;
pub use profile_fns::*;
pub use server_fns::*;
pub use sign_in::SignInPage;
pub use start::*;
pub use tokens::TokensPage;
