//! Concurrency limit for statements that read many rows: searches, filtered lists, logs, exports.

use crate::{
    error::StoreError,
    fair::{Busy, FairLimiter, Key, Permit, Share},
};
use model::id::UserId;
use sqlx::PgConnection;

/// Maximum wait for a costly statement of the same person on another server, in milliseconds.
const PATIENCE_MS: i32 = 2_000;
/// Statement timeout of a costly statement, in milliseconds.
const MOST_MS: i32 = 3_000;

/// Permit for a transaction to run costly statements.
pub(super) struct Costly {
    fair: FairLimiter,
    permit: Option<Permit>,
}

impl Costly {
    pub(super) const fn new(fair: FairLimiter) -> Self {
        Self { fair, permit: None }
    }

    /// Waits for a permit for `user`. Each person runs one costly statement at a time across all servers, and holds the
    /// permit until the transaction ends. The transaction's later statements have a shorter timeout.
    ///
    /// # Errors
    /// [`StoreError::Busy`] if the queue is full or the wait times out, [`StoreError::Database`] if the query fails.
    pub(super) async fn wait(&mut self, user: UserId, connection: &mut PgConnection) -> Result<(), StoreError> {
        if self.permit.is_some() {
            return Ok(());
        }
        let permit = self.fair.acquire(vec![Share::constant(Key::Person(user), 1)]).await?;
        let locked = sqlx::query!("select ops.begin_costly($1, $2, $3)", user.uuid(), PATIENCE_MS, MOST_MS)
            .execute(connection)
            .await;
        match locked {
            Ok(_) => {
                self.permit = Some(permit);
                Ok(())
            }
            Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("55P03") => Err(Busy.into()),
            Err(error) => Err(error.into()),
        }
    }
}
