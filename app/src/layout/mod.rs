//! Parts of the page's frame that use the session: full-page notices, toasts, the dialog for unsaved changes, and the
//! buttons and error states that many pages share. Components that know nothing of the session are in `ui`.

mod copy;
mod failed;
mod notice;
mod pin;
mod toast;
mod unsaved;

pub use copy::copy_button;
pub use failed::Failed;
pub use notice::{AccessRequested, Gone, NotFound, Unavailable, ways_out};
pub use pin::pin_button;
pub use toast::Toasts;
pub use unsaved::UnsavedDialog;
