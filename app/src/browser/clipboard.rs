//! Clipboard access.

use super::dom::by_id;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlDocument, HtmlElement, HtmlTextAreaElement};

/// Element id of the temporary text area that holds the text.
const COPIED: &str = "copied";

/// Copies a text to the clipboard. Returns `true` on success. Falls back to `execCommand` if the clipboard API is
/// missing (plain HTTP) or refuses.
pub async fn copy(text: &str) -> bool {
    let clipboard = window().navigator().clipboard();
    let is_there = !AsRef::<JsValue>::as_ref(&clipboard).is_undefined();
    (is_there && JsFuture::from(clipboard.write_text(text)).await.is_ok()) || copy_by_command(text).unwrap_or(false)
}

/// Copies by `execCommand`, which copies the selection: the text is added to the document for the duration of the call.
fn copy_by_command(text: &str) -> Option<bool> {
    let document = document();
    let focused = document.active_element();
    let area = document.create_element("textarea").ok()?;
    for name in ["id", "class"] {
        area.set_attribute(name, COPIED).ok()?;
    }
    area.set_attribute("readonly", "").ok()?;
    area.set_text_content(Some(text));
    document.query_selector("body").ok()??.append_child(&area).ok()?;
    select_text(COPIED);
    let copied = document.dyn_ref::<HtmlDocument>()?.exec_command("copy").unwrap_or(false);
    area.remove();
    if let Some(focused) = focused.as_ref().and_then(|element| element.dyn_ref::<HtmlElement>()) {
        let _ = focused.focus();
    }
    Some(copied)
}

/// Selects the text of the text area with this id.
pub fn select_text(id: &str) {
    if let Some(area) = by_id::<HtmlTextAreaElement>(id) {
        let _ = area.focus();
        area.select();
    }
}
