//! Reports of requests that did not reach the server.

use super::{ON_SERVER, timers::after};
use std::cell::RefCell;

thread_local! {
    // Thread-local because there is one connection per document.
    static UNREACHABLE: RefCell<Option<Box<dyn Fn()>>> = const { RefCell::new(None) };
}

/// Sets the function that is called when a request does not reach the server.
pub fn on_unreachable(handler: Box<dyn Fn()>) {
    UNREACHABLE.set(Some(handler));
}

/// Reports that a request did not reach the server. Does nothing on the server.
pub fn note_unreachable() {
    if ON_SERVER {
        return;
    }
    // In a later task, so the caller gets the error first.
    after(0, || {
        UNREACHABLE.with_borrow(|handler| {
            if let Some(handler) = handler {
                handler();
            }
        });
    });
}
