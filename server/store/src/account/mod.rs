//! Repositories of the account plane.

pub mod deleted;
pub mod handoffs;
pub mod identity;
pub mod links;
pub mod organizations;
pub mod profile;
pub mod seats;
pub mod sessions;
pub mod tokens;
