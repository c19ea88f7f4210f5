//! Files of documents: the PDF of an issued one, which is made once and kept, and the lines as CSV.
//!
//! The caller is authorized by a transaction that reads the document. The PDF is made from what a job of the server
//! reads, so that it does not depend on who asks for it first.

use crate::{
    error::AppError,
    routes::InvoiceFile,
    server::{call::Call, request::Services, workspace::reading},
};
use axum::body::Body;
use http::{HeaderValue, Response, header};
use model::{
    Slug,
    capability::ManageInvoices,
    csv::Csv,
    id::{InvoiceId, WorkspaceId},
    invoice::Document,
    job::Job,
};
use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};
use store::{
    door::{Can, Mode, Tenant, WorkspaceTx, Write},
    fair::{self, FairLimiter, current_key},
    invoices::{self, FileKind},
};

/// Two documents are rendered at a time: one of 500 lines takes a processor for a second.
const RENDERED: fair::Limits =
    fair::Limits { total: 2, queue: 32, waiting: fair::WAITING, max_wait: Duration::from_secs(8) };
static RENDERING: LazyLock<FairLimiter> = LazyLock::new(|| FairLimiter::new(RENDERED));

/// A file to download.
#[derive(Debug)]
pub struct File {
    /// Name, of letters, digits, `-` and `.`.
    pub name: String,
    /// Media type.
    pub media_type: &'static str,
    /// Content.
    pub content: Vec<u8>,
}

impl File {
    /// Returns the response to a download.
    pub fn response(self) -> Response<Body> {
        let mut response = Response::new(Body::from(self.content));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.media_type));
        // The name contains no characters that need quoting.
        if let Ok(name) = HeaderValue::from_str(&format!("attachment; filename=\"{}\"", self.name)) {
            headers.insert(header::CONTENT_DISPOSITION, name);
        }
        response
    }
}

/// Returns a file of a document for a page of the console.
pub(crate) async fn download(
    call: &Call,
    slug: &Slug,
    id: InvoiceId,
    file: InvoiceFile,
) -> Result<Response<Body>, AppError> {
    let tx = reading(call, slug).await?;
    let (_, file) = read(&call.request.services, tx, id, file).await?;
    Ok(file.response())
}

/// Returns a file of a document that `tx` may read, and the end of `tx`.
///
/// # Errors
/// [`AppError::Absent`] if `tx` can't read the document, or it is a draft, which has no PDF; [`AppError::Limited`] if too
/// many documents are rendered.
pub async fn read<M: Mode>(
    services: &Arc<Services>,
    mut tx: WorkspaceTx<M>,
    id: InvoiceId,
    file: InvoiceFile,
) -> Result<(Tenant, File), AppError> {
    match file {
        InvoiceFile::Pdf => {
            let row = invoices::get(&mut tx, id).await?.ok_or(AppError::Absent)?;
            let number = row.number.ok_or(AppError::Absent)?;
            let kept = invoices::file(&mut tx, id, FileKind::Pdf).await?;
            let tenant = tx.commit().await?;
            let content = match kept {
                Some(content) => content,
                None => made(services, tenant.workspace.id, id).await?,
            };
            Ok((tenant, File { name: format!("{}.pdf", plain(&number)), media_type: "application/pdf", content }))
        }
        InvoiceFile::Lines => {
            let document = invoices::document(&mut tx, id).await?.ok_or(AppError::Absent)?;
            let tenant = tx.commit().await?;
            let name = plain(document.row.number.as_deref().unwrap_or("draft"));
            let content = lines(&document).into_bytes();
            Ok((tenant, File { name: format!("{name}-lines.csv"), media_type: "text/csv; charset=utf-8", content }))
        }
    }
}

/// Returns the PDF of an issued document. Makes and keeps it if there is none yet. Authorizes nobody.
///
/// # Errors
/// As for [`read`].
pub(crate) async fn made(services: &Arc<Services>, workspace: WorkspaceId, id: InvoiceId) -> Result<Vec<u8>, AppError> {
    let (mut tx, _) = job(services, workspace).await?;
    let kept = invoices::file(&mut tx, id, FileKind::Pdf).await?;
    let document = match kept {
        Some(content) => return Ok(content),
        None => invoices::document(&mut tx, id).await?.filter(|document| document.row.number.is_some()),
    };
    tx.commit().await?;
    let rendered = render(services, document.ok_or(AppError::Absent)?).await?;
    let (mut tx, can) = job(services, workspace).await?;
    invoices::keep_file(&mut tx, &can, id, FileKind::Pdf, &rendered).await?;
    // If another request kept one first, that is the file.
    let kept = invoices::file(&mut tx, id, FileKind::Pdf).await?;
    tx.commit().await?;
    Ok(kept.unwrap_or(rendered))
}

async fn job(
    services: &Services,
    workspace: WorkspaceId,
) -> Result<(WorkspaceTx<Write>, Can<ManageInvoices>), AppError> {
    let tx = services.store.job(workspace, Job::Invoice).await?.ok_or(AppError::Absent)?;
    let can = tx.can::<ManageInvoices>().map_err(|denied| AppError::Denied(denied.0))?;
    Ok((tx, can))
}

async fn render(services: &Arc<Services>, document: Document) -> Result<Vec<u8>, AppError> {
    let share = fair::Share::constant(current_key(), 1);
    let permit = RENDERING.acquire(vec![share]).await.map_err(|_| AppError::Limited(2))?;
    let services = Arc::clone(services);
    let work = move || {
        let rendered = pdf::render(&services.fonts, &document);
        // The slot is held until the work ends, even if the request was cancelled.
        drop(permit);
        rendered
    };
    let rendered = tokio::task::spawn_blocking(work).await.map_err(|_| AppError::Internal)?.map_err(|error| {
        tracing::error!(%error, "a document can't be rendered");
        AppError::Internal
    })?;
    if !rendered.missing.is_empty() {
        let characters: String = rendered.missing.iter().take(20).collect();
        tracing::warn!(%characters, "no font has these characters of a document; STILE_FONTS names a directory of fonts");
    }
    Ok(rendered.bytes)
}

/// Returns the lines of a document as CSV: amounts as decimal numbers, days as ISO dates.
fn lines(document: &Document) -> String {
    let mut csv = Csv::new([
        "number", "line", "name", "detail", "first_day", "last_day", "quantity", "unit", "net", "currency",
        "tax_category", "tax_percent",
    ]);
    let number = document.row.number.clone().unwrap_or_default();
    for line in &document.lines {
        let first = line.service.map(|days| days.from.to_string()).unwrap_or_default();
        let last = line.service.and_then(|days| days.until.previous_day());
        csv.row([
            number.as_str(),
            &(line.position + 1).to_string(),
            &line.name,
            &line.detail,
            &first,
            &last.map(|day| day.to_string()).unwrap_or_default(),
            &line.quantity.map(|quantity| quantity.to_string()).unwrap_or_default(),
            &line.unit,
            &document.totals.money(line.net_minor).decimal(),
            document.totals.currency.code(),
            line.category.as_str(),
            &line.percent.to_string(),
        ]);
    }
    csv.finish()
}

/// Returns a number as a part of a file's name. Prefixes of numbers may contain slashes.
pub(crate) fn plain(number: &str) -> String {
    number.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_have_no_path_and_nothing_to_quote() {
        assert_eq!(plain("INV-2026-0042"), "INV-2026-0042");
        assert_eq!(plain("A/B\"\r\n7"), "A-B---7");
    }
}
