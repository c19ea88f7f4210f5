//! Connections: accepted, given limits that a slow or idle client can't stretch, and let go in good order.

use crate::shutdown::Shutdown;
use axum::{Router, body::Body, extract::ConnectInfo};
use http::Request;
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use std::{net::SocketAddr, pin::pin, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    time::{Instant, timeout, timeout_at},
};
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

/// How long a client may take to send the head of a request, and a connection may stay idle.
const HEAD_LIMIT: Duration = Duration::from_secs(30);
/// How long requests that run may take to finish once the server is to end.
const FINISH_LIMIT: Duration = Duration::from_secs(10);
/// The pause after a failed accept: the usual cause is that there are no file descriptors left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// Accepts connections until shutdown is asked for, then finishes what runs, for up to 10 s: the requests, and the
/// `tasks` of requests whose client is gone.
pub(crate) async fn serve(listener: TcpListener, router: Router, tasks: &TaskTracker, shutdown: &Shutdown) {
    let connections = TaskTracker::new();
    while let Some(accepted) = shutdown.or_stop(listener.accept()).await {
        match accepted {
            Ok((stream, peer)) => {
                connections.spawn(connection(stream, peer, router.clone(), shutdown.clone()));
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                let _ = timeout(ACCEPT_PAUSE, shutdown.asked()).await;
            }
        }
    }
    drop(listener);
    connections.close();
    tasks.close();
    tracing::info!(connections = connections.len(), "shutting down");
    let deadline = Instant::now() + FINISH_LIMIT;
    let finished = async {
        connections.wait().await;
        tasks.wait().await;
    };
    if timeout_at(deadline, finished).await.is_err() {
        tracing::warn!("not all requests finished within {} s; ending without them", FINISH_LIMIT.as_secs());
    }
}

async fn connection(stream: TcpStream, peer: SocketAddr, router: Router, shutdown: Shutdown) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "no TCP_NODELAY");
    }
    let service = router.map_request(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        request
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_LIMIT)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service))
        .with_upgrades();
    let mut served = pin!(served);
    let outcome = tokio::select! {
        outcome = served.as_mut() => outcome,
        () = shutdown.asked() => {
            // The request that runs is answered, no further one is read.
            served.as_mut().graceful_shutdown();
            served.await
        }
    };
    if let Err(error) = outcome {
        tracing::debug!(%error, "a connection ended early");
    }
}
