//! Rate limits on lasting actions of a person, counted in the database across all servers.

use super::password_attempts;
use crate::error::StoreError;
use sha2::{Digest, Sha256};

/// Rate limit of an action per person, across all servers (token bucket).
#[derive(Debug, Clone, Copy)]
pub struct RateLimit {
    /// Name of the action.
    pub action: &'static str,
    /// Burst size.
    pub burst: i32,
    /// Seconds until another action is allowed.
    pub interval_seconds: i32,
}

impl RateLimit {
    /// Counts one action, in the transaction that performs it: if that is rolled back, it does not count. The inner
    /// error is the number of seconds to wait.
    ///
    /// # Errors
    /// [`StoreError::Database`] if the query fails.
    #[tracing::instrument(level = "debug", name = "store.rate_limits.take", skip_all)]
    pub async fn take(self, tx: &mut impl RateLimited) -> Result<Result<(), u32>, StoreError> {
        let (person, connection) = tx.rate_limited();
        let key = Sha256::digest(format!("{}|{person}", self.action).as_bytes()).to_vec();
        password_attempts::take(connection, &[key], &[self.burst], &[self.interval_seconds]).await
    }
}

/// Transaction with a known person.
pub trait RateLimited: sealed::RateLimited {}

impl<T: sealed::RateLimited> RateLimited for T {}

mod sealed {
    use crate::door::{OrganizationTx, PersonTx, WorkspaceTx, Write};
    use model::id::UserId;
    use sqlx::PgConnection;

    pub trait RateLimited: Send {
        fn rate_limited(&mut self) -> (UserId, &mut PgConnection);
    }

    impl RateLimited for PersonTx {
        fn rate_limited(&mut self) -> (UserId, &mut PgConnection) {
            (self.principal().person.id, self.connection())
        }
    }

    impl RateLimited for OrganizationTx {
        fn rate_limited(&mut self) -> (UserId, &mut PgConnection) {
            (self.user, self.connection())
        }
    }

    impl RateLimited for WorkspaceTx<Write> {
        fn rate_limited(&mut self) -> (UserId, &mut PgConnection) {
            (self.user(), self.connection())
        }
    }
}
