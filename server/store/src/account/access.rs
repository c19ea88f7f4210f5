//! Requests for a seat in a workspace, which don't disclose if the workspace exists (docs/SECURITY.md, I-16).

use crate::{door::PersonTx, error::StoreError, mail, pool::Store};
use model::{Email, Slug, mail::Letter};
use sqlx::types::Uuid;
use std::sync::LazyLock;
use tokio::sync::Notify;

/// Notified about requests for access to any slug. The transaction commits a moment later.
static NOTIFY: LazyLock<Notify> = LazyLock::new(Notify::new);

/// Waits until someone has requested access since the last call.
pub async fn requested() {
    NOTIFY.notified().await;
}

/// Result of a request for access.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestOutcome {
    /// The request is stored, now or earlier, or was refused within the last week. The person can't tell these apart.
    Noted,
    /// The person has reached the daily limit.
    Limited,
    /// The person already has a seat in the workspace.
    Seated,
}

/// Requests a seat in the workspace at `slug`, which may not exist.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.access.request", skip_all)]
pub async fn request(tx: &mut PersonTx, slug: &Slug) -> Result<RequestOutcome, StoreError> {
    let outcome =
        sqlx::query_scalar!(r#"select door.request_access($1, $2) as "outcome!""#, Uuid::now_v7(), slug.as_str())
            .fetch_one(tx.connection())
            .await?;
    NOTIFY.notify_one();
    match outcome.as_str() {
        "asked" => Ok(RequestOutcome::Noted),
        "limited" => Ok(RequestOutcome::Limited),
        "seat" => Ok(RequestOutcome::Seated),
        other => Err(StoreError::Inconsistent(format!("the outcome {other:?} of asking for a seat"))),
    }
}

/// Person who may decide about a request, with the data for their mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessRequestNotice {
    /// Recipient of the mail.
    pub to: Email,
    /// Name of the person who requests access.
    pub requester: String,
    /// Email address of the person who requests access.
    pub requester_email: String,
    /// Slug of the workspace.
    pub slug: Slug,
    /// Name of the workspace.
    pub workspace: String,
}

impl Store {
    /// Notifies those who may decide about the oldest new request: their open tabs by an event, and each person by
    /// mail. This runs after the response to the requester, whose timing therefore does not disclose if anyone can
    /// decide. Returns `false` if there is no new request.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database can't be reached, [`StoreError::Database`] if the query fails. Then
    /// nothing is sent, and the request stays queued.
    #[tracing::instrument(level = "debug", name = "store.access.notify_access_request", skip_all)]
    pub async fn notify_access_request(
        &self,
        letter: impl Fn(&AccessRequestNotice) -> Letter + Send,
    ) -> Result<bool, StoreError> {
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
            let notice = AccessRequestNotice {
                to,
                requester: row.asker.clone(),
                requester_email: row.asker_email.clone(),
                slug,
                workspace: row.name.clone(),
            };
            mail::queue(&mut tx, &letter(&notice)).await?;
        }
        tx.commit().await?;
        Ok(!rows.is_empty())
    }
}
