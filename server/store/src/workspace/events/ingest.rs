//! Stores and counts a batch of events.

use super::known::{Known, customers, held};
use crate::{
    door::{Can, WorkspaceTx, Write},
    error::StoreError,
};
use model::{
    capability::RecordUsage,
    event::{Ages, Batch, Event, FUTURE_MINUTES, LATE_DAYS, Measure, Outcome, Refusal, Rejected, measure},
    meter::Meter,
};
use rust_decimal::Decimal;
use sqlx::types::Uuid;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, btree_map::Entry};
use time::{Duration, OffsetDateTime};

/// Most refused events that are kept for the console.
const MOST_REFUSALS: i64 = 1_000;

/// An event that can be stored.
struct Row<'b> {
    event: &'b Event,
    customer: Uuid,
    measures: Vec<Measure>,
}

/// Stores the events of a batch that can be stored, counts them, and returns what became of each, in their order. One
/// statement stores events and sums, so an event that is stored is counted, and the same event again is not. The caller
/// commits; nothing is true before that.
///
/// # Errors
/// [`StoreError::Database`] if a query fails. Then nothing is stored.
#[tracing::instrument(level = "debug", name = "store.events.ingest", skip_all)]
pub async fn ingest(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<RecordUsage>,
    batch: &Batch,
) -> Result<Vec<Outcome>, StoreError> {
    can.on(tx)?;
    let meters = crate::workspace::meters::all(tx).await?;
    let subjects: BTreeSet<&String> = batch.events.iter().flatten().map(|event| &event.subject).collect();
    let subjects: Vec<String> = subjects.into_iter().cloned().collect();
    let known = customers(tx, &subjects).await?;

    let mut outcomes = Vec::with_capacity(batch.events.len());
    // Sorted by key: two transactions that store the same events wait for each other in the same order.
    let mut rows: BTreeMap<Uuid, (usize, Row<'_>)> = BTreeMap::new();
    // Events that may have been stored before: by an earlier batch, or by an earlier event of this one.
    let mut doubtful: Vec<usize> = Vec::new();
    for (at, event) in batch.events.iter().enumerate() {
        let outcome = match event {
            Err(rejected) => Outcome::Refused(rejected.refusal.clone()),
            Ok(event) => match judge(tx, batch.ages, event, &known, &meters) {
                Ok(row) => {
                    match rows.entry(event.key().uuid()) {
                        Entry::Occupied(_) => doubtful.push(at),
                        Entry::Vacant(free) => {
                            free.insert((at, row));
                        }
                    }
                    Outcome::Accepted
                }
                Err(refusal) => {
                    doubtful.push(at);
                    Outcome::Refused(refusal)
                }
            },
        };
        outcomes.push(outcome);
    }

    let part = Uuid::now_v7();
    let fresh = store(tx, can, batch, part, &rows).await?;
    doubtful.extend(rows.iter().filter(|(key, _)| !fresh.contains(*key)).map(|(_, (at, _))| *at));
    if !doubtful.is_empty() {
        let doubted =
            |at: &usize| batch.events.get(*at).and_then(|event| event.as_ref().ok()).map(|event| (*at, event));
        let doubted: Vec<(usize, &Event)> = doubtful.iter().filter_map(doubted).collect();
        let keys: Vec<Uuid> = doubted.iter().map(|(_, event)| event.key().uuid()).collect();
        let held = held(tx, can, &keys).await?;
        for (at, event) in doubted {
            let outcome = match held.get(&event.key().uuid()) {
                Some(held) if held.is(event) => Outcome::Duplicate,
                Some(held) => Outcome::Refused(Refusal::IdReused { field: held.difference(event) }),
                None => continue,
            };
            if let Some(slot) = outcomes.get_mut(at) {
                *slot = outcome;
            }
        }
    }
    note(tx, can, batch, part, &outcomes).await?;
    Ok(outcomes)
}

/// Checks an event by what the workspace knows.
fn judge<'b>(
    tx: &WorkspaceTx<Write>,
    ages: Ages,
    event: &'b Event,
    known: &HashMap<String, Known>,
    meters: &[Meter],
) -> Result<Row<'b>, Refusal> {
    let now = tx.tenant().principal.now;
    let time = event.time.unwrap_or(now);
    if time > now + Duration::minutes(FUTURE_MINUTES) {
        return Err(Refusal::InTheFuture);
    }
    let earliest = tx.today() - Duration::days(LATE_DAYS);
    if ages == Ages::Recent && tx.zone().at(time).date() < earliest {
        return Err(Refusal::TooOld);
    }
    let customer = known.get(&event.subject).ok_or(Refusal::UnknownCustomer)?;
    if !customer.active && ages == Ages::Recent {
        return Err(Refusal::CustomerArchived);
    }
    Ok(Row { event, customer: customer.customer, measures: measure(event, meters)? })
}

/// Inserts the events, and what meters count of those that are new. Returns the keys of the new ones.
async fn store(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<RecordUsage>,
    batch: &Batch,
    part: Uuid,
    rows: &BTreeMap<Uuid, (usize, Row<'_>)>,
) -> Result<HashSet<Uuid>, StoreError> {
    if rows.is_empty() {
        return Ok(HashSet::new());
    }
    let (workspace, zone, now) = (tx.id().uuid(), tx.zone(), tx.tenant().principal.now);
    let api_key = tx.tenant().key.as_ref().map(|key| key.id.uuid());
    let import = batch.import.map(|import| import.uuid());
    let events = || rows.values().map(|(_, row)| row.event);
    let keys: Vec<Uuid> = rows.keys().copied().collect();
    let sources: Vec<String> = events().map(|event| event.source.clone()).collect();
    let ids: Vec<String> = events().map(|event| event.id.clone()).collect();
    let kinds: Vec<String> = events().map(|event| event.kind.clone()).collect();
    let subjects: Vec<String> = events().map(|event| event.subject.clone()).collect();
    let customers: Vec<Uuid> = rows.values().map(|(_, row)| row.customer).collect();
    let moments: Vec<OffsetDateTime> = events().map(|event| event.time.unwrap_or(now)).collect();
    let data: Vec<String> = events().map(|event| event.data.text().to_owned()).collect();
    let fingerprints: Vec<i64> = events().map(Event::fingerprint).collect();
    let (mut measured, mut meters, mut quantities): (Vec<Uuid>, Vec<Uuid>, Vec<Decimal>) = Default::default();
    let (mut distinct, mut distinct_meters, mut values): (Vec<Uuid>, Vec<Uuid>, Vec<Uuid>) = Default::default();
    for (key, (_, row)) in rows {
        for measure in &row.measures {
            measured.push(*key);
            meters.push(measure.meter.uuid());
            quantities.push(measure.quantity.decimal());
            if let Some(value) = measure.distinct {
                distinct.push(*key);
                distinct_meters.push(measure.meter.uuid());
                values.push(value);
            }
        }
    }
    let fresh = sqlx::query_scalar!(
        r#"with fresh as (
            insert into workspace.events (workspace_id, key, source, event_id, type, subject, customer_id, occurred_at, day, data,
                fingerprint, origin, api_key_id, import_id)
            select $1, i.key, i.source, i.event_id, i.type, i.subject, i.customer_id, i.occurred_at,
                (i.occurred_at at time zone $3)::date, i.data::jsonb, i.fingerprint, $4, $5, $6
            from unnest($7::uuid[], $8::text[], $9::text[], $10::text[], $11::text[], $12::uuid[], $13::timestamptz[],
                    $14::text[], $15::bigint[])
                as i (key, source, event_id, type, subject, customer_id, occurred_at, data, fingerprint)
            on conflict (workspace_id, key) do nothing returning key, customer_id, day),
        measured as (
            select v.meter_id, f.customer_id, f.day, v.value
            from unnest($16::uuid[], $17::uuid[], $18::numeric[]) as v (key, meter_id, value)
            join fresh f on f.key = v.key
            join workspace.meters m on m.workspace_id = $1 and m.id = v.meter_id
            where f.day >= m.counts_from),
        days as (
            insert into workspace.usage_days (workspace_id, meter_id, customer_id, day, part, events, quantity, peak)
            select $1, meter_id, customer_id, day, $2, count(*), sum(value), max(value) from measured group by 2, 3, 4),
        totals as (
            insert into workspace.usage_totals (workspace_id, meter_id, day, part, events, quantity, peak)
            select $1, meter_id, day, $2, count(*), sum(value), max(value) from measured group by 2, 3),
        uniques as (
            insert into workspace.usage_uniques (workspace_id, meter_id, customer_id, day, value)
            select distinct $1::uuid, v.meter_id, f.customer_id, f.day, v.value
            from unnest($19::uuid[], $20::uuid[], $21::uuid[]) as v (key, meter_id, value)
            join fresh f on f.key = v.key
            join workspace.meters m on m.workspace_id = $1 and m.id = v.meter_id
            where f.day >= m.counts_from
            order by 2, 3, 4, 5
            on conflict do nothing)
        select key as "key!" from fresh"#,
        workspace,
        part,
        zone.name(),
        batch.origin.as_str(),
        api_key,
        import,
        &keys,
        &sources,
        &ids,
        &kinds,
        &subjects,
        &customers,
        &moments,
        &data,
        &fingerprints,
        &measured,
        &meters,
        &quantities,
        &distinct,
        &distinct_meters,
        &values,
    )
    .fetch_all(can.on(tx)?)
    .await?;
    Ok(fresh.into_iter().collect())
}

/// Counts what became of the events, and keeps the refused ones for a while.
async fn note(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<RecordUsage>,
    batch: &Batch,
    part: Uuid,
    outcomes: &[Outcome],
) -> Result<(), StoreError> {
    let (workspace, today, now) = (tx.id().uuid(), tx.today(), tx.tenant().principal.now);
    let (mut accepted, mut duplicate, mut late, mut bytes) = (0_i64, 0_i64, 0_i64, 0_i64);
    let mut refused: Vec<Rejected> = Vec::new();
    for (event, outcome) in batch.events.iter().zip(outcomes) {
        match (event, outcome) {
            (Ok(event), Outcome::Accepted) => {
                accepted += 1;
                late += i64::from(tx.zone().at(event.time.unwrap_or(now)).date() < today);
                bytes += i64::try_from(event.bytes).unwrap_or(0);
            }
            (Ok(event), Outcome::Refused(refusal)) => refused.push(event.rejected(refusal.clone())),
            (Err(rejected), _) => refused.push((**rejected).clone()),
            (Ok(_), Outcome::Duplicate) => duplicate += 1,
        }
    }
    let ids: Vec<Uuid> = refused.iter().map(|_| Uuid::now_v7()).collect();
    let codes: Vec<String> = refused.iter().map(|r| r.refusal.as_str().to_owned()).collect();
    let sources: Vec<String> = refused.iter().map(|r| r.source.clone()).collect();
    let event_ids: Vec<String> = refused.iter().map(|r| r.id.clone()).collect();
    let kinds: Vec<String> = refused.iter().map(|r| r.kind.clone()).collect();
    let subjects: Vec<String> = refused.iter().map(|r| r.subject.clone()).collect();
    let excerpts: Vec<String> = refused.iter().map(|r| r.excerpt.clone()).collect();
    sqlx::query!(
        "with kept as (
            insert into workspace.refusals (workspace_id, id, code, source, event_id, type, subject, excerpt)
            select $1, i.id, i.code, i.source, i.event_id, i.type, i.subject, i.excerpt
            from unnest($8::uuid[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[])
                as i (id, code, source, event_id, type, subject, excerpt))
        insert into workspace.event_days (workspace_id, day, part, accepted, duplicate, late, refused, bytes)
        values ($1, $2, $3, $4, $5, $15, $6, $7)",
        workspace,
        today,
        part,
        accepted,
        duplicate,
        i64::try_from(refused.len()).unwrap_or(0),
        bytes,
        &ids,
        &codes,
        &sources,
        &event_ids,
        &kinds,
        &subjects,
        &excerpts,
        late,
    )
    .execute(can.on(tx)?)
    .await?;
    if refused.is_empty() {
        return Ok(());
    }
    // One transaction at a time removes old ones, so that two never wait for each other's rows. The others skip it.
    sqlx::query!(
        "with alone as materialized (select pg_try_advisory_xact_lock(hashtextextended($1::uuid::text, 12)) as taken)
        delete from workspace.refusals r using alone
        where alone.taken and r.workspace_id = $1 and (r.at < now() - interval '7 days' or r.id <= (
            select o.id from workspace.refusals o where o.workspace_id = $1 order by o.id desc offset $2 limit 1))",
        workspace,
        MOST_REFUSALS,
    )
    .execute(can.on(tx)?)
    .await?;
    Ok(())
}
