//! Webhooks of a workspace, what they are told of, and what became of it.

mod deliveries;
mod hooks;
mod secret;
mod sending;

pub use deliveries::{announce, announce_all, announced, deliveries, delivery, redeliver, test};
pub use hooks::{Switch, create, delete, get, list, lock, rotate, turn, update};
pub use secret::{WebhookSecret, signatures};
pub use sending::{Answer, Claimed, Recorded, TurnedOff, claim, record};
