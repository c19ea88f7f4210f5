//! Storage of subscriptions.
//!
//! Writes check the rules of `model::subscription` first. What depends on other subscriptions, and on rows that others
//! may change meanwhile, is checked by deferred triggers of the database, which each write runs at its end.

mod change;
mod create;
mod moving;
mod pages;
mod prices;
mod read;
mod write;

pub use change::{cancel_end, change, undo};
pub use create::{NewSchedule, create, import};
pub use moving::{MoveSummary, movable, move_page, move_to_version};
pub use pages::{change_page, new_page};
pub use prices::{get, offered, so_far};
pub use read::{list, of_customer};
pub(super) use prices::{terms, usage};
pub(super) use read::{phases, sees_prices};
