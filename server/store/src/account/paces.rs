//! How often a person may do something that lasts, counted in the database for all servers together.

use super::guesses;
use crate::error::StoreError;
use sha2::{Digest, Sha256};

/// How often a person may do something, over all servers: so many at once, and then one more each so many seconds.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// The word for it.
    pub what: &'static str,
    /// How many at once.
    pub most: i32,
    /// The seconds after which there is one more.
    pub seconds: i32,
}

impl Pace {
    /// Counts one, in the transaction that does it: what is not committed does not count. The inner error is the seconds
    /// to wait.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take(self, tx: &mut impl Paced) -> Result<Result<(), u32>, StoreError> {
        let (person, connection) = tx.paced();
        let key = Sha256::digest(format!("{}|{person}", self.what).as_bytes()).to_vec();
        guesses::take(connection, &[key], &[self.most], &[self.seconds]).await
    }
}

/// A transaction of a person.
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
