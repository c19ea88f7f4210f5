//! Accepting connections, with timeouts against slow or idle clients, and graceful shutdown.

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

/// Timeout for receiving the head of a request; also the idle timeout of a connection.
const HEAD_LIMIT: Duration = Duration::from_secs(30);
/// Time that running requests have to finish on shutdown.
const FINISH_LIMIT: Duration = Duration::from_secs(10);
/// Delay after a failed accept, which is usually caused by a lack of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// Accepts connections until shutdown is requested. Then waits up to 10 s for running requests, and for the `tasks` of
/// requests whose client has disconnected.
pub(crate) async fn serve(listener: TcpListener, router: Router, tasks: &TaskTracker, shutdown: &Shutdown) {
    let connections = TaskTracker::new();
    while let Some(accepted) = shutdown.or_stop(listener.accept()).await {
        match accepted {
            Ok((stream, peer)) => {
                connections.spawn(connection(stream, peer, router.clone(), shutdown.clone()));
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                let _ = timeout(ACCEPT_PAUSE, shutdown.requested()).await;
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
        () = shutdown.requested() => {
            // Answers the running request, but reads no further ones.
            served.as_mut().graceful_shutdown();
            served.await
        }
    };
    if let Err(error) = outcome {
        tracing::debug!(%error, "a connection ended early");
    }
}
