//! Handling of server function calls.

use crate::{
    error::AppError,
    routes::Route,
    server::request::{Client, RequestContext},
    wire,
};
use axum::{
    body::{Body, to_bytes},
    response::IntoResponse as _,
};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, header};
use leptos::prelude::{provide_context, use_context};
use model::id::{UserId, WorkspaceId};
use std::sync::{Arc, Mutex, OnceLock};
use store::StoreError;

/// Response header with the id of the workspace that served it (docs/SECURITY.md, I-8).
pub(crate) const WORKSPACE_HEADER: HeaderName = HeaderName::from_static("stile-workspace");
const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");
/// Maximum size of an error body that is parsed, in bytes.
const ERROR_BYTES: usize = 64 * 1024;

/// Request context, with the headers to add to the response.
#[derive(Clone)]
pub struct Call {
    /// Request context.
    pub request: RequestContext,
    headers: Arc<Mutex<Vec<(HeaderName, HeaderValue)>>>,
    person: Arc<OnceLock<UserId>>,
}

/// Encoding of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    /// Compact format of the console's own program.
    Wire,
    /// JSON, for other clients.
    Json,
}

impl Encoding {
    /// Returns the encoding that the request accepts. A program of another build gets a response that it can recognize
    /// as such.
    fn asked(headers: &HeaderMap) -> Self {
        let wire = |value: &HeaderValue| value.to_str().is_ok_and(|value| value.starts_with(wire::TYPE));
        if headers.get(header::ACCEPT).is_some_and(wire) { Self::Wire } else { Self::Json }
    }

    const fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Wire => wire::TYPE,
            Self::Json => "application/json",
        })
    }

    fn read_error(self, body: &[u8]) -> AppError {
        match self {
            Self::Wire => wire::from_bytes(body).ok(),
            Self::Json => serde_json::from_slice(body).ok(),
        }
        .unwrap_or(AppError::Internal)
    }

    fn write_error(self, error: &AppError) -> Vec<u8> {
        match self {
            Self::Wire => wire::to_bytes(error).unwrap_or_default(),
            Self::Json => serde_json::to_vec(error).unwrap_or_default(),
        }
    }
}

impl Call {
    pub(crate) fn new(request: RequestContext) -> Self {
        Self { request, headers: Arc::default(), person: Arc::default() }
    }

    /// Adds a header to the response.
    pub(crate) fn header(&self, name: HeaderName, value: &str) {
        if let (Ok(value), Ok(mut headers)) = (HeaderValue::from_str(value), self.headers.lock()) {
            headers.push((name, value));
        }
    }

    /// Adds the header with the workspace that served the response.
    pub(crate) fn set_workspace(&self, workspace: WorkspaceId) {
        self.header(WORKSPACE_HEADER, &workspace.to_string());
    }

    /// Records the user who made the request, for the log. Renames a valid session cookie that has the former name.
    pub(crate) fn set_user(&self, person: UserId) {
        let RequestContext { former, cookies, .. } = &self.request;
        if self.person.set(person).is_ok()
            && let (Some(secret), Some(cleared)) = (former, cookies.clear_former_session())
        {
            self.header(header::SET_COOKIE, &cookies.set_session(secret));
            self.header(header::SET_COOKIE, &cleared);
        }
    }

    /// Returns the path to redirect to after a session was created, on the way to `path`. For browsers this is a page
    /// that checks if the session cookie was accepted.
    pub(crate) fn arrival(&self, path: String) -> String {
        match self.request.client {
            Client::Browser => Route::arrival(&path),
            Client::Program => path,
        }
    }

    /// Removes the session cookie and makes the browser clear its cache and storage for this origin. Does not use
    /// `"cookies"`, which would also remove the cookies of other hosts of the domain.
    pub(crate) fn clear_session(&self) {
        let RequestContext { former, cookies, .. } = &self.request;
        self.header(header::SET_COOKIE, &cookies.clear_session());
        if let Some(cleared) = former.as_ref().and_then(|_| cookies.clear_former_session()) {
            self.header(header::SET_COOKIE, &cleared);
        }
        self.header(CLEAR_SITE_DATA, "\"cache\", \"storage\"");
    }

    pub(crate) fn apply(&self, response: &mut Response<Body>) {
        if let Ok(mut headers) = self.headers.lock() {
            for (name, value) in headers.drain(..) {
                response.headers_mut().append(name, value);
            }
        }
        if let Some(person) = self.person.get() {
            response.extensions_mut().insert(*person);
        }
    }

    /// Returns the request's credential.
    ///
    /// # Errors
    /// [`AppError::SignedOut`] if there is none.
    pub(crate) fn credential(&self) -> Result<store::door::Credential, AppError> {
        self.request.credential.ok_or(AppError::SignedOut)
    }
}

/// Returns the request that the current server function handles.
///
/// # Errors
/// [`AppError::Internal`] outside a server function call.
pub fn context() -> Result<Call, AppError> {
    use_context::<Call>()
        .ok_or_else(|| AppError::from(StoreError::Inconsistent("a server function outside a request".to_owned())))
}

/// Handles `POST /api/fn/...`.
pub async fn call(context: RequestContext, mut request: Request<Body>) -> Response<Body> {
    let encoding = Encoding::asked(request.headers());
    if server_fn::axum::get_server_fn_service(request.uri().path(), request.method().clone()).is_none() {
        return error_response(&AppError::Absent, encoding);
    }
    // Without `Referer`, because leptos_axum would redirect a request that accepts HTML to it. Forms are handled by
    // `forms`.
    request.headers_mut().remove(header::REFERER);
    let call = Call::new(context);
    let provided = call.clone();
    let provide = move || {
        provide_context(provided.clone());
        if encoding == Encoding::Json {
            provide_context(wire::AsJson);
        }
    };
    let mut response = leptos_axum::handle_server_fns_with_context(provide, request).await.into_response();
    // server_fn answers every error with 500; the status is derived from the error itself.
    if response.status() == StatusCode::INTERNAL_SERVER_ERROR {
        let body = to_bytes(response.into_body(), ERROR_BYTES).await.unwrap_or_default();
        response = error_response(&encoding.read_error(&body), encoding);
    }
    // server_fn always sets the content type that the function is declared with.
    response.headers_mut().insert(header::CONTENT_TYPE, encoding.content_type());
    call.apply(&mut response);
    response
}

/// Rejects a server function call before the function runs.
pub fn refused(headers: &HeaderMap, error: &AppError) -> Response<Body> {
    error_response(error, Encoding::asked(headers))
}

fn error_response(error: &AppError, encoding: Encoding) -> Response<Body> {
    let mut response = Response::new(Body::from(encoding.write_error(error)));
    *response.status_mut() = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(header::CONTENT_TYPE, encoding.content_type());
    if let Some(seconds) = error.retry_after()
        && let Ok(value) = HeaderValue::from_str(&seconds.to_string())
    {
        response.headers_mut().insert(header::RETRY_AFTER, value);
    }
    response
}
