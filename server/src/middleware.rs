//! What every request passes, in the order of [`crate::router`].

pub(crate) mod compress;
pub(crate) mod gate;
pub(crate) mod headers;
pub(crate) mod scope;
pub(crate) mod task;
