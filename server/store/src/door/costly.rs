//! The budget of statements that read many rows: searches, filtered lists, logs, exports.

use crate::{
    error::StoreError,
    fair::{Busy, Fair, Key, Share, Turn},
};
use model::id::UserId;
use sqlx::PgConnection;

/// How long to wait for a costly statement of the same person on another server, in milliseconds.
const PATIENCE_MS: i32 = 2_000;
/// How long a costly statement may take, in milliseconds.
const MOST_MS: i32 = 3_000;

/// Allows a transaction to run costly statements once it has its turn.
pub(super) struct Costly {
    fair: Fair,
    turn: Option<Turn>,
}

impl Costly {
    pub(super) const fn new(fair: Fair) -> Self {
        Self { fair, turn: None }
    }

    /// Waits for the turn of this transaction's person. A person runs one at a time across all servers, and keeps the
    /// turn until the transaction ends. Afterwards the transaction's statements have a shorter time limit.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when too many wait already, or the wait takes too long.
    pub(super) async fn wait(&mut self, user: UserId, connection: &mut PgConnection) -> Result<(), StoreError> {
        if self.turn.is_some() {
            return Ok(());
        }
        let turn = self.fair.turn(vec![Share::steady(Key::Person(user), 1)]).await?;
        let locked = sqlx::query!("select ops.begin_costly($1, $2, $3)", user.uuid(), PATIENCE_MS, MOST_MS)
            .execute(connection)
            .await;
        match locked {
            Ok(_) => {
                self.turn = Some(turn);
                Ok(())
            }
            Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("55P03") => Err(Busy.into()),
            Err(error) => Err(error.into()),
        }
    }
}
