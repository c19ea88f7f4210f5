//! Texts, attributes and clicks of elements.

use super::{
    ON_SERVER,
    dom::{all, by_id, element_of},
    node_snapshot::claim_content,
};
use leptos::ev::{Event, MouseEvent};
use web_sys::HtmlElement;

/// Sets the text content of the element with this id. A snapshot around the element does not include its content.
/// Does nothing on the server, which disposes views too.
pub fn set_text(id: &str, text: &str) {
    if ON_SERVER {
        return;
    }
    if let Some(element) = by_id::<HtmlElement>(id)
        && element.text_content().as_deref() != Some(text)
    {
        claim_content(&element);
        element.set_text_content(Some(text));
    }
}

/// Sets an attribute of the element with this id.
pub fn set_attribute(id: &str, name: &str, value: &str) {
    if let Some(element) = by_id::<HtmlElement>(id) {
        let _ = element.set_attribute(name, value);
    }
}

/// Returns the `href` of the first matching link.
pub fn link_of(selector: &str) -> Option<String> {
    all(selector).first()?.get_attribute("href")
}

/// Clicks the first matching element.
pub fn click(selector: &str) {
    click_nth(selector, 0);
}

/// Clicks the matching element at `index`.
pub fn click_nth(selector: &str, index: usize) {
    if let Some(element) = all(selector).get(index) {
        element.click();
    }
}

/// Returns `true` if the event's target is the listening element itself, not a descendant.
pub fn is_itself(event: &MouseEvent) -> bool {
    match (event.target(), event.current_target()) {
        (Some(hit), Some(listens)) => hit == listens,
        _ => false,
    }
}

/// Returns the number in `attribute` of the event's target or its nearest ancestor with that attribute.
pub fn number_at(event: &Event, attribute: &str) -> Option<usize> {
    let element = element_of(event)?.closest(&format!("[{attribute}]")).ok()??;
    element.get_attribute(attribute)?.parse().ok()
}
