//! Usage events: stored and counted in the same transaction, each at most once.
//!
//! A batch adds rows of its own to the sums by day, under its id, so that concurrent batches never update the same row.
//! [`fold`] adds these parts up now and then. A reader sums all parts.

mod fold;
mod ingest;
mod known;

pub use fold::{fold, is_fold_due};
pub use ingest::ingest;
