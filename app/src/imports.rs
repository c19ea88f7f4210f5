//! Upload of a file to import. It arrives in pieces, each of which is written in a transaction of its own, so a file is
//! never in memory as a whole, and a person who loses the seat can't send more of it.

use crate::{
    console::imports::api,
    documents,
    error::AppError,
    routes::{ImportLayout, Page, Route},
    server::{
        authority::Authority,
        call::Call,
        form::{Form, Posted},
        request::RequestContext,
        workspace::reading,
    },
};
use axum::body::Body;
use http::{Response, Uri};
use model::{
    FieldErrors, Slug,
    capability::EditContent,
    csv::Csv,
    id::ImportId,
    import::{
        FILE_MAX, ImportForm, ImportProgress, Mapping, MappingInput, REFUSALS_MAX, Refusal, decode_head, refusal_text,
    },
};
use sha2::{Digest, Sha256};
use store::{
    door::{Mode, WorkspaceTx},
    imports,
};

pub use store::imports::CHUNK_MAX;

/// Maximum length of a file's name, in characters.
const NAME_MAX: usize = 200;

/// A file that is being uploaded.
pub struct Upload {
    by: Authority,
    id: ImportId,
    chunks: i32,
    bytes: u64,
    hash: Sha256,
}

fn invalid(message: &str) -> AppError {
    AppError::Invalid(FieldErrors::one("file", message))
}

/// Returns the workspace if files are uploaded to this path.
pub fn is_address(path: &str) -> Option<Slug> {
    match Route::parse(path, "") {
        Route::Workspace(slug, Page::Imports) => Some(slug),
        _ => None,
    }
}

impl Upload {
    /// Begins an upload. `fields` are the controls of the form before the file, and `name` is the name of the file.
    ///
    /// # Errors
    /// As of a posted form; [`AppError::Invalid`] on `file` if no file was chosen, or if too many imports are not
    /// finished.
    pub async fn begin(
        context: RequestContext,
        slug: Slug,
        fields: Vec<(String, String)>,
        name: &str,
    ) -> Result<Self, AppError> {
        let form = Form(fields, None);
        form.expect_action("upload")?;
        Self::begin_by(Authority::page(&Call::new(context), &slug, form.get("grant")), name).await
    }

    /// Begins an upload with this authority. `name` is the name of the file.
    ///
    /// # Errors
    /// As for [`begin`](Self::begin).
    pub async fn begin_by(by: Authority, name: &str) -> Result<Self, AppError> {
        let (mut tx, can) = by.writing::<EditContent>().await?;
        // Some programs send a path.
        let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
        let name: String = name.chars().filter(|c| !c.is_control()).take(NAME_MAX).collect();
        if name.trim().is_empty() {
            return Err(invalid("Choose a file."));
        }
        let id = imports::begin(&mut tx, &can, name.trim()).await?;
        let id = id.ok_or_else(|| invalid("Two imports are not finished yet. Finish or stop one of them first."))?;
        tx.commit().await?;
        Ok(Self { by, id, chunks: 0, bytes: 0, hash: Sha256::new() })
    }

    /// Appends the next bytes, at most [`CHUNK_MAX`].
    ///
    /// # Errors
    /// [`AppError::Invalid`] on `file` if the file is too large or no text. Then the import is stopped.
    pub async fn append(mut self, bytes: Vec<u8>) -> Result<Self, AppError> {
        if bytes.is_empty() {
            return Ok(self);
        }
        self.bytes += bytes.len() as u64;
        let (mut tx, can) = self.by.writing::<EditContent>().await?;
        let refused = if self.bytes > FILE_MAX {
            Some("That file is larger than 50 MB. Split it into several files.".to_owned())
        } else if self.chunks == 0 {
            decode_head(bytes.clone()).err().map(|error| error.to_string())
        } else {
            None
        };
        if let Some(message) = refused {
            imports::stop(&mut tx, &can, self.id).await?;
            tx.commit().await?;
            return Err(invalid(&message));
        }
        if !imports::append(&mut tx, &can, self.id, self.chunks, &bytes).await? {
            return Err(invalid("The upload was stopped. Choose the file again."));
        }
        self.by.renew(&tx)?;
        tx.commit().await?;
        self.hash.update(&bytes);
        self.chunks += 1;
        Ok(self)
    }

    /// Completes the upload. Returns the address of the next page.
    ///
    /// # Errors
    /// [`AppError::Invalid`] on `file` if the file is empty.
    pub async fn finish(self) -> Result<String, AppError> {
        let slug = self.by.slug().clone();
        Ok(Page::ImportMapping(ImportLayout::guessed(self.complete().await?)).url(&slug))
    }

    /// Completes the upload. Returns the import.
    ///
    /// # Errors
    /// As for [`finish`](Self::finish).
    pub async fn complete(self) -> Result<ImportId, AppError> {
        let (mut tx, can) = self.by.writing::<EditContent>().await?;
        let digest: [u8; 32] = self.hash.finalize().into();
        if !imports::finish_upload(&mut tx, &can, self.id, &digest).await? {
            imports::stop(&mut tx, &can, self.id).await?;
            tx.commit().await?;
            return Err(invalid("That file is empty. Choose another one."));
        }
        tx.commit().await?;
        Ok(self.id)
    }
}

/// Returns the response to an upload: a redirect to the next page, or the page of the form with the error.
pub async fn answer(
    context: RequestContext,
    uri: &Uri,
    fields: Vec<(String, String)>,
    result: Result<String, AppError>,
) -> Response<Body> {
    documents::answer(context, uri, Posted { fields, file: None }, result).await
}

/// Returns the refused rows of an import as a CSV file.
///
/// # Errors
/// [`AppError::Absent`] if there is no such import or the person may not see it; [`AppError::Unavailable`] if the
/// database can't be reached.
pub async fn refusals(context: RequestContext, slug: &str, id: &str) -> Result<String, AppError> {
    let (Ok(slug), Ok(id)) = (Slug::parse(slug), id.parse::<ImportId>()) else { return Err(AppError::Absent) };
    let opened = reading(&Call::new(context), &slug).await;
    let mut tx = opened.map_err(|error| match error {
        AppError::Unavailable | AppError::Limited(_) => error,
        _ => AppError::Absent,
    })?;
    tx.can::<EditContent>().map_err(|_| AppError::Absent)?;
    imports::get(&mut tx, id).await?.ok_or(AppError::Absent)?;
    let rows = imports::refusals(&mut tx, id, REFUSALS_MAX).await?;
    tx.commit().await?;
    Ok(refusals_csv(&rows))
}

/// Returns refused rows as a CSV file.
pub fn refusals_csv(rows: &[Refusal]) -> String {
    let mut csv = Csv::new(["line", "column", "code", "text", "meaning"]);
    for row in rows {
        csv.row([row.line.to_string().as_str(), &row.column, &row.code, &row.value, refusal_text(&row.code)]);
    }
    csv.finish()
}

/// Returns what is known about the columns of an import that has not begun: its mapping, else a guess. `None` if there is
/// no such import, or if it has begun or ended.
///
/// # Errors
/// [`AppError::Unavailable`] if the database can't be reached.
pub async fn columns<M: Mode>(tx: &mut WorkspaceTx<M>, id: ImportId) -> Result<Option<ImportForm>, AppError> {
    api::columns_of(tx, &ImportLayout::guessed(id)).await
}

/// Reads the values of the mapping form for the file of an import.
///
/// # Errors
/// [`AppError::Invalid`] with the invalid fields.
pub async fn mapping<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    id: ImportId,
    input: &MappingInput,
) -> Result<Mapping, AppError> {
    api::mapping(tx, id, input).await
}

/// Works on the check or the import in progress for about a second. Each batch is a transaction of its own.
///
/// # Errors
/// [`AppError::Absent`] if the workspace has no such import; [`AppError::Limited`] if the server is busy with other
/// imports.
pub async fn advance(by: &Authority, id: ImportId) -> Result<ImportProgress, AppError> {
    api::advance(by, id).await
}
