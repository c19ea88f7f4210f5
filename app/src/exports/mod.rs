//! Export of everything in a workspace as one ZIP archive, for its owners. It is read from one snapshot of the database
//! and sent while it is read, so it is never in memory or on disk as a whole (docs/EXPORT.md).
//!
//! While it is sent, the seat is checked again in transactions of its own. An owner who loses the seat, a failure, or a
//! receiver that stops breaks the download off: what arrived is not an archive.

mod archive;
mod lines;
mod manifest;

use crate::{
    error::AppError,
    server::{authority::Authority, request::Services},
};
use archive::{Archive, Gone};
use axum::body::Body;
use http::{HeaderValue, Response, header};
use lines::Format;
use manifest::{Manifest, TableEntry};
use model::{
    FieldErrors, Slug,
    audit::{Action, Detail},
    capability::OwnWorkspace,
};
use std::{sync::Arc, time::Duration};
use store::{
    StoreError, audit,
    door::{Credential, Door, Tenant, WorkspaceTx},
    exports::{self, Export, Table},
    fair::{current_key, on_behalf_of},
};
use tokio::time::{Instant, timeout};
use tracing::{Instrument as _, Span};

/// Maximum time for which the snapshot is held. While it is, PostgreSQL can't reuse the space of any row that changes.
const HELD: Duration = Duration::from_secs(900);
/// Maximum time between two reads: the receiver may take this long for a few pieces.
const IDLE: Duration = Duration::from_secs(90);
/// Time after which the seat is checked again.
const CHECK: Duration = Duration::from_secs(5);
/// Size of the lines that are written at a time, in bytes.
const CHUNK: usize = 262_144;

/// Field of the error if an export is running: the message is shown above the page's form.
pub const FIELD: &str = "action";

/// Begins an export and logs it. Returns the tenant and the response, whose body is the archive.
///
/// # Errors
/// As of a write; [`AppError::Denied`] for anyone but an owner; [`AppError::Invalid`] on [`FIELD`] if an export of the
/// workspace is running; [`AppError::Limited`] if the server has too many of other workspaces.
pub async fn begin(by: &Authority) -> Result<(Tenant, Response<Body>), AppError> {
    let (mut tx, can) = by.writing::<OwnWorkspace>().await?;
    if !exports::is_free(&mut tx, &can).await? {
        return Err(running());
    }
    audit::record(&mut tx, Action::WorkspaceExported, None, &Detail::none()).await?;
    let tenant = tx.commit().await?;
    let (services, credential) = (Arc::clone(by.services()), by.credential()?);
    let tx = match services.store.workspace_snapshot(&credential, by.slug()).await? {
        Door::Open(tx) => tx,
        Door::Moved(slug) => return Err(AppError::Moved(slug)),
        Door::Factor(_) => return Err(AppError::Factor),
        Door::Gone(_) => return Err(AppError::Gone),
        Door::Absent(_) => return Err(AppError::Absent),
        Door::SignedOut => return Err(AppError::SignedOut),
        Door::Mismatch => return Err(AppError::Mismatch),
    };
    if tx.id() != tenant.workspace.id || tx.user() != tenant.principal.person.id {
        return Err(AppError::Mismatch);
    }
    let can = tx.can::<OwnWorkspace>().map_err(|denied| AppError::Denied(denied.0))?;
    let export = exports::begin(&services.store, tx, &can, IDLE).await?.ok_or_else(running)?;
    let seat = Seat { services, credential, slug: tenant.workspace.slug.clone(), checked: Instant::now() };
    let response = send(export, seat, &tenant);
    Ok((tenant, response))
}

fn running() -> AppError {
    let message = "An export of this workspace is running. Wait until its download has ended.";
    AppError::Invalid(FieldErrors::one(FIELD, message))
}

/// Starts the task that reads, and returns the response.
fn send(export: Export, seat: Seat, tenant: &Tenant) -> Response<Body> {
    let at = export.at();
    let (archive, body) = Archive::begin(at);
    let work = async move {
        match timeout(HELD, fill(export, seat, archive)).await {
            Ok(Ok(())) => tracing::info!("an export was sent"),
            Ok(Err(Failed::Receiver(_))) => tracing::info!("an export has no receiver"),
            Ok(Err(Failed::Seat)) => tracing::info!("an export ended with the seat"),
            Ok(Err(Failed::Store(error))) => tracing::warn!(%error, "an export failed"),
            Ok(Err(Failed::Manifest(error))) => tracing::error!(%error, "an export failed"),
            Err(_) => tracing::warn!("an export took too long"),
        }
    };
    tokio::spawn(on_behalf_of(current_key(), work).instrument(Span::current()));
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/zip"));
    // A slug contains no characters that need quoting.
    let name = format!("attachment; filename=\"{}-{}.zip\"", tenant.workspace.slug, tenant.today);
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    response
}

/// Why an archive is not complete.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error(transparent)]
    Receiver(#[from] Gone),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Manifest(#[from] serde_json::Error),
    #[error("the seat does not allow the export any more")]
    Seat,
}

/// The seat of the owner who exports.
struct Seat {
    services: Arc<Services>,
    credential: Credential,
    slug: Slug,
    checked: Instant,
}

impl Seat {
    /// Checks the seat in the workspace of `tenant` again, if the last check is some seconds old.
    async fn check(&mut self, tenant: &Tenant) -> Result<(), Failed> {
        if self.checked.elapsed() < CHECK {
            return Ok(());
        }
        let mut door = self.services.store.workspace(&self.credential, &self.slug).await?;
        if let Door::Moved(slug) = door {
            door = self.services.store.workspace(&self.credential, &slug).await?;
            self.slug = slug;
        }
        let Door::Open(tx) = door else { return Err(Failed::Seat) };
        if !owns(&tx, tenant) {
            return Err(Failed::Seat);
        }
        tx.commit().await?;
        self.checked = Instant::now();
        Ok(())
    }
}

fn owns(tx: &WorkspaceTx<store::door::Read>, tenant: &Tenant) -> bool {
    tx.id() == tenant.workspace.id && tx.user() == tenant.principal.person.id && tx.can::<OwnWorkspace>().is_ok()
}

/// Writes the archive: each table in each format, files, and the manifest at the end.
async fn fill(mut export: Export, mut seat: Seat, mut archive: Archive) -> Result<(), Failed> {
    let tenant = export.tenant().clone();
    let mut manifest = Manifest::of(&tenant, export.at());
    if let Some(logo) = export.logo().await? {
        archive.file(format!("files/logo.{}", extension(&logo))).await?;
        archive.data(logo).await?;
    }
    for table in export.tables().await? {
        let mut rows = 0;
        for format in Format::ALL {
            seat.check(&tenant).await?;
            rows = write(&mut export, &mut seat, &mut archive, &table, format).await?;
        }
        let files = files(&mut export, &mut seat, &mut archive, &table).await?;
        manifest.tables.push(TableEntry::of(&table, rows, files));
    }
    manifest.files = archive.entries().to_vec();
    let text = manifest.json()?;
    archive.file("manifest.json".to_owned()).await?;
    archive.data(text.into_bytes()).await?;
    // Checked in any case before the directory of the archive is sent.
    seat.checked = Instant::now().checked_sub(CHECK).unwrap_or(seat.checked);
    seat.check(&tenant).await?;
    archive.finish().await?;
    Ok(())
}

/// Writes the rows of a table. Returns their number.
async fn write(
    export: &mut Export,
    seat: &mut Seat,
    archive: &mut Archive,
    table: &Table,
    format: Format,
) -> Result<u64, Failed> {
    let tenant = export.tenant().clone();
    archive.file(format.path(&table.name)).await?;
    let (mut text, mut count) = (format.head(table), 0_u64);
    export.open(table).await?;
    loop {
        let rows = export.rows().await?;
        if rows.is_empty() {
            break;
        }
        count += rows.len() as u64;
        for cells in &rows {
            format.row(&mut text, table, cells);
            if text.len() >= CHUNK {
                archive.data(std::mem::take(&mut text).into_bytes()).await?;
            }
        }
        seat.check(&tenant).await?;
    }
    archive.data(text.into_bytes()).await?;
    Ok(count)
}

/// Writes the files of a table. Returns their number.
async fn files(export: &mut Export, seat: &mut Seat, archive: &mut Archive, table: &Table) -> Result<u64, Failed> {
    if !export.open_files(table).await? {
        return Ok(0);
    }
    let (tenant, mut count) = (export.tenant().clone(), 0);
    while let Some(file) = export.file().await? {
        let name: String = file.key.join("-").chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
        archive.file(format!("files/{}/{name}.{}", table.name, extension(&file.content))).await?;
        archive.data(file.content).await?;
        count += 1;
        seat.check(&tenant).await?;
    }
    Ok(count)
}

/// Returns `true` for characters that a name of a file can have on any system.
const fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
}

/// Returns the extension for the content of a file, by its first bytes.
fn extension(content: &[u8]) -> &'static str {
    match content {
        [0x89, b'P', b'N', b'G', ..] => "png",
        [0xff, 0xd8, 0xff, ..] => "jpg",
        [b'R', b'I', b'F', b'F', ..] => "webp",
        [b'%', b'P', b'D', b'F', ..] => "pdf",
        [b'<', ..] | [0xef, 0xbb, 0xbf, b'<', ..] => "xml",
        _ => "bin",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_the_extension_of_its_content() {
        for (content, known) in [(&b"%PDF-1.7"[..], "pdf"), (b"\x89PNG\r\n", "png"), (b"<?xml", "xml"), (b"", "bin")] {
            assert_eq!(extension(content), known);
        }
    }
}
