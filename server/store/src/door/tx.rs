//! The transaction behind a door, which knows whether it has anything to keep.

use crate::error::StoreError;
use sqlx::{PgConnection, Postgres, Transaction};

/// The purpose for which a door is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// PostgreSQL refuses every write that comes after the door's own statement.
    Reading,
    /// Writes are kept on commit.
    Writing,
}

impl Purpose {
    /// For the door's statement, which makes the transaction read-only.
    pub(super) const fn is_reading(self) -> bool {
        matches!(self, Self::Reading)
    }
}

tokio::task_local! {
    /// Set while a request is served that must not write anything.
    static KEEPS_NOTHING: ();
}

/// Runs `work` and discards everything that it writes through a door. For prefetch requests, and for pages that only
/// say why something was refused.
pub async fn keeping_nothing<F: Future>(work: F) -> F::Output {
    KEEPS_NOTHING.scope((), work).await
}

/// A transaction, and whether it has writes to keep.
///
/// A transaction for reading ends with a ROLLBACK, which is sent together with the check that the pool makes on each
/// returned connection. This saves one round trip. No write can be lost that way: the door's statement has made the
/// transaction read-only, so PostgreSQL refuses the write.
pub(super) struct DoorTx {
    tx: Transaction<'static, Postgres>,
    keeps: bool,
}

impl DoorTx {
    /// `noted`: whether the door itself wrote, for example the time a session was last used.
    pub(super) const fn new(tx: Transaction<'static, Postgres>, purpose: Purpose, noted: bool) -> Self {
        Self { tx, keeps: noted || matches!(purpose, Purpose::Writing) }
    }

    pub(super) fn connection(&mut self) -> &mut PgConnection {
        &mut self.tx
    }

    /// Commits the writes and ends the transaction.
    ///
    /// # Errors
    /// When the database fails; then nothing was written.
    pub(super) async fn commit(self) -> Result<(), StoreError> {
        if !self.keeps || KEEPS_NOTHING.try_with(|()| ()).is_ok() {
            return Ok(());
        }
        Ok(self.tx.commit().await?)
    }
}
