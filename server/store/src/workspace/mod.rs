//! Repositories of the workspace plane, one per entity. All of them use a [`crate::door::WorkspaceTx`].
//!
//! Each query filters by workspace although row level security would suffice, so that the planner can use indexes with
//! the workspace as first column.

pub mod api_keys;
pub mod auto_joins;
pub mod brand;
pub mod contacts;
pub mod customers;
pub(crate) mod due;
pub mod events;
pub mod imports;
pub mod invites;
pub mod invoices;
pub mod invoicing;
mod lifecycle;
mod listing;
pub mod members;
pub mod meters;
pub mod overview;
pub mod products;
pub mod rate_plans;
pub mod security;
pub mod settings;
pub mod subjects;
pub mod subscriptions;
pub mod time_zones;
pub mod usage;
pub mod usage_adjustments;
pub mod webhooks;
mod written;

pub use written::Written;
