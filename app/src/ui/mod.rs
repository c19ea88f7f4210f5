//! Design system: components that are independent of workspaces and people. Their styles are in `style/`.

mod banner;
mod chart;
mod copy;
mod field;
mod form;
#[cfg(all(feature = "ssr", debug_assertions))]
mod gallery;
mod icon;
mod keys;
mod lasting;
mod marks;
mod notice;
mod password;
mod pin;
mod slug_field;
mod summary;
mod toast;
mod unsaved;
mod whole;

pub use banner::{Banner, Empty, Failed, Tone};
pub use chart::{BarChart, Spark};
pub use copy::copy_button;
pub use field::{EmailField, FileField, PictureForms, SelectField, TextAreaField, TextField};
pub use form::{FormMessage, FormState, SubmitButton};
#[cfg(all(feature = "ssr", debug_assertions))]
pub use gallery::Gallery;
pub use icon::{Icon, Mark};
pub use keys::kbd;
pub use lasting::{Lasting, lasting};
pub use marks::{
    Ago, Avatar, Face, Highlighted, SlugText, Status, StatusTone, WsIcon, lasting_slug, since, waiting_badge,
};
pub use notice::{Asked, Gone, NotFound, Unavailable, ways_out};
pub use password::PasswordField;
pub use pin::pin_button;
pub use slug_field::SlugField;
pub use summary::{ErrorSummary, mend, mends};
pub use toast::Toasts;
pub use unsaved::UnsavedDialog;
pub use whole::{says, whole, whole_form, whole_kept, whole_watched};
