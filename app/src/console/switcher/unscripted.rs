//! The menu's rows as the document carries them: the same as HTML, within `<noscript>`.
//!
//! A browser without JavaScript reads them as rows. For one with it they are a single text: to hydrate hundreds of elements
//! that nobody has asked to see, in order to take them away, was most of a console's start. If the menu is opened before the
//! program is there, the script that starts it makes rows of that text (server/src/boot.js); the program takes
//! away both.

use crate::{console::shell::ShellInfo, routes::Page, session::Session};
use leptos::prelude::*;

/// What stands in the document.
#[cfg(feature = "ssr")]
pub(super) fn rows(session: Session, info: Memo<ShellInfo>, page: Signal<Page>) -> String {
    let picker = session.picker.get_untracked();
    picker.map(|picker| super::rows(session, &picker, info, page, "").to_html()).unwrap_or_default()
}

/// In the browser it is there already.
#[cfg(not(feature = "ssr"))]
pub(super) fn rows(_session: Session, _info: Memo<ShellInfo>, _page: Signal<Page>) -> String {
    String::new()
}
