//! Interfaces of the browser that the views use.
//!
//! They compile on the server too, but panic there, so they may be called only by event handlers, effects, timers and
//! local tasks, none of which the server runs. A function that is also called while a page is rendered or its owner is
//! disposed returns early on the server, and its documentation says so.

mod clipboard;
mod controls;
mod dom;
mod ground;
mod history;
mod kept;
mod keys;
mod live;
mod measure;
mod navigator;
mod passkey;
mod socket;
mod timing;
mod unsaved;

pub use clipboard::{copy, select_text};
pub use controls::watch_controls;
pub use ground::{Footprint, claim_content, is_translated};
pub use history::{hold_address, show_address, write_later};
pub use kept::*;
pub use keys::{Chord, Focus, Keyboard, is_ours, is_plain};
pub use live::*;
pub use measure::*;
pub use navigator::{Leaving, Navigator, listen, opens_here};
pub use passkey::{PasskeyFailed, create_passkey, sign_with_passkey};
pub use socket::Socket;
pub use timing::*;
pub use unsaved::{Sent, forget_unsaved, is_unsaved, sending, watch_typing};

/// `true` in the build of the server, which has no browser interfaces.
pub const ON_SERVER: bool = cfg!(not(feature = "hydrate"));
