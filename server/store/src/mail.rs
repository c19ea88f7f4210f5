//! Mail queue (transactional outbox). A letter is inserted in the transaction that it reports on, so it is sent if and
//! only if that transaction commits. The sender claims letters in batches, and retries failed ones with increasing
//! delays.
//!
//! Delivery is at least once: if a sender dies between sending a letter and recording that, the letter is sent again
//! with the same message id. Rendering and transport of letters are in `server`.

use crate::{
    door::{OrganizationTx, PersonTx, WorkspaceTx, Write},
    error::StoreError,
    pool::Store,
};
use model::{Email, mail::Letter};
use sqlx::{PgConnection, types::Uuid};
use std::sync::LazyLock;
use tokio::sync::Notify;

/// Maximum number of attempts to send a letter: about two days with the delays of `door.claim_mail`.
pub const MAX_ATTEMPTS: i32 = 16;

/// Notified when a letter is inserted. Its transaction commits a moment later, so the sender polls a few times. Shared
/// by the whole process, because letters are inserted in any kind of transaction.
static NOTIFY: LazyLock<Notify> = LazyLock::new(Notify::new);

/// Waits until a letter has been inserted since the last call.
pub async fn queued() {
    NOTIFY.notified().await;
}

/// Inserts a letter into the queue, in the transaction of `connection`.
///
/// # Errors
/// [`StoreError::Database`] if the query fails. Then the transaction can't commit either.
pub(crate) async fn queue(connection: &mut PgConnection, letter: &Letter) -> Result<(), StoreError> {
    let letter = serde_json::to_string(letter).map_err(|e| StoreError::Inconsistent(format!("a letter: {e}")))?;
    sqlx::query!("select door.queue_mail($1, $2)", Uuid::now_v7(), letter).execute(connection).await?;
    NOTIFY.notify_one();
    Ok(())
}

/// Kind of a mail that counts against a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MailKind {
    /// An invite.
    Invite,
    /// A change of the account's email address to that address.
    Address,
    /// A link that anyone can request: to sign up or to reset a password.
    Link,
    /// An invoice to a customer.
    Invoice,
}

impl MailKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Invite => "invite",
            Self::Address => "address",
            Self::Link => "link",
            Self::Invoice => "invoice",
        }
    }
}

/// Result of counting a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailQuotaCheck {
    /// The mail may be sent.
    Counted,
    /// The address receives no more mail for this many seconds.
    Recipient(u32),
    /// The person or their organization has reached the limit and must wait for this many seconds.
    Spent(u32),
}

/// Counts a mail caused by the current person of `connection`, across all servers.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
pub(crate) async fn count_mail(
    connection: &mut PgConnection,
    kind: MailKind,
    email: &Email,
) -> Result<MailQuotaCheck, StoreError> {
    let row = sqlx::query!(
        r#"select outcome as "outcome!", wait as "wait!" from door.cause_mail($1, $2)"#,
        kind.as_str(),
        email.as_str(),
    )
    .fetch_one(connection)
    .await?;
    let wait = u32::try_from(row.wait).unwrap_or(1);
    match row.outcome.as_str() {
        "counted" => Ok(MailQuotaCheck::Counted),
        "recipient" => Ok(MailQuotaCheck::Recipient(wait)),
        "spent" => Ok(MailQuotaCheck::Spent(wait)),
        other => Err(StoreError::Inconsistent(format!("the outcome {other:?} of counting a mail"))),
    }
}

/// Remaining quota of mails to other people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MailAllowance {
    /// Number of mails.
    pub left: u32,
    /// Seconds until more mails are available.
    pub wait: u32,
}

/// Returns the remaining quota of the current person in the current organization of `connection`.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
pub(crate) async fn allowance(connection: &mut PgConnection) -> Result<MailAllowance, StoreError> {
    let row = sqlx::query!(r#"select remaining as "remaining!", wait as "wait!" from door.mail_allowance()"#)
        .fetch_optional(connection)
        .await?;
    Ok(row.map_or(MailAllowance { left: 0, wait: 1 }, |row| MailAllowance {
        left: u32::try_from(row.remaining).unwrap_or(0),
        wait: u32::try_from(row.wait).unwrap_or(1),
    }))
}

mod sealed {
    use sqlx::PgConnection;

    /// Transaction that letters can be inserted in.
    pub trait Transaction: Send {
        fn mail_connection(&mut self) -> &mut PgConnection;
    }
}

/// Transaction of a door that letters can be inserted in. They are sent if it commits.
pub trait QueueMail: sealed::Transaction {
    /// Inserts a letter into the queue.
    ///
    /// # Errors
    /// [`StoreError::Database`] if the query fails.
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
        impl QueueMail for $tx {}
    )*};
}
queues!(PersonTx, WorkspaceTx<Write>, OrganizationTx);

/// Claimed letter, to be sent and then settled.
#[derive(Debug)]
pub struct ClaimedMail {
    /// Id of the letter, the same for each attempt.
    pub id: Uuid,
    /// The letter; `None` if this version can't parse what another version wrote.
    pub letter: Option<Letter>,
    /// Number of this attempt, starting at 1.
    pub attempt: i32,
}

/// Result of an attempt to send a letter.
#[derive(Debug, Clone, Copy)]
pub enum SendResult<'e> {
    /// The letter was accepted for delivery.
    Done,
    /// The attempt failed and will be repeated. The reason must not contain any part of the letter.
    Failed(&'e str),
    /// The letter failed permanently.
    GivenUp(&'e str),
}

impl Store {
    /// Claims up to `batch` letters that are due. No other sender gets them until the next attempt is due.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database can't be reached, [`StoreError::Database`] if the query fails.
    #[tracing::instrument(level = "debug", name = "store.mail.claim_mail", skip_all, fields(batch = batch))]
    pub async fn claim_mail(&self, batch: i32) -> Result<Vec<ClaimedMail>, StoreError> {
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
            .map(|row| ClaimedMail {
                id: row.id,
                letter: serde_json::from_str(&row.letter).ok(),
                attempt: row.attempts,
            })
            .collect())
    }

    /// Records the result of an attempt. A letter that was sent or has failed permanently is erased, since it may
    /// contain links.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database can't be reached, [`StoreError::Database`] if the query fails. Then
    /// the letter will be sent again.
    #[tracing::instrument(level = "debug", name = "store.mail.settle_mail", skip_all, fields(mail_id = %id))]
    pub async fn settle_mail(&self, id: Uuid, sent: SendResult<'_>) -> Result<(), StoreError> {
        let (error, last) = match sent {
            SendResult::Done => (None, true),
            SendResult::Failed(error) => (Some(error), false),
            SendResult::GivenUp(error) => (Some(error), true),
        };
        let mut tx = self.begin().await?;
        sqlx::query!("select door.settle_mail($1, $2, $3)", id, error, last).execute(&mut *tx).await?;
        Ok(tx.commit().await?)
    }
}
