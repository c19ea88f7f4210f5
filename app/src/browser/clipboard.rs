//! Copying to the clipboard.

use super::dom::by_id;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlDocument, HtmlElement, HtmlTextAreaElement};

/// The text area that holds the text while it is copied.
const COPIED: &str = "copied";

/// Copies a text and returns whether it was copied. If the clipboard API is missing (plain http) or refused, it falls
/// back to `execCommand`.
pub async fn copy(text: &str) -> bool {
    let clipboard = window().navigator().clipboard();
    let is_there = !AsRef::<JsValue>::as_ref(&clipboard).is_undefined();
    (is_there && JsFuture::from(clipboard.write_text(text)).await.is_ok()) || copy_by_command(text).unwrap_or(false)
}

/// The command copies the selection, so the text is added to the document while it runs.
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

/// Selects the text of the text area with that id.
pub fn select_text(id: &str) {
    if let Some(area) = by_id::<HtmlTextAreaElement>(id) {
        let _ = area.focus();
        area.select();
    }
}
