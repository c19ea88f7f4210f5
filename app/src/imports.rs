//! Upload of a file to import. It arrives in pieces, each of which is written in a transaction of its own, so a file is
//! never in memory as a whole, and a person who loses the seat can't send more of it.

use crate::{
    documents,
    error::AppError,
    routes::{ImportLayout, Page, Route},
    server::{
        call::Call,
        form::{Form, Posted},
        request::RequestContext,
        workspace::{reading, writing},
    },
};
use axum::body::Body;
use http::{Response, Uri};
use model::{
    FieldErrors, Slug,
    capability::EditContent,
    csv::Csv,
    id::ImportId,
    import::{FILE_MAX, REFUSALS_MAX, refusal_text},
};
use sha2::{Digest, Sha256};
use store::imports;

pub use store::imports::CHUNK_MAX;

/// Maximum length of a file's name, in characters.
const NAME_MAX: usize = 200;

/// A file that is being uploaded.
pub struct Upload {
    call: Call,
    slug: Slug,
    grant: String,
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
        let (call, grant) = (Call::new(context), form.get("grant").to_owned());
        let (mut tx, can) = writing::<EditContent>(&call, &slug, &grant).await?;
        // Some programs send a path.
        let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
        let name: String = name.chars().filter(|c| !c.is_control()).take(NAME_MAX).collect();
        if name.trim().is_empty() {
            return Err(invalid("Choose a file."));
        }
        let id = imports::begin(&mut tx, &can, name.trim()).await?;
        let id = id.ok_or_else(|| invalid("Two imports are not finished yet. Finish or stop one of them first."))?;
        tx.commit().await?;
        Ok(Self { call, slug, grant, id, chunks: 0, bytes: 0, hash: Sha256::new() })
    }

    /// Appends the next bytes, at most [`CHUNK_MAX`].
    ///
    /// # Errors
    /// [`AppError::Invalid`] on `file` if the file is too large. Then the import is stopped.
    pub async fn append(mut self, bytes: Vec<u8>) -> Result<Self, AppError> {
        if bytes.is_empty() {
            return Ok(self);
        }
        self.bytes += bytes.len() as u64;
        let (mut tx, can) = writing::<EditContent>(&self.call, &self.slug, &self.grant).await?;
        if self.bytes > FILE_MAX {
            imports::stop(&mut tx, &can, self.id).await?;
            tx.commit().await?;
            return Err(invalid("That file is larger than 50 MB. Split it into several files."));
        }
        if !imports::append(&mut tx, &can, self.id, self.chunks, &bytes).await? {
            return Err(invalid("The upload was stopped. Choose the file again."));
        }
        // An upload may take longer than a grant is valid.
        self.grant = self.call.request.services.grants.sign(tx.tenant())?;
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
        let (mut tx, can) = writing::<EditContent>(&self.call, &self.slug, &self.grant).await?;
        let digest: [u8; 32] = self.hash.finalize().into();
        if !imports::finish_upload(&mut tx, &can, self.id, &digest).await? {
            imports::stop(&mut tx, &can, self.id).await?;
            tx.commit().await?;
            return Err(invalid("That file is empty. Choose another one."));
        }
        tx.commit().await?;
        Ok(Page::ImportMapping(ImportLayout::guessed(self.id)).url(&self.slug))
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
    let mut csv = Csv::new(["line", "column", "code", "text", "meaning"]);
    for row in &rows {
        csv.row([row.line.to_string().as_str(), &row.column, &row.code, &row.value, refusal_text(&row.code)]);
    }
    Ok(csv.finish())
}
