//! Transaction wrapper that tracks whether there are writes to commit.

use crate::error::StoreError;
use sqlx::{PgConnection, Postgres, Transaction};

/// Access mode of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// PostgreSQL rejects every write after the door's own statement.
    Reading,
    /// Writes are kept on commit.
    Writing,
}

impl Purpose {
    /// Returns `true` for a read-only transaction. Passed to the door's statement, which sets the mode.
    pub(super) const fn is_reading(self) -> bool {
        matches!(self, Self::Reading)
    }
}

tokio::task_local! {
    /// Set while serving a request that must not write anything.
    static DISCARD_WRITES: ();
}

/// Runs `work` and rolls back everything that it writes through a door. Used for prefetch requests, and for pages that
/// only explain why something was refused.
pub async fn discarding_writes<F: Future>(work: F) -> F::Output {
    DISCARD_WRITES.scope((), work).await
}

/// Transaction, and a flag for writes to commit.
///
/// A read-only transaction ends with a ROLLBACK, which is sent together with the pool's check of each returned
/// connection. This saves one round trip. No write can be lost: the door's statement has made the transaction
/// read-only, so PostgreSQL rejects writes.
pub(super) struct DoorTx {
    tx: Transaction<'static, Postgres>,
    commits: bool,
}

impl DoorTx {
    /// Wraps `tx`. `wrote` is `true` if the door itself wrote, for example the time a session was last used.
    pub(super) const fn new(tx: Transaction<'static, Postgres>, purpose: Purpose, wrote: bool) -> Self {
        Self { tx, commits: wrote || matches!(purpose, Purpose::Writing) }
    }

    pub(super) fn connection(&mut self) -> &mut PgConnection {
        &mut self.tx
    }

    /// Commits the writes and ends the transaction.
    ///
    /// # Errors
    /// [`StoreError::Database`] if the query fails. Then nothing was written.
    pub(super) async fn commit(self) -> Result<(), StoreError> {
        if !self.commits || DISCARD_WRITES.try_with(|()| ()).is_ok() {
            return Ok(());
        }
        Ok(self.tx.commit().await?)
    }
}
