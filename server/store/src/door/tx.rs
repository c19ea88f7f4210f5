//! The transaction behind a door, which knows whether it has anything to keep.

use crate::error::StoreError;
use sqlx::{PgConnection, Postgres, Transaction};

/// A transaction, and whether anything was written in it.
///
/// One that has only read is not committed but dropped: its ROLLBACK goes out together with the question that the pool
/// asks of each connection that is given back, and a request waits for one round trip less. Whatever takes
/// [`connection`](Self::connection) counts as a write; that a statement only reads is said by
/// [`reading`](Self::reading), and builds for development and tests ask PostgreSQL whether it is true.
pub(super) struct DoorTx {
    tx: Transaction<'static, Postgres>,
    wrote: bool,
}

impl DoorTx {
    /// `wrote`: whether its door has, as when it noted that a session was used.
    pub(super) const fn new(tx: Transaction<'static, Postgres>, wrote: bool) -> Self {
        Self { tx, wrote }
    }

    /// For any statement.
    pub(super) fn connection(&mut self) -> &mut PgConnection {
        self.wrote = true;
        &mut self.tx
    }

    /// For statements that write nothing and lock no row: what they wrote might be undone.
    pub(super) fn reading(&mut self) -> &mut PgConnection {
        &mut self.tx
    }

    /// Keeps what was written, and is done with the transaction: one that wrote nothing ends when its connection is back.
    ///
    /// # Errors
    /// When the database fails; then nothing was written.
    pub(super) async fn commit(mut self) -> Result<(), StoreError> {
        if self.wrote {
            return Ok(self.tx.commit().await?);
        }
        if cfg!(debug_assertions) && !self.wrote_nothing().await? {
            return Err(StoreError::Inconsistent("a statement that should only read has written".to_owned()));
        }
        Ok(())
    }

    async fn wrote_nothing(&mut self) -> Result<bool, StoreError> {
        let nothing = sqlx::query_scalar!(r#"select pg_current_xact_id_if_assigned() is null as "nothing!""#);
        Ok(nothing.fetch_one(&mut *self.tx).await?)
    }
}
