//! Runs each request in a task of its own, within fair shares.
//!
//! When a client disconnects, the task of its connection is dropped at whichever await it has reached, also in the
//! middle of a transaction. So whatever may reach the database runs in another task, to its end (docs/SECURITY.md,
//! I-6). The same holds for a body that is still being made while it is sent.
//!
//! Before it uses the database, a request waits for a place within the shares of its person and its address
//! ([`store::fair`]). From then on it holds the place until it ends, whether or not the client still listens. So nobody
//! can use more of the server than their share, neither by sending many requests at once nor by sending requests and
//! disconnecting.

use crate::{
    api::token,
    client,
    middleware::scope::RequestId,
    pages, respond,
    state::{Shared, Web},
};
use app::{error::AppError, ssr::Purpose};
use axum::{
    body::{Body, Bytes, HttpBody as _},
    extract::{Request, State},
    http::{Method, StatusCode},
    middleware::Next,
    response::Response,
};
use futures_util::{StreamExt as _, stream};
use std::{io, time::Duration};
use store::{
    door::keeping_nothing,
    fair::{Fair, Key, Limits, Share, WAITING, on_behalf_of},
};
use tokio::sync::mpsc;
use tracing::{Instrument as _, Span};

/// How long a request may take. The work goes on, to where the database's own limits end it; only nobody waits for it
/// any longer.
const LIMIT: Duration = Duration::from_secs(15);
/// Pieces of a body that are produced ahead of what the client has taken.
const AHEAD: usize = 8;
/// How long a client may take for a piece.
const STALL: Duration = Duration::from_secs(60);
/// How many requests run at once, how many may wait for one person or address, and for how long.
const REQUESTS: Limits = Limits { total: 64, queue: 128, waiting: WAITING, patience: Duration::from_secs(8) };

/// The shared capacity for requests.
pub(crate) fn requests() -> Fair {
    Fair::new(REQUESTS)
}

/// Runs the request in its turn; answers 429 when too many wait already, 500 when it panics and 503 when it takes too
/// long.
pub(crate) async fn run(State(web): State<Web>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let id = request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    // Only a page needs it, to say that it took too long.
    let context = (!respond::is_api(&path)).then(|| pages::context(&web, &request));
    let answered = tokio::time::timeout(LIMIT, async {
        // Read before waiting, so a slow sender holds no place. Nothing has begun yet: a client that goes away while it
        // sends or waits takes its request with it.
        let request = match read(request).await {
            Ok(request) => request,
            Err(refusal) => return Ok(refusal),
        };
        let shares = shares(&web, &request);
        let asker = shares.first().map_or(Key::Server, |share| share.key.clone());
        let Ok(turn) = web.requests.turn(shares).await else { return Ok(busy(&request)) };
        let tasks = web.tasks.clone();
        let work = {
            let tasks = tasks.clone();
            async move {
                let ahead = client::purpose(request.method(), request.headers()) == Purpose::Ahead;
                let answer = on_behalf_of(asker.clone(), answer(web, request, next));
                let response = if ahead { keeping_nothing(answer).await } else { answer.await };
                // What is still to come of the body takes turns of its own, piece by piece.
                drop(turn);
                let (head, body) = response.into_parts();
                Response::from_parts(head, in_pieces(body, asker, &tasks, STALL))
            }
        };
        tasks.spawn(work.instrument(Span::current())).await
    });
    match answered.await {
        Ok(Ok(response)) => response,
        // It panicked: nothing aborts these tasks. The hook has logged it.
        Ok(Err(_)) => context.map_or_else(|| respond::broken(&path, &id), |context| app::ssr::broken(&context)),
        Err(_) => match context {
            Some(context) => app::ssr::unavailable(&context),
            None => {
                let message = "The request took too long. Try again in a moment.";
                respond::error(StatusCode::SERVICE_UNAVAILABLE, "unavailable", message)
            }
        },
    }
}

/// The request with its body read, if that is not too large.
async fn read(request: Request) -> Result<Request, Response> {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return Ok(request);
    }
    let (head, body) = request.into_parts();
    let bytes = pages::limited(head.uri.path(), body).await?;
    Ok(Request::from_parts(head, Body::from(bytes)))
}

/// The shares of a request.
fn shares(web: &Shared, request: &Request) -> Vec<Share> {
    let (headers, extensions) = (request.headers(), request.extensions());
    let ip = client::device(extensions.get().copied(), headers, &web.proxies).ip;
    let credential = if request.uri().path().starts_with("/api/v1/") {
        token::bearer(headers).ok().map(|bearer| bearer.0)
    } else {
        web.cookies(request.uri(), headers).presented(headers).map(|presented| presented.credential)
    };
    web.services.store.shares(credential.as_ref(), ip)
}

fn busy(request: &Request) -> Response {
    let path = request.uri().path();
    tracing::info!("too much is asked for at once");
    if path.starts_with("/api/fn/") {
        return app::ssr::refused(request.headers(), &AppError::Limited(1));
    }
    respond::busy(path)
}

/// Passes the request on. If it has several sessions, at most the valid one is kept.
async fn answer(web: Web, mut request: Request, next: Next) -> Response {
    let cookies = web.cookies(request.uri(), request.headers());
    if let Err(error) = app::ssr::cookies::settle(&web.services, cookies, request.headers_mut()).await {
        tracing::warn!(%error, "which of several sessions is good could not be asked");
        let message = "The database is not available. Try again in a moment.";
        return respond::refusal(request.uri().path(), StatusCode::SERVICE_UNAVAILABLE, "unavailable", message);
    }
    next.run(request).await
}

/// The same body. If it is still being produced, that happens in a task, a piece at a time, so that no piece is given up
/// half-way. After a piece that the client has not taken in time, or because it went away, nothing more is produced.
fn in_pieces(body: Body, asker: Key, tasks: &tokio_util::task::TaskTracker, stall: Duration) -> Body {
    if body.size_hint().exact().is_some() {
        return body;
    }
    let (sender, receiver) = mpsc::channel::<Option<Result<Bytes, axum::Error>>>(AHEAD);
    let made = on_behalf_of(asker, async move {
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
            // It panicked, or was stopped: the client must not take what it has for all.
            None => {
                receiver.close();
                Some((Err(io::Error::other("the body ended early")), receiver))
            }
        }
    });
    // The compression layer polls again after the end.
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

    fn counted(made: &Arc<AtomicUsize>, chunks: usize, breaks: bool) -> Body {
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
    async fn a_body_that_nobody_takes_is_made_to_the_end_of_its_piece_and_no_further() {
        let (tasks, made) = (TaskTracker::new(), Arc::default());
        drop(in_pieces(counted(&made, 100, false), Key::Server, &tasks, STALL));
        tasks.close();
        tasks.wait().await;
        assert_eq!(made.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn a_client_that_stops_reading_gets_no_more_and_is_told_that_it_was_not_all() {
        let (tasks, made) = (TaskTracker::new(), Arc::default());
        let mut pieces =
            in_pieces(counted(&made, 100, false), Key::Server, &tasks, Duration::from_millis(20)).into_data_stream();
        tasks.close();
        tasks.wait().await;
        assert_eq!(made.load(Ordering::Relaxed), AHEAD + 1);
        for _ in 0..AHEAD {
            assert!(pieces.next().await.is_some_and(|piece| piece.is_ok()));
        }
        assert!(pieces.next().await.is_some_and(|piece| piece.is_err()));
    }

    #[tokio::test]
    async fn a_body_arrives_whole_or_as_an_error() {
        let (tasks, made) = (TaskTracker::new(), Arc::default());
        let body = axum::body::to_bytes(in_pieces(counted(&made, 20, false), Key::Server, &tasks, STALL), 100).await;
        assert_eq!(body.expect("all of it").len(), 20);
        let made = Arc::default();
        assert!(
            axum::body::to_bytes(in_pieces(counted(&made, 20, true), Key::Server, &tasks, STALL), 100).await.is_err()
        );
    }

    #[tokio::test]
    async fn a_body_that_has_ended_can_be_asked_for_more() {
        let (tasks, made) = (TaskTracker::new(), Arc::default());
        let mut chunks = in_pieces(counted(&made, 2, false), Key::Server, &tasks, STALL).into_data_stream();
        for _ in 0..2 {
            assert!(chunks.next().await.is_some_and(|chunk| chunk.is_ok()));
        }
        for _ in 0..2 {
            assert!(chunks.next().await.is_none());
        }
    }
}
