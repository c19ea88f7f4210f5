//! What the workspace knows of the events in a batch: their customers, and events with the same keys.

use crate::{
    door::{Can, WorkspaceTx, Write},
    error::StoreError,
};
use model::{capability::RecordUsage, event::Event};
use sqlx::types::Uuid;
use std::collections::HashMap;
use time::OffsetDateTime;

/// Customer that a subject means.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    /// The customer.
    pub(super) customer: Uuid,
    /// `false` if the customer is archived.
    pub(super) active: bool,
}

/// Stored event.
pub(super) struct Held {
    fingerprint: i64,
    kind: String,
    subject: String,
    occurred_at: OffsetDateTime,
}

impl Held {
    /// Returns `true` if the event is the stored one.
    pub(super) fn is(&self, event: &Event) -> bool {
        self.fingerprint == event.fingerprint()
    }

    /// Returns an attribute in which the event differs from the stored one.
    pub(super) fn difference(&self, event: &Event) -> &'static str {
        if self.kind != event.kind {
            "type"
        } else if self.subject != event.subject {
            "subject"
        } else if event.time.is_some_and(|time| time != self.occurred_at) {
            "time"
        } else {
            "data"
        }
    }
}

/// Returns the customers that `subjects` mean. A subject of a customer comes before a customer's id.
pub(super) async fn customers(
    tx: &mut WorkspaceTx<Write>,
    subjects: &[String],
) -> Result<HashMap<String, Known>, StoreError> {
    let workspace = tx.id().uuid();
    let ids: Vec<Uuid> = subjects.iter().filter_map(|subject| Uuid::try_parse(subject).ok()).collect();
    let rows = sqlx::query!(
        r#"select c.id::text as "subject!", c.id as "id!", c.status as "status!"
        from workspace.customers c where c.workspace_id = $1 and c.id = any($3::uuid[])
        union all
        select s.subject, c.id, c.status
        from workspace.customer_subjects s
        join workspace.customers c on c.workspace_id = s.workspace_id and c.id = s.customer_id
        where s.workspace_id = $1 and s.subject = any($2::text[])"#,
        workspace,
        subjects,
        &ids,
    )
    .fetch_all(tx.reading())
    .await?;
    // The subjects follow the ids, and replace them.
    Ok(rows.into_iter().map(|row| (row.subject, Known { customer: row.id, active: row.status == "active" })).collect())
}

/// Returns the stored events with these keys. A statement of its own, so that it sees what another transaction stored
/// while this one waited for it.
pub(super) async fn held(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<RecordUsage>,
    keys: &[Uuid],
) -> Result<HashMap<Uuid, Held>, StoreError> {
    let workspace = tx.id().uuid();
    let rows = sqlx::query!(
        "select key, fingerprint, type as kind, subject, occurred_at from workspace.events
        where workspace_id = $1 and key = any($2::uuid[])",
        workspace,
        keys,
    )
    .fetch_all(can.on(tx)?)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let held = Held {
                fingerprint: row.fingerprint,
                kind: row.kind,
                subject: row.subject,
                occurred_at: row.occurred_at,
            };
            (row.key, held)
        })
        .collect())
}
