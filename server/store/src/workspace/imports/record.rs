//! Imports and saved mappings as records.

use crate::{
    audit,
    door::{Can, Mode, WorkspaceTx, Write},
    error::StoreError,
    workspace::listing::known,
    zone::Zone,
};
use model::{
    audit::{Action, Detail},
    capability::EditContent,
    id::ImportId,
    import::{Counts, ImportRow, ImportState, Mapping, Refusal},
};
use sqlx::types::Uuid;
use time::OffsetDateTime;

/// Maximum number of imports in the list, and of saved mappings.
const LISTED: i64 = 100;

/// An import with its mapping and counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Import {
    /// What lists show of it.
    pub row: ImportRow,
    /// Meaning of the columns, once it is set.
    pub mapping: Option<Mapping>,
    /// Rows that the check or the import in progress has handled.
    pub position: u64,
    /// What the check found.
    pub preview: Counts,
    /// What the import did.
    pub counts: Counts,
}

pub(super) struct Row {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) bytes: i64,
    pub(super) state: String,
    pub(super) mapping: Option<String>,
    pub(super) position: i64,
    pub(super) preview: String,
    pub(super) counts: String,
    pub(super) actor: String,
    pub(super) created_at: OffsetDateTime,
}

impl Row {
    pub(super) fn parsed(self, zone: &Zone) -> Result<Import, StoreError> {
        let counts: Counts = parsed("counts", &self.counts)?;
        Ok(Import {
            row: ImportRow {
                id: ImportId::from_uuid(self.id),
                name: self.name,
                bytes: self.bytes.unsigned_abs(),
                state: known("state", &self.state, ImportState::from_word(&self.state))?,
                actor: self.actor,
                created_at: zone.local(self.created_at),
                accepted: counts.accepted,
                refused: counts.refused(),
            },
            mapping: self.mapping.map(|text| parsed("mapping", &text)).transpose()?,
            position: self.position.unsigned_abs(),
            preview: parsed("preview", &self.preview)?,
            counts,
        })
    }
}

/// Returns a value as JSON text.
pub(super) fn json_of<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Inconsistent(format!("a value that is no JSON: {error}")))
}

/// Parses a stored JSON text.
pub(super) fn parsed<T: serde::de::DeserializeOwned>(what: &str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Inconsistent(format!("a {what} of an import: {error}")))
}

/// Logs an import that is done, or was stopped after it had added events.
pub(super) async fn log(
    tx: &mut WorkspaceTx<Write>,
    id: Uuid,
    name: &str,
    accepted: u64,
    refused: u64,
) -> Result<(), StoreError> {
    let detail = Detail::none().with("name", name).with("events", accepted).with("refused", refused);
    audit::record(tx, Action::UsageImported, id, &detail).await
}

/// Returns the last imports of the workspace, newest first, at most 100.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.imports.list", skip_all)]
pub async fn list<M: Mode>(tx: &mut WorkspaceTx<M>) -> Result<Vec<ImportRow>, StoreError> {
    let (workspace, zone) = (tx.id().uuid(), tx.zone());
    let rows = sqlx::query_as!(
        Row,
        r#"select id, name, bytes, state, null::text as "mapping?", position, '{}' as "preview!", counts::text as "counts!",
            actor, created_at
        from workspace.imports where workspace_id = $1 order by id desc limit $2"#,
        workspace,
        LISTED,
    )
    .fetch_all(tx.reading())
    .await?;
    rows.into_iter().map(|row| row.parsed(&zone).map(|import| import.row)).collect()
}

/// Returns an import; `None` if the workspace has none with that id.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.imports.get", skip_all, fields(import_id = %id))]
pub async fn get<M: Mode>(tx: &mut WorkspaceTx<M>, id: ImportId) -> Result<Option<Import>, StoreError> {
    let (workspace, zone) = (tx.id().uuid(), tx.zone());
    let row = sqlx::query_as!(
        Row,
        r#"select id, name, bytes, state, mapping::text as "mapping?", position, preview::text as "preview!", counts::text as "counts!",
            actor, created_at
        from workspace.imports where workspace_id = $1 and id = $2"#,
        workspace,
        id.uuid(),
    )
    .fetch_optional(tx.reading())
    .await?;
    row.map(|row| row.parsed(&zone)).transpose()
}

/// Returns an import and locks it until the transaction ends.
pub(super) async fn lock(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    id: ImportId,
) -> Result<Option<Import>, StoreError> {
    let (workspace, zone) = (tx.id().uuid(), tx.zone());
    let row = sqlx::query_as!(
        Row,
        r#"select id, name, bytes, state, mapping::text as "mapping?", position, preview::text as "preview!", counts::text as "counts!",
            actor, created_at
        from workspace.imports where workspace_id = $1 and id = $2 for update"#,
        workspace,
        id.uuid(),
    )
    .fetch_optional(can.on(tx)?)
    .await?;
    row.map(|row| row.parsed(&zone)).transpose()
}

/// Sets the mapping of an import that has not begun; the file is then to be checked. A mapping with a name is also
/// saved. Returns `false` if the workspace has no such import, or if it has begun.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.imports.set_mapping", skip_all, fields(import_id = %id))]
pub async fn set_mapping(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    id: ImportId,
    mapping: &Mapping,
) -> Result<bool, StoreError> {
    let (workspace, text) = (tx.id().uuid(), json_of(mapping)?);
    let set = sqlx::query!(
        "update workspace.imports set mapping = $3::text::jsonb, state = 'uploaded', position = 0, preview = '{}', updated_at = now()
        where workspace_id = $1 and id = $2 and state in ('uploaded', 'previewed')",
        workspace,
        id.uuid(),
        text,
    )
    .execute(can.on(tx)?)
    .await?;
    if set.rows_affected() == 0 {
        return Ok(false);
    }
    forget_refusals(tx, can, id).await?;
    if !mapping.name.is_empty() {
        sqlx::query!(
            "insert into workspace.import_mappings (workspace_id, name, mapping) values ($1, $2, $3::text::jsonb)
            on conflict (workspace_id, name) do update set mapping = excluded.mapping, updated_at = now()",
            workspace,
            mapping.name,
            text,
        )
        .execute(can.on(tx)?)
        .await?;
    }
    Ok(true)
}

/// Begins an import that was checked. `refused` is the number of refused rows that the person has seen. Returns `false`
/// if the workspace has no such import, if it is in another state, or if the check found another number.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.imports.run", skip_all, fields(import_id = %id))]
pub async fn run(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    id: ImportId,
    refused: u64,
) -> Result<bool, StoreError> {
    let workspace = tx.id().uuid();
    let Some(import) = lock(tx, can, id).await? else { return Ok(false) };
    if import.row.state != ImportState::Previewed || import.preview.refused() != refused {
        return Ok(false);
    }
    sqlx::query!(
        "update workspace.imports set state = 'running', position = 0, counts = '{}', updated_at = now()
        where workspace_id = $1 and id = $2",
        workspace,
        id.uuid(),
    )
    .execute(can.on(tx)?)
    .await?;
    forget_refusals(tx, can, id).await?;
    Ok(true)
}

async fn forget_refusals(tx: &mut WorkspaceTx<Write>, can: &Can<EditContent>, id: ImportId) -> Result<(), StoreError> {
    let workspace = tx.id().uuid();
    sqlx::query!(
        "delete from workspace.import_refusals where workspace_id = $1 and import_id = $2",
        workspace,
        id.uuid(),
    )
    .execute(can.on(tx)?)
    .await?;
    Ok(())
}

/// Returns refused rows of an import by line, at most `most`.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.imports.refusals", skip_all, fields(import_id = %id))]
pub async fn refusals<M: Mode>(tx: &mut WorkspaceTx<M>, id: ImportId, most: u64) -> Result<Vec<Refusal>, StoreError> {
    let (workspace, most) = (tx.id().uuid(), i64::try_from(most).unwrap_or(i64::MAX));
    let rows = sqlx::query!(
        "select line, column_name, code, value from workspace.import_refusals where workspace_id = $1 and import_id = $2
        order by line limit $3",
        workspace,
        id.uuid(),
        most,
    )
    .fetch_all(tx.reading())
    .await?;
    let refusal = |line: i64, column, code, value| Refusal { line: line.unsigned_abs(), column, code, value };
    Ok(rows.into_iter().map(|row| refusal(row.line, row.column_name, row.code, row.value)).collect())
}

/// Returns the saved mappings by name, at most 100.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.imports.mappings", skip_all)]
pub async fn mappings<M: Mode>(tx: &mut WorkspaceTx<M>) -> Result<Vec<Mapping>, StoreError> {
    let workspace = tx.id().uuid();
    let rows = sqlx::query_scalar!(
        r#"select mapping::text as "mapping!" from workspace.import_mappings where workspace_id = $1 order by name limit $2"#,
        workspace,
        LISTED,
    )
    .fetch_all(tx.reading())
    .await?;
    rows.into_iter().map(|text| parsed("mapping", &text)).collect()
}
