//! Sizes and scroll positions of elements.

use super::dom::{all, by_id, find};
use web_sys::{HtmlElement, ScrollIntoViewOptions, ScrollLogicalPosition};

/// Returns the height of the first matching element, in CSS pixels.
pub fn height_of(selector: &str) -> Option<f64> {
    Some(f64::from(find(selector)?.offset_height()))
}

/// Returns `true` if the first matching element is rendered.
pub fn is_shown(selector: &str) -> bool {
    all(selector).first().is_some_and(|element| element.offset_height() > 0)
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

/// Scrolls the first matching element into view if needed.
pub fn reveal(selector: &str) {
    if let Some(element) = find(selector) {
        let options = ScrollIntoViewOptions::new();
        options.set_block(ScrollLogicalPosition::Nearest);
        element.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

/// Scrolls the parent of the first matching element horizontally until the element is visible. The page does not
/// scroll.
pub fn reveal_in_line(selector: &str) {
    let Some(element) = find(selector) else { return };
    let Some(line) = element.parent_element() else { return };
    let (at, seen) = (element.get_bounding_client_rect(), line.get_bounding_client_rect());
    if at.left() < seen.left() || at.right() > seen.right() {
        let middle = at.left() - seen.left() - (seen.width() - at.width()) / 2.0;
        line.set_scroll_left(line.scroll_left() + middle as i32);
    }
}
