//! Taking fences: the locks that keep writes and revocations apart (ops.fence).
//!
//! Each try waits only a short time inside the database and then gives its connection back, so whoever waits for a fence
//! keeps no connection from others. While a try waits for a fence alone, PostgreSQL lets nobody new share it, so a
//! revocation gets its turn as soon as the writes in flight have ended; its tries become longer, so that it does not
//! depend on luck.

use crate::{error::StoreError, fair::Turn, pool::Store};
use model::{
    Slug,
    id::{UserId, WorkspaceId},
};
use sqlx::{Postgres, Transaction};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How long fences are tried for in all, before 503.
const TOTAL: Duration = Duration::from_secs(2);
/// How long the first try waits inside the database.
const FIRST: Duration = Duration::from_millis(50);
/// The longest try of whoever shares all of its fences: they can wait for their next.
const LONGEST_SHARED: Duration = Duration::from_millis(100);

/// Which fences a transaction is to begin with.
pub(crate) struct Fences<'p> {
    /// Who writes. Their fence is shared, unless they are among `people`.
    pub(crate) writer: UserId,
    /// Whose seats or sessions change: nobody else holds their fences meanwhile.
    pub(crate) people: &'p [UserId],
    /// The workspace that is written in.
    pub(crate) workspace: Option<(WorkspaceId, Hold)>,
}

/// How a workspace's fence is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hold {
    /// Together with other writes.
    Shared,
    /// Alone.
    Alone,
}

impl Store {
    /// Opens a transaction that holds these fences until it ends. They are taken in one order everywhere, in a statement
    /// of their own: one statement has one snapshot, and what is read after this is read behind the fences.
    /// With `place`, each try waits for its turn in that workspace first.
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

/// Whether somebody else held a fence for as long as the try lasted.
fn is_held(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Database(database) if database.code().as_deref() == Some("55P03"))
}

/// Between half of it and all of it, so that those who wait for the same do not come back together.
fn jittered(pause: Duration) -> Duration {
    let mut byte = [u8::MAX];
    // Without randomness they do; nothing else depends on it.
    let _ = getrandom::fill(&mut byte);
    pause / 2 + pause.mul_f64(f64::from(byte[0]) / 510.0)
}
