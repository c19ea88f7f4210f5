//! The server's time, and changes of the device's clock.

use super::ON_SERVER;
use leptos::prelude::window;
use std::cell::Cell;
use time::OffsetDateTime;

thread_local! {
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
