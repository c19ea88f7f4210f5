//! Open tabs: one WebSocket each, told how things stand whenever something may have changed for its person
//! (docs/SECURITY.md, I-23).
//!
//! A trigger writes an event in the transaction of what changed; [`follow`] reads events, woken by NOTIFY and otherwise a
//! few times a second; the [`Hub`] knows whose tabs to wake; a woken tab's [`socket`] reads, through the doors, how it is
//! now. Nothing that a tab is told is older than the reading, and nothing is kept here but who is connected.

mod events;
mod hub;
mod socket;

pub(crate) use events::follow;
pub(crate) use hub::Hub;
pub(crate) use socket::open;
