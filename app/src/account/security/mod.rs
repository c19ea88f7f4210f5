//! Second factors at `/account/security`: authenticator app, passkeys and recovery codes. Everything except adding a
//! passkey works without JavaScript.

#[cfg(feature = "ssr")]
pub(crate) mod api;
mod data;
#[cfg(feature = "ssr")]
pub(crate) mod forms;
mod page;
mod passkeys;
#[cfg(feature = "ssr")]
pub(crate) mod prompt;
mod server_fns;
mod state;
mod totp;
#[cfg(feature = "ssr")]
mod verify;

pub use data::{Enrolment, FactorAsk, FactorReason, PasskeyChallenge, QrCode, SecurityData};
pub use page::SecurityPage;
pub use passkeys::passkey_error;
pub use server_fns::*;
