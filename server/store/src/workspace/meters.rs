//! Storage of meters.

mod backfill;

pub use backfill::{MAX_STORED, TOO_MANY_STORED};

use super::{
    lifecycle::{lock_record, set_record_status},
    listing::known,
};
use crate::{
    audit::{self, named},
    door::{Can, Mode, WorkspaceTx, Write},
    error::{Constraint, StoreError},
};
use model::{
    audit::{Action, Detail},
    capability::EditContent,
    catalog::Lifecycle,
    id::{MeterId, ProductId},
    meter::{Aggregation, Meter, MeterDraft, MeterEdit, StoredEvents},
};
use sqlx::types::Uuid;
use time::Date;

/// Largest number of meters of a workspace, archived ones included.
pub const MAX_METERS: i64 = 200;
/// Name by which [`StoreError::Refused`] says that a workspace has [`MAX_METERS`] meters.
pub const TOO_MANY: &str = "too_many_meters";

/// A meter that was created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Created {
    /// ID of the meter.
    pub id: MeterId,
    /// What became of the events that are stored already.
    pub stored: StoredEvents,
}

struct Row {
    id: Uuid,
    product_id: Uuid,
    name: String,
    code: String,
    event_type: String,
    aggregation: String,
    property: Option<String>,
    filter: String,
    unit: String,
    counts_from: Date,
    status: String,
}

impl Row {
    fn meter(self) -> Result<Meter, StoreError> {
        Ok(Meter {
            id: MeterId::from_uuid(self.id),
            product_id: ProductId::from_uuid(self.product_id),
            name: self.name,
            code: self.code,
            event_type: self.event_type,
            aggregation: known("aggregation", &self.aggregation, Aggregation::from_word(&self.aggregation))?,
            property: self.property,
            filter: serde_json::from_str(&self.filter)
                .map_err(|_| StoreError::Inconsistent(format!("filter {}", self.filter)))?,
            unit: self.unit,
            counts_from: self.counts_from,
            status: known("status", &self.status, Lifecycle::from_word(&self.status))?,
        })
    }
}

/// Reads the meters of a workspace, or of one product, or one meter, by name.
async fn read<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    product: Option<ProductId>,
    id: Option<MeterId>,
) -> Result<Vec<Meter>, StoreError> {
    let workspace = tx.id().uuid();
    sqlx::query_as!(
        Row,
        r#"select t.id, t.product_id, t.name, t.code, t.event_type, t.aggregation, t.property, t.filter::text as "filter!",
            t.unit, t.counts_from, t.status
        from workspace.meters t
        where t.workspace_id = $1 and ($2::uuid is null or t.product_id = $2) and ($3::uuid is null or t.id = $3)
        order by t.name_key, t.id limit 500"#,
        workspace,
        product.map(ProductId::uuid),
        id.map(MeterId::uuid),
    )
    .fetch_all(tx.reading())
    .await?
    .into_iter()
    .map(Row::meter)
    .collect()
}

/// Returns all meters, active and archived, by name.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.meters.all", skip_all)]
pub async fn all<M: Mode>(tx: &mut WorkspaceTx<M>) -> Result<Vec<Meter>, StoreError> {
    read(tx, None, None).await
}

/// Returns the meters of a product, active and archived, by name.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.meters.of_product", skip_all, fields(product_id = %product))]
pub async fn of_product<M: Mode>(tx: &mut WorkspaceTx<M>, product: ProductId) -> Result<Vec<Meter>, StoreError> {
    read(tx, Some(product), None).await
}

/// Returns a meter; `None` if the workspace has none with that id.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.meters.get", skip_all, fields(meter_id = %id))]
pub async fn get<M: Mode>(tx: &mut WorkspaceTx<M>, id: MeterId) -> Result<Option<Meter>, StoreError> {
    Ok(read(tx, None, Some(id)).await?.into_iter().next())
}

/// Creates a meter of a product and logs it. It counts from today in the workspace's time zone if the draft names no
/// day. If the draft names an earlier day, the meter also counts the events that are stored already, from that day on.
/// Then no other transaction may write in the workspace: open it with
/// [`Store::workspace_exclusive`](crate::Store::workspace_exclusive) or
/// [`Store::workspace_program_exclusive`](crate::Store::workspace_program_exclusive).
///
/// # Errors
/// [`StoreError::Refused`] with `meter_code_taken` if the workspace already has a meter with that code, `meter_product`
/// if the product does not belong to the workspace, [`TOO_MANY`], or [`TOO_MANY_STORED`].
/// [`StoreError::Inconsistent`] if stored events are to be counted and other transactions may write.
#[tracing::instrument(level = "debug", name = "store.meters.create", skip_all, fields(product_id = %product))]
pub async fn create(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    product: ProductId,
    draft: &MeterDraft,
) -> Result<Created, StoreError> {
    let (workspace, id) = (tx.id().uuid(), Uuid::now_v7());
    let counts_from = draft.counts_from.unwrap_or(tx.today());
    let filter = serde_json::to_string(&draft.filter)
        .map_err(|error| StoreError::Inconsistent(format!("a filter that is no JSON: {error}")))?;
    let count =
        sqlx::query_scalar!(r#"select count(*) as "count!" from workspace.meters where workspace_id = $1"#, workspace)
            .fetch_one(can.on(tx)?)
            .await?;
    if count >= MAX_METERS {
        return Err(StoreError::Refused(Constraint(TOO_MANY.to_owned())));
    }
    sqlx::query!(
        "insert into workspace.meters
            (workspace_id, id, product_id, name, code, event_type, aggregation, property, filter, unit, counts_from)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9::text::jsonb, $10, $11)",
        workspace,
        id,
        product.uuid(),
        draft.name.as_str(),
        draft.code,
        draft.event_type.as_str(),
        draft.aggregation.as_str(),
        draft.property.as_deref(),
        filter,
        draft.unit.as_str(),
        counts_from,
    )
    .execute(can.on(tx)?)
    .await?;
    let stored = if counts_from < tx.today() {
        backfill::count_stored(tx, can, id, draft, counts_from, &filter).await?
    } else {
        StoredEvents::default()
    };
    let mut detail = Detail::none().with("name", &draft.name);
    if stored != StoredEvents::default() {
        detail = detail.with("counted_events", stored.counted).with("left_out_events", stored.left_out);
    }
    audit::record(tx, Action::MeterCreated, id, &detail).await?;
    Ok(Created { id: MeterId::from_uuid(id), stored })
}

/// Locks a meter until the transaction ends, so that what is read of it next can't change before it is written.
/// Returns `false` if the workspace has no meter with that id.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.meters.lock", skip_all, fields(meter_id = %id))]
pub async fn lock(tx: &mut WorkspaceTx<Write>, can: &Can<EditContent>, id: MeterId) -> Result<bool, StoreError> {
    lock_record!(tx, can, "meters", id)
}

/// Changes name and unit of a meter and logs the changes, if any. Returns `false` if the workspace has no meter with that
/// id. What a meter counts never changes.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.meters.update", skip_all, fields(meter_id = %id))]
pub async fn update(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    id: MeterId,
    edit: &MeterEdit,
) -> Result<bool, StoreError> {
    let workspace = tx.id().uuid();
    let before = sqlx::query!(
        "select name, unit from workspace.meters where workspace_id = $1 and id = $2 for update",
        workspace,
        id.uuid(),
    )
    .fetch_optional(can.on(tx)?)
    .await?;
    let Some(before) = before else { return Ok(false) };
    let changed = Detail::none().change("name", &before.name, &edit.name).change("unit", &before.unit, &edit.unit);
    if changed.is_empty() {
        return Ok(true);
    }
    sqlx::query!(
        "update workspace.meters set name = $3, unit = $4, updated_at = now() where workspace_id = $1 and id = $2",
        workspace,
        id.uuid(),
        edit.name.as_str(),
        edit.unit.as_str(),
    )
    .execute(can.on(tx)?)
    .await?;
    let detail = named(changed, &before.name);
    audit::record(tx, Action::MeterUpdated, id.uuid(), &detail).await?;
    Ok(true)
}

/// Archives or restores a meter, and logs it if the status changed. Returns `false` if the workspace has no meter with
/// that id.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.meters.set_status", skip_all, fields(meter_id = %id))]
pub async fn set_status(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    id: MeterId,
    status: Lifecycle,
) -> Result<bool, StoreError> {
    set_record_status!(tx, can, "meters", id, status, Action::MeterActivated, Action::MeterArchived)
}
