//! Checking and importing a file batch by batch, each in a transaction of its own.
//!
//! The check stores a batch like the import does, reads the effect, and rolls the batch back. The position is stored with
//! each batch, so a check or an import that ended early goes on where it was. A batch that is handled twice changes
//! nothing, because its events have the same ids.

use super::{
    file::forget,
    record::{Import, json_of, lock, log},
    rows::{FileRow, Repeats, RowEvent, Rows},
};
use crate::{
    door::{Can, WorkspaceTx, Write},
    error::StoreError,
    events,
    workspace::webhooks,
};
use model::{
    capability::{EditContent, RecordUsage},
    event::{Ages, Attributes, Batch, Data, Event, LATE_DAYS, Origin, Outcome, Refusal as Refused},
    id::{CustomerId, ImportId, MeterId},
    import::{Counts, Effect, Given, ImportProgress, ImportState, Mapping, REFUSALS_MAX, Refusal},
    meter::Aggregation,
    pricing::Quantity,
    webhook::EventKind,
};
use sqlx::types::{Decimal, Uuid};
use time::Duration;

/// Number of rows in a batch.
const BATCH: usize = 1_000;
/// Maximum length of a refused text that is kept, in characters.
const KEPT: usize = 200;

/// Checks or imports the next rows of a file, at most 1,000. `rows` must read the import's file. If the import got another
/// mapping than that of `rows`, nothing is done, and the rows must be opened again. Returns `None` if the workspace has
/// no such import.
///
/// # Errors
/// [`StoreError::Inconsistent`] if the file can't be read; [`StoreError::Database`] if a query fails. Then nothing was
/// written, and the position did not change.
#[tracing::instrument(level = "debug", name = "store.imports.step", skip_all, fields(import_id = %id))]
pub async fn step(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    record: &Can<RecordUsage>,
    id: ImportId,
    rows: &mut Rows,
) -> Result<Option<ImportProgress>, StoreError> {
    let Some(mut import) = lock(tx, can, id).await? else { return Ok(None) };
    let Some(mapping) = import.mapping.take() else { return Ok(Some(progress(&import, false))) };
    let checks = match import.row.state {
        ImportState::Uploaded => true,
        ImportState::Running => false,
        _ => return Ok(Some(progress(&import, false))),
    };
    // Somebody has set it since the file was opened. What is imported must be what the check has shown.
    if rows.mapping() != &mapping {
        return Ok(Some(progress(&import, true)));
    }
    rows.seek(import.position)?;
    let mut batch = Vec::with_capacity(BATCH);
    while batch.len() < BATCH
        && let Some(row) = rows.read()?
    {
        batch.push(row);
    }
    let ended = batch.len() < BATCH;
    let mut counts = std::mem::take(if checks { &mut import.preview } else { &mut import.counts });
    import.position += batch.len() as u64;
    let refusals = if checks {
        check(tx, record, (id, &mapping, rows.source()), batch, &mut counts).await?
    } else {
        store(tx, record, (id, &mapping, rows.source()), batch, &mut counts).await?
    };
    keep(tx, can, id, &counts, refusals).await?;
    let workspace = tx.id().uuid();
    let state = match (ended, checks) {
        (false, _) => import.row.state,
        (true, true) => ImportState::Previewed,
        (true, false) => ImportState::Done,
    };
    sqlx::query!(
        "update workspace.imports set state = $3, position = $4, preview = case when $5 then $6::text::jsonb else preview end,
            counts = case when $5 then counts else $6::text::jsonb end, updated_at = now(),
            finished_at = case when $3 = 'done' then now() end
        where workspace_id = $1 and id = $2",
        workspace,
        id.uuid(),
        state.as_str(),
        i64::try_from(import.position).unwrap_or(i64::MAX),
        checks,
        json_of(&counts)?,
    )
    .execute(can.on(tx)?)
    .await?;
    if state == ImportState::Done {
        forget(tx, can, &[id.uuid()]).await?;
        log(tx, id.uuid(), &import.row.name, counts.accepted, counts.refused()).await?;
        webhooks::announce(tx, EventKind::ImportDone, id.uuid()).await?;
    }
    import.row.state = state;
    Ok(Some(progress(&import, !ended)))
}

fn progress(import: &Import, more: bool) -> ImportProgress {
    ImportProgress { state: import.row.state, position: import.position, more }
}

/// What identifies the import to its events: its id, the mapping and the source.
type Of<'a> = (ImportId, &'a Mapping, &'a str);

/// Stores a batch, adds its effect to `counts`, and rolls it back.
async fn check(
    tx: &mut WorkspaceTx<Write>,
    record: &Can<RecordUsage>,
    of: Of<'_>,
    batch: Vec<FileRow>,
    counts: &mut Counts,
) -> Result<Vec<Refusal>, StoreError> {
    // Repeated rows of the file may be in different batches, and the former ones are rolled back.
    let is_repeated = |row: &FileRow| row.event.as_ref().is_ok_and(|event| event.repeats != Repeats::Nothing);
    let (repeated, first): (Vec<_>, Vec<_>) = batch.into_iter().partition(is_repeated);
    sqlx::query("savepoint import_check").execute(record.on(tx)?).await?;
    let mut refusals = store(tx, record, of, first, counts).await?;
    for effect in effects(tx, of.0).await? {
        counts.add(effect);
    }
    sqlx::query("rollback to savepoint import_check").execute(record.on(tx)?).await?;
    sqlx::query("release savepoint import_check").execute(record.on(tx)?).await?;
    for FileRow { line, event } in repeated {
        counts.rows += 1;
        match event {
            Ok(event) if event.repeats == Repeats::Other => {
                counts.refuse("id_reused");
                let column = of.1.id.and_then(|id| of.1.columns.get(usize::from(id))).cloned().unwrap_or_default();
                refusals.push(Refusal { line, column, code: "id_reused".to_owned(), value: event.id });
            }
            _ => counts.duplicate += 1,
        }
    }
    Ok(refusals)
}

/// Stores a batch and counts what became of its rows. Returns the refused ones.
async fn store(
    tx: &mut WorkspaceTx<Write>,
    record: &Can<RecordUsage>,
    (id, mapping, source): Of<'_>,
    batch: Vec<FileRow>,
    counts: &mut Counts,
) -> Result<Vec<Refusal>, StoreError> {
    let (mut refusals, mut sent, mut events) = (Vec::new(), Vec::new(), Vec::new());
    for FileRow { line, event } in batch {
        counts.rows += 1;
        let refused = match event {
            Ok(row) => match event_of(&row, source) {
                Ok(event) => {
                    events.push(Ok(event));
                    sent.push((line, row));
                    continue;
                }
                Err(refused) => refusal(line, &row, mapping, &refused),
            },
            Err(error) => {
                Refusal { line, column: error.column, code: error.code.as_str().to_owned(), value: error.value }
            }
        };
        counts.refuse(&refused.code);
        refusals.push(refused);
    }
    let recent = tx.today() - Duration::days(LATE_DAYS);
    let zone = tx.zone();
    let batch = Batch { origin: Origin::Import, ages: Ages::Any, import: Some(id), events };
    let outcomes = if sent.is_empty() { Vec::new() } else { events::ingest(tx, record, &batch).await? };
    for ((line, row), outcome) in sent.into_iter().zip(outcomes) {
        match outcome {
            Outcome::Accepted => {
                counts.accepted += 1;
                counts.late += u64::from(zone.at(row.row.time).date() < recent);
            }
            Outcome::Duplicate => counts.duplicate += 1,
            Outcome::Refused(refused) => {
                let refused = refusal(line, &row, mapping, &refused);
                counts.refuse(&refused.code);
                refusals.push(refused);
            }
        }
    }
    Ok(refusals)
}

fn event_of(event: &RowEvent, source: &str) -> Result<Event, Refused> {
    let data = Data::parse(&event.row.data).map_err(|must| Refused::Malformed { field: "data", must })?;
    let attributes = Attributes {
        source: source.to_owned(),
        id: event.id.clone(),
        kind: event.row.kind.clone(),
        subject: event.row.subject.clone(),
        time: Some(event.row.time),
    };
    Event::new(attributes, data, event.row.data.len())
}

/// Returns the refusal of an event as that of a cell.
fn refusal(line: u64, event: &RowEvent, mapping: &Mapping, refused: &Refused) -> Refusal {
    let row = &event.row;
    let of_given = |given: &Given| match given {
        Given::Column(column) => Some(*column),
        Given::Constant(_) => None,
    };
    let (column, value) = match refused.field() {
        "subject" => (of_given(&mapping.subject), row.subject.clone()),
        "type" => (of_given(&mapping.kind), row.kind.clone()),
        "time" => (Some(mapping.time), row.time.to_string()),
        "id" => (mapping.id, event.id.clone()),
        property => {
            let value = mapping.values.iter().find(|value| value.property == property);
            (value.map(|value| value.column), row.data.clone())
        }
    };
    let column = column.and_then(|column| mapping.columns.get(usize::from(column)));
    let cut = |text: &str| -> String { text.chars().take(KEPT).collect() };
    Refusal {
        line,
        column: column.map(|name| cut(name)).unwrap_or_default(),
        code: refused.as_str().to_owned(),
        value: cut(&value),
    }
}

/// Keeps refused rows for the report, at most [`REFUSALS_MAX`] of an import.
async fn keep(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    id: ImportId,
    counts: &Counts,
    mut refusals: Vec<Refusal>,
) -> Result<(), StoreError> {
    let before = counts.refused().saturating_sub(refusals.len() as u64);
    refusals.truncate(usize::try_from(REFUSALS_MAX.saturating_sub(before)).unwrap_or(usize::MAX));
    if refusals.is_empty() {
        return Ok(());
    }
    let workspace = tx.id().uuid();
    let lines: Vec<i64> = refusals.iter().map(|r| i64::try_from(r.line.max(1)).unwrap_or(i64::MAX)).collect();
    let columns: Vec<String> = refusals.iter().map(|r| r.column.clone()).collect();
    let codes: Vec<String> = refusals.iter().map(|r| r.code.clone()).collect();
    let values: Vec<String> = refusals.into_iter().map(|r| r.value).collect();
    sqlx::query!(
        "insert into workspace.import_refusals (workspace_id, import_id, line, column_name, code, value)
        select $1, $2, r.line, r.column_name, r.code, r.value
        from unnest($3::bigint[], $4::text[], $5::text[], $6::text[]) as r (line, column_name, code, value)
        on conflict (workspace_id, import_id, line) do nothing",
        workspace,
        id.uuid(),
        &lines,
        &columns,
        &codes,
        &values,
    )
    .execute(can.on(tx)?)
    .await?;
    Ok(())
}

/// Returns what this transaction's batch of an import has added, by meter and customer. The rows of usage don't name
/// their import, but the same statement wrote them and the events, so that their `xmin` is the same.
async fn effects(tx: &mut WorkspaceTx<Write>, id: ImportId) -> Result<Vec<Effect>, StoreError> {
    struct Row {
        meter_id: Uuid,
        meter: String,
        unit: String,
        aggregation: String,
        customer_id: Uuid,
        customer: String,
        events: Decimal,
        quantity: Decimal,
        peak: Decimal,
        first: time::Date,
        last: time::Date,
    }
    let workspace = tx.id().uuid();
    let rows = sqlx::query_as!(
        Row,
        r#"with batch as (
            select min(e.xmin::text) as xmin, min(e.day) as first, max(e.day) as last from workspace.events e
            where e.workspace_id = $1 and e.received_at = now() and e.import_id = $2
        )
        select m.name as meter, m.unit, m.aggregation, d.customer_id, c.name as customer, m.id as meter_id,
            sum(d.events) as "events!", sum(d.quantity) as "quantity!", max(d.peak) as "peak!", min(d.day) as "first!",
            max(d.day) as "last!"
        from batch b
        join workspace.usage_days d on d.workspace_id = $1 and d.day between b.first and b.last and d.xmin::text = b.xmin
        join workspace.meters m on m.workspace_id = d.workspace_id and m.id = d.meter_id
        join workspace.customers c on c.workspace_id = d.workspace_id and c.id = d.customer_id
        group by m.id, m.name, m.unit, m.aggregation, d.customer_id, c.name"#,
        workspace,
        id.uuid(),
    )
    .fetch_all(tx.reading())
    .await?;
    let unknown = |what: &str| StoreError::Inconsistent(format!("a {what} of usage that is unknown"));
    rows.into_iter()
        .map(|row| {
            let aggregation = Aggregation::from_word(&row.aggregation).ok_or_else(|| unknown("way to count"))?;
            let quantity = match aggregation {
                Aggregation::Max => row.peak,
                Aggregation::Count | Aggregation::Sum => row.quantity,
                Aggregation::Unique => Decimal::ZERO,
            };
            Ok(Effect {
                meter_id: MeterId::from_uuid(row.meter_id),
                meter: row.meter,
                unit: row.unit,
                customer_id: CustomerId::from_uuid(row.customer_id),
                customer: row.customer,
                aggregation,
                events: u64::try_from(row.events).map_err(|_| unknown("number of events"))?,
                quantity: Quantity::clamped(quantity),
                first: row.first,
                last: row.last,
            })
        })
        .collect()
}
