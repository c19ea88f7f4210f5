//! Repositories of the workspace plane, one per noun. All work inside a [`crate::door::WorkspaceTx`].
//!
//! Each query names the workspace too, though row level security would suffice: it lets the planner use the index
//! that leads with it.

pub mod auto_joins;
pub mod brand;
pub mod customers;
pub mod invites;
pub mod invoices;
mod listing;
pub mod members;
pub mod overview;
pub mod products;
pub mod rate_plans;
pub mod security;
pub mod settings;
pub mod time_zones;
pub mod usage;
