//! Popovers and modal dialogs.

use super::dom::{by_id, find};
use leptos::ev::SubmitEvent;
use wasm_bindgen::JsCast;
use web_sys::{HtmlDialogElement, HtmlElement, HtmlFormElement};

/// Shows the popover with this id.
pub fn show_popover(id: &str) {
    if let Some(element) = by_id::<HtmlElement>(id) {
        let _ = element.show_popover();
    }
}

/// Hides the popover with this id.
pub fn hide_popover(id: &str) {
    if let Some(element) = by_id::<HtmlElement>(id) {
        let _ = element.hide_popover();
    }
}

/// Returns the id of the open popover, if any.
pub fn open_popover() -> Option<String> {
    find(":popover-open").map(|element| element.id())
}

/// Closes the menu that contains a form, if any.
pub fn close_menu_around(event: &SubmitEvent) {
    let form = event.target().and_then(|t| t.dyn_into::<HtmlFormElement>().ok());
    let menu = form.and_then(|form| form.closest("[popover]").ok().flatten());
    if let Some(id) = menu.and_then(|menu| menu.get_attribute("id")) {
        hide_popover(&id);
    }
}

/// Returns `true` if the popover with this id is open.
pub fn is_popover_open(id: &str) -> bool {
    by_id::<HtmlElement>(id).is_some_and(|element| element.matches(":popover-open").unwrap_or(false))
}

/// Shows the dialog with this id as a modal dialog.
pub fn show_dialog(id: &str) {
    if let Some(dialog) = by_id::<HtmlDialogElement>(id).filter(|dialog| !dialog.open()) {
        let _ = dialog.show_modal();
    }
}

/// Closes the dialog with this id. The browser restores the focus.
pub fn close_dialog(id: &str) {
    if let Some(dialog) = by_id::<HtmlDialogElement>(id) {
        dialog.close();
    }
}

/// Returns `true` if a menu, the palette or a dialog is open.
pub fn is_covered() -> bool {
    find(":popover-open, dialog[open]").is_some()
}

/// Returns `true` if a modal dialog is open.
pub fn is_asking() -> bool {
    find("dialog[open]").is_some()
}
