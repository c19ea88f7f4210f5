//! Runs each request in a separate task, subject to fair shares.
//!
//! When a client disconnects, the task of its connection is dropped at its current await point, possibly in the middle
//! of a transaction. Code that may access the database therefore runs in a separate task to its end (docs/SECURITY.md,
//! I-6). The same applies to a body that is still being produced while it is sent.
//!
//! Before a request uses the database, it waits for a slot within the shares of its user and its IP address
//! ([`store::fair`]). It then holds the slot until it ends, even if the client disconnects. Nobody can therefore exceed
//! their share of the server's capacity by sending many requests at once, or by sending requests and disconnecting.

use crate::{
    api::token,
    client,
    error_code::Code,
    error_response,
    middleware::request_log::RequestId,
    pages,
    slots::Shares,
    state::{AppState, AppStateInner},
    upload,
};
use app::{error::AppError, server::request::Purpose};
use axum::{
    body::{Body, Bytes, HttpBody as _},
    extract::{Request, State},
    http::Method,
    middleware::Next,
    response::Response,
};
use futures_util::{StreamExt as _, stream};
use std::{io, time::Duration};
use store::{
    door::discarding_writes,
    fair::{FairLimiter, Key, Limits, Share, WAITING, on_behalf_of},
    request_span::in_request_span,
};
use tokio::sync::mpsc;
use tracing::{Instrument as _, Span};

/// Request timeout. After it, the client gets an error, but the work continues until it ends or reaches the database's
/// own timeouts.
const LIMIT: Duration = Duration::from_secs(15);
/// Number of body chunks that are buffered ahead of the client.
const AHEAD: usize = 8;
/// Time that a client may take to receive a chunk.
const STALL: Duration = Duration::from_secs(60);
/// Limits of concurrent requests, of waiting requests per user or IP address and in total, and of the waiting time.
const REQUESTS: Limits = Limits { total: 64, queue: 128, waiting: WAITING, max_wait: Duration::from_secs(8) };

/// Creates the limiter that shares the capacity for requests.
pub(crate) fn requests() -> FairLimiter {
    FairLimiter::new(REQUESTS)
}

/// Runs the request when it gets a slot. Responds with 429 if too many requests are waiting, 500 if the handler panics,
/// and 503 on timeout.
pub(crate) async fn run(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if upload::is_upload(&request) {
        let shares = shares(&state, &request);
        return upload::receive(state, request, shares).await;
    }
    if *request.method() == Method::POST && pages::is_imports(request.uri().path()) {
        // Its handler reads the file piece by piece.
        let (shares, mut request) = (shares(&state, &request), request);
        request.extensions_mut().insert(Shares(shares));
        return next.run(request).await;
    }
    let path = request.uri().path().to_owned();
    let id = request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    // Only pages need the context, for the error page on timeout.
    let context = (!error_response::is_api(&path)).then(|| pages::context(&state, &request));
    let answered = tokio::time::timeout(LIMIT, async {
        // Reads the body before waiting, so that a slow sender holds no slot. Nothing has started yet: if the client
        // disconnects while it sends or waits, the request is dropped.
        let request = match read(request).await {
            Ok(request) => request,
            Err(refusal) => return Ok(refusal),
        };
        let shares = shares(&state, &request);
        let key = shares.first().map_or(Key::Server, |share| share.key.clone());
        let Ok(permit) = state.requests.acquire(shares).await else { return Ok(busy(&request)) };
        let tasks = state.tasks.clone();
        let work = {
            let tasks = tasks.clone();
            async move {
                let ahead = client::purpose(request.method(), request.headers()) == Purpose::Ahead;
                let answer = on_behalf_of(key.clone(), answer(state, request, next));
                let response = if ahead { discarding_writes(answer).await } else { answer.await };
                // The remaining chunks of the body acquire their own slots.
                drop(permit);
                let (head, body) = response.into_parts();
                Response::from_parts(head, in_pieces(body, key, &tasks, STALL))
            }
        };
        tasks.spawn(in_request_span(Span::current(), work)).await
    });
    match answered.await {
        Ok(Ok(response)) => response,
        // The task panicked, since these tasks are never aborted. The panic hook has logged it.
        Ok(Err(_)) => {
            context.map_or_else(|| error_response::broken(&path, &id), |context| app::server::broken::broken(&context))
        }
        Err(_) => match context {
            Some(context) => app::documents::unavailable(&context).await,
            None => {
                let message = "The request took too long. Try again in a moment.";
                error_response::error(Code::Unavailable, message)
            }
        },
    }
}

/// Reads the request's body, if it does not exceed the limit.
async fn read(request: Request) -> Result<Request, Response> {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return Ok(request);
    }
    let (head, body) = request.into_parts();
    let bytes = pages::limited(head.uri.path(), body).await?;
    Ok(Request::from_parts(head, Body::from(bytes)))
}

/// Returns the shares that the request counts against.
fn shares(state: &AppStateInner, request: &Request) -> Vec<Share> {
    let (headers, extensions) = (request.headers(), request.extensions());
    let ip = client::device(extensions.get().copied(), headers, &state.proxies).ip;
    let credential = if request.uri().path().starts_with("/api/v1/") {
        token::bearer(headers).ok().map(|bearer| bearer.0)
    } else {
        state.cookies(request.uri(), headers).presented(headers).map(|presented| presented.credential)
    };
    state.services.store.shares(credential.as_ref(), ip)
}

fn busy(request: &Request) -> Response {
    let path = request.uri().path();
    tracing::info!("too much is asked for at once");
    if path.starts_with("/api/fn/") {
        return app::server::call::refused(request.headers(), &AppError::Limited(1));
    }
    error_response::busy(path)
}

/// Passes the request on. If it has several session cookies, only the valid one is kept, if any.
async fn answer(state: AppState, mut request: Request, next: Next) -> Response {
    let cookies = state.cookies(request.uri(), request.headers());
    if let Err(error) = app::server::cookies::settle(&state.services.store, cookies, request.headers_mut()).await {
        tracing::warn!(%error, "which of several sessions is good could not be asked");
        let message = "The database is not available. Try again in a moment.";
        return error_response::refusal(request.uri().path(), Code::Unavailable, message);
    }
    next.run(request).await
}

/// Returns the same body. If it is still being produced, a separate task produces it chunk by chunk, so that no chunk
/// is cancelled midway. Production stops when the client disconnects or does not receive a chunk in time.
fn in_pieces(body: Body, key: Key, tasks: &tokio_util::task::TaskTracker, stall: Duration) -> Body {
    if body.size_hint().exact().is_some() {
        return body;
    }
    let (sender, receiver) = mpsc::channel::<Option<Result<Bytes, axum::Error>>>(AHEAD);
    let made = on_behalf_of(key, async move {
        let mut pieces = body.into_data_stream();
        while let Some(piece) = pieces.next().await {
            match tokio::time::timeout(stall, sender.send(Some(piece))).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) | Err(_) => return,
            }
        }
        let _ = sender.send(None).await;
    });
    tasks.spawn(made.instrument(Span::current()));
    let chunks = stream::unfold(receiver, |mut receiver| async {
        match receiver.recv().await {
            Some(Some(chunk)) => Some((chunk.map_err(io::Error::other), receiver)),
            Some(None) => None,
            // The task panicked or stopped early: the client must not mistake a truncated body for a complete one.
            None => {
                receiver.close();
                Some((Err(io::Error::other("the body ended early")), receiver))
            }
        }
    });
    // Fused, because the compression layer polls the stream again after its end.
    Body::from_stream(chunks.fuse())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };
    use tokio_util::task::TaskTracker;

    fn counting_body(made: &Arc<AtomicUsize>, chunks: usize, breaks: bool) -> Body {
        let made = Arc::clone(made);
        Body::from_stream(stream::iter(0..chunks).then(move |_| {
            let made = Arc::clone(&made);
            async move {
                tokio::task::yield_now().await;
                assert!(!(breaks && made.load(Ordering::Relaxed) == 2), "breaks here");
                made.fetch_add(1, Ordering::Relaxed);
                Ok::<_, io::Error>(Bytes::from_static(b"x"))
            }
        }))
    }

    #[tokio::test]
    async fn a_dropped_body_stops_after_the_current_chunk() {
        let (tasks, made) = (TaskTracker::new(), Arc::default());
        drop(in_pieces(counting_body(&made, 100, false), Key::Server, &tasks, STALL));
        tasks.close();
        tasks.wait().await;
        assert_eq!(made.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn a_stalled_client_gets_an_error_instead_of_the_rest() {
        let (tasks, made) = (TaskTracker::new(), Arc::default());
        let mut pieces = in_pieces(counting_body(&made, 100, false), Key::Server, &tasks, Duration::from_millis(20))
            .into_data_stream();
        tasks.close();
        tasks.wait().await;
        assert_eq!(made.load(Ordering::Relaxed), AHEAD + 1);
        for _ in 0..AHEAD {
            assert!(pieces.next().await.is_some_and(|piece| piece.is_ok()));
        }
        assert!(pieces.next().await.is_some_and(|piece| piece.is_err()));
    }

    #[tokio::test]
    async fn a_body_is_complete_or_ends_with_an_error() {
        let (tasks, made) = (TaskTracker::new(), Arc::default());
        let body =
            axum::body::to_bytes(in_pieces(counting_body(&made, 20, false), Key::Server, &tasks, STALL), 100).await;
        assert_eq!(body.expect("all of it").len(), 20);
        let made = Arc::default();
        assert!(
            axum::body::to_bytes(in_pieces(counting_body(&made, 20, true), Key::Server, &tasks, STALL), 100)
                .await
                .is_err()
        );
    }

    #[tokio::test]
    async fn a_body_can_be_polled_after_its_end() {
        let (tasks, made) = (TaskTracker::new(), Arc::default());
        let mut chunks = in_pieces(counting_body(&made, 2, false), Key::Server, &tasks, STALL).into_data_stream();
        for _ in 0..2 {
            assert!(chunks.next().await.is_some_and(|chunk| chunk.is_ok()));
        }
        for _ in 0..2 {
            assert!(chunks.next().await.is_none());
        }
    }
}
