//! A request's id, its span, its one log line and its place in the metrics.
//!
//! The line has method, route template, status and milliseconds, and in the workspace plane also workspace and person.
//! It never has the path, which may contain an invite's token (docs/SECURITY.md, I-24).

use crate::{ops, template};
use axum::{
    extract::Request,
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use model::id::{UserId, WorkspaceId};
use std::time::Instant;
use tracing::{Instrument as _, Span, info_span};
use uuid::Uuid;

/// The header in which every response names its request.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The header in which a response of the workspace plane names its workspace.
pub(crate) const WORKSPACE: HeaderName = HeaderName::from_static("stile-workspace");
/// What is logged when the client went away before there was an answer; the request itself runs to its end.
const CLIENT_GONE: u16 = 499;

/// A request's id: UUIDv7, made here and accepted from nobody, so that no client can write into the log or take the id
/// of another's request.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(pub(crate) String);

/// Gives the request its id, runs it in a span, logs and counts it.
pub(crate) async fn enter(mut request: Request, next: Next) -> Response {
    let id = Uuid::now_v7().to_string();
    let span = info_span!("request", request_id = %id);
    let mut line = Line {
        route: template::of(request.uri().path(), request.extensions()),
        method: template::method(request.method()),
        started: Instant::now(),
        span: span.clone(),
        answered: false,
    };
    let header = HeaderValue::try_from(&id);
    request.extensions_mut().insert(RequestId(id));
    let mut response = next.run(request).instrument(span).await;
    if let Ok(header) = header {
        response.headers_mut().insert(REQUEST_ID, header);
    }
    line.answered(&response);
    response
}

/// The log line of a request; written when it is dropped without an answer, too.
struct Line {
    route: String,
    method: &'static str,
    started: Instant,
    span: Span,
    answered: bool,
}

impl Line {
    fn answered(&mut self, response: &Response) {
        self.answered = true;
        let (status, took) = (response.status(), self.started.elapsed());
        ops::count(&self.route, self.method, status, took);
        let workspace = response.extensions().get::<WorkspaceId>().map(ToString::to_string);
        let workspace = workspace.as_deref().or_else(|| response.headers().get(WORKSPACE)?.to_str().ok());
        let user = response.extensions().get::<UserId>().map(ToString::to_string);
        self.write(status.as_u16(), workspace, user.as_deref());
    }

    fn write(&self, status: u16, workspace_id: Option<&str>, user_id: Option<&str>) {
        let _entered = self.span.enter();
        let ms = self.started.elapsed().as_secs_f64() * 1e3;
        let ms = (ms * 10.0).round() / 10.0;
        let (method, route) = (self.method, self.route.as_str());
        // The same fields at three levels: the level of an event has to be known at compile time.
        match status {
            503 => tracing::warn!(method, route, status, ms, workspace_id, user_id, "request"),
            500.. => tracing::error!(method, route, status, ms, workspace_id, user_id, "request"),
            _ if matches!(route, "/healthz" | "/readyz" | "/metrics") || route.starts_with("/pkg/") => {
                tracing::debug!(method, route, status, ms, "request");
            }
            _ => tracing::info!(method, route, status, ms, workspace_id, user_id, "request"),
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if !self.answered {
            self.write(CLIENT_GONE, None, None);
        }
    }
}
