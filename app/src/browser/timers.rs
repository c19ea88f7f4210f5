//! Timers, frames and the tasks that they run.

use super::ON_SERVER;
use leptos::prelude::{document, request_animation_frame, window};
use std::task::{Context, Waker};
use wasm_bindgen::{JsCast, closure::Closure};

/// Runs `task` after `millis` milliseconds. The closure is freed after it has run.
pub fn after(millis: u32, task: impl FnOnce() + 'static) {
    let task: Box<dyn FnOnce()> = Box::new(task);
    let task = Closure::once_into_js(task);
    let millis = i32::try_from(millis).unwrap_or(i32::MAX);
    let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(task.unchecked_ref(), millis);
}

/// Polls a future immediately and spawns it if it is pending, so that its server request is sent before anything else
/// is done.
pub fn spawn_eager(task: impl Future<Output = ()> + 'static) {
    let mut task = Box::pin(task);
    if task.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending() {
        wasm_bindgen_futures::spawn_local(task);
    }
}

/// Runs `task` just before the next frame is painted. Does nothing on the server.
pub fn next_frame(task: impl FnOnce() + 'static) {
    if !ON_SERVER {
        request_animation_frame(task);
    }
}

/// Runs `task` after the next frame, which has then been submitted for painting.
pub fn after_frame(task: impl FnOnce() + 'static) {
    // Hidden tabs have no frames.
    if document().hidden() {
        after(0, task);
    } else {
        // The timer runs after the other work of the frame.
        request_animation_frame(move || after(1, task));
    }
}

/// Runs `task` after the current state has been painted. For work that the person does not wait for. Waits for one more
/// frame than [`after_frame`], because painting needs a processor too.
pub fn after_paint(task: impl FnOnce() + 'static) {
    if document().hidden() {
        after(0, task);
    } else {
        request_animation_frame(move || after_frame(task));
    }
}

/// Returns a random number from 0 to 1. Only for jitter, not for security.
pub fn random() -> f64 {
    js_sys::Math::random()
}
