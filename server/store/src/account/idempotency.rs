//! Answers to requests with an idempotency key, kept for 24 hours and shared by all servers.
//!
//! A request claims its key, runs, and keeps its answer, in three transactions. Each write of the request marks the key
//! as written in the transaction that commits it, so a crash at any moment leaves one of two states. *Running*: nothing
//! was written, and the key can be claimed again after [`TAKEOVER_MINUTES`]. If the first request was only slow, its
//! write is then rolled back with [`StoreError::Superseded`]. *Written*: the write happened, but after that time its
//! answer is lost, and each repetition is told so. A key therefore never writes twice.

use crate::{
    door::{Credential, Visit, WorkspaceTx, attempting},
    error::StoreError,
    pool::Store,
};
use model::id::UserId;
use sha2::{Digest, Sha256};
use sqlx::types::Uuid;

/// Minutes after which a request is taken for dead: its key can be claimed again if it has written nothing, and else its
/// answer is lost.
pub const TAKEOVER_MINUTES: i32 = 2;

/// Maximum size in bytes of an answer that is kept.
pub const BODY_MAX: usize = 1024 * 1024;

/// SHA-256 of a key or of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digest256([u8; 32]);

impl Digest256 {
    /// Returns the hash of `parts`, each with its length, so that no two lists of parts are the same text.
    pub fn of(parts: &[&[u8]]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        Self(hash.finalize().into())
    }
}

/// A claimed key: permission to run the request once.
#[derive(Debug)]
pub struct Attempt(Uuid);

/// An answer to keep or to repeat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status, 200 to 499.
    pub status: u16,
    /// `Content-Type`.
    pub content_type: Option<String>,
    /// `Location`.
    pub location: Option<String>,
    /// `ETag`.
    pub etag: Option<String>,
    /// Body, at most [`BODY_MAX`] bytes.
    pub body: Vec<u8>,
}

/// What to do with a request that has a key.
#[derive(Debug)]
pub enum Claim {
    /// Run it, then settle the attempt.
    Run(Attempt),
    /// Repeat this answer.
    Replay(Answer),
    /// A request with this key is still running.
    InUse,
    /// The key belongs to another request.
    Reused,
    /// The request has written, but its answer was not kept.
    Lost,
    /// The answer was given to another role in the workspace than the person has.
    OtherRole,
}

impl Credential {
    /// Returns whose idempotency keys the holder uses: a person has the same with each of their tokens, and each API key
    /// has its own.
    fn principal(&self, user: UserId) -> Uuid {
        match self {
            Self::Session(_) | Self::Token(_) => user.uuid(),
            // The first 128 bits of the hash, of which the database stores all.
            Self::Key(hash) => {
                hash.bytes().get(..16).and_then(|bytes| Uuid::from_slice(bytes).ok()).unwrap_or(user.uuid())
            }
        }
    }
}

/// Claims a key for the request, or says what became of the request that has it. The person's seat is the one that `tx`
/// was opened with. The caller commits `tx`.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.idempotency.claim", skip_all)]
pub async fn claim(
    tx: &mut WorkspaceTx<Visit>,
    credential: &Credential,
    key: Digest256,
    request: Digest256,
) -> Result<Claim, StoreError> {
    let user = tx.user();
    let role = tx.tenant().seat.role().as_str();
    let (principal, attempt) = (credential.principal(user), Uuid::now_v7());
    let claimed = sqlx::query_scalar!(
        "insert into account.idempotency_keys as k (user_id, principal, key_hash, request_hash, attempt, role)
        values ($1, $2, $3, $4, $5, $6)
        on conflict (user_id, principal, key_hash) do update
        set request_hash = excluded.request_hash, attempt = excluded.attempt, role = excluded.role, state = 'running',
            status = null, content_type = null, location = null, etag = null, body = null, at = now()
        where k.at < now() - interval '24 hours'
            or (k.state = 'running' and k.at < now() - make_interval(mins => $7))
        returning k.attempt",
        user.uuid(),
        principal,
        &key.0[..],
        &request.0[..],
        attempt,
        role,
        TAKEOVER_MINUTES,
    )
    .fetch_optional(tx.connection())
    .await?;
    if claimed.is_some() {
        return Ok(Claim::Run(Attempt(attempt)));
    }
    let row = sqlx::query!(
        r#"select request_hash, role, state, status, content_type, location, etag, body,
            at > now() - make_interval(mins => $4) as "is_recent!"
        from account.idempotency_keys where user_id = $1 and principal = $2 and key_hash = $3"#,
        user.uuid(),
        principal,
        &key.0[..],
        TAKEOVER_MINUTES,
    )
    .fetch_optional(tx.reading())
    .await?;
    // Between the two statements, the other attempt may have failed and released the key.
    let Some(row) = row else { return Ok(Claim::InUse) };
    if row.request_hash != request.0 {
        return Ok(Claim::Reused);
    }
    Ok(match (row.state.as_str(), row.status, row.body) {
        ("done", Some(status), Some(body)) if row.role == role => Claim::Replay(Answer {
            status: u16::try_from(status).map_err(|_| StoreError::Inconsistent(format!("HTTP status {status}")))?,
            content_type: row.content_type,
            location: row.location,
            etag: row.etag,
            body,
        }),
        ("done", ..) => Claim::OtherRole,
        ("lost", ..) => Claim::Lost,
        // The request may still be about to keep its answer.
        ("written", ..) if !row.is_recent => Claim::Lost,
        _ => Claim::InUse,
    })
}

/// Serves the request of a claimed key. Its writes are rolled back if another attempt has taken over.
pub async fn run<F: Future>(attempt: &Attempt, work: F) -> F::Output {
    attempting(attempt.0, work).await
}

impl Store {
    /// Ends an attempt: keeps its answer, or without one releases the key, unless something was written.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database can't be reached, [`StoreError::Database`] if the query fails. The
    /// key then stays in use.
    #[tracing::instrument(level = "debug", name = "store.idempotency.settle_attempt", skip_all)]
    pub async fn settle_attempt(&self, attempt: Attempt, answer: Option<&Answer>) -> Result<(), StoreError> {
        let status = answer.map(|answer| i32::from(answer.status));
        sqlx::query!(
            "select door.settle_answer($1, $2, $3, $4, $5, $6)",
            attempt.0,
            status as Option<i32>,
            answer.and_then(|answer| answer.content_type.as_deref()) as Option<&str>,
            answer.and_then(|answer| answer.location.as_deref()) as Option<&str>,
            answer.and_then(|answer| answer.etag.as_deref()) as Option<&str>,
            answer.map(|answer| answer.body.as_slice()) as Option<&[u8]>,
        )
        .execute(self.pool())
        .await?;
        Ok(())
    }
}
