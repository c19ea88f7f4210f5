//! Transaction wrapper that tracks whether there are writes to commit.

use crate::error::StoreError;
use sqlx::{PgConnection, Postgres, Transaction, types::Uuid};

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
    /// The attempt at a request with an idempotency key that is being served.
    static ATTEMPT: Uuid;
}

/// Runs `work` and rolls back everything that it writes through a door. Used for prefetch requests, and for pages that
/// only explain why something was refused.
pub async fn discarding_writes<F: Future>(work: F) -> F::Output {
    DISCARD_WRITES.scope((), work).await
}

/// Runs `work`, and marks the attempt as written in each transaction of its writes. If another attempt has taken over,
/// they are rolled back with [`StoreError::Superseded`].
pub(crate) async fn attempting<F: Future>(attempt: Uuid, work: F) -> F::Output {
    ATTEMPT.scope(attempt, work).await
}

/// Transaction, and a flag for writes to commit.
///
/// A read-only transaction ends with a ROLLBACK, which is sent together with the pool's check of each returned
/// connection. This saves one round trip. No write can be lost: the door's statement has made the transaction
/// read-only, so PostgreSQL rejects writes.
pub(super) struct DoorTx {
    tx: Transaction<'static, Postgres>,
    commits: bool,
    purpose: Purpose,
}

impl DoorTx {
    /// Wraps `tx`. `wrote` is `true` if the door itself wrote, for example the time a session was last used.
    pub(super) const fn new(tx: Transaction<'static, Postgres>, purpose: Purpose, wrote: bool) -> Self {
        Self { tx, commits: wrote || matches!(purpose, Purpose::Writing), purpose }
    }

    pub(super) fn connection(&mut self) -> &mut PgConnection {
        &mut self.tx
    }

    /// Commits the writes and ends the transaction.
    ///
    /// # Errors
    /// [`StoreError::Database`] if the query fails, [`StoreError::Superseded`] if another attempt at the same request has
    /// taken over. Then nothing was written.
    pub(super) async fn commit(mut self) -> Result<(), StoreError> {
        if !self.commits || DISCARD_WRITES.try_with(|()| ()).is_ok() {
            return Ok(());
        }
        if let (Purpose::Writing, Ok(attempt)) = (self.purpose, ATTEMPT.try_with(|attempt| *attempt)) {
            let marked = sqlx::query!(
                "update account.idempotency_keys set state = 'written' where attempt = $1 and state <> 'done'",
                attempt
            )
            .execute(&mut *self.tx)
            .await?;
            if marked.rows_affected() == 0 {
                return Err(StoreError::Superseded);
            }
        }
        Ok(self.tx.commit().await?)
    }
}
