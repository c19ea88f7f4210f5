//! The browser's history, written right behind the frame that shows the page that was asked for.
//!
//! To write it costs the page milliseconds, and more in the browser's other processes, which show the address and load the
//! tab's icon again: a quarter of a switch. So the page comes first and its address a moment later; but before whatever the
//! person does then, and before anything reads it.

use super::after_frame;
use leptos::{prelude::window, task::spawn_local};
use std::cell::{Cell, RefCell};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};

/// What is to be written.
#[derive(Debug)]
pub enum Entry {
    /// An entry after the present one.
    Next(String),
    /// The present entry, with another address.
    Same(String),
}

thread_local! {
    // As the history is the document's, so is this.
    static WAITING: RefCell<Vec<Entry>> = const { RefCell::new(Vec::new()) };
    static HELD: Cell<bool> = const { Cell::new(false) };
}

/// Has `entry` written, behind all that still waits, once [`write_soon`] is called.
pub fn write_later(entry: Entry) {
    WAITING.with_borrow_mut(|waiting| waiting.push(entry));
}

/// Writes what waits behind the frame that shows the page. To be called when the page was told of its address.
pub fn write_soon() {
    // Whether it is waited for, its effects say.
    spawn_local(async {
        // No frame is asked for while nothing is drawn: that which shows the page would come after it.
        if !HELD.get() && WAITING.with_borrow(|waiting| !waiting.is_empty()) {
            after_frame(write_waiting);
        }
    });
}

/// The page of the address is waited for, and nothing is drawn before it is there.
pub fn hold_address() {
    HELD.set(true);
}

/// It is about to be shown.
pub fn show_address() {
    if HELD.replace(false) {
        after_frame(write_waiting);
    }
}

/// Writes all that waits, now: to be called before anything that has to do with the document's address.
pub fn write_waiting() {
    let waiting = WAITING.take();
    if waiting.is_empty() {
        return;
    }
    let Ok(history) = window().history() else { return };
    for entry in waiting {
        // Refused is only what is written hundreds of times in seconds; the page is on screen all the same.
        let _ = match entry {
            Entry::Next(url) => history.push_state_with_url(&JsValue::NULL, "", Some(&url)),
            Entry::Same(url) => history.replace_state_with_url(&JsValue::NULL, "", Some(&url)),
        };
    }
}

/// Has what waits written before the person does anything, and when they turn to another tab.
pub fn write_in_time() {
    let write = Closure::<dyn Fn()>::new(write_waiting);
    for event in ["keydown", "pointerdown", "visibilitychange"] {
        // On the way down: an event that opens a page is not to be what has its address written.
        let _ = window().add_event_listener_with_callback_and_bool(event, write.as_ref().unchecked_ref(), true);
    }
    // It listens for as long as the document is there.
    write.forget();
}

/// The person went back or forward in the history: where they would have gone from, they are not any more.
pub fn forget_waiting() {
    WAITING.take();
}

/// Writes how far down the page is into the present entry.
pub fn note_top(top: f64) {
    write_waiting();
    if let Ok(history) = window().history() {
        let _ = history.replace_state(&JsValue::from_f64(top), "");
    }
}

/// Adds an entry with that address, which records how far its page is scrolled.
pub fn stand_at(url: &str, top: f64) {
    let top = if top.is_nan() { 0.0 } else { top };
    if let Ok(history) = window().history() {
        let _ = history.push_state_with_url(&JsValue::from_f64(top), "", Some(url));
    }
}
