//! The browser's side of when something is done: the clock, now, later, with a frame.

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
    /// By how much the server's clock is ahead of the device's, in milliseconds.
    static AHEAD: Cell<f64> = const { Cell::new(0.0) };
    /// The last readings of the device's clock and its monotonic clock.
    static LAST: Cell<Option<(f64, f64)>> = const { Cell::new(None) };
}

/// Differences below this come from latency, in milliseconds.
const LATENCY: f64 = 1_000.0;

/// The server's time, for showing how long ago something happened: the device's clock, which may be wrong by hours,
/// plus the known difference.
pub fn now() -> Option<OffsetDateTime> {
    let now = js_sys::Date::now() + AHEAD.get();
    OffsetDateTime::from_unix_timestamp_nanos((now as i128) * 1_000_000).ok()
}

/// Records that the server's time was `now`, `age` milliseconds ago. Returns whether that changed the known difference.
pub fn set_clock(now: OffsetDateTime, age: f64) -> bool {
    let server = now.unix_timestamp() as f64 * 1_000.0 + f64::from(now.millisecond()) + age;
    let ahead = server - js_sys::Date::now();
    let news = (ahead - AHEAD.get()).abs() > LATENCY;
    if news {
        AHEAD.set(ahead);
    }
    news
}

/// How long ago the document was requested, in milliseconds. Uses the monotonic clock, which is right even if the
/// device's clock is wrong.
pub fn document_age() -> f64 {
    window().performance().map_or(0.0, |performance| performance.now())
}

/// Whether the device's clock and its monotonic clock have diverged since the last call: the clock was changed, or the
/// device was asleep.
pub fn clock_jumped() -> bool {
    let Some(monotonic) = window().performance().map(|performance| performance.now()) else { return false };
    let now = (js_sys::Date::now(), monotonic);
    let before = LAST.replace(Some(now));
    before.is_some_and(|before| ((now.0 - before.0) - (now.1 - before.1)).abs() > 2.0 * LATENCY)
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

/// Sets the task that [`started`] runs, in the reactive owner of the caller.
pub fn on_start(task: impl FnOnce() + 'static) {
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
