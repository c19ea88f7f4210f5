//! The file of an import: uploaded in chunks, and kept in the database until the import is finished, so that each server
//! can go on with it.

use super::record::{lock, log, parsed};
use crate::{
    door::{Can, Mode, WorkspaceTx, Write},
    error::StoreError,
};
use model::{
    capability::EditContent,
    id::ImportId,
    import::{Counts, UNFINISHED_MAX},
};
use sqlx::types::Uuid;

/// Maximum size of a chunk, in bytes.
pub const CHUNK_MAX: usize = 262_144;

/// Begins an import with a file of that name. Stops unfinished imports of the workspace that are older than seven days,
/// and uploads that ended early. Returns `None` if the workspace has too many unfinished imports.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.imports.begin", skip_all)]
pub async fn begin(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    name: &str,
) -> Result<Option<ImportId>, StoreError> {
    let (workspace, user, id) = (tx.id().uuid(), tx.user().uuid(), Uuid::now_v7());
    let actor = tx.tenant().principal.person.name.clone();
    // Serializes concurrent uploads in one workspace, so that each is counted.
    sqlx::query!("select ops.one_at_a_time($1)", workspace).execute(can.on(tx)?).await?;
    let old = sqlx::query!(
        r#"update workspace.imports set state = 'stopped', finished_at = now(), updated_at = now()
        where workspace_id = $1 and state not in ('done', 'stopped') and (updated_at < now() - interval '7 days'
            or state = 'receiving' and updated_at < now() - interval '10 minutes')
        returning id, name, counts::text as "counts!""#,
        workspace,
    )
    .fetch_all(can.on(tx)?)
    .await?;
    for row in &old {
        let counts: Counts = parsed("counts", &row.counts)?;
        if counts.accepted > 0 {
            log(tx, row.id, &row.name, counts.accepted, counts.refused()).await?;
        }
    }
    if !old.is_empty() {
        let old: Vec<Uuid> = old.iter().map(|row| row.id).collect();
        forget(tx, can, &old).await?;
    }
    let unfinished = sqlx::query_scalar!(
        r#"select count(*) as "count!" from workspace.imports where workspace_id = $1 and state not in ('done', 'stopped')"#,
        workspace,
    )
    .fetch_one(can.on(tx)?)
    .await?;
    if unfinished >= UNFINISHED_MAX {
        return Ok(None);
    }
    sqlx::query!(
        "insert into workspace.imports (workspace_id, id, name, created_by, actor) values ($1, $2, $3, $4, $5)",
        workspace,
        id,
        name,
        user,
        actor,
    )
    .execute(can.on(tx)?)
    .await?;
    Ok(Some(ImportId::from_uuid(id)))
}

/// Appends chunk number `n` to the file that is being uploaded. Returns `false` if the import does not wait for this
/// chunk.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.imports.append", skip_all, fields(import_id = %id))]
pub async fn append(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    id: ImportId,
    n: i32,
    bytes: &[u8],
) -> Result<bool, StoreError> {
    let (workspace, length) = (tx.id().uuid(), i64::try_from(bytes.len()).unwrap_or(i64::MAX));
    let known = sqlx::query!(
        "update workspace.imports set bytes = bytes + $3, updated_at = now()
        where workspace_id = $1 and id = $2 and state = 'receiving'
            and (select count(*) from workspace.import_chunks c where c.workspace_id = $1 and c.import_id = $2) = $4",
        workspace,
        id.uuid(),
        length,
        i64::from(n),
    )
    .execute(can.on(tx)?)
    .await?;
    if known.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query!(
        "insert into workspace.import_chunks (workspace_id, import_id, n, bytes) values ($1, $2, $3, $4)",
        workspace,
        id.uuid(),
        n,
        bytes,
    )
    .execute(can.on(tx)?)
    .await?;
    Ok(true)
}

/// Marks the file as complete. `sha256` is the hash of its content. Returns `false` if it is not being uploaded or is
/// empty.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.imports.finish_upload", skip_all, fields(import_id = %id))]
pub async fn finish_upload(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    id: ImportId,
    sha256: &[u8; 32],
) -> Result<bool, StoreError> {
    let workspace = tx.id().uuid();
    let finished = sqlx::query!(
        "update workspace.imports set state = 'uploaded', file_sha256 = $3, updated_at = now()
        where workspace_id = $1 and id = $2 and state = 'receiving' and bytes > 0",
        workspace,
        id.uuid(),
        sha256.as_slice(),
    )
    .execute(can.on(tx)?)
    .await?;
    Ok(finished.rows_affected() == 1)
}

/// Stops an import that is not finished, and deletes its file. Events that it has imported stay. Returns `false` if the
/// workspace has no such import.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.imports.stop", skip_all, fields(import_id = %id))]
pub async fn stop(tx: &mut WorkspaceTx<Write>, can: &Can<EditContent>, id: ImportId) -> Result<bool, StoreError> {
    let workspace = tx.id().uuid();
    let Some(import) = lock(tx, can, id).await? else { return Ok(false) };
    if import.row.state.is_finished() {
        return Ok(true);
    }
    sqlx::query!(
        "update workspace.imports set state = 'stopped', finished_at = now(), updated_at = now()
        where workspace_id = $1 and id = $2",
        workspace,
        id.uuid(),
    )
    .execute(can.on(tx)?)
    .await?;
    forget(tx, can, &[id.uuid()]).await?;
    if import.row.accepted > 0 {
        log(tx, id.uuid(), &import.row.name, import.row.accepted, import.row.refused).await?;
    }
    Ok(true)
}

/// Deletes the files of imports.
pub(super) async fn forget(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    imports: &[Uuid],
) -> Result<(), StoreError> {
    let workspace = tx.id().uuid();
    sqlx::query!(
        "delete from workspace.import_chunks where workspace_id = $1 and import_id = any($2)",
        workspace,
        imports,
    )
    .execute(can.on(tx)?)
    .await?;
    Ok(())
}

/// Returns the whole file; empty if it was deleted. It takes as much memory as the file is large.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.imports.file", skip_all, fields(import_id = %id))]
pub async fn file<M: Mode>(tx: &mut WorkspaceTx<M>, id: ImportId) -> Result<Vec<u8>, StoreError> {
    let (workspace, mut whole) = (tx.id().uuid(), Vec::new());
    // In parts, so that the rows and the file are not in memory together.
    for from in (0_i32..).step_by(16) {
        let chunks = sqlx::query_scalar!(
            "select bytes from workspace.import_chunks where workspace_id = $1 and import_id = $2 and n >= $3 and n < $3 + 16
            order by n",
            workspace,
            id.uuid(),
            from,
        )
        .fetch_all(tx.reading())
        .await?;
        if chunks.is_empty() {
            break;
        }
        for chunk in chunks {
            whole.extend_from_slice(&chunk);
        }
    }
    Ok(whole)
}

/// Returns the first bytes of the file, at most [`CHUNK_MAX`]; empty if it was deleted.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.imports.head", skip_all, fields(import_id = %id))]
pub async fn head<M: Mode>(tx: &mut WorkspaceTx<M>, id: ImportId) -> Result<Vec<u8>, StoreError> {
    let workspace = tx.id().uuid();
    let head = sqlx::query_scalar!(
        "select bytes from workspace.import_chunks where workspace_id = $1 and import_id = $2 and n = 0",
        workspace,
        id.uuid(),
    )
    .fetch_optional(tx.reading())
    .await?;
    Ok(head.unwrap_or_default())
}
