//! Subscriptions: the page of one, and the forms that start, change and move them, each with a preview.

pub(crate) mod api;
mod bills;
mod change;
mod detail;
mod live;
mod moving;
mod new;
mod phases;

pub use change::change_form;
pub use detail::detail;
pub use moving::move_form;
pub use new::new_form;
