//! The queue of mails. A letter is written in the transaction of what it tells, so it goes out if and only if that
//! commits; the sender claims letters in batches, and what it could not send waits longer each time.
//!
//! Delivery is at least once: a sender that dies between sending and noting it leaves a letter that is sent again,
//! under the same message id. Not here: how a letter looks and by which way it leaves (`server`).

use crate::{
    door::{OrganizationTx, PersonTx, WorkspaceTx, Write},
    error::StoreError,
    pool::Store,
};
use model::{Email, mail::Letter};
use sqlx::{PgConnection, types::Uuid};
use std::sync::LazyLock;
use tokio::sync::Notify;

/// Attempts before a letter is given up: with the waits of `door.claim_mail`, about two days.
pub const MAX_ATTEMPTS: i32 = 16;

/// Rings when a letter was written. Its transaction commits a moment later, which is why the sender looks a few times.
/// One for the process: letters are written wherever a transaction is at hand.
static BELL: LazyLock<Notify> = LazyLock::new(Notify::new);

/// Returns when a letter was written since the last time.
pub async fn rung() {
    BELL.notified().await;
}

/// Puts a letter into the queue, in the transaction of `connection`.
///
/// # Errors
/// When the database fails; then what the letter tells is not committed either.
pub(crate) async fn queue(connection: &mut PgConnection, letter: &Letter) -> Result<(), StoreError> {
    let letter = serde_json::to_string(letter).map_err(|e| StoreError::Inconsistent(format!("a letter: {e}")))?;
    sqlx::query!("select door.queue_mail($1, $2)", Uuid::now_v7(), letter).execute(connection).await?;
    BELL.notify_one();
    Ok(())
}

/// The reason for a counted mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// An invite.
    Invite,
    /// A person wants to move their account to that address.
    Address,
    /// A link that anybody can request: to sign up or to set a new password.
    Link,
}

impl Cause {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Invite => "invite",
            Self::Address => "address",
            Self::Link => "link",
        }
    }
}

/// The result of counting a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caused {
    /// It may be sent.
    Counted,
    /// The address gets no more for this many seconds.
    Recipient(u32),
    /// The person or their organization may cause no more for this many seconds.
    Spent(u32),
}

/// Counts a mail caused by the person of the transaction of `connection`, across all servers.
///
/// # Errors
/// When the database fails.
pub(crate) async fn cause(connection: &mut PgConnection, cause: Cause, email: &Email) -> Result<Caused, StoreError> {
    let row = sqlx::query!(
        r#"select outcome as "outcome!", wait as "wait!" from door.cause_mail($1, $2)"#,
        cause.as_str(),
        email.as_str(),
    )
    .fetch_one(connection)
    .await?;
    let wait = u32::try_from(row.wait).unwrap_or(1);
    match row.outcome.as_str() {
        "counted" => Ok(Caused::Counted),
        "recipient" => Ok(Caused::Recipient(wait)),
        "spent" => Ok(Caused::Spent(wait)),
        other => Err(StoreError::Inconsistent(format!("the outcome {other:?} of counting a mail"))),
    }
}

/// How many mails to others may still be caused today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// The number of mails.
    pub left: u32,
    /// After how many seconds more are available.
    pub wait: u32,
}

/// How many mails the person of a transaction may still cause in its organization.
///
/// # Errors
/// When the database fails.
pub(crate) async fn allowance(connection: &mut PgConnection) -> Result<Allowance, StoreError> {
    let row = sqlx::query!(r#"select remaining as "remaining!", wait as "wait!" from door.mail_allowance()"#)
        .fetch_optional(connection)
        .await?;
    Ok(row.map_or(Allowance { left: 0, wait: 1 }, |row| Allowance {
        left: u32::try_from(row.remaining).unwrap_or(0),
        wait: u32::try_from(row.wait).unwrap_or(1),
    }))
}

mod sealed {
    use sqlx::PgConnection;

    /// A transaction that a letter can be written in.
    pub trait Transaction: Send {
        fn mail_connection(&mut self) -> &mut PgConnection;
    }
}

/// A transaction of a door, in which a letter can be written: it goes out if that commits.
pub trait Queue: sealed::Transaction {
    /// Puts a letter into the queue.
    ///
    /// # Errors
    /// When the database fails.
    fn queue(&mut self, letter: &Letter) -> impl Future<Output = Result<(), StoreError>> + Send {
        async move { queue(self.mail_connection(), letter).await }
    }
}

macro_rules! queues {
    ($($tx:ty),*) => {$(
        impl sealed::Transaction for $tx {
            fn mail_connection(&mut self) -> &mut PgConnection {
                self.connection()
            }
        }
        impl Queue for $tx {}
    )*};
}
queues!(PersonTx, WorkspaceTx<Write>, OrganizationTx);

/// A letter that was claimed, to be sent and settled.
#[derive(Debug)]
pub struct Claimed {
    /// Its id, the same at each attempt.
    pub id: Uuid,
    /// The letter; `None` when this version can't read what another wrote.
    pub letter: Option<Letter>,
    /// Which attempt this is, from 1.
    pub attempt: i32,
}

/// How an attempt to send ended.
#[derive(Debug, Clone, Copy)]
pub enum Sent<'e> {
    /// The letter was taken over.
    Done,
    /// It was not. The reason must hold nothing of the letter.
    Failed(&'e str),
    /// It never will be.
    GivenUp(&'e str),
}

impl Store {
    /// Claims up to `batch` letters that are due. No other sender gets them until the next attempt is due.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_mail(&self, batch: i32) -> Result<Vec<Claimed>, StoreError> {
        let mut tx = self.begin().await?;
        let rows = sqlx::query!(
            r#"select id as "id!", letter as "letter!", attempts as "attempts!" from door.claim_mail($1)"#,
            batch
        )
        .fetch_all(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(rows
            .into_iter()
            .map(|row| Claimed { id: row.id, letter: serde_json::from_str(&row.letter).ok(), attempt: row.attempts })
            .collect())
    }

    /// Notes how an attempt ended. A letter that was sent or given up is erased, since it may hold links.
    ///
    /// # Errors
    /// When the database fails; then the letter will be sent again.
    pub async fn settle_mail(&self, id: Uuid, sent: Sent<'_>) -> Result<(), StoreError> {
        let (error, last) = match sent {
            Sent::Done => (None, true),
            Sent::Failed(error) => (Some(error), false),
            Sent::GivenUp(error) => (Some(error), true),
        };
        let mut tx = self.begin().await?;
        sqlx::query!("select door.settle_mail($1, $2, $3)", id, error, last).execute(&mut *tx).await?;
        Ok(tx.commit().await?)
    }
}
