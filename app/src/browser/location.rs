//! Loading of documents, and the URL of the current one.

use super::{history::flush, unsaved::forget_unsaved};
use leptos::prelude::window;

/// Returns the URL of the current page.
pub fn address() -> String {
    flush();
    window().location().href().unwrap_or_default()
}

/// Navigates to a new document. For leaving the console, never for a workspace switch.
pub fn load_document(url: &str) {
    forget_unsaved();
    flush();
    let _ = window().location().replace(url);
}

/// Reloads the document.
pub fn reload_document() {
    forget_unsaved();
    flush();
    let _ = window().location().reload();
}

/// Opens a URL in a new tab.
pub fn open_tab(url: &str) {
    let _ = window().open_with_url_and_target_and_features(url, "_blank", "noopener");
}

/// Navigates back in the browser's history.
pub fn go_back() {
    flush();
    if let Ok(history) = window().history() {
        let _ = history.back();
    }
}
