//! Adapter between HTTP requests and the console in `app`.
//!
//! Checks HTTP aspects before a page is rendered: method, content type and size of the body. Content and authorization
//! of pages are in `app`.

use crate::{
    api::events,
    assets, client,
    error_code::Code,
    error_response,
    middleware::{headers::Nonce, request_log::RequestId},
    state::AppState,
};
use app::server::form::Posted;
use app::server::request::RequestContext;
use axum::{
    body::{Body, Bytes},
    extract::{FromRequest as _, Multipart, OriginalUri, Request, State},
    http::{HeaderValue, Method, Uri, header},
    response::Response,
};
use std::sync::Arc;

/// Maximum size in bytes of a form or of a server function's arguments.
const BODY_LIMIT: usize = 1024 * 1024;

/// Maximum number of fields in a form. Up to a hundred people can be selected at once, plus a few other fields.
const FIELDS_LIMIT: usize = 256;
/// Maximum length of a field's name, in bytes.
const NAME_LIMIT: usize = 64;
/// Maximum length of a field's value, in bytes. The longest is a list of email addresses to invite.
const VALUE_LIMIT: usize = 128 * 1024;

/// Fallback of the router: renders a page, or handles a form that was submitted without JavaScript.
pub(crate) async fn page(State(state): State<AppState>, request: Request) -> Response {
    let path = request.uri().path();
    if error_response::is_api(path) || assets::is_file(path) {
        // No page exists here, and API clients must not be redirected to the sign-in page.
        return error_response::refusal(path, Code::NotFound, "There is nothing here.");
    }
    let context = context(&state, &request);
    #[cfg(debug_assertions)]
    if path == "/dev/gallery" {
        return app::documents::gallery(&context);
    }
    let uri = local(request.uri());
    match *request.method() {
        Method::GET | Method::HEAD => app::documents::document(context, &uri).await,
        Method::POST => match form(request).await {
            Ok(posted) => app::documents::submit(context, &uri, posted).await,
            Err(refusal) => refusal,
        },
        _ => {
            let message = "Only GET, HEAD and POST are allowed here.";
            let mut refusal = error_response::refusal(uri.path(), Code::MethodNotAllowed, message);
            refusal.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD, POST"));
            refusal
        }
    }
}

/// `POST /api/fn/*`: calls a server function. Accepts only JSON, a content type that a page of another site can't send
/// without a preflight request (docs/SECURITY.md, F-3).
pub(crate) async fn call(State(state): State<AppState>, OriginalUri(uri): OriginalUri, request: Request) -> Response {
    if !error_response::is_content_type(request.headers(), "application/json") {
        let message = "Send the arguments as application/json.";
        return error_response::error(Code::UnsupportedMediaType, message);
    }
    let context = context(&state, &request);
    let path = uri.path().to_owned();
    let (mut head, body) = request.into_parts();
    // The nested router has stripped the prefix, but functions are registered under their full path.
    head.uri = uri;
    match limited(&path, body).await {
        Ok(bytes) => app::server::call::call(context, Request::from_parts(head, Body::from(bytes))).await,
        Err(refusal) => refusal,
    }
}

/// Creates the context of a page from the request.
pub(crate) fn context(state: &AppState, request: &Request) -> RequestContext {
    let (headers, extensions) = (request.headers(), request.extensions());
    let cookies = state.cookies(request.uri(), headers);
    let (credential, former) =
        cookies.presented(headers).map_or((None, None), |presented| (Some(presented.credential), presented.former));
    RequestContext {
        services: Arc::clone(&state.services),
        credential,
        former,
        cookies,
        purpose: client::purpose(request.method(), headers),
        client: client::kind(headers),
        device: client::device(extensions.get().copied(), headers, &state.proxies),
        known_devices: cookies.known_devices(headers),
        request_id: extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default(),
        nonce: extensions.get::<Nonce>().map(|nonce| nonce.0.clone()),
        theme: cookies.theme(headers),
        accents: cookies.accents(headers),
    }
}

/// Parses a form into its fields, in the order sent, and its file.
async fn form(request: Request) -> Result<Posted, Response> {
    let path = request.uri().path().to_owned();
    if error_response::is_content_type(request.headers(), "multipart/form-data") {
        return form_with_file(&path, request).await;
    }
    if !error_response::is_content_type(request.headers(), "application/x-www-form-urlencoded") {
        let message = "Send the form as application/x-www-form-urlencoded.";
        return Err(error_response::refusal(&path, Code::UnsupportedMediaType, message));
    }
    let bytes = limited(&path, request.into_body()).await?;
    // Counted before parsing, because each field needs many times its size in memory.
    if bytes.iter().filter(|byte| **byte == b'&').count() >= FIELDS_LIMIT {
        return Err(too_many(&path));
    }
    let fields: Vec<(String, String)> = serde_urlencoded::from_bytes(&bytes).map_err(|_| malformed(&path))?;
    if fields.iter().any(|(name, value)| name.len() > NAME_LIMIT || value.len() > VALUE_LIMIT) {
        return Err(too_long(&path));
    }
    Ok(Posted { fields, file: None })
}

fn too_many(path: &str) -> Response {
    let message = "That form has too many fields.";
    error_response::refusal(path, Code::TooLarge, message)
}

fn too_long(path: &str) -> Response {
    let message = "One of the fields is too long. Shorten it and try again.";
    error_response::refusal(path, Code::TooLarge, message)
}

fn malformed(path: &str) -> Response {
    error_response::refusal(path, Code::Malformed, "The form could not be read. Try again.")
}

/// Parses a multipart form (RFC 7578) with text fields and at most one file. The total size is limited like any other
/// body.
async fn form_with_file(path: &str, request: Request) -> Result<Posted, Response> {
    let (head, body) = request.into_parts();
    let bytes = limited(path, body).await?;
    let whole = Request::from_parts(head, Body::from(bytes));
    let mut parts = Multipart::from_request(whole, &()).await.map_err(|_| malformed(path))?;
    let mut posted = Posted::default();
    while let Some(part) = parts.next_field().await.map_err(|_| malformed(path))? {
        let name = part.name().unwrap_or_default().to_owned();
        if posted.fields.len() >= FIELDS_LIMIT {
            return Err(too_many(path));
        }
        if part.file_name().is_some() {
            posted.file = Some(part.bytes().await.map_err(|_| malformed(path))?.to_vec());
        } else {
            let value = part.text().await.map_err(|_| malformed(path))?;
            if name.len() > NAME_LIMIT || value.len() > VALUE_LIMIT {
                return Err(too_long(path));
            }
            posted.fields.push((name, value));
        }
    }
    Ok(posted)
}

/// Returns `true` if the path is the one for usage events.
fn is_events(path: &str) -> bool {
    in_workspace(path) == Some("events")
}

/// Returns `true` if the path is the one for files to import.
pub(crate) fn is_imports(path: &str) -> bool {
    in_workspace(path) == Some("imports")
}

/// Returns what follows the workspace in a path of the API.
fn in_workspace(path: &str) -> Option<&str> {
    path.strip_prefix("/api/v1/workspaces/").and_then(|rest| rest.split_once('/')).map(|(_, rest)| rest)
}

/// Reads the whole body, if it does not exceed the limit of the path.
pub(crate) async fn limited(path: &str, body: Body) -> Result<Bytes, Response> {
    let (limit, message) = if is_events(path) {
        (events::BODY_LIMIT, "That is more than 2 MiB. Send fewer events at a time.")
    } else {
        (BODY_LIMIT, "That is more than 1 MiB. Shorten it and try again.")
    };
    let too_large = || error_response::refusal(path, Code::TooLarge, message);
    if axum::body::HttpBody::size_hint(&body).lower() > limit as u64 {
        return Err(too_large());
    }
    // The only other error is that the client has disconnected; then nobody reads this response.
    axum::body::to_bytes(body, limit).await.map_err(|_| too_large())
}

/// Returns the path and query only. The host in the request target is ignored: pages are always rendered for this
/// server.
pub(crate) fn local(uri: &Uri) -> Uri {
    uri.path_and_query().and_then(|path| Uri::try_from(path.as_str()).ok()).unwrap_or_default()
}
