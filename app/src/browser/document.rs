//! Title, favicon and root attributes of the document.

use super::{ON_SERVER, dom::all};
use leptos::prelude::document;

/// Sets the document title.
pub fn set_title(title: &str) {
    document().set_title(title);
}

/// Sets the favicon to that of a workspace; `None` restores the default. Does nothing on the server, which disposes
/// views too.
pub fn set_icon(address: Option<&str>) {
    if ON_SERVER {
        return;
    }
    if let Some(link) = document().query_selector("link[rel=icon]").ok().flatten() {
        let address = address.unwrap_or("/favicon.svg");
        if link.get_attribute("href").as_deref() != Some(address) {
            // The response or the data URL has the media type.
            let _ = link.remove_attribute("type");
            let _ = link.set_attribute("href", address);
        }
    }
}

/// Sets or removes an attribute of `<html>`.
pub fn set_root_attribute(name: &str, value: Option<&str>) {
    if let Some(root) = document().document_element() {
        let _ = match value {
            Some(value) => root.set_attribute(name, value),
            None => root.remove_attribute(name),
        };
    }
}

/// Returns an attribute of `<html>`, or `None` on the server.
pub fn root_attribute(name: &str) -> Option<String> {
    if ON_SERVER {
        return None;
    }
    document().document_element()?.get_attribute(name)
}

/// Sets the `media` attribute of the matching elements, in document order.
pub fn set_media(selector: &str, media: [&str; 2]) {
    for (element, media) in all(selector).iter().zip(media) {
        let _ = element.set_attribute("media", media);
    }
}
