//! Counts events that were stored before their meter was created.

use crate::{
    door::{Can, WorkspaceTx, Write},
    error::{Constraint, StoreError},
};
use model::{
    capability::EditContent,
    meter::{MeterDraft, StoredEvents},
};
use sqlx::types::Uuid;
use time::Date;

/// Largest number of stored events that a new meter counts.
pub const MAX_STORED: i64 = 1_000_000;
/// Name by which [`StoreError::Refused`] says that a new meter would count more than [`MAX_STORED`] stored events.
pub const TOO_MANY_STORED: &str = "meter_too_many_stored";
/// Maximum duration of each statement. One statement reads at most [`MAX_STORED`] events, which takes longer than a
/// statement of a page may.
const TIMEOUT: &str = "60s";

/// Counts the stored events of a new meter from its first day on, by the rules by which events are counted when they are
/// stored. Nothing else may write in the workspace meanwhile: an event that is stored by another transaction would be
/// counted by nobody.
///
/// Events whose property is missing, is no number with at most 6 decimal places or is negative are left out. When such
/// an event arrives after its meter was created, it is refused. Events whose data was removed are left out, too. The
/// database keeps all digits of a number, but not an exponent, so a number that was sent as `1e3` counts as 1000.
///
/// # Errors
/// [`StoreError::Refused`] with [`TOO_MANY_STORED`]. [`StoreError::Inconsistent`] if there are events and other
/// transactions may write.
pub(super) async fn count_stored(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    meter: Uuid,
    draft: &MeterDraft,
    counts_from: Date,
    filter: &str,
) -> Result<StoredEvents, StoreError> {
    let workspace = tx.id().uuid();
    sqlx::query_scalar!(r#"select set_config('statement_timeout', $1, true) as "set!""#, TIMEOUT)
        .fetch_one(can.on(tx)?)
        .await?;
    let stored = sqlx::query_scalar!(
        r#"select count(*) as "count!" from (
            select from workspace.events where workspace_id = $1 and type = $2 and day >= $3 limit $4) e"#,
        workspace,
        draft.event_type.as_str(),
        counts_from,
        MAX_STORED + 1,
    )
    .fetch_one(can.on(tx)?)
    .await?;
    if stored > MAX_STORED {
        return Err(StoreError::Refused(Constraint(TOO_MANY_STORED.to_owned())));
    }
    if stored == 0 {
        return Ok(StoredEvents::default());
    }
    if !tx.is_alone() {
        return Err(StoreError::Inconsistent("a meter that counts events while others are stored".to_owned()));
    }
    // The meter is new, so no sum has a folded part yet.
    let counts = sqlx::query!(
        r#"with meant as materialized (
            select e.customer_id, e.day, e.data ->> $5::text as text, jsonb_typeof(e.data -> $5::text) as kind,
                e.data is not null or $7::text = '{}' as known
            from workspace.events e
            where e.workspace_id = $1 and e.type = $3 and e.day >= $6 and (e.data is null or not exists (
                select from jsonb_each_text($7::text::jsonb) f
                where coalesce(jsonb_typeof(e.data -> f.key), 'null') not in ('string', 'number', 'boolean')
                    or e.data ->> f.key is distinct from f.value))),
        measured as (
            select customer_id, day,
                case $4::text
                    when 'count' then case when known then 1::numeric end
                    when 'unique' then case when kind in ('string', 'number', 'boolean') and text <> '' then 0::numeric end
                    else case when kind in ('string', 'number') and text ~ '^-?[0-9]+(\.[0-9]+)?$' then text::numeric end
                end as value,
                case when $4::text = 'unique' and kind in ('string', 'number', 'boolean') and text <> ''
                    then encode(substr(sha256(convert_to(text, 'UTF8')), 1, 16), 'hex')::uuid end as hash
            from meant),
        counted as materialized (
            select * from measured where value >= 0 and value < 1000000000000000000 and value = trunc(value, 6)),
        days as (
            insert into workspace.usage_days (workspace_id, meter_id, customer_id, day, part, events, quantity, peak)
            select $1, $2, customer_id, day, '00000000-0000-0000-0000-000000000000', count(*), sum(value), max(value)
            from counted group by customer_id, day),
        totals as (
            insert into workspace.usage_totals (workspace_id, meter_id, day, part, events, quantity, peak)
            select $1, $2, day, '00000000-0000-0000-0000-000000000000', count(*), sum(value), max(value)
            from counted group by day),
        uniques as (
            insert into workspace.usage_uniques (workspace_id, meter_id, customer_id, day, value)
            select distinct $1::uuid, $2::uuid, customer_id, day, hash from counted where hash is not null)
        select (select count(*) from meant) as "meant!", (select count(*) from counted) as "counted!""#,
        workspace,
        meter,
        draft.event_type.as_str(),
        draft.aggregation.as_str(),
        draft.property.as_deref(),
        counts_from,
        filter,
    )
    .fetch_one(can.on(tx)?)
    .await?;
    let number = |count: i64| u64::try_from(count).unwrap_or_default();
    Ok(StoredEvents { counted: number(counts.counted), left_out: number(counts.meant - counts.counted) })
}
