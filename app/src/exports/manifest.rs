//! `manifest.json`: what an archive contains.

use super::{archive::Entry, lines::Format};
use model::moment;
use serde::Serialize;
use serde_json::{Value, json};
use store::{door::Tenant, exports::Table};
use time::OffsetDateTime;

/// Version of the archive's layout.
const LAYOUT: u32 = 1;

/// Content of an archive.
pub(super) struct Manifest {
    workspace: Value,
    at: OffsetDateTime,
    pub(super) tables: Vec<TableEntry>,
    pub(super) files: Vec<Entry>,
}

/// A table of an archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct TableEntry {
    name: String,
    rows: u64,
    csv: String,
    jsonl: String,
    columns: Vec<String>,
    left_out: Vec<LeftOut>,
    files: u64,
}

/// A column that is not in the archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct LeftOut {
    column: String,
    reason: &'static str,
}

impl TableEntry {
    pub(super) fn of(table: &Table, rows: u64, files: u64) -> Self {
        let left_out = table.left_out.iter();
        Self {
            name: table.name.clone(),
            rows,
            csv: Format::Csv.path(&table.name),
            jsonl: Format::JsonLines.path(&table.name),
            columns: table.columns.iter().map(|column| column.name.clone()).collect(),
            left_out: left_out.map(|(column, reason)| LeftOut { column: column.clone(), reason }).collect(),
            files,
        }
    }
}

impl Manifest {
    /// Creates the manifest of an archive of the tenant's workspace, as it was at `at`.
    pub(super) fn of(tenant: &Tenant, at: OffsetDateTime) -> Self {
        let workspace = json!({
            "id": tenant.workspace.id.to_string(),
            "slug": tenant.workspace.slug.as_str(),
            "name": tenant.workspace.name,
            "organization": tenant.workspace.organization,
            "time_zone": tenant.zone.name(),
        });
        Self { workspace, at, tables: Vec::new(), files: Vec::new() }
    }

    /// Returns the text of the file.
    pub(super) fn json(&self) -> Result<String, serde_json::Error> {
        let files: Vec<Value> = self
            .files
            .iter()
            .map(|file| json!({ "path": file.path, "bytes": file.bytes, "sha256": file.sha256 }))
            .collect();
        serde_json::to_string_pretty(&json!({
            "layout": LAYOUT,
            "stile": env!("CARGO_PKG_VERSION"),
            "at": moment::timestamp(self.at),
            "workspace": self.workspace,
            "tables": self.tables,
            "files": files,
        }))
    }
}
