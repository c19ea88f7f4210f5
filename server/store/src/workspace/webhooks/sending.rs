//! What the job does that sends messages: claims those that are due, and records what became of them. Between the two,
//! it holds no transaction. Each claim is a lease: if the server dies meanwhile, another one claims the message later.

use super::{deliveries::wake, hooks, secret::WebhookSecret};
use crate::{
    audit,
    door::{Can, WorkspaceTx, Write},
    error::StoreError,
    seal::EncryptionKey,
    workspace::{due, members},
};
use model::{
    Email,
    audit::{Action, Detail},
    capability::{CapabilityKind as _, ManageSettings},
    id::{DeliveryId, WebhookId},
    job::Job,
    webhook::{FAILING_DAYS, KEPT_DAYS, WebhookState, message_id, retry_after},
};
use time::Duration;

/// Seconds for which a message is claimed. An attempt takes less.
const LEASE_SECONDS: f64 = 60.0;
/// Maximum number of messages to one webhook that are being sent at once, on all servers.
const AT_ONCE: i64 = 4;
/// Maximum length of the stored beginning of an answer, in bytes.
const EXCERPT_MAX: usize = 1_024;

/// A message to send.
#[derive(Debug)]
pub struct Claimed {
    /// The delivery.
    pub id: DeliveryId,
    /// The webhook.
    pub webhook: WebhookId,
    /// Its address.
    pub url: String,
    /// Value of the header `webhook-id`.
    pub message: String,
    /// The body.
    pub body: String,
    /// Number of this attempt, starting at 1.
    pub attempt: i16,
    /// Secrets to sign with. Empty if they can't be decrypted, because the server's secret has changed.
    pub secrets: Vec<WebhookSecret>,
}

/// What an attempt came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// Status code; `None` without an answer.
    pub status: Option<u16>,
    /// Why there was no answer, in words.
    pub problem: String,
    /// The answer.
    pub body: Vec<u8>,
}

impl Answer {
    fn is_success(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }

    /// Returns the beginning of the answer. PostgreSQL stores no NUL in text.
    fn excerpt(&self) -> String {
        let text = String::from_utf8_lossy(self.body.get(..EXCERPT_MAX).unwrap_or(&self.body)).replace('\0', " ");
        let mut end = text.len().min(EXCERPT_MAX);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.get(..end).unwrap_or_default().to_owned()
    }
}

/// What recording an attempt came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recorded {
    /// The attempt is recorded.
    Noted,
    /// The message was claimed by another server, redelivered or deleted meanwhile. Nothing is recorded.
    Superseded,
    /// The attempt is recorded, and the webhook was turned off.
    TurnedOff(TurnedOff),
}

/// A webhook that was turned off because no attempt had succeeded for days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TurnedOff {
    /// The webhook.
    pub webhook: WebhookId,
    /// Its address.
    pub url: String,
    /// The people who can turn it on.
    pub people: Vec<Email>,
}

/// Claims messages that are due in the workspace, at most `limit`, oldest first for each webhook. A webhook whose last
/// attempt failed gets one at a time, others get [`AT_ONCE`]. Also removes deliveries older than [`KEPT_DAYS`], and notes
/// when the job is due again.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.webhooks.claim", skip_all)]
pub async fn claim(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageSettings>,
    seal: &EncryptionKey,
    limit: i64,
) -> Result<Vec<Claimed>, StoreError> {
    let workspace = tx.id();
    // Other servers wait, so that each counts what the others have claimed.
    sqlx::query!("select ops.one_at_a_time($1)", workspace.uuid()).execute(can.on(tx)?).await?;
    due::forget(tx, Job::Deliver).await?;
    sqlx::query!(
        "delete from workspace.webhook_deliveries where workspace_id = $1 and id in (
            select id from workspace.webhook_deliveries
            where workspace_id = $1 and created_at < now() - make_interval(days => $2) limit 500)",
        workspace.uuid(),
        KEPT_DAYS,
    )
    .execute(can.on(tx)?)
    .await?;
    let rows = sqlx::query!(
        r#"with slots as (
            select w.id, case when w.state = 'failing' then 1 else $3 end - (
                select count(*) from workspace.webhook_deliveries b
                where b.workspace_id = $1 and b.webhook_id = w.id and b.state = 'sending' and b.next_at > now()) as free
            from workspace.webhooks w where w.workspace_id = $1 and w.state <> 'off'
        ), due as (
            select d.id from slots s cross join lateral (
                select i.id from workspace.webhook_deliveries i
                where i.workspace_id = $1 and i.webhook_id = s.id and i.state in ('waiting', 'sending') and i.next_at <= now()
                order by i.next_at, i.id limit greatest(s.free, 0) for update skip locked) d
            limit $2
        )
        update workspace.webhook_deliveries d
        set state = 'sending', attempt = d.attempt + 1, next_at = now() + make_interval(secs => $4)
        from due, workspace.webhooks w
        where d.workspace_id = $1 and d.id = due.id and w.workspace_id = $1 and w.id = d.webhook_id
        returning d.id, d.webhook_id, d.message_id, d.body, d.attempt, w.url, w.secret,
            case when w.former_until > now() then w.former_secret end as former"#,
        workspace.uuid(),
        limit,
        AT_ONCE,
        LEASE_SECONDS,
    )
    .fetch_all(can.on(tx)?)
    .await?;
    let next = sqlx::query_scalar!(
        "select min(at) from (
            select min(d.next_at) as at from workspace.webhook_deliveries d
            join workspace.webhooks w on w.workspace_id = d.workspace_id and w.id = d.webhook_id
            where d.workspace_id = $1 and d.state in ('waiting', 'sending') and w.state <> 'off'
            union all
            select min(created_at) + make_interval(days => $2) from workspace.webhook_deliveries where workspace_id = $1) n",
        workspace.uuid(),
        KEPT_DAYS,
    )
    .fetch_one(can.on(tx)?)
    .await?;
    if let Some(next) = next {
        due::note(tx, Job::Deliver, next).await?;
    }
    let claimed = rows.into_iter().map(|row| {
        let webhook = WebhookId::from_uuid(row.webhook_id);
        let stored = [Some(row.secret), row.former];
        let opened = stored.iter().flatten().filter_map(|sealed| seal.open_webhook(workspace, webhook, sealed));
        Claimed {
            id: DeliveryId::from_uuid(row.id),
            webhook,
            url: row.url,
            message: message_id(row.message_id),
            body: row.body,
            attempt: row.attempt,
            secrets: opened.map(WebhookSecret::stored).collect(),
        }
    });
    Ok(claimed.collect())
}

/// Records what an attempt came to. After a failure, the message waits for its next attempt, if there is one. If no
/// attempt has succeeded for [`FAILING_DAYS`], the webhook is turned off, which is logged.
///
/// # Errors
/// [`StoreError::Database`] if the query fails. Then the message is sent again when its lease has ended.
#[tracing::instrument(level = "debug", name = "store.webhooks.record", skip_all, fields(delivery_id = %claimed.id))]
pub async fn record(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageSettings>,
    claimed: &Claimed,
    answer: &Answer,
) -> Result<Recorded, StoreError> {
    let (workspace, webhook) = (tx.id().uuid(), claimed.webhook.uuid());
    // Locked first, as by everything that changes both.
    if !hooks::lock(tx, can, claimed.webhook).await? {
        return Ok(Recorded::Superseded);
    }
    let Some(before) = hooks::get(tx, can, claimed.webhook).await? else { return Ok(Recorded::Superseded) };
    let mut jitter = [0];
    // Without randomness there is no jitter.
    let _ = getrandom::fill(&mut jitter);
    let pause = match before.state {
        WebhookState::Off => None,
        WebhookState::On | WebhookState::Failing => retry_after(claimed.attempt, jitter[0]),
    };
    let (state, pause) = match (answer.is_success(), pause) {
        (true, _) => ("delivered", None),
        (false, Some(pause)) => ("waiting", Some(pause)),
        (false, None) => ("failed", None),
    };
    let problem: String = answer.problem.chars().take(200).collect();
    let noted = sqlx::query!(
        "update workspace.webhook_deliveries
        set state = $5, status = $6, problem = $7, excerpt = $8, done_at = case when $5 <> 'waiting' then now() end,
            next_at = now() + make_interval(secs => $9)
        where workspace_id = $1 and webhook_id = $2 and id = $3 and state = 'sending' and attempt = $4",
        workspace,
        webhook,
        claimed.id.uuid(),
        claimed.attempt,
        state,
        answer.status.and_then(|status| i16::try_from(status).ok()),
        problem,
        answer.excerpt(),
        f64::from(pause.unwrap_or(0)),
    )
    .execute(can.on(tx)?)
    .await?;
    if noted.rows_affected() == 0 {
        return Ok(Recorded::Superseded);
    }
    if let Some(pause) = pause {
        let at = tx.tenant().principal.now + Duration::seconds(i64::from(pause));
        due::note(tx, Job::Deliver, at).await?;
    }
    // A place is free for the next message.
    wake();
    if answer.is_success() {
        sqlx::query!(
            "update workspace.webhooks set state = 'on', failing_since = null
            where workspace_id = $1 and id = $2 and state = 'failing'",
            workspace,
            webhook,
        )
        .execute(can.on(tx)?)
        .await?;
        return Ok(Recorded::Noted);
    }
    let state = sqlx::query_scalar!(
        "update workspace.webhooks set failing_since = coalesce(failing_since, now()),
            state = case when failing_since < now() - make_interval(days => $3) then 'off' else 'failing' end
        where workspace_id = $1 and id = $2 and state <> 'off' returning state",
        workspace,
        webhook,
        FAILING_DAYS,
    )
    .fetch_optional(can.on(tx)?)
    .await?;
    if state.as_deref() != Some(WebhookState::Off.as_str()) {
        return Ok(Recorded::Noted);
    }
    hooks::drop_waiting(tx, can, claimed.webhook).await?;
    audit::record(tx, Action::WebhookTurnedOff, webhook, &Detail::none().with("name", before.name())).await?;
    let seats = members::list(tx).await?;
    let people = seats.iter().filter(|one| one.verified && one.seat.capabilities().has(ManageSettings::CAPABILITY));
    Ok(Recorded::TurnedOff(TurnedOff {
        webhook: claimed.webhook,
        url: before.url,
        people: people.filter_map(|one| Email::parse(&one.email).ok()).collect(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &[u8]) -> Answer {
        Answer { status: Some(status), problem: String::new(), body: body.to_vec() }
    }

    #[test]
    fn only_an_answer_from_200_to_299_is_a_success() {
        for (status, success) in [(199, false), (200, true), (204, true), (299, true), (301, false), (410, false)] {
            assert_eq!(answer(status, b"").is_success(), success, "{status}");
        }
        assert!(!Answer::default().is_success());
    }

    #[test]
    fn of_an_answer_at_most_1024_bytes_of_text_are_kept() {
        assert_eq!(answer(200, b"ok\0").excerpt(), "ok ");
        assert_eq!(answer(200, &[b'x'; 5_000]).excerpt().len(), 1_024);
        // Each invalid byte becomes three, and a letter is not cut.
        for body in [vec![0xff; 5_000], "ä".repeat(3_000).into_bytes(), "x€".repeat(3_000).into_bytes()] {
            let excerpt = answer(200, &body).excerpt();
            assert!((1_021..=1_024).contains(&excerpt.len()), "{}", excerpt.len());
        }
    }
}
