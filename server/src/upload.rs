//! Files that are imported. They are larger than all other bodies, so they are not read into memory before the request
//! runs: the form's fields are checked first, and then the file is stored piece by piece.
//!
//! No slot is held while the server waits for the sender. Each piece waits for a slot within the shares of the user and
//! the address, like a request of its own.

use crate::{error_code::Code, error_response, pages, slots::Slots, state::AppState};
use app::{
    error::AppError,
    imports::{self, Upload},
};
use axum::{
    extract::{
        DefaultBodyLimit, FromRequest as _, Multipart, Request,
        multipart::{Field, MultipartError},
    },
    http::Method,
    response::Response,
};
use model::FieldErrors;
use std::{mem, sync::Arc, time::Duration};
use store::fair::Share;

/// Maximum time of an upload.
const LIMIT: Duration = Duration::from_secs(1_800);
/// Time within which the sender must send more.
const STALL: Duration = Duration::from_secs(30);
/// Time for which the rest of a refused file is read, so that the browser shows the answer.
const DRAIN: Duration = Duration::from_secs(20);
/// Maximum number of fields before the file, and of bytes of each.
const FIELDS: (usize, usize) = (8, 4_096);

/// Returns `true` for a form with a file to import.
pub(crate) fn is_upload(request: &Request) -> bool {
    *request.method() == Method::POST
        && error_response::is_content_type(request.headers(), "multipart/form-data")
        && imports::is_address(request.uri().path()).is_some()
}

/// Handles the upload of a file. `shares` are those that the request counts against.
pub(crate) async fn receive(state: AppState, mut request: Request, shares: Vec<Share>) -> Response {
    let path = request.uri().path().to_owned();
    let uri = pages::local(request.uri());
    let slots = Slots::new(state.clone(), shares);
    let cookies = state.cookies(request.uri(), request.headers());
    let (services, mut headers) = (Arc::clone(&state.services), request.headers().clone());
    // If there are several session cookies, only the valid one is kept.
    let settled = slots.run(async move {
        app::server::cookies::settle(&services.store, cookies, &mut headers).await?;
        Ok(headers)
    });
    match settled.await {
        Ok(headers) => *request.headers_mut() = headers,
        Err(AppError::Limited(_)) => return error_response::busy(&path),
        Err(_) => {
            let message = "The database is not available. Try again in a moment.";
            return error_response::refusal(&path, Code::Unavailable, message);
        }
    }
    let context = pages::context(&state, &request);
    DefaultBodyLimit::disable().apply(&mut request);
    let Ok(mut parts) = Multipart::from_request(request, &()).await else { return malformed(&path) };
    let mut fields = Vec::new();
    let receiving = async {
        loop {
            let Some(mut part) = in_time(parts.next_field()).await? else {
                return Err(Failed::Told(AppError::Invalid(FieldErrors::one("file", "Choose a file."))));
            };
            if part.file_name().is_none() {
                let name = part.name().unwrap_or_default().to_owned();
                fields.push((name, text(&mut part).await?));
                if fields.len() > FIELDS.0 {
                    return Err(Failed::Malformed);
                }
                continue;
            }
            let slug = imports::is_address(&path).ok_or(Failed::Malformed)?;
            let name = part.file_name().unwrap_or_default().to_owned();
            let (of, values) = (context.clone(), fields.clone());
            let begun = slots.run(async move { Upload::begin(of, slug, values, &name).await }).await;
            let received = match begun {
                Ok(upload) => file(&slots, upload, &mut part).await,
                Err(error) => Err(Failed::Told(error)),
            };
            if received.is_err() {
                let rest = async { while let Ok(Some(_)) = part.chunk().await {} };
                let _ = tokio::time::timeout(DRAIN, rest).await;
            }
            return received;
        }
    };
    let result = match tokio::time::timeout(LIMIT, receiving).await {
        Ok(Ok(to)) => Ok(to),
        Ok(Err(Failed::Told(error))) => Err(error),
        Ok(Err(Failed::Malformed)) => return malformed(&path),
        Err(_) => Err(AppError::Unavailable),
    };
    let shown = async move { imports::answer(context, &uri, fields, result).await };
    match slots.run(async move { Ok(shown.await) }).await {
        Ok(response) => response,
        Err(_) => error_response::busy(&path),
    }
}

/// Why no file was received.
enum Failed {
    /// The form can't be read, or the sender stopped.
    Malformed,
    /// The page of the form says why.
    Told(AppError),
}

fn malformed(path: &str) -> Response {
    let message = "The form could not be read. Try again.";
    error_response::refusal(path, Code::Malformed, message)
}

/// Waits for the sender, but not for ever.
async fn in_time<T>(more: impl Future<Output = Result<T, MultipartError>>) -> Result<T, Failed> {
    match tokio::time::timeout(STALL, more).await {
        Ok(Ok(more)) => Ok(more),
        Ok(Err(_)) | Err(_) => Err(Failed::Malformed),
    }
}

/// Reads a field that is not a file.
async fn text(part: &mut Field<'_>) -> Result<String, Failed> {
    let mut bytes = Vec::new();
    while let Some(more) = in_time(part.chunk()).await? {
        bytes.extend_from_slice(&more);
        if bytes.len() > FIELDS.1 {
            return Err(Failed::Malformed);
        }
    }
    String::from_utf8(bytes).map_err(|_| Failed::Malformed)
}

/// Stores the file piece by piece. Returns the address of the next page.
async fn file(slots: &Slots, mut upload: Upload, part: &mut Field<'_>) -> Result<String, Failed> {
    let mut piece = Vec::with_capacity(imports::CHUNK_MAX);
    while let Some(more) = in_time(part.chunk()).await? {
        let mut more = more.as_ref();
        while !more.is_empty() {
            let (now, later) = more.split_at(more.len().min(imports::CHUNK_MAX - piece.len()));
            piece.extend_from_slice(now);
            more = later;
            if piece.len() == imports::CHUNK_MAX {
                let full = mem::replace(&mut piece, Vec::with_capacity(imports::CHUNK_MAX));
                upload = slots.run(async move { upload.append(full).await }).await.map_err(Failed::Told)?;
            }
        }
    }
    let last = async move { upload.append(piece).await?.finish().await };
    slots.run(last).await.map_err(Failed::Told)
}
