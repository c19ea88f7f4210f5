//! The browser's side of when something is done: the clock, now, later, with a frame.

use leptos::prelude::*;
use std::task::{Context, Waker};
use time::OffsetDateTime;
use wasm_bindgen::{JsCast, closure::Closure};

/// The device's clock, for showing how long ago something was.
pub fn now() -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp_nanos((js_sys::Date::now() as i128) * 1_000_000).ok()
}

/// Runs `task` after `millis`. Nothing of it is left when it has run.
pub fn after(millis: u32, task: impl FnOnce() + 'static) {
    let task: Box<dyn FnOnce()> = Box::new(task);
    let task = Closure::once_into_js(task);
    let millis = i32::try_from(millis).unwrap_or(i32::MAX);
    let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(task.unchecked_ref(), millis);
}

/// Begins a task now, and goes on with it later from where it first has to wait: what it asks of the server is on its way
/// before anything else is done.
pub fn begin(task: impl Future<Output = ()> + 'static) {
    let mut task = Box::pin(task);
    if task.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending() {
        wasm_bindgen_futures::spawn_local(task);
    }
}

/// Runs `task` once the next frame is about to be painted.
pub fn next_frame(task: impl FnOnce() + 'static) {
    request_animation_frame(task);
}

/// Runs `task` right behind the next frame: it is handed over to be drawn by then.
pub fn after_frame(task: impl FnOnce() + 'static) {
    // There are no frames in a tab that is not looked at.
    if document().hidden() {
        after(0, task);
    } else {
        // By then what else was to be done with the frame is done.
        request_animation_frame(move || after(1, task));
    }
}

/// Runs `task` once what is on screen now was painted: for what a person does not wait for. That is a frame after the next
/// one, as drawing what is handed over takes a processor too.
pub fn after_paint(task: impl FnOnce() + 'static) {
    if document().hidden() {
        after(0, task);
    } else {
        request_animation_frame(move || after_frame(task));
    }
}
