//! Limits of events.

/// Days for which a program can send an event after it happened.
pub const LATE_DAYS: i64 = 35;
/// Minutes by which the clock of a sender may be ahead.
pub const FUTURE_MINUTES: i64 = 10;
/// Maximum size of an event as it is sent, in bytes.
pub const MOST_BYTES: usize = 64 * 1024;
/// Maximum number of events in a batch.
pub const MOST_EVENTS: usize = 1_000;
