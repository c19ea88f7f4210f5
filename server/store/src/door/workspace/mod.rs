//! Transactions in one workspace.

mod capability;
mod find;
mod job;
mod mode;
mod open;
mod outcome;
mod program;
mod transaction;

pub use capability::{Can, Denied};
pub use mode::{Mode, Read, Visit, Write};
pub use outcome::{Demand, Door};
pub(crate) use transaction::Access;
pub use transaction::{KeyAccess, Tenant, WorkspaceTx};
