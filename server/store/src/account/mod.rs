//! Repositories of the account plane.

pub mod deleted;
pub mod factors;
pub mod handoffs;
pub mod identity;
pub mod organizations;
pub mod seats;
pub mod sessions;
pub mod tokens;
