//! Acquires fences: advisory locks that serialize writes and revocations (`ops.fence`).
//!
//! Each attempt has a short lock timeout and then returns its connection, so waiting for a fence holds no connection.
//! While an attempt waits for an exclusive fence, PostgreSQL grants no new shared ones, so a revocation proceeds as
//! soon as the current writes have ended. The timeout grows with each attempt, so that success does not depend on
//! chance.

use crate::{error::StoreError, fair::Turn, pool::Store};
use model::{
    Slug,
    id::{UserId, WorkspaceId},
};
use sqlx::{Postgres, Transaction};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Total time for all attempts, after which the request fails with 503.
const TOTAL: Duration = Duration::from_secs(2);
/// Lock timeout of the first attempt.
const FIRST: Duration = Duration::from_millis(50);
/// Maximum lock timeout if all fences are shared. Such a request can wait for its next attempt.
const LONGEST_SHARED: Duration = Duration::from_millis(100);

/// Fences that a transaction acquires when it begins.
pub(crate) struct Fences<'p> {
    /// The writer. Their fence is shared unless they are in `people`.
    pub(crate) writer: UserId,
    /// People whose seats or sessions change. Their fences are exclusive.
    pub(crate) people: &'p [UserId],
    /// The workspace that is written to, and its lock mode.
    pub(crate) workspace: Option<(WorkspaceId, Hold)>,
}

/// Lock mode of a workspace's fence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hold {
    /// Shared with other writes.
    Shared,
    /// Exclusive.
    Alone,
}

impl Store {
    /// Begins a transaction that holds the given fences until it ends. Fences are always acquired in the same order,
    /// which prevents deadlocks, and in a separate statement: each statement has one snapshot, so later statements see
    /// everything that was committed before the fences were acquired. If `place` is set, each attempt first waits for a
    /// slot in that workspace.
    pub(crate) async fn fenced(
        &self,
        fences: &Fences<'_>,
        place: Option<&Slug>,
    ) -> Result<(Transaction<'static, Postgres>, Option<Turn>), StoreError> {
        let people: Vec<_> = fences.people.iter().map(|person| person.uuid()).collect();
        let (workspace, alone) = match fences.workspace {
            Some((id, hold)) => (Some(id.uuid()), hold == Hold::Alone),
            None => (None, false),
        };
        let shared_only = people.is_empty() && !alone;
        let deadline = Instant::now() + TOTAL;
        let mut patience = FIRST;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let wait = patience.min(left).max(Duration::from_millis(1));
            let turn = match place {
                Some(slug) => Some(self.turn_in(slug).await?),
                None => None,
            };
            let mut tx = self.begin().await?;
            let taken = sqlx::query!(
                "select ops.take_fences($1, $2, $3, $4, $5)",
                fences.writer.uuid(),
                &people,
                workspace,
                alone,
                i32::try_from(wait.as_millis()).unwrap_or(i32::MAX),
            )
            .execute(&mut *tx)
            .await;
            match taken {
                Ok(_) => return Ok((tx, turn)),
                Err(error) if is_held(&error) && Instant::now() + FIRST < deadline => {
                    drop(tx);
                    drop(turn);
                    sleep(jittered(patience / 4)).await;
                    patience = if shared_only { (patience * 2).min(LONGEST_SHARED) } else { patience * 2 };
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// Returns `true` if the attempt failed because another transaction holds a fence.
fn is_held(error: &sqlx::Error) -> bool {
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
