//! Updates of the browser's history, which are deferred until after the frame that shows the new page.

use super::{ON_SERVER, timers::after_frame};
use leptos::{prelude::window, task::spawn_local};
use std::cell::{Cell, RefCell};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};

type Write = Box<dyn FnOnce()>;

thread_local! {
    // Thread-local because there is one history per document.
    static PENDING: RefCell<Option<Write>> = const { RefCell::new(None) };
    static HELD: Cell<bool> = const { Cell::new(false) };
}

/// Schedules a history update after the next frame. [`flush`] performs it earlier.
///
/// A history update costs milliseconds, and more in the browser's other processes, which update the address bar and
/// reload the favicon: a quarter of the time of a workspace switch. The page is therefore rendered first. The update
/// follows before the person's next action and before anything reads the URL.
pub fn defer(write: impl FnOnce() + 'static) {
    PENDING.set(Some(Box::new(write)));
    // Effects that run before this task call [`hold_address`] if the page is still loading.
    spawn_local(async {
        // While the page is loading no frame is requested: it would delay the frame that shows the page.
        if !HELD.get() && PENDING.with_borrow(Option::is_some) {
            after_frame(flush);
        }
    });
}

/// Delays the history update until [`show_address`] is called. For a page that is still loading.
pub fn hold_address() {
    HELD.set(true);
}

/// Schedules the delayed history update, because the page is about to be shown. Does nothing on the server, which
/// disposes views too.
pub fn show_address() {
    if !ON_SERVER && HELD.replace(false) {
        after_frame(flush);
    }
}

/// Performs a pending history update. Must be called before the document's URL is read or changed.
pub fn flush() {
    if let Some(write) = PENDING.take() {
        write();
    }
}

/// Performs a pending history update before the person's next action, or when the tab is hidden.
pub fn flush_on_input() {
    let write = Closure::<dyn Fn()>::new(flush);
    for event in ["keydown", "pointerdown", "visibilitychange"] {
        // In the capture phase, so that it runs before a handler that navigates and schedules its own update.
        let _ = window().add_event_listener_with_callback_and_bool(event, write.as_ref().unchecked_ref(), true);
    }
    // The listener lives as long as the document.
    write.forget();
}

/// Discards a pending history update, because the person went back or forward and is now at another entry.
pub fn discard_pending() {
    PENDING.take();
}

/// Stores the scroll offset in the current history entry.
pub fn save_scroll(top: f64) {
    flush();
    if let Ok(history) = window().history() {
        let _ = history.replace_state(&JsValue::from_f64(top), "");
    }
}

/// Adds a history entry with this URL and scroll offset.
pub fn push_with_scroll(url: &str, top: f64) {
    let top = if top.is_nan() { 0.0 } else { top };
    if let Ok(history) = window().history() {
        let _ = history.push_state_with_url(&JsValue::from_f64(top), "", Some(url));
    }
}

/// Replaces the URL of the current history entry.
pub fn replace(url: &str) {
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(url));
    }
}

/// Adds a history entry with this URL.
pub fn push(url: &str) {
    if let Ok(history) = window().history() {
        let _ = history.push_state_with_url(&JsValue::NULL, "", Some(url));
    }
}
