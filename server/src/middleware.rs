//! Middleware for all requests. [`crate::router`] defines the order.

pub(crate) mod compress;
pub(crate) mod gate;
pub(crate) mod headers;
pub(crate) mod scope;
pub(crate) mod task;
