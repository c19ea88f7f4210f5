//! Writes the browser's history right behind the frame that shows the page that was asked for.
//!
//! Writing it costs the page milliseconds, and more in the browser's other processes, which show the address and load the
//! tab's icon again: a quarter of a switch. So the page comes first and its address a moment later, but before whatever
//! the person does then, and before anything reads it.

use super::timing::after_frame;
use leptos::{prelude::window, task::spawn_local};
use std::cell::{Cell, RefCell};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};

type Write = Box<dyn FnOnce()>;

thread_local! {
    // There is one history per document, so there is one of these.
    static WAITING: RefCell<Option<Write>> = const { RefCell::new(None) };
    static HELD: Cell<bool> = const { Cell::new(false) };
}

/// Calls `write` behind the next frame, or when [`write_waiting`] is called before.
pub fn write_later(write: impl FnOnce() + 'static) {
    WAITING.set(Some(Box::new(write)));
    // The effects that run before this task say whether the page is waited for.
    spawn_local(async {
        // No frame is requested while nothing is drawn: the frame that shows the page would come after it.
        if !HELD.get() && WAITING.with_borrow(Option::is_some) {
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

/// Writes now. To be called before anything that has to do with the document's address.
pub fn write_waiting() {
    if let Some(write) = WAITING.take() {
        write();
    }
}

/// Writes before the person does anything else, and when they turn to another tab.
pub fn write_in_time() {
    let write = Closure::<dyn Fn()>::new(write_waiting);
    for event in ["keydown", "pointerdown", "visibilitychange"] {
        // In the capture phase, so that an event that opens a page does not have its own address written.
        let _ = window().add_event_listener_with_callback_and_bool(event, write.as_ref().unchecked_ref(), true);
    }
    // It listens for as long as the document is there.
    write.forget();
}

/// Drops what waits: the person went back or forward in the history and is no longer where it was to be written.
pub fn forget_waiting() {
    WAITING.take();
}

/// Records in the present entry how far down the page is.
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

/// Gives the present entry another address.
pub fn replace(url: &str) {
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(url));
    }
}

/// Adds an entry with that address.
pub fn push(url: &str) {
    if let Ok(history) = window().history() {
        let _ = history.push_state_with_url(&JsValue::NULL, "", Some(url));
    }
}
