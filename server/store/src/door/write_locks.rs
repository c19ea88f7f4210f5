//! Write locks: advisory locks that serialize writes and revocations (`ops.fence`).
//!
//! Each attempt has a short lock timeout and then returns its connection, so waiting for a write lock holds no
//! connection. While an attempt waits for an exclusive write lock, PostgreSQL grants no new shared ones, so a
//! revocation proceeds as soon as the current writes have ended. The timeout grows with each attempt, so that success
//! does not depend on chance.

use crate::{error::StoreError, fair::Permit, pool::Store};
use model::{
    Slug,
    id::{UserId, WorkspaceId},
};
use sqlx::{Postgres, Transaction};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Total time for all attempts, after which the request fails with 503.
const TOTAL_TIMEOUT: Duration = Duration::from_secs(2);
/// Lock timeout of the first attempt.
const FIRST_TIMEOUT: Duration = Duration::from_millis(50);
/// Maximum lock timeout if all write locks are shared. Such a request can wait for its next attempt.
const MAX_SHARED_TIMEOUT: Duration = Duration::from_millis(100);

/// Write locks that a transaction acquires when it begins.
pub(crate) struct WriteLocks<'p> {
    /// The writer. Their write lock is shared unless they are in `people`.
    pub(crate) writer: UserId,
    /// People whose seats or sessions change. Their write locks are exclusive.
    pub(crate) people: &'p [UserId],
    /// The workspace that is written to, and its lock mode.
    pub(crate) workspace: Option<(WorkspaceId, LockMode)>,
}

/// Lock mode of a workspace's write lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LockMode {
    /// Shared with other writes.
    Shared,
    /// Exclusive.
    Exclusive,
}

impl Store {
    /// Begins a transaction that holds the given write locks until it ends. Write locks are always acquired in the same
    /// order, which prevents deadlocks, and in a separate statement: each statement has one snapshot, so later
    /// statements see everything that was committed before the write locks were acquired. If `slug` is set, each
    /// attempt first waits for a slot in that workspace.
    pub(crate) async fn begin_locked(
        &self,
        locks: &WriteLocks<'_>,
        slug: Option<&Slug>,
    ) -> Result<(Transaction<'static, Postgres>, Option<Permit>), StoreError> {
        let people: Vec<_> = locks.people.iter().map(|person| person.uuid()).collect();
        let (workspace, exclusive) = match locks.workspace {
            Some((id, mode)) => (Some(id.uuid()), mode == LockMode::Exclusive),
            None => (None, false),
        };
        let shared_only = people.is_empty() && !exclusive;
        let deadline = Instant::now() + TOTAL_TIMEOUT;
        let mut timeout = FIRST_TIMEOUT;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let wait = timeout.min(left).max(Duration::from_millis(1));
            let permit = match slug {
                Some(slug) => Some(self.workspace_permit(slug).await?),
                None => None,
            };
            let mut tx = self.begin().await?;
            let taken = sqlx::query!(
                "select ops.take_fences($1, $2, $3, $4, $5)",
                locks.writer.uuid(),
                &people,
                workspace,
                exclusive,
                i32::try_from(wait.as_millis()).unwrap_or(i32::MAX),
            )
            .execute(&mut *tx)
            .await;
            match taken {
                Ok(_) => return Ok((tx, permit)),
                Err(error) if is_lock_timeout(&error) && Instant::now() + FIRST_TIMEOUT < deadline => {
                    drop(tx);
                    drop(permit);
                    sleep(jittered(timeout / 4)).await;
                    timeout = if shared_only { (timeout * 2).min(MAX_SHARED_TIMEOUT) } else { timeout * 2 };
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// Returns `true` if the attempt failed because another transaction holds a write lock.
fn is_lock_timeout(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Database(database) if database.code().as_deref() == Some("55P03"))
}

/// Returns a random duration between half of `pause` and `pause`, so that waiting requests don't retry at the same
/// moment.
fn jittered(pause: Duration) -> Duration {
    let mut byte = [u8::MAX];
    // Without randomness, they retry at the same moment. Nothing else depends on it.
    let _ = getrandom::fill(&mut byte);
    pause / 2 + pause.mul_f64(f64::from(byte[0]) / 510.0)
}
