//! Stile's PostgreSQL: migrations, the doors, one repository per noun.
//!
//! Here belongs every SQL statement of the server. The pool is private: whoever wants rows must come through a door
//! (`door`), and a door opens on a live session and, for a workspace, on a live seat. Repositories (`account`,
//! `workspace`) take the transaction that a door gave. Not here: HTTP, rendering, what a role may do (`model`).

mod account;
pub mod address;
pub mod audit;
pub mod collation;
pub mod device;
pub mod door;
pub mod error;
pub mod events;
pub mod fair;
pub mod guard;
mod known;
pub mod lint;
pub mod mail;
pub mod migrate;
mod pool;
pub mod seal;
mod seat_cache;
pub mod secret;
mod workspace;
pub mod zone;

pub use account::{
    access, deleted, factors, guesses, handoffs, identity, links, offers, organizations, paces, pictures, profile,
    seats, sessions, tokens,
};
pub use error::{Constraint, StoreError};
pub use pool::Store;
pub use workspace::{
    auto_joins, brand, customers, invites, invoices, members, overview, products, rate_plans, security, settings,
    time_zones, usage,
};
