//! Element sizes, scroll offsets within an element, and hit testing of rows.

use super::dom::{by_id, element_of};
use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement};

/// Returns the height of the first matching element, in CSS pixels.
pub fn height_of(selector: &str) -> Option<f64> {
    let element: HtmlElement = document().query_selector(selector).ok().flatten()?.dyn_into().ok()?;
    Some(f64::from(element.offset_height()))
}

/// Returns the vertical scroll offset of the element with this id, in CSS pixels.
pub fn scrolled(id: &str) -> f64 {
    by_id::<HtmlElement>(id).map(|element| f64::from(element.scroll_top())).unwrap_or_default()
}

/// Scrolls the element with this id to `top`, in CSS pixels.
pub fn scroll_within(id: &str, top: f64) {
    if let Some(element) = by_id::<HtmlElement>(id)
        && element.scroll_top() != top as i32
    {
        element.set_scroll_top(top as i32);
    }
}

/// Returns the size of the file that is selected in the control with this id, in bytes.
pub fn file_size(id: &str) -> Option<f64> {
    Some(by_id::<HtmlInputElement>(id)?.files()?.get(0)?.size())
}

/// Returns the number in `attribute` of the event's target or its nearest ancestor with that attribute.
pub fn number_at(event: &web_sys::Event, attribute: &str) -> Option<usize> {
    let element = element_of(event)?.closest(&format!("[{attribute}]")).ok()??;
    element.get_attribute(attribute)?.parse().ok()
}
