//! Repositories of the account plane.

pub mod access;
pub mod deleted;
pub mod factors;
pub mod handoffs;
pub mod idempotency;
pub mod identity;
pub(crate) mod invites;
pub mod links;
pub mod offers;
pub mod organizations;
pub mod password_attempts;
pub mod pictures;
pub mod profile;
pub mod rate_limits;
pub mod seats;
pub mod sessions;
pub mod tokens;
