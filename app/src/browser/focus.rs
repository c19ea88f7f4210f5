//! Keyboard focus: moving it and finding where it is.

use super::{
    dom::{all, by_id, find},
    keys::Focus,
    popovers::is_covered,
};
use leptos::prelude::document;
use model::text::nfc;
use wasm_bindgen::JsCast;
use web_sys::{Element, FocusOptions, HtmlElement, HtmlInputElement};

/// Types of `<input>` that don't accept text.
const NO_TEXT: [&str; 9] = ["button", "checkbox", "color", "file", "image", "radio", "range", "reset", "submit"];

/// Focuses the first matching element.
pub fn focus(selector: &str) {
    if let Some(element) = find(selector) {
        let _ = element.focus();
    }
}

/// Focuses the element with this id without scrolling.
pub fn focus_id(id: &str) {
    if let Some(element) = by_id::<HtmlElement>(id) {
        focus_in_place(&element);
    }
}

fn focus_in_place(element: &HtmlElement) {
    let options = FocusOptions::new();
    options.set_prevent_scroll(true);
    let _ = element.focus_with_options(&options);
}

/// Focuses the page, unless a menu, the palette or a dialog was opened in the meantime.
pub fn focus_page() {
    if !is_covered() {
        focus("#main");
    }
}

/// Focuses the heading of the current page without scrolling, unless an element of the page already has the focus.
/// Returns `false` while the page is still loading.
pub fn focus_heading() -> bool {
    let Some(heading) = find("#main h1") else { return false };
    if heading.closest("[aria-busy]").ok().flatten().is_some() {
        return false;
    }
    let within = document()
        .active_element()
        .is_some_and(|active| active.id() != "main" && active.closest("#main").ok().flatten().is_some());
    if !within && !is_covered() {
        let _ = heading.set_attribute("tabindex", "-1");
        focus_in_place(&heading);
    }
    true
}

/// Focuses the first matching element and selects its text.
pub fn select(selector: &str) {
    if let Some(element) = find(selector) {
        let _ = element.focus();
        if let Some(input) = element.dyn_ref::<HtmlInputElement>() {
            input.select();
        }
    }
}

/// Focuses the next or previous matching element, or the first one if none has the focus.
pub fn focus_neighbour(selector: &str, next: bool) {
    let elements = all(selector);
    let active = document().active_element();
    let current = elements.iter().position(|e| active.as_ref().is_some_and(|a| a.is_same_node(Some(e))));
    let target = match (current, next) {
        (None, _) => 0,
        (Some(i), true) => (i + 1).min(elements.len().saturating_sub(1)),
        (Some(i), false) => i.saturating_sub(1),
    };
    if let Some(element) = elements.get(target) {
        let _ = element.focus();
    }
}

/// Focuses the last matching element.
pub fn focus_last(selector: &str) {
    if let Some(element) = all(selector).last() {
        let _ = element.focus();
    }
}

/// Focuses the next matching element whose `data-name` begins with `letter`, wrapping around.
pub fn focus_by_letter(selector: &str, letter: &str) {
    let elements = all(selector);
    let active = document().active_element();
    let current = elements.iter().position(|e| active.as_ref().is_some_and(|a| a.is_same_node(Some(e))));
    let from = current.map_or(0, |i| i + 1);
    let begins = |e: &&HtmlElement| {
        e.get_attribute("data-name").is_some_and(|n| nfc(&n).to_lowercase().starts_with(nfc(letter).as_ref()))
    };
    if let Some(element) = elements.iter().skip(from).chain(&elements).find(begins) {
        let _ = element.focus();
    }
}

/// Returns the id of the focused element within `parent`.
pub fn focus_within(parent: &Element) -> Option<String> {
    let focused = document().active_element().filter(|focused| parent.contains(Some(focused)))?;
    Some(focused.id()).filter(|id| !id.is_empty())
}

/// Returns `true` if the element with this id has the focus.
pub fn has_focus(id: &str) -> bool {
    document().active_element().is_some_and(|active| active.id() == id)
}

/// Returns `true` if the focus is in a control that accepts text: a field, a select or editable text.
pub fn is_typing() -> bool {
    let Some(active) = document().active_element() else { return false };
    match active.tag_name().as_str() {
        "INPUT" => active.dyn_ref::<HtmlInputElement>().is_some_and(|input| !NO_TEXT.contains(&input.type_().as_str())),
        "TEXTAREA" | "SELECT" => true,
        _ => active.dyn_ref::<HtmlElement>().is_some_and(HtmlElement::is_content_editable),
    }
}

/// Returns where the focus is.
pub fn focus_now() -> Focus {
    if is_typing() { Focus::Field } else { Focus::Page }
}
