//! PostgreSQL access layer: migrations, authorized transactions, and one repository module per entity.
//!
//! All SQL statements of the server belong in this crate. The pool is private: every row is read through a transaction
//! from [`door`], which requires a valid session and, for a workspace, a current seat. The repositories (`account`,
//! `workspace`) take such a transaction. HTTP, rendering and role permissions (`model`) belong in other crates.

mod account;
pub mod address;
pub mod audit;
pub mod collation;
mod credential_owners;
pub mod device;
pub mod door;
pub mod error;
pub mod fair;
pub mod guard;
pub mod lint;
pub mod live;
pub mod mail;
pub mod migrate;
mod pool;
pub mod request_span;
pub mod seal;
mod seat_cache;
pub mod secret;
mod workspace;
mod write_targets;
pub mod zone;

pub use account::{
    access, deleted, factors, handoffs, idempotency, identity, links, offers, organizations, password_attempts,
    pictures, profile, rate_limits, seats, sessions, tokens,
};
pub use error::{Constraint, StoreError};
pub use pool::Store;
pub use workspace::{
    Written, api_keys, auto_joins, brand, contacts, customers, events, imports, invites, invoices, invoicing, members, meters,
    overview, products, rate_plans, security, settings, subjects, subscriptions, time_zones, usage, usage_adjustments,
    webhooks,
};
