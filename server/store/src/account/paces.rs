//! Rate limits on lasting actions of a person, counted in the database across all servers.

use super::guesses;
use crate::error::StoreError;
use sha2::{Digest, Sha256};

/// Rate limit of an action per person, across all servers (token bucket).
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Name of the action.
    pub what: &'static str,
    /// Burst size.
    pub most: i32,
    /// Seconds until another action is allowed.
    pub seconds: i32,
}

impl Pace {
    /// Counts one action, in the transaction that performs it: if that is rolled back, it does not count. The inner
    /// error is the number of seconds to wait.
    ///
    /// # Errors
    /// [`StoreError::Database`] if the query fails.
    #[tracing::instrument(level = "debug", name = "store.paces.take", skip_all)]
    pub async fn take(self, tx: &mut impl Paced) -> Result<Result<(), u32>, StoreError> {
        let (person, connection) = tx.paced();
        let key = Sha256::digest(format!("{}|{person}", self.what).as_bytes()).to_vec();
        guesses::take(connection, &[key], &[self.most], &[self.seconds]).await
    }
}

/// Transaction with a known person.
pub trait Paced: sealed::Paced {}

impl<T: sealed::Paced> Paced for T {}

mod sealed {
    use crate::door::{OrganizationTx, PersonTx, WorkspaceTx, Write};
    use model::id::UserId;
    use sqlx::PgConnection;

    pub trait Paced: Send {
        fn paced(&mut self) -> (UserId, &mut PgConnection);
    }

    impl Paced for PersonTx {
        fn paced(&mut self) -> (UserId, &mut PgConnection) {
            (self.live().person.id, self.connection())
        }
    }

    impl Paced for OrganizationTx {
        fn paced(&mut self) -> (UserId, &mut PgConnection) {
            (self.user, self.connection())
        }
    }

    impl Paced for WorkspaceTx<Write> {
        fn paced(&mut self) -> (UserId, &mut PgConnection) {
            (self.user(), self.connection())
        }
    }
}
