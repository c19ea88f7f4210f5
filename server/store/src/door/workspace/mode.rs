//! Access modes of a transaction in a workspace.

/// Access mode of a [`WorkspaceTx`](super::WorkspaceTx).
pub trait Mode: sealed::Mode + Send + Sync + 'static {}

/// Read-only: PostgreSQL rejects every write.
#[derive(Debug)]
pub enum Read {}
/// Read-only, and all statements see the same state of the database.
#[derive(Debug)]
pub enum Snapshot {}
/// Entering a workspace. The handoff and the visit belong to the person, so no write lock is needed.
#[derive(Debug)]
pub enum Visit {}
/// Writing, with the write locks held.
#[derive(Debug)]
pub enum Write {}

mod sealed {
    use super::{Read, Snapshot, Visit, Write};
    use crate::door::tx::Purpose;

    pub trait Mode {
        const PURPOSE: Purpose;
    }

    impl Mode for Read {
        const PURPOSE: Purpose = Purpose::Reading;
    }
    impl Mode for Snapshot {
        const PURPOSE: Purpose = Purpose::Reading;
    }
    impl Mode for Visit {
        const PURPOSE: Purpose = Purpose::Writing;
    }
    impl Mode for Write {
        const PURPOSE: Purpose = Purpose::Writing;
    }
}

impl Mode for Read {}
impl Mode for Snapshot {}
impl Mode for Visit {}
impl Mode for Write {}
