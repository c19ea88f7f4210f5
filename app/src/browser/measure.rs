//! The browser's side of sizes, scrolling within an element, and which of many rows an event hit.

use super::dom::{by_id, element_of};
use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement};

/// How high the first element that matches is drawn, in CSS pixels.
pub fn height_of(selector: &str) -> Option<f64> {
    let element: HtmlElement = document().query_selector(selector).ok().flatten()?.dyn_into().ok()?;
    Some(f64::from(element.offset_height()))
}

/// How far the element with that id is scrolled down, in CSS pixels.
pub fn scrolled(id: &str) -> f64 {
    by_id::<HtmlElement>(id).map(|element| f64::from(element.scroll_top())).unwrap_or_default()
}

/// Scrolls the element with that id to `top` pixels.
pub fn scroll_within(id: &str, top: f64) {
    if let Some(element) = by_id::<HtmlElement>(id)
        && element.scroll_top() != top as i32
    {
        element.set_scroll_top(top as i32);
    }
}

/// How large the file is that was chosen in the control with that id, in bytes.
pub fn file_size(id: &str) -> Option<f64> {
    Some(by_id::<HtmlInputElement>(id)?.files()?.get(0)?.size())
}

/// The number in `attribute` of the element that the event hit, or of the nearest around it that has one.
pub fn number_at(event: &web_sys::Event, attribute: &str) -> Option<usize> {
    let element = element_of(event)?.closest(&format!("[{attribute}]")).ok()??;
    element.get_attribute(attribute)?.parse().ok()
}
