//! Export of everything in a workspace: each table of the schema `workspace`, read from one snapshot.
//!
//! The tables and their columns are read from the catalogue, so a new table is exported without a change here. Columns
//! that could hold a secret are left out until [`rule`] says otherwise. Rows are read by a cursor, so that no table is in
//! memory as a whole.

mod rules;
mod table;

pub use rules::{Rule, rule};
pub use table::{Cell, Column, Table};

use crate::{
    door::{Can, Mode, Snapshot, Tenant, WorkspaceTx},
    error::StoreError,
    pool::Store,
};
use model::capability::OwnWorkspace;
use sqlx::{AssertSqlSafe, Row as _};
use std::time::Duration;
use table::Found;
use time::OffsetDateTime;
use tokio::sync::OwnedSemaphorePermit;

/// Number of rows that are read at a time. An event has at most 8 kB of data, so they are at most about 5 MB.
const BATCH: usize = 500;
/// Maximum time of a statement, in milliseconds: the first rows of a large table may have to be sorted.
const STATEMENT_MS: i32 = 60_000;

/// Cells of a row, in the order of the table's columns. `None` is null.
pub type Cells = Vec<Option<String>>;

/// An export that is being read. The snapshot is held until it is dropped.
pub struct Export {
    tx: WorkspaceTx<Snapshot>,
    _slot: OwnedSemaphorePermit,
}

/// A file of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedFile {
    /// Values of its row's primary key, without the workspace.
    pub key: Vec<String>,
    /// Content.
    pub content: Vec<u8>,
}

/// Returns `true` if no export of the workspace is running. It may be outdated at once; [`begin`] decides.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.exports.is_free", skip_all)]
pub async fn is_free<M: Mode>(tx: &mut WorkspaceTx<M>, can: &Can<OwnWorkspace>) -> Result<bool, StoreError> {
    let workspace = tx.id().to_string();
    // Locks of transactions differ by their seed: see ops.fence, ops.begin_costly and others.
    Ok(sqlx::query_scalar!(r#"select pg_try_advisory_xact_lock(hashtextextended($1, 17)) as "free!""#, workspace)
        .fetch_one(can.on(tx)?)
        .await?)
}

/// Begins an export. Returns `None` if one of the workspace is running, on any server.
///
/// `idle` is the maximum time between two reads, which is the time that the receiver may stop. After it, the database
/// ends the transaction.
///
/// # Errors
/// [`StoreError::Busy`] if this server has too many exports of other workspaces, [`StoreError::Database`] if the query
/// fails.
#[tracing::instrument(level = "debug", name = "store.exports.begin", skip_all)]
pub async fn begin(
    store: &Store,
    mut tx: WorkspaceTx<Snapshot>,
    can: &Can<OwnWorkspace>,
    idle: Duration,
) -> Result<Option<Export>, StoreError> {
    let slot = store.export_slot()?;
    if !is_free(&mut tx, can).await? {
        return Ok(None);
    }
    let idle = i32::try_from(idle.as_millis()).unwrap_or(i32::MAX).to_string();
    sqlx::query!(
        "select set_config('statement_timeout', $1, true) as statement,
            set_config('idle_in_transaction_session_timeout', $2, true) as idle",
        STATEMENT_MS.to_string(),
        idle,
    )
    .fetch_one(can.on(&mut tx)?)
    .await?;
    Ok(Some(Export { tx, _slot: slot }))
}

impl Export {
    /// Returns the person, workspace and seat.
    pub const fn tenant(&self) -> &Tenant {
        self.tx.tenant()
    }

    /// Returns the time of the snapshot.
    pub const fn at(&self) -> OffsetDateTime {
        self.tx.tenant().principal.now
    }

    /// Returns the tables of the schema `workspace`, by name.
    ///
    /// # Errors
    /// [`StoreError::Database`] if the query fails.
    #[tracing::instrument(level = "debug", name = "store.exports.tables", skip_all)]
    pub async fn tables(&mut self) -> Result<Vec<Table>, StoreError> {
        let found = sqlx::query_as!(
            Found,
            r#"select c.relname::text as "table!", a.attname::text as "column!", format_type(a.atttypid, null) as "kind!",
                coalesce(array_position(k.conkey, a.attnum), 0) as "key!",
                has_column_privilege(c.oid, a.attnum, 'select') as "readable!"
            from pg_catalog.pg_class c
            join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
            left join pg_catalog.pg_constraint k on k.conrelid = c.oid and k.contype = 'p'
            where n.nspname = 'workspace' and c.relkind in ('r', 'p') and not c.relispartition
            order by c.relname, a.attnum"#
        )
        .fetch_all(self.tx.reading())
        .await?;
        Ok(table::tables(found))
    }

    /// Begins to read the rows of a table, in the order of its primary key.
    ///
    /// # Errors
    /// [`StoreError::Database`] if the query fails.
    #[tracing::instrument(level = "debug", name = "store.exports.open", skip_all)]
    pub async fn open(&mut self, table: &Table) -> Result<(), StoreError> {
        self.declare(table.rows("export_rows")).await
    }

    /// Returns the next rows of the table that was opened last; none at its end.
    ///
    /// # Errors
    /// [`StoreError::Database`] if the query fails.
    #[tracing::instrument(level = "debug", name = "store.exports.rows", skip_all)]
    pub async fn rows(&mut self) -> Result<Vec<Cells>, StoreError> {
        let fetch = format!("fetch forward {BATCH} from export_rows");
        let rows = sqlx::query(AssertSqlSafe(fetch)).persistent(false).fetch_all(self.tx.reading()).await?;
        let rows: Vec<Cells> = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
        if rows.is_empty() {
            self.close("export_rows").await?;
        }
        Ok(rows)
    }

    /// Begins to read the files of a table. Returns `false` if it has none.
    ///
    /// # Errors
    /// [`StoreError::Database`] if the query fails.
    #[tracing::instrument(level = "debug", name = "store.exports.open_files", skip_all)]
    pub async fn open_files(&mut self, table: &Table) -> Result<bool, StoreError> {
        let Some(statement) = table.files("export_files") else { return Ok(false) };
        self.declare(statement).await?;
        Ok(true)
    }

    /// Returns the next file of the table whose files were opened last; `None` at the end.
    ///
    /// # Errors
    /// [`StoreError::Database`] if the query fails.
    #[tracing::instrument(level = "debug", name = "store.exports.file", skip_all)]
    pub async fn file(&mut self) -> Result<Option<ExportedFile>, StoreError> {
        let fetch = AssertSqlSafe("fetch forward 1 from export_files".to_owned());
        let row = sqlx::query(fetch).persistent(false).fetch_optional(self.tx.reading()).await?;
        let Some(row) = row else {
            self.close("export_files").await?;
            return Ok(None);
        };
        Ok(Some(ExportedFile { key: row.try_get(0)?, content: row.try_get(1)? }))
    }

    /// Returns the logo of the workspace, as PNG, JPEG or WebP.
    ///
    /// # Errors
    /// [`StoreError::Database`] if the query fails.
    #[tracing::instrument(level = "debug", name = "store.exports.logo", skip_all)]
    pub async fn logo(&mut self) -> Result<Option<Vec<u8>>, StoreError> {
        let workspace = self.tx.id().uuid();
        Ok(sqlx::query_scalar!("select image from account.logos where workspace_id = $1", workspace)
            .fetch_optional(self.tx.reading())
            .await?)
    }

    async fn declare(&mut self, statement: String) -> Result<(), StoreError> {
        let workspace = self.tx.id().uuid();
        sqlx::query(AssertSqlSafe(statement)).persistent(false).bind(workspace).execute(self.tx.reading()).await?;
        Ok(())
    }

    async fn close(&mut self, cursor: &str) -> Result<(), StoreError> {
        sqlx::query(AssertSqlSafe(format!("close {cursor}"))).persistent(false).execute(self.tx.reading()).await?;
        Ok(())
    }
}
