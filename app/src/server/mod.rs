//! The server's side of a request, for all features: who asks, by what it is answered, and how often.
//!
//! Here belongs what turns a request into a call of `store`, whichever feature it is for. What a feature does is in its
//! folder (`api.rs`). Not here: SQL (`store`), rules (`model`), routing, headers and limits of HTTP (`server`).

pub mod broken;
pub mod call;
pub mod cookies;
pub mod form;
pub mod grant;
pub mod limits;
pub mod pace;
pub mod page;
pub mod password;
pub mod request;
pub mod webauthn;
pub mod workspace;
