//! The Stile console: pages, components, server functions. One crate for both sides, by the features `ssr` (the
//! server renders and answers) and `hydrate` (the browser takes over).
//!
//! A feature is a folder: its view, its server functions, its loader. Rules live in `model`, SQL in `store`; the
//! server's own machinery (router, middleware, JSON API) in `server`. See docs/ARCHITECTURE.md.

#![recursion_limit = "512"]

pub mod account;
pub mod boot;
pub mod browser;
pub mod chunk;
pub mod console;
#[cfg(feature = "ssr")]
pub mod documents;
pub mod error;
pub mod live;
pub mod packed;
pub mod parts;
#[cfg(feature = "ssr")]
pub mod pictures;
pub mod reactive;
pub mod root;
pub mod routes;
pub mod seats;
#[cfg(feature = "ssr")]
pub mod server;
pub mod session;
pub mod ui;
pub mod wire;

pub use root::App;

#[cfg(feature = "hydrate")]
mod start;
#[cfg(feature = "hydrate")]
pub use start::{prepare, start};
