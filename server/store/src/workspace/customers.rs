//! Storage of customers.

mod read;
mod write;

pub(super) use read::newest;
pub use read::{exists, get, list, with_external_id};
pub use write::{NewCustomer, create, import, lock, set_status, update};
