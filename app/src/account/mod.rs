//! The account plane: what is tied to the person. Sign-in, second factors, the picker, operator tokens.

mod factor;
mod frame;
mod picker;
mod security;
mod server_fns;
mod sign_in;
mod tokens;

pub use factor::FactorPage;
pub use frame::{AccountFrame, ProfileMenu};
pub use picker::PickerPage;
pub use security::*;
pub use server_fns::*;
pub use sign_in::SignInPage;
pub use tokens::TokensPage;
