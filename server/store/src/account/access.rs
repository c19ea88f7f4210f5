//! Asking for a seat at an address, without learning whether anything is there (docs/SECURITY.md, I-16).

use crate::{door::PersonTx, error::StoreError, mail, pool::Store};
use model::{Email, Slug, mail::Letter};
use sqlx::types::Uuid;
use std::sync::LazyLock;
use tokio::sync::Notify;

/// Notified when somebody asks for access, at any address. The transaction commits a moment later.
static BELL: LazyLock<Notify> = LazyLock::new(Notify::new);

/// Returns when somebody has asked for access since the last call.
pub async fn rung() {
    BELL.notified().await;
}

/// What became of asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Written down, now or before; or refused within a week, which is not told.
    Noted,
    /// Often enough for today.
    Limited,
    /// The person has a seat there.
    Seated,
}

/// Asks for a seat in the workspace at `slug`, be there one or not.
///
/// # Errors
/// When the database fails.
pub async fn request(tx: &mut PersonTx, slug: &Slug) -> Result<Asked, StoreError> {
    let outcome =
        sqlx::query_scalar!(r#"select door.request_access($1, $2) as "outcome!""#, Uuid::now_v7(), slug.as_str())
            .fetch_one(tx.connection())
            .await?;
    BELL.notify_one();
    match outcome.as_str() {
        "asked" => Ok(Asked::Noted),
        "limited" => Ok(Asked::Limited),
        "seat" => Ok(Asked::Seated),
        other => Err(StoreError::Inconsistent(format!("the outcome {other:?} of asking for a seat"))),
    }
}

/// A person who may decide about a request, with the data for their mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The recipient.
    pub to: Email,
    /// The name of the person who asks.
    pub asker: String,
    /// The email address of the person who asks.
    pub asker_email: String,
    /// The workspace's address.
    pub slug: Slug,
    /// The workspace's name.
    pub workspace: String,
}

impl Store {
    /// Notifies those who may decide about the oldest new request: open tabs by an event, and each person by a mail.
    /// This runs after the answer to the person who asked, so that answer does not depend on whether anybody can decide.
    /// `false` when there is no new request.
    ///
    /// # Errors
    /// When the database fails. Nothing is sent then, and the request stays queued.
    pub async fn tell_request(&self, letter: impl Fn(&Told) -> Letter + Send) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let rows = sqlx::query!(
            r#"select email, coalesce(asker, '') as "asker!", coalesce(asker_email, '') as "asker_email!",
                coalesce(slug, '') as "slug!", coalesce(name, '') as "name!"
            from door.tell_request_news()"#
        )
        .fetch_all(&mut *tx)
        .await?;
        for row in &rows {
            let Some(email) = &row.email else { continue };
            let (Ok(to), Ok(slug)) = (Email::parse(email), Slug::parse(&row.slug)) else { continue };
            let told = Told {
                to,
                asker: row.asker.clone(),
                asker_email: row.asker_email.clone(),
                slug,
                workspace: row.name.clone(),
            };
            mail::queue(&mut tx, &letter(&told)).await?;
        }
        tx.commit().await?;
        Ok(!rows.is_empty())
    }
}
