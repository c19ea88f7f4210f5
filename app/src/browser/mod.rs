//! Browser API used by the views. On the server the functions are no-ops, so that views can call them without checking
//! where they run; they are called only from event handlers and effects. The exception is `upper`, which gives the same
//! result on both sides.

#[cfg(feature = "hydrate")]
mod dom;
#[cfg(feature = "hydrate")]
mod live;
#[cfg(feature = "hydrate")]
pub use live::*;

#[cfg(feature = "hydrate")]
mod clipboard;
#[cfg(feature = "hydrate")]
pub use clipboard::{copy, select_text};

#[cfg(feature = "hydrate")]
mod kept;
#[cfg(feature = "hydrate")]
pub use kept::*;

#[cfg(feature = "hydrate")]
mod controls;
#[cfg(feature = "hydrate")]
pub use controls::watch_controls;

#[cfg(feature = "hydrate")]
mod unsaved;
#[cfg(feature = "hydrate")]
pub use unsaved::{Sent, forget_unsaved, is_unsaved, sending, watch_typing};

#[cfg(feature = "hydrate")]
mod ground;
#[cfg(feature = "hydrate")]
pub use ground::{Footprint, claim_content, is_translated};

#[cfg(feature = "hydrate")]
mod measure;
#[cfg(feature = "hydrate")]
pub use measure::*;

#[cfg(feature = "hydrate")]
mod history;
#[cfg(feature = "hydrate")]
pub use history::{hold_address, show_address, write_later};

#[cfg(feature = "hydrate")]
mod timing;
#[cfg(feature = "hydrate")]
pub use timing::*;

#[cfg(feature = "hydrate")]
mod socket;
#[cfg(feature = "hydrate")]
pub use socket::Socket;

#[cfg(not(feature = "hydrate"))]
mod absent;
#[cfg(not(feature = "hydrate"))]
pub use absent::*;

mod keys;
pub use keys::{Chord, Focus, Keyboard, is_ours, is_plain};

mod navigator;
pub use navigator::{Leaving, Navigator, listen, opens_here};

mod passkey;
pub use passkey::{PasskeyFailed, create_passkey, sign_with_passkey};
