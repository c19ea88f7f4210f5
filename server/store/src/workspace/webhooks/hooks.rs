//! Webhooks: address, events, secrets, state.

use super::secret::WebhookSecret;
use crate::{
    audit,
    door::{Can, Mode, WorkspaceTx, Write},
    error::StoreError,
    seal::EncryptionKey,
    workspace::written::Written,
    zone::Zone,
};
use model::{
    audit::{Action, Detail},
    capability::ManageSettings,
    id::WebhookId,
    webhook::{EventKind, ROTATION_HOURS, WEBHOOK_LIMIT, Webhook, WebhookDraft, WebhookState},
};
use sqlx::types::Uuid;
use time::OffsetDateTime;

struct Row {
    id: Uuid,
    url: String,
    description: String,
    events: Vec<String>,
    state: String,
    failing_since: Option<OffsetDateTime>,
    former_until: Option<OffsetDateTime>,
    created_at: OffsetDateTime,
}

impl Row {
    fn webhook(self, zone: &Zone) -> Result<Webhook, StoreError> {
        Ok(Webhook {
            id: WebhookId::from_uuid(self.id),
            url: self.url,
            description: self.description,
            events: self.events.iter().filter_map(|event| EventKind::from_word(event)).collect(),
            state: WebhookState::from_word(&self.state)
                .ok_or_else(|| StoreError::Inconsistent(format!("the state {:?} of a webhook", self.state)))?,
            failing_since: self.failing_since.map(|at| zone.local(at)),
            rotating_until: self.former_until.map(|at| zone.local(at)),
            created_at: zone.local(self.created_at),
        })
    }
}

fn words(events: &[EventKind]) -> Vec<String> {
    events.iter().map(|event| event.as_str().to_owned()).collect()
}

/// Returns the webhooks of the workspace, newest first, at most [`WEBHOOK_LIMIT`].
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.webhooks.list", skip_all)]
pub async fn list<M: Mode>(tx: &mut WorkspaceTx<M>, can: &Can<ManageSettings>) -> Result<Vec<Webhook>, StoreError> {
    let (workspace, zone) = (tx.id().uuid(), tx.zone());
    let rows = sqlx::query_as!(
        Row,
        r#"select id, url, description, events, state, failing_since,
            case when former_until > now() then former_until end as former_until, created_at
        from workspace.webhooks where workspace_id = $1 order by id desc limit 100"#,
        workspace,
    )
    .fetch_all(can.on(tx)?)
    .await?;
    rows.into_iter().map(|row| row.webhook(&zone)).collect()
}

/// Returns a webhook.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.webhooks.get", skip_all, fields(webhook_id = %id))]
pub async fn get<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    can: &Can<ManageSettings>,
    id: WebhookId,
) -> Result<Option<Webhook>, StoreError> {
    let (workspace, zone) = (tx.id().uuid(), tx.zone());
    let row = sqlx::query_as!(
        Row,
        r#"select id, url, description, events, state, failing_since,
            case when former_until > now() then former_until end as former_until, created_at
        from workspace.webhooks where workspace_id = $1 and id = $2"#,
        workspace,
        id.uuid(),
    )
    .fetch_optional(can.on(tx)?)
    .await?;
    row.map(|row| row.webhook(&zone)).transpose()
}

/// Locks a webhook until the transaction ends. Returns `false` if the workspace has no such webhook.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.webhooks.lock", skip_all, fields(webhook_id = %id))]
pub async fn lock(tx: &mut WorkspaceTx<Write>, can: &Can<ManageSettings>, id: WebhookId) -> Result<bool, StoreError> {
    let workspace = tx.id().uuid();
    let row = sqlx::query!(
        "select id from workspace.webhooks where workspace_id = $1 and id = $2 for no key update",
        workspace,
        id.uuid(),
    )
    .fetch_optional(can.on(tx)?)
    .await?;
    Ok(row.is_some())
}

/// Creates a webhook, and logs it. Returns its secret, which is stored encrypted and never shown again. Refuses more than
/// [`WEBHOOK_LIMIT`].
///
/// # Errors
/// [`StoreError::NoRandomness`] if the operating system returns no random bytes; [`StoreError::Database`] if the query
/// fails.
#[tracing::instrument(level = "debug", name = "store.webhooks.create", skip_all)]
pub async fn create(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageSettings>,
    seal: &EncryptionKey,
    draft: &WebhookDraft,
) -> Result<Written<(WebhookId, WebhookSecret)>, StoreError> {
    let workspace = tx.id();
    // Serializes concurrent creations in one workspace, so that each is counted.
    sqlx::query!("select ops.one_at_a_time($1)", workspace.uuid()).execute(can.on(tx)?).await?;
    let held = sqlx::query_scalar!(
        r#"select count(*) as "count!" from workspace.webhooks where workspace_id = $1"#,
        workspace.uuid()
    )
    .fetch_one(can.on(tx)?)
    .await?;
    if held >= WEBHOOK_LIMIT {
        return Ok(Written::invalid("url", "This workspace has 10 webhooks, which is the most. Delete one first."));
    }
    let id = WebhookId::from_uuid(Uuid::now_v7());
    let secret = WebhookSecret::generate()?;
    let sealed = seal.seal_webhook(workspace, id, secret.bytes())?;
    sqlx::query!(
        "insert into workspace.webhooks (workspace_id, id, url, description, secret, events) values ($1, $2, $3, $4, $5, $6)",
        workspace.uuid(),
        id.uuid(),
        draft.url.as_str(),
        draft.description.as_str(),
        sealed,
        &words(&draft.events),
    )
    .execute(can.on(tx)?)
    .await?;
    let detail = Detail::none().with("name", named(draft)).with("events", words(&draft.events).join(", "));
    audit::record(tx, Action::WebhookCreated, id.uuid(), &detail).await?;
    Ok(Written::Done((id, secret)))
}

fn named(draft: &WebhookDraft) -> &str {
    if draft.description.is_empty() { draft.url.as_str() } else { &draft.description }
}

/// Changes address, description and events of a webhook, and logs the changes, if any. Returns `false` if the workspace
/// has no such webhook.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.webhooks.update", skip_all, fields(webhook_id = %id))]
pub async fn update(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageSettings>,
    id: WebhookId,
    draft: &WebhookDraft,
) -> Result<bool, StoreError> {
    if !lock(tx, can, id).await? {
        return Ok(false);
    }
    let Some(before) = get(tx, can, id).await? else { return Ok(false) };
    let changed = Detail::none()
        .change("url", &before.url, &draft.url)
        .change("description", &before.description, &draft.description)
        .change("events", words(&before.events).join(", "), words(&draft.events).join(", "));
    if changed.is_empty() {
        return Ok(true);
    }
    let workspace = tx.id().uuid();
    sqlx::query!(
        "update workspace.webhooks set url = $3, description = $4, events = $5 where workspace_id = $1 and id = $2",
        workspace,
        id.uuid(),
        draft.url.as_str(),
        draft.description.as_str(),
        &words(&draft.events),
    )
    .execute(can.on(tx)?)
    .await?;
    audit::record(tx, Action::WebhookChanged, id.uuid(), &changed.with("name", before.name())).await?;
    Ok(true)
}

/// Makes a new secret of a webhook, and logs it. The former secret also signs for [`ROTATION_HOURS`]; one that was
/// former before signs no more. Returns `None` if the workspace has no such webhook.
///
/// # Errors
/// As for [`create`].
#[tracing::instrument(level = "debug", name = "store.webhooks.rotate", skip_all, fields(webhook_id = %id))]
pub async fn rotate(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageSettings>,
    seal: &EncryptionKey,
    id: WebhookId,
) -> Result<Option<WebhookSecret>, StoreError> {
    let Some(webhook) = get(tx, can, id).await? else { return Ok(None) };
    let workspace = tx.id();
    let secret = WebhookSecret::generate()?;
    let sealed = seal.seal_webhook(workspace, id, secret.bytes())?;
    let written = sqlx::query!(
        "update workspace.webhooks set former_secret = secret, former_until = now() + make_interval(hours => $4), secret = $3
        where workspace_id = $1 and id = $2",
        workspace.uuid(),
        id.uuid(),
        sealed,
        ROTATION_HOURS,
    )
    .execute(can.on(tx)?)
    .await?;
    if written.rows_affected() == 0 {
        return Ok(None);
    }
    let detail = Detail::none().with("name", webhook.name());
    audit::record(tx, Action::WebhookSecretRotated, id.uuid(), &detail).await?;
    Ok(Some(secret))
}

/// Turns a webhook on or off, and logs it. One that is off is told of nothing, and its waiting deliveries have failed.
/// Returns `false` if the workspace has no such webhook.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.webhooks.turn", skip_all, fields(webhook_id = %id))]
pub async fn turn(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageSettings>,
    id: WebhookId,
    switch: Switch,
) -> Result<bool, StoreError> {
    if !lock(tx, can, id).await? {
        return Ok(false);
    }
    let Some(webhook) = get(tx, can, id).await? else { return Ok(false) };
    let is_off = webhook.state == WebhookState::Off;
    if is_off == (switch == Switch::Off) {
        return Ok(true);
    }
    let workspace = tx.id().uuid();
    let (state, action) = match switch {
        Switch::On => (WebhookState::On, Action::WebhookTurnedOn),
        Switch::Off => (WebhookState::Off, Action::WebhookTurnedOff),
    };
    sqlx::query!(
        "update workspace.webhooks set state = $3, failing_since = null where workspace_id = $1 and id = $2",
        workspace,
        id.uuid(),
        state.as_str(),
    )
    .execute(can.on(tx)?)
    .await?;
    if switch == Switch::Off {
        drop_waiting(tx, can, id).await?;
    }
    audit::record(tx, action, id.uuid(), &Detail::none().with("name", webhook.name())).await?;
    Ok(true)
}

/// What to turn a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Switch {
    /// It is told of facts from now on.
    On,
    /// It is told of nothing.
    Off,
}

/// Ends the deliveries of a webhook that is off.
pub(super) async fn drop_waiting(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageSettings>,
    id: WebhookId,
) -> Result<(), StoreError> {
    let workspace = tx.id().uuid();
    sqlx::query!(
        "update workspace.webhook_deliveries set state = 'failed', done_at = now(), problem = 'The webhook was turned off.'
        where workspace_id = $1 and webhook_id = $2 and state = 'waiting'",
        workspace,
        id.uuid(),
    )
    .execute(can.on(tx)?)
    .await?;
    Ok(())
}

/// Deletes a webhook with its deliveries, and logs it. Returns `false` if the workspace has no such webhook.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.webhooks.delete", skip_all, fields(webhook_id = %id))]
pub async fn delete(tx: &mut WorkspaceTx<Write>, can: &Can<ManageSettings>, id: WebhookId) -> Result<bool, StoreError> {
    let Some(webhook) = get(tx, can, id).await? else { return Ok(false) };
    let workspace = tx.id().uuid();
    let deleted =
        sqlx::query!("delete from workspace.webhooks where workspace_id = $1 and id = $2", workspace, id.uuid())
            .execute(can.on(tx)?)
            .await?;
    if deleted.rows_affected() == 0 {
        return Ok(false);
    }
    audit::record(tx, Action::WebhookDeleted, id.uuid(), &Detail::none().with("name", webhook.name())).await?;
    Ok(true)
}
