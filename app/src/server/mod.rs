//! Server-side request handling that all features share: authentication, services and rate limits.
//!
//! This module contains everything that turns a request into a call of `store`, independent of the feature. Features
//! are implemented in their own folders (`api.rs`). It contains no SQL (`store`), no business rules (`model`), and no
//! routing, headers or HTTP limits (`server`).

pub mod authority;
pub mod broken;
pub mod call;
pub mod cookies;
pub mod form;
pub mod grant;
pub mod limits;
pub mod page;
pub mod password;
pub mod rate_limit;
pub mod request;
pub mod webauthn;
pub mod workspace;
