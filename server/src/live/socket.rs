//! WebSocket of a tab. Sends the current state when the tab connects, when it shows another workspace, when an event
//! wakes it, and once a minute for changes without an event (such as an expired session).
//!
//! `middleware::origin_check` checks the handshake like an unsafe request, so pages of other sites can't open a socket.

use super::hub::{Hub, Slot};
use crate::{error_code::Code, error_response, state::AppState};
use app::{
    live::server::TabState,
    live::{LiveMessage, clock, read_here},
};
use axum::{
    extract::{
        Request, State, WebSocketUpgrade,
        ws::{CloseFrame, Message, WebSocket, close_code},
    },
    http::header,
    response::Response,
};
use model::Slug;
use std::time::Duration;
use store::{
    Store, StoreError,
    door::{Credential, Principal},
};
use tokio::time::{Instant, interval, sleep, timeout};
use tracing::{Instrument as _, Span};

/// Maximum length of a tab's message in bytes.
const MESSAGE_MAX: usize = 1024;
/// Ping interval, and the time without any message after which a tab is considered disconnected.
const PING: (Duration, Duration) = (Duration::from_secs(25), Duration::from_secs(70));
/// Interval for refreshing the state without an event.
const POLL_INTERVAL: Duration = Duration::from_secs(60);
/// Retry delay after a database error.
const RETRY: Duration = Duration::from_secs(2);
/// Maximum number of messages from a tab per minute. Switching the workspace takes one message.
const PER_MINUTE: u32 = 120;
/// Timeout for sending a message.
const SEND: Duration = Duration::from_secs(10);

/// `GET /api/live`: opens a tab's WebSocket.
pub(crate) async fn open(State(state): State<AppState>, upgrade: WebSocketUpgrade, request: Request) -> Response {
    let presented = state.cookies(request.uri(), request.headers()).presented(request.headers());
    let store = state.services.store.clone();
    let signed_in = match presented.map(|presented| presented.credential) {
        Some(credential) => match store.person_reading(&credential).await {
            Ok(found) => found.map(|tx| (tx.principal().clone(), credential)),
            Err(_) => {
                return error_response::error(Code::Unavailable, "Try again in a moment.");
            }
        },
        None => None,
    };
    let upgrade = upgrade.max_message_size(MESSAGE_MAX).max_frame_size(MESSAGE_MAX);
    let tasks = state.tasks.clone();
    let Some((principal, credential)) = signed_in else {
        // A page can't read why a handshake was refused. A message tells it instead, so that it leaves and does not
        // reconnect. The cookie may also be gone: the page was loading while another tab signed out.
        return upgrade.on_upgrade(move |mut socket| {
            tasks.track_future(async move {
                let _ = send_state(&mut socket, &LiveMessage::SignedOut).await;
                let _ = timeout(SEND, socket.send(Message::Close(None))).await;
            })
        });
    };
    let Some(slot) = state.live.register(principal.person.id, principal.session) else {
        let mut refusal = error_response::error(Code::TooManyTabs, "Close some tabs first.");
        refusal.headers_mut().insert(header::RETRY_AFTER, error_response::RETRY_AFTER);
        return refusal;
    };
    let (hub, span) = (state.live.clone(), Span::current());
    upgrade.on_upgrade(move |socket| {
        let served = async move {
            let mut tab = Tab { socket, slot, principal, credential, store, here: None };
            tokio::select! {
                end = tab.run(&hub) => tab.close(end).await,
                () = hub.shutdown().requested() => tab.close(CloseReason::Restart).await,
            }
        };
        tasks.track_future(served.instrument(span))
    })
}

/// The reason for closing a socket.
enum CloseReason {
    /// The tab has disconnected.
    Gone,
    /// The session has ended, and the tab was notified.
    SignedOut,
    /// The client sent an invalid message or too many messages.
    InvalidMessage,
    /// The server is shutting down; the tab should reconnect.
    Restart,
    /// The session secret was rotated. The browser already has the new one, so the tab should reconnect with it.
    Rotated,
}

struct Tab {
    socket: WebSocket,
    slot: Slot,
    principal: Principal,
    credential: Credential,
    store: Store,
    here: Option<Slug>,
}

impl Tab {
    async fn run(&mut self, hub: &Hub) -> CloseReason {
        let (mut ping, mut poll) = (interval(PING.0), interval(POLL_INTERVAL));
        let (mut heard_from, mut minute, mut messages) = (Instant::now(), Instant::now(), 0);
        // The first update is due when the tab has sent its current workspace, which it does right after connecting.
        let mut due = false;
        ping.reset();
        poll.reset();
        loop {
            if due {
                due = false;
                match self.send_update(hub).await {
                    Ok(None) => {}
                    Ok(Some(end)) => return end,
                    Err(error) => {
                        tracing::debug!(%error, "a tab could not be told how things stand");
                        sleep(RETRY).await;
                        due = true;
                        continue;
                    }
                }
            }
            tokio::select! {
                () = self.slot.notified() => due = true,
                _ = poll.tick() => due = true,
                _ = ping.tick() => {
                    if heard_from.elapsed() > PING.1 || send(&mut self.socket, Message::Ping(Vec::new().into())).await.is_err() {
                        return CloseReason::Gone;
                    }
                }
                message = self.socket.recv() => {
                    heard_from = Instant::now();
                    if minute.elapsed() > Duration::from_secs(60) {
                        (minute, messages) = (Instant::now(), 0);
                    }
                    messages += 1;
                    match message {
                        Some(Ok(Message::Text(_))) if messages > PER_MINUTE => return CloseReason::InvalidMessage,
                        Some(Ok(Message::Text(text))) => match read_here(&text) {
                            Some(workspace) => {
                                self.here = workspace;
                                due = true;
                            }
                            None => return CloseReason::InvalidMessage,
                        },
                        Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                        Some(Ok(Message::Binary(_))) => return CloseReason::InvalidMessage,
                        Some(Ok(Message::Close(_)) | Err(_)) | None => return CloseReason::Gone,
                    }
                }
            }
        }
    }

    /// Sends the current state.
    async fn send_update(&mut self, hub: &Hub) -> Result<Option<CloseReason>, StoreError> {
        let TabState { message, at } = {
            let _permit = hub.query_permit().await;
            app::live::server::tab_state(&self.store, &self.credential, self.here.as_ref()).await?
        };
        if message == LiveMessage::SignedOut && self.store.is_session_active(&self.principal).await? {
            return Ok(Some(CloseReason::Rotated));
        }
        let sent = match at {
            Some(at) => send(&mut self.socket, Message::Text(clock(at).into())).await,
            None => Ok(()),
        };
        if sent.is_err() || send_state(&mut self.socket, &message).await.is_err() {
            return Ok(Some(CloseReason::Gone));
        }
        Ok((message == LiveMessage::SignedOut).then_some(CloseReason::SignedOut))
    }

    async fn close(mut self, end: CloseReason) {
        let (code, reason) = match end {
            CloseReason::Gone => return,
            CloseReason::SignedOut => (close_code::NORMAL, "signed out"),
            CloseReason::InvalidMessage => (close_code::POLICY, "not understood"),
            CloseReason::Restart => (close_code::AWAY, "restarting"),
            CloseReason::Rotated => (close_code::AWAY, "come back"),
        };
        let frame = CloseFrame { code, reason: reason.into() };
        let _ = send(&mut self.socket, Message::Close(Some(frame))).await;
    }
}

async fn send_state(socket: &mut WebSocket, message: &LiveMessage) -> Result<(), ()> {
    let text = message.to_text().map_err(drop)?;
    send(socket, Message::Text(text.into())).await
}

async fn send(socket: &mut WebSocket, message: Message) -> Result<(), ()> {
    match timeout(SEND, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        _ => Err(()),
    }
}
