//! Live updates for open tabs: one WebSocket per tab, which receives the current state whenever it may have changed for
//! the tab's user (docs/SECURITY.md, I-23).
//!
//! A trigger writes an event in the transaction that makes a change. [`follow`] reads events, triggered by NOTIFY and
//! otherwise a few times per second. The [`Hub`] determines which tabs to wake. A notified tab's [`socket`] then reads
//! the current state through the store's access checks. Tabs therefore never receive cached state, and the only state
//! kept here is the set of connected tabs.

mod events;
mod hub;
mod socket;

pub(crate) use events::follow;
pub(crate) use hub::Hub;
pub(crate) use socket::open;
