//! Clock, timers and frames.

use super::ON_SERVER;
use leptos::prelude::*;
use std::{
    cell::{Cell, RefCell},
    task::{Context, Waker},
};
use time::OffsetDateTime;
use wasm_bindgen::{JsCast, closure::Closure};

thread_local! {
    /// The task that runs once the page has been drawn.
    static START: RefCell<Option<Box<dyn FnOnce()>>> = const { RefCell::new(None) };
    /// Offset of the server's clock from the device's, in milliseconds.
    static AHEAD: Cell<f64> = const { Cell::new(0.0) };
    /// Last readings of the device's clock and its monotonic clock.
    static LAST: Cell<Option<(f64, f64)>> = const { Cell::new(None) };
}

/// Differences below this are attributed to latency, in milliseconds.
const LATENCY: f64 = 1_000.0;

/// Returns the server's time, for relative times: the device's clock, which may be wrong by hours, plus the known
/// offset. Returns `None` on the server.
pub fn now() -> Option<OffsetDateTime> {
    if ON_SERVER {
        return None;
    }
    let now = js_sys::Date::now() + AHEAD.get();
    OffsetDateTime::from_unix_timestamp_nanos((now as i128) * 1_000_000).ok()
}

/// Records that the server's time was `now`, `age` milliseconds ago. Returns `true` if that changed the offset.
pub fn set_clock(now: OffsetDateTime, age: f64) -> bool {
    let server = now.unix_timestamp() as f64 * 1_000.0 + f64::from(now.millisecond()) + age;
    let ahead = server - js_sys::Date::now();
    let news = (ahead - AHEAD.get()).abs() > LATENCY;
    if news {
        AHEAD.set(ahead);
    }
    news
}

/// Returns the time since the document was requested, in milliseconds. Uses the monotonic clock, which is correct even
/// if the device's clock is wrong.
pub fn document_age() -> f64 {
    window().performance().map_or(0.0, |performance| performance.now())
}

/// Returns `true` if the device's clock and its monotonic clock have diverged since the last call: the clock was
/// changed or the device was asleep.
pub fn clock_jumped() -> bool {
    let Some(monotonic) = window().performance().map(|performance| performance.now()) else { return false };
    let now = (js_sys::Date::now(), monotonic);
    let before = LAST.replace(Some(now));
    before.is_some_and(|before| ((now.0 - before.0) - (now.1 - before.1)).abs() > 2.0 * LATENCY)
}

/// Runs `task` after `millis` milliseconds. The closure is freed after it has run.
pub fn after(millis: u32, task: impl FnOnce() + 'static) {
    let task: Box<dyn FnOnce()> = Box::new(task);
    let task = Closure::once_into_js(task);
    let millis = i32::try_from(millis).unwrap_or(i32::MAX);
    let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(task.unchecked_ref(), millis);
}

/// Polls a future immediately and spawns it if it is pending, so that its server request is sent before anything else
/// is done.
pub fn begin(task: impl Future<Output = ()> + 'static) {
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

/// Sets the task that [`started`] runs, in the reactive owner of the caller. Does nothing on the server.
pub fn on_start(task: impl FnOnce() + 'static) {
    if ON_SERVER {
        return;
    }
    let owner = Owner::current();
    let task: Box<dyn FnOnce()> = Box::new(task);
    START.set(Some(Box::new(move || match owner {
        Some(owner) => owner.with(task),
        None => task(),
    })));
}

/// Runs the task of [`on_start`]. Called once the page has been drawn.
pub fn started() {
    if let Some(task) = START.take() {
        task();
    }
}
