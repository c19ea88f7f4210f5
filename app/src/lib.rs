//! The Stile console: pages, components and server functions. One crate for both sides, selected by the features `ssr`
//! (server-side rendering and server functions) and `hydrate` (hydration in the browser).
//!
//! Each feature has its own module with view, server functions and loader. Business rules are in `model`, SQL is in
//! `store`, and the HTTP server (router, middleware, JSON API) is in `server`. See docs/ARCHITECTURE.md.

#![recursion_limit = "512"]

pub mod account;
pub mod boot;
pub mod browser;
pub mod chunk;
pub mod chunk_pages;
pub mod console;
pub mod deferred;
#[cfg(feature = "ssr")]
pub mod documents;
pub mod error;
#[cfg(feature = "ssr")]
pub mod imports;
#[cfg(feature = "ssr")]
pub mod invoice_files;
pub mod layout;
pub mod live;
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
pub use start::{listen, prepare, start};
