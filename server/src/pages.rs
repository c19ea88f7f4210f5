//! The way from a request to the console in `app`, and back.
//!
//! Here belongs what HTTP has to say before a page is made: which method, which kind of body, how large. What a page
//! shows, and to whom, is in `app`.

use crate::{
    assets, client,
    middleware::{headers::Nonce, scope::RequestId},
    respond,
    router::Web,
};
use app::ssr::{Posted, RequestContext};
use axum::{
    body::{Body, Bytes},
    extract::{FromRequest as _, Multipart, OriginalUri, Request, State},
    http::{HeaderValue, Method, StatusCode, Uri, header},
    response::Response,
};
use std::sync::Arc;

/// Most bytes of a form or of a call's arguments.
const BODY_LIMIT: usize = 1024 * 1024;

/// How many fields a form may have. A hundred people can be chosen at once, plus a few others.
const FIELDS_LIMIT: usize = 256;
/// The largest size of a field's name, in bytes.
const NAME_LIMIT: usize = 64;
/// The largest size of a field's value, in bytes. The longest is a list of addresses to invite.
const VALUE_LIMIT: usize = 128 * 1024;

/// Everything that is no route: a page, or the form of one with JavaScript off.
pub(crate) async fn page(State(web): State<Web>, request: Request) -> Response {
    let path = request.uri().path();
    if respond::is_api(path) || assets::is_file(path) {
        // No page is there either, and no program is to be led to the sign-in instead.
        return respond::refusal(path, StatusCode::NOT_FOUND, "not_found", "There is nothing here.");
    }
    let context = context(&web, &request);
    #[cfg(debug_assertions)]
    if path == "/dev/gallery" {
        return app::ssr::gallery(&context);
    }
    let uri = local(request.uri());
    match *request.method() {
        Method::GET | Method::HEAD => app::ssr::document(context, &uri).await,
        Method::POST => match form(request).await {
            Ok(posted) => app::ssr::submit(context, &uri, posted).await,
            Err(refusal) => refusal,
        },
        _ => {
            let message = "Pages can be opened and their forms sent, and nothing else.";
            let mut refusal =
                respond::refusal(uri.path(), StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", message);
            refusal.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD, POST"));
            refusal
        }
    }
}

/// `POST /api/fn/*`: a server function, called by the client. Takes only JSON, a content type that a page of another
/// site can't send without a preflight (docs/SECURITY.md, F-3).
pub(crate) async fn call(State(web): State<Web>, OriginalUri(uri): OriginalUri, request: Request) -> Response {
    if !respond::is_content_type(request.headers(), "application/json") {
        let message = "Send the arguments as application/json.";
        return respond::error(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", message);
    }
    let context = context(&web, &request);
    let path = uri.path().to_owned();
    let (mut head, body) = request.into_parts();
    // The nested router has taken the prefix away; functions are known by their whole path.
    head.uri = uri;
    match limited(&path, body).await {
        Ok(bytes) => app::ssr::call(context, Request::from_parts(head, Body::from(bytes))).await,
        Err(refusal) => refusal,
    }
}

/// What a page needs to know of its request.
pub(crate) fn context(web: &Web, request: &Request) -> RequestContext {
    let (headers, extensions) = (request.headers(), request.extensions());
    let cookies = web.cookies(request.uri(), headers);
    let (credential, former) =
        cookies.presented(headers).map_or((None, None), |presented| (Some(presented.credential), presented.former));
    RequestContext {
        services: Arc::clone(&web.services),
        credential,
        former,
        cookies,
        purpose: client::purpose(request.method(), headers),
        client: client::kind(headers),
        device: client::device(extensions.get().copied(), headers, &web.proxies),
        known_devices: cookies.known_devices(headers),
        request_id: extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default(),
        nonce: extensions.get::<Nonce>().map(|nonce| nonce.0.clone()),
        theme: cookies.theme(headers),
        accents: cookies.accents(headers),
    }
}

/// The fields of a form, in the order in which they were sent, and its file.
async fn form(request: Request) -> Result<Posted, Response> {
    let path = request.uri().path().to_owned();
    if respond::is_content_type(request.headers(), "multipart/form-data") {
        return form_with_file(&path, request).await;
    }
    if !respond::is_content_type(request.headers(), "application/x-www-form-urlencoded") {
        let message = "Send the form as application/x-www-form-urlencoded.";
        return Err(respond::refusal(&path, StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", message));
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
    let message = "That form has more fields than any form of Stile.";
    respond::refusal(path, StatusCode::PAYLOAD_TOO_LARGE, "too_large", message)
}

fn too_long(path: &str) -> Response {
    let message = "One of the fields is longer than any field of Stile may be. Shorten it and send it again.";
    respond::refusal(path, StatusCode::PAYLOAD_TOO_LARGE, "too_large", message)
}

fn malformed(path: &str) -> Response {
    respond::refusal(path, StatusCode::BAD_REQUEST, "malformed", "The form could not be read. Send it again.")
}

/// A form with a file (RFC 7578): one file, and fields of text. The whole is no larger than any other body.
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

/// The whole body, if it is not too large.
pub(crate) async fn limited(path: &str, body: Body) -> Result<Bytes, Response> {
    let too_large = || {
        let message = "That is more than 1 MiB. Shorten it and send it again.";
        respond::refusal(path, StatusCode::PAYLOAD_TOO_LARGE, "too_large", message)
    };
    if axum::body::HttpBody::size_hint(&body).lower() > BODY_LIMIT as u64 {
        return Err(too_large());
    }
    // The other reason for an error, a client that goes away, leaves nobody to read the refusal.
    axum::body::to_bytes(body, BODY_LIMIT).await.map_err(|_| too_large())
}

/// Path and query only: whatever host a request's target names, pages are made for this one.
fn local(uri: &Uri) -> Uri {
    uri.path_and_query().and_then(|path| Uri::try_from(path.as_str()).ok()).unwrap_or_default()
}
