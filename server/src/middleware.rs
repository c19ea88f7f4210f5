//! Middleware for all requests. [`crate::router`] defines the order.

pub(crate) mod compress;
pub(crate) mod headers;
pub(crate) mod origin_check;
pub(crate) mod request_log;
pub(crate) mod spawn;
