//! Files of issued documents. They are made once and kept, so that a later version of the program does not change what a
//! customer got.

use crate::{
    door::{Can, Mode, WorkspaceTx, Write},
    error::StoreError,
};
use model::{capability::ManageInvoices, id::InvoiceId};
use sha2::{Digest as _, Sha256};

/// Kind of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// The document as it is printed.
    Pdf,
    /// The document as data.
    Xml,
}

impl FileKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Xml => "xml",
        }
    }
}

/// Returns a file of a document. `None` if it was not made yet, or the document is not there.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.invoices.file", skip_all, fields(invoice_id = %id))]
pub async fn file<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    id: InvoiceId,
    kind: FileKind,
) -> Result<Option<Vec<u8>>, StoreError> {
    let workspace = tx.id().uuid();
    let content = sqlx::query_scalar!(
        "select content from workspace.invoice_files where workspace_id = $1 and invoice_id = $2 and kind = $3",
        workspace,
        id.uuid(),
        kind.as_str(),
    )
    .fetch_optional(tx.reading())
    .await?;
    Ok(content)
}

/// Keeps a file of an issued document. Does nothing if there is one already, or the document is a draft: the caller reads
/// the file that is kept. At most 10 MiB.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.invoices.keep_file", skip_all, fields(invoice_id = %id))]
pub async fn keep_file(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageInvoices>,
    id: InvoiceId,
    kind: FileKind,
    content: &[u8],
) -> Result<(), StoreError> {
    let workspace = tx.id().uuid();
    let hash = Sha256::digest(content);
    sqlx::query!(
        "insert into workspace.invoice_files (workspace_id, invoice_id, kind, customer_id, sha256, content)
        select i.workspace_id, i.id, $3, i.customer_id, $4, $5 from workspace.invoices i
        where i.workspace_id = $1 and i.id = $2 and i.status <> 'draft'
        on conflict (workspace_id, invoice_id, kind) do nothing",
        workspace,
        id.uuid(),
        kind.as_str(),
        hash.as_slice(),
        content,
    )
    .execute(can.on(tx)?)
    .await?;
    Ok(())
}
