//! State of the ingestion of events.

use crate::{
    door::{Mode, WorkspaceTx},
    error::StoreError,
};
use model::usage::{Health, RefusedEvent, UnknownSubject};

/// Returns the state of the ingestion: the last event, today's counts, and the last refused events. A guest gets the
/// last event of the customers that were shared with them, and nothing else.
///
/// # Errors
/// [`StoreError::Database`] if a query fails.
#[tracing::instrument(level = "debug", name = "store.usage.health", skip_all)]
pub async fn health<M: Mode>(tx: &mut WorkspaceTx<M>) -> Result<Health, StoreError> {
    let (workspace, today, zone) = (tx.id().uuid(), tx.today(), tx.zone());
    let last_event = sqlx::query_scalar!(
        "select received_at from workspace.events where workspace_id = $1 order by received_at desc, key desc limit 1",
        workspace,
    )
    .fetch_optional(tx.reading())
    .await?;
    let counts = sqlx::query!(
        r#"select coalesce(sum(accepted), 0)::bigint as "accepted!", coalesce(sum(duplicate), 0)::bigint as "duplicate!",
            coalesce(sum(late), 0)::bigint as "late!", coalesce(sum(refused), 0)::bigint as "refused!"
        from workspace.event_days where workspace_id = $1 and day = $2"#,
        workspace,
        today,
    )
    .fetch_one(tx.reading())
    .await?;
    let codes = sqlx::query!(
        r#"select code, count(*) as "count!" from workspace.refusals
        where workspace_id = $1 and at >= $2::date::timestamp at time zone $3 group by code order by 2 desc, 1"#,
        workspace,
        today,
        zone.name(),
    )
    .fetch_all(tx.reading())
    .await?;
    let refusals = sqlx::query!(
        "select at, code, source, event_id, type, subject, excerpt from workspace.refusals
        where workspace_id = $1 order by at desc, id desc limit 20",
        workspace,
    )
    .fetch_all(tx.reading())
    .await?;
    // A subject that means a customer since then is not reported.
    let unknown = sqlx::query!(
        r#"select r.subject, count(*) as "events!", max(r.at) as "last!" from workspace.refusals r
        where r.workspace_id = $1 and r.code = 'unknown_customer' and r.subject <> '' and not exists (
            select from workspace.customer_subjects s where s.workspace_id = $1 and s.subject = r.subject)
        group by r.subject order by 3 desc, 1 limit 20"#,
        workspace,
    )
    .fetch_all(tx.reading())
    .await?;
    Ok(Health {
        last_event: last_event.map(|at| zone.local(at)),
        accepted: counts.accepted,
        duplicate: counts.duplicate,
        late: counts.late,
        refused: counts.refused,
        codes: codes.into_iter().map(|row| (row.code, row.count)).collect(),
        refusals: refusals
            .into_iter()
            .map(|row| RefusedEvent {
                at: zone.local(row.at),
                code: row.code,
                source: row.source,
                id: row.event_id,
                kind: row.r#type,
                subject: row.subject,
                text: row.excerpt,
            })
            .collect(),
        unknown: unknown
            .into_iter()
            .map(|row| UnknownSubject { subject: row.subject, events: row.events, last: zone.local(row.last) })
            .collect(),
    })
}
