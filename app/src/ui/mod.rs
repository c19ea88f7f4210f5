//! Design system: components that know nothing of the session, of routes or of pages. Components that do are in
//! `layout`. Their styles are in `style/`.

mod banner;
mod chart;
mod field;
mod form;
#[cfg(all(feature = "ssr", debug_assertions))]
mod gallery;
mod icon;
mod keys;
mod lasting;
mod marks;
mod password;
mod slug_field;
mod summary;
mod whole;

pub use banner::{Banner, Empty, Tone};
pub use chart::{BarChart, Spark};
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
pub use password::PasswordField;
pub use slug_field::SlugField;
pub use summary::{ErrorSummary, mend, mends};
pub use whole::{says, whole, whole_form, whole_kept, whole_watched};
