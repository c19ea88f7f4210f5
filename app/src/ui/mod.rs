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
mod marks;
mod password;
mod pending;
mod slug_field;
mod stable_attributes;
mod stacked;
mod summary;
mod whole;

pub use banner::{Banner, Empty, Tone};
pub use chart::{BarChart, CURVE_SIZE, CurveLine, PriceCurve, Spark, percent};
pub use field::{EmailField, FieldMessage, FileField, PictureForms, SelectField, TextAreaField, TextField};
pub use form::{FormMessage, FormState, SubmitButton};
#[cfg(all(feature = "ssr", debug_assertions))]
pub use gallery::Gallery;
pub use icon::{Icon, Mark};
pub use keys::kbd;
pub use marks::{
    Ago, Avatar, Highlighted, SlugText, Status, StatusTone, WorkspaceAvatar, WsIcon, since, stable_slug, waiting_badge,
};
pub use password::PasswordField;
pub use pending::Pending;
pub use slug_field::SlugField;
pub use stable_attributes::{StableAttributes, stable};
pub use stacked::{COLOURS, StackedBars, colour};
pub use summary::{ErrorSummary, clear_error, clears_error};
pub use whole::{whole, whole_form, whole_kept, whole_text, whole_watched};
