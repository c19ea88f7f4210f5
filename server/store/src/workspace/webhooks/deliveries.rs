//! Deliveries: the messages to webhooks.

use super::hooks;
use crate::{
    door::{Can, Mode, WorkspaceTx, Write},
    error::StoreError,
    workspace::{due, written::Written},
    zone::Zone,
};
use model::{
    capability::ManageSettings,
    id::{DeliveryId, WebhookId},
    job::Job,
    webhook::{Delivery, DeliveryState, EventKind, TEST_KIND, WebhookEvent, WebhookState, message_id},
};
use sqlx::types::Uuid;
use std::sync::LazyLock;
use time::OffsetDateTime;
use tokio::sync::Notify;

/// Notified when a delivery is written or recorded. Its transaction commits a moment later.
static NOTIFY: LazyLock<Notify> = LazyLock::new(Notify::new);

/// Waits until a delivery has been written since the last call.
pub async fn announced() {
    NOTIFY.notified().await;
}

pub(super) fn wake() {
    NOTIFY.notify_one();
}

struct Row {
    id: Uuid,
    message_id: Uuid,
    kind: String,
    body: String,
    state: String,
    attempt: i16,
    next_at: OffsetDateTime,
    status: Option<i16>,
    problem: String,
    excerpt: String,
    created_at: OffsetDateTime,
    done_at: Option<OffsetDateTime>,
}

impl Row {
    fn delivery(self, zone: &Zone) -> Result<Delivery, StoreError> {
        let state = DeliveryState::from_word(&self.state)
            .ok_or_else(|| StoreError::Inconsistent(format!("the state {:?} of a delivery", self.state)))?;
        Ok(Delivery {
            id: DeliveryId::from_uuid(self.id),
            message: message_id(self.message_id),
            kind: self.kind,
            body: self.body,
            state,
            attempt: self.attempt,
            next_at: (state == DeliveryState::Waiting).then(|| zone.local(self.next_at)),
            status: self.status,
            problem: self.problem,
            excerpt: self.excerpt,
            created_at: zone.local(self.created_at),
            done_at: self.done_at.map(|at| zone.local(at)),
        })
    }
}

/// Tells the webhooks that ask for `kind` of a fact about the record `id`: writes their deliveries in the transaction of
/// the fact, so that each is sent if and only if it commits. Does nothing if no webhook asks for it.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.webhooks.announce", skip_all, fields(kind = kind.as_str()))]
pub async fn announce(tx: &mut WorkspaceTx<Write>, kind: EventKind, id: Uuid) -> Result<(), StoreError> {
    announce_all(tx, kind, &[id]).await
}

/// Like [`announce`], of a fact about each of several records.
///
/// # Errors
/// As for [`announce`].
#[tracing::instrument(level = "debug", name = "store.webhooks.announce_all", skip_all, fields(kind = kind.as_str()))]
pub async fn announce_all(tx: &mut WorkspaceTx<Write>, kind: EventKind, ids: &[Uuid]) -> Result<(), StoreError> {
    let workspace = tx.id().uuid();
    let webhooks = sqlx::query_scalar!(
        "select id from workspace.webhooks where workspace_id = $1 and state <> 'off' and $2 = any(events)",
        workspace,
        kind.as_str(),
    )
    .fetch_all(tx.connection())
    .await?;
    if webhooks.is_empty() || ids.is_empty() {
        return Ok(());
    }
    write(tx, &webhooks, kind.as_str(), ids).await
}

/// Writes a message about each record to each of `webhooks`.
async fn write(
    tx: &mut WorkspaceTx<Write>,
    webhooks: &[Uuid],
    kind: &'static str,
    records: &[Uuid],
) -> Result<(), StoreError> {
    let (workspace, now) = (tx.id(), tx.tenant().principal.now);
    let (mut ids, mut targets, mut messages, mut bodies) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for record in records {
        let message = Uuid::now_v7();
        let body = WebhookEvent { kind, at: now, id: *record, workspace }.body();
        for webhook in webhooks {
            ids.push(Uuid::now_v7());
            targets.push(*webhook);
            messages.push(message);
            bodies.push(body.clone());
        }
    }
    sqlx::query!(
        "insert into workspace.webhook_deliveries (workspace_id, id, webhook_id, message_id, kind, body)
        select $1, n.id, n.webhook, n.message, $6, n.body
        from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[]) n (id, webhook, message, body)",
        workspace.uuid(),
        &ids,
        &targets,
        &messages,
        &bodies,
        kind,
    )
    .execute(tx.connection())
    .await?;
    due::note(tx, Job::Deliver, now).await?;
    wake();
    Ok(())
}

/// Returns deliveries of a webhook that are older than `before`, newest first, at most `limit`.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.webhooks.deliveries", skip_all, fields(webhook_id = %webhook))]
pub async fn deliveries<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    can: &Can<ManageSettings>,
    webhook: WebhookId,
    before: Option<DeliveryId>,
    limit: i64,
) -> Result<Vec<Delivery>, StoreError> {
    let (workspace, zone) = (tx.id().uuid(), tx.zone());
    let rows = sqlx::query_as!(
        Row,
        "select id, message_id, kind, body, state, attempt, next_at, status, problem, excerpt, created_at, done_at
        from workspace.webhook_deliveries where workspace_id = $1 and webhook_id = $2 and id < $3
        order by id desc limit $4",
        workspace,
        webhook.uuid(),
        before.map_or(Uuid::max(), DeliveryId::uuid),
        limit,
    )
    .fetch_all(can.on(tx)?)
    .await?;
    rows.into_iter().map(|row| row.delivery(&zone)).collect()
}

/// Returns a delivery of a webhook.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.webhooks.delivery", skip_all, fields(webhook_id = %webhook, delivery_id = %id))]
pub async fn delivery<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    can: &Can<ManageSettings>,
    webhook: WebhookId,
    id: DeliveryId,
) -> Result<Option<Delivery>, StoreError> {
    let (workspace, zone) = (tx.id().uuid(), tx.zone());
    let row = sqlx::query_as!(
        Row,
        "select id, message_id, kind, body, state, attempt, next_at, status, problem, excerpt, created_at, done_at
        from workspace.webhook_deliveries where workspace_id = $1 and webhook_id = $2 and id = $3",
        workspace,
        webhook.uuid(),
        id.uuid(),
    )
    .fetch_optional(can.on(tx)?)
    .await?;
    row.map(|row| row.delivery(&zone)).transpose()
}

/// Sends a message again, with the same id and body, and with all attempts. A message that is being sent is left alone.
/// Refuses if the webhook is off.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.webhooks.redeliver", skip_all, fields(webhook_id = %webhook, delivery_id = %id))]
pub async fn redeliver(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageSettings>,
    webhook: WebhookId,
    id: DeliveryId,
) -> Result<Written<()>, StoreError> {
    if delivery(tx, can, webhook, id).await?.is_none() {
        return Ok(Written::Absent);
    }
    if let Some(refused) = unless_on(tx, can, webhook).await? {
        return Ok(refused);
    }
    let (workspace, now) = (tx.id().uuid(), tx.tenant().principal.now);
    sqlx::query!(
        "update workspace.webhook_deliveries set state = 'waiting', attempt = 0, next_at = now(), done_at = null
        where workspace_id = $1 and webhook_id = $2 and id = $3 and state <> 'sending'",
        workspace,
        webhook.uuid(),
        id.uuid(),
    )
    .execute(can.on(tx)?)
    .await?;
    due::note(tx, Job::Deliver, now).await?;
    wake();
    Ok(Written::Done(()))
}

/// Sends a message of the type [`TEST_KIND`] about the webhook itself. Refuses if the webhook is off.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.webhooks.test", skip_all, fields(webhook_id = %webhook))]
pub async fn test(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageSettings>,
    webhook: WebhookId,
) -> Result<Written<()>, StoreError> {
    if let Some(refused) = unless_on(tx, can, webhook).await? {
        return Ok(refused);
    }
    write(tx, &[webhook.uuid()], TEST_KIND, &[webhook.uuid()]).await?;
    Ok(Written::Done(()))
}

/// Returns the refusal if a webhook does not exist or is off. Otherwise it is locked, so that it stays on.
async fn unless_on(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageSettings>,
    webhook: WebhookId,
) -> Result<Option<Written<()>>, StoreError> {
    if !hooks::lock(tx, can, webhook).await? {
        return Ok(Some(Written::Absent));
    }
    Ok(match hooks::get(tx, can, webhook).await? {
        None => Some(Written::Absent),
        Some(webhook) if webhook.state == WebhookState::Off => {
            Some(Written::invalid("action", "The webhook is off. Turn it on first."))
        }
        Some(_) => None,
    })
}
