//! Rows of the menu in the document, as HTML within `<noscript>`.
//!
//! A browser without JavaScript renders them as rows. For a browser with JavaScript they are a single text node:
//! hydrating hundreds of invisible elements, only to remove them, took most of the console's startup time. If the menu
//! is opened before the program has started, the boot script (frontend/boot.js) creates rows from that text; the
//! program then removes both.

use crate::{console::shell::ShellInfo, routes::Page, session::Session};
use leptos::prelude::*;

/// Number of workspaces in the document, besides the pinned and the recent ones. The others are in the picker. With 60,
/// the rows were two thirds of the document.
#[cfg(feature = "ssr")]
const ROWS: usize = 12;

/// Renders the rows for the document.
#[cfg(feature = "ssr")]
pub(super) fn rows(session: Session, info: Memo<ShellInfo>, page: Signal<Page>) -> String {
    let picker = session.picker.get_untracked();
    picker.map(|picker| super::rows(session, &picker, info, page, "", ROWS).to_html()).unwrap_or_default()
}

/// Returns an empty string, because the document contains the rows already.
#[cfg(not(feature = "ssr"))]
pub(super) fn rows(_session: Session, _info: Memo<ShellInfo>, _page: Signal<Page>) -> String {
    String::new()
}
