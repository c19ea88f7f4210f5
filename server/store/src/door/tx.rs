//! The transaction behind a door, which knows whether it has anything to keep.

use crate::error::StoreError;
use sqlx::{PgConnection, Postgres, Transaction};

/// What a door is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// PostgreSQL refuses every write that comes after the door's own statement.
    Reading,
    /// What is written is kept at the commit.
    Writing,
}

impl Purpose {
    /// For the door's statement, which makes the transaction read only.
    pub(super) const fn is_reading(self) -> bool {
        matches!(self, Self::Reading)
    }
}

tokio::task_local! {
    /// Set while requests are served of which nothing may stay.
    static KEEPS_NOTHING: ();
}

/// Runs `work`; nothing that it writes through a door is kept. For requests that a browser makes ahead of its user, and
/// for pages that only say why something was refused.
pub async fn keeping_nothing<F: Future>(work: F) -> F::Output {
    KEEPS_NOTHING.scope((), work).await
}

/// A transaction, and whether there is anything in it to keep.
///
/// One that is for reading ends with a ROLLBACK that goes out together with the question that the pool asks of each
/// connection that is given back: a request waits for one round trip less. A write in it can't be lost for that reason:
/// the door's statement has made the transaction read only, so PostgreSQL refuses the write.
pub(super) struct DoorTx {
    tx: Transaction<'static, Postgres>,
    keeps: bool,
}

impl DoorTx {
    /// `noted`: whether the door itself wrote, as when it noted that a session was used.
    pub(super) const fn new(tx: Transaction<'static, Postgres>, purpose: Purpose, noted: bool) -> Self {
        Self { tx, keeps: noted || matches!(purpose, Purpose::Writing) }
    }

    pub(super) fn connection(&mut self) -> &mut PgConnection {
        &mut self.tx
    }

    /// Keeps what was written, and is done with the transaction.
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
