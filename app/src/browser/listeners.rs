//! Event listeners of the window.

use super::{ON_SERVER, keys::is_ours};
use leptos::{ev, prelude::*};
use wasm_bindgen::{JsCast, closure::Closure};

/// Adds a key listener to the document, which is removed with the caller's reactive scope. It is called only for key
/// presses that [the console may handle](super::own_key). Does nothing on the server.
pub fn on_key(handler: impl Fn(&ev::KeyboardEvent) + 'static) {
    if !ON_SERVER {
        on_key_boxed(Box::new(handler));
    }
}

fn on_key_boxed(handler: Box<dyn Fn(&ev::KeyboardEvent)>) {
    let handle = window_event_listener(ev::keydown, move |event| {
        if is_ours(&event) {
            handler(&event);
        }
    });
    on_cleanup(move || handle.remove());
}

/// Adds a listener for the document becoming active again: from the back-forward cache (`true`) or from another tab
/// (`false`).
pub fn on_return(handler: impl Fn(bool) + Clone + 'static) {
    let visible = handler.clone();
    let shown = window_event_listener(ev::pageshow, move |event| {
        if event.persisted() {
            handler(true);
        }
    });
    let seen = window_event_listener(ev::visibilitychange, move |_| {
        if !document().hidden() {
            visible(false);
        }
    });
    on_cleanup(move || {
        shown.remove();
        seen.remove();
    });
}

/// Calls `handler` when the document is unloaded or put into the back-forward cache.
pub fn on_leave(handler: impl Fn() + 'static) {
    let handle = window_event_listener(ev::pagehide, move |_| handler());
    on_cleanup(move || handle.remove());
}

/// Adds a window event listener for the lifetime of the document. Not generic, so it is compiled only once.
pub fn on_window(event: &str, handler: Box<dyn Fn(web_sys::Event)>) {
    let handler = Closure::<dyn Fn(web_sys::Event)>::wrap(handler);
    let _ = window().add_event_listener_with_callback(event, handler.as_ref().unchecked_ref());
    handler.forget();
}
